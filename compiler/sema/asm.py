"""Asm statements (GCC manual, "Extended Asm"): constraints and clobbers that BPF has, and what the template's % stand for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..parse import nodes as gnu
from ..records import dataclass, field
from ..source import Span
from . import fold, literals, tree
from . import types as ct
from .compare import is_integer, is_scalar
from .declarations import Declarations
from .layout import size_of
from .names import suggest
from .spelling import quote

_MOST_OPERANDS = 30  # GCC's and clang's limit
_ESCAPE = re.compile(
    r"%(?:(?P<literal>[%{}|])|(?P<unique>=)|(?P<modifier>[a-zA-Z]?)(?:\[(?P<name>[^\]]*)\]|(?P<number>\d+)))|%"
)
# what each constraint letter lets an operand be: register, its 32-bit name, immediate, memory
_MEANING = {
    "r": "r", "w": "w", "p": "r", "i": "i", "n": "i", "s": "i", "m": "m", "o": "m", "V": "m", "g": "ri", "X": "ri",
}  # fmt: skip
_CLOBBER = re.compile(r"[rw](\d|10|11)\Z")
_LETTERS = "r (a register), w (a 32-bit register), i (a constant), m (memory), or the number of an output"
_SYMBOLS = re.compile(r"\bcall\s+([A-Za-z_][\w.$]*)|=\s*([A-Za-z_][\w.$]*)\s*(?:[-+]\s*\w+\s*)?\bll\b")


@dataclass(slots=True)
class _Names:
    """What a template may refer to: `%{o0}` by number and name."""

    numbers: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, what: str) -> None:
        self.numbers.append(what)
        if name:
            self.names[name] = what


def symbols_of(template: str) -> list[str]:
    """The names that a template calls or takes the address of."""
    return [call or address for call, address in _SYMBOLS.findall(template)]


class AsmStatements(Declarations):
    """Checks asm statements."""

    def asm_statement(self, node: Any, label_name: Callable[[str], str]) -> tree.Asm:
        """The statement with its template normalized as in `ir.Asm` and its constraints reduced to the letters there."""
        names = _Names()
        outputs = [self._output(operand, names) for operand in node.outputs]
        tied: set[int] = set()
        inputs = [self._input(operand, outputs, node.outputs, names, tied) for operand in node.inputs]
        if len(names.numbers) > _MOST_OPERANDS:
            raise self.error("E0392", node.coord, f"more than {_MOST_OPERANDS} operands in an asm statement",
                             fix="pass a pointer to a struct")  # fmt: skip
        labels: list[str] = []
        for name in node.labels:
            names.labels[name] = f"l{len(labels)}"
            names.numbers.append(f"l{len(labels)}")
            labels.append(label_name(name))
        template = self.asm_text(node.template)
        template = self._template(template, names, node.template.coord) if node.extended else template.replace("%", "%%")
        clobbers = [self._clobber(text) for text in node.clobbers]
        for name in symbols_of(template):
            symbol = self.find(name)
            if isinstance(symbol, tree.FunctionSymbol):
                self.use_function(symbol)
        if labels and outputs:
            raise self.error("E0393", node.coord, "asm goto with outputs is not supported",
                             fix="store the result to memory in the asm statement, or split it in two")  # fmt: skip
        return tree.Asm(template, outputs, inputs, clobbers, labels, node.volatile or not outputs, node.coord)

    # --- operands -------------------------------------------------------------------------------------------------

    def _output(self, operand: gnu.AsmOperand, names: _Names) -> tuple[str, str, tree.Expr]:
        number = sum(1 for what in names.numbers if what[0] == "o")
        e = self.expression(operand.value)
        while isinstance(e, tree.Cast):  # GNU's cast as lvalue, as asm statements of old have it
            e = e.value
        written = operand.constraint
        if not written.startswith(("=", "+")):
            raise self.error("E0391", operand.coord, f"invalid output constraint '{written}' in asm",
                             fix="outputs start with '=' or '+'")  # fmt: skip
        meaning = self._meaning(written.lstrip("=+&%"), operand.coord, written, "output")
        self.modifiable(e, operand.coord)
        names.add(operand.name, f"o{number}")
        if meaning == "m":
            return operand.name, written[0] + "m", e
        if not is_scalar(e.type) or meaning == "i":
            raise self._misfit(e.type, operand.coord)
        early = "&" if "&" in written else ""
        return operand.name, written[0] + early + ("w" if meaning == "w" else "r") + _pin(e), e

    def _input(self, operand: gnu.AsmOperand, outputs: list[tuple[str, str, tree.Expr]], written: list[gnu.AsmOperand],
               names: _Names, tied: set[int]) -> tuple[str, str, tree.Expr]:  # fmt: skip
        number = sum(1 for what in names.numbers if what[0] == "i")
        constraint = operand.constraint
        span = operand.coord
        if constraint.startswith("+"):  # clang takes this, and what programs mean by it is an input
            self.warn("W0391", span, f"the input constraint '{constraint}' in asm means an input only",
                      fix=f"write \"{constraint.lstrip('+')}\", or make it an output")  # fmt: skip
            constraint = constraint.lstrip("+")
        if constraint.startswith("="):
            raise self.error("E0391", span, f"invalid input constraint '{constraint}' in asm",
                             fix="'=' is for outputs, before the second colon")  # fmt: skip
        same = constraint.lstrip("%&")
        if same.startswith("[") and same.endswith("]"):
            place = next((i for i, o in enumerate(written) if o.name == same[1:-1]), -1)
            same = str(place) if place >= 0 else same
        names.add(operand.name, f"i{number}")
        if same.isdigit():
            which = int(same)
            if which >= len(outputs) or outputs[which][1][1:] == "m" or outputs[which][1][0] == "+" or which in tied:
                raise self.error("E0391", span, f"invalid input constraint '{constraint}' in asm",
                                 fix="a number names an output with '=' and a register of its own")  # fmt: skip
            tied.add(which)
            e = self.promote_scalar(self.rvalue(operand.value), span)
            return operand.name, same, self._as(e, outputs[which][2].type)
        meaning = self._meaning(same, span, constraint, "input")
        if meaning == "m":
            e = self.expression(operand.value)
            if not isinstance(e, tree.LocalRef | tree.GlobalRef | tree.Deref | tree.Member):
                raise self.error("E0391", span, "a memory operand of asm must be an object", fix='use a variable, or "r"')
            return operand.name, "m", e
        e = self.rvalue(operand.value)
        pin = _pin(e)
        e = self.promote_scalar(_unextended(e), span)
        if pin and meaning != "i":
            return operand.name, meaning[0] + pin, e
        if "i" in meaning:
            known = self.asm_constant(e)
            if known is None and meaning == "i":
                plain = self._as_written(e)
                known = plain if isinstance(plain, tree.Constant) else None
            e = known or e
        return operand.name, meaning, e

    def _meaning(self, letters: str, span: Span, written: str, role: str) -> str:
        """The letters of the first alternative that stand for something, as one of r w i m ri."""
        first = letters.split(",")[0].lstrip("=+&%")
        unknown = next((letter for letter in first if letter not in _MEANING), None)
        if unknown is not None or not first:
            raise self.error("E0391", span, f"invalid {role} constraint '{written}' in asm", fix=f"BPF has {_LETTERS}")
        kinds = set("".join(_MEANING[letter] for letter in first))
        if "w" in kinds:
            return "wi" if "i" in kinds else "w"
        if "r" in kinds:
            return "ri" if "i" in kinds else "r"
        return "i" if "i" in kinds else "m"

    def promote_scalar(self, e: tree.Expr, span: Span) -> tree.Expr:
        """An integer or pointer as a register holds it."""
        if not is_scalar(e.type):
            raise self._misfit(e.type, span)
        return self.promote(e) if is_integer(e.type) else e

    def _misfit(self, t: ct.Type, span: Span) -> Exception:
        return self.error("E0391", span, f"an asm operand of type {quote(t)} does not fit into a register",
                          fix='use an integer or a pointer, or "m"')  # fmt: skip

    def _as(self, e: tree.Expr, t: ct.Type) -> tree.Expr:
        return tree.Cast(e, ct.strip(t), e.span) if e.type != ct.strip(t) else e

    def asm_constant(self, e: tree.Expr) -> tree.Expr | None:
        """The number or address that `e` is, where the tree says so already."""
        inner = e
        while isinstance(inner, tree.Cast):
            inner = inner.value
        value = self.known(e)
        if value is None:
            value = self._reread(inner)
        if value is None and (address := self.address_constant(e)) is not None and address[0] is None:
            value = address[1]  # offsetof as an address from 0: a template's number cannot be relocated
        return None if value is None else tree.Constant(value, e.type, e.span)

    def _as_written(self, e: tree.Expr) -> tree.Expr:
        """`e` with the offsets that this unit has: where only a number will do, clang takes those that are relocatable so."""
        match e:
            case tree.Unary():
                return fold.unary(e.op, self._as_written(e.value), e.type, e.span)
            case tree.Binary():
                return fold.binary(e.op, self._as_written(e.left), self._as_written(e.right), e.type, e.span)
            case tree.Cast():
                return self._written_offset(e) or fold.cast(self._as_written(e.value), e.type, e.span)
        return e

    def _written_offset(self, e: tree.Expr) -> tree.Expr | None:
        """`(long)&((struct s *)0)->m`, an offset in this unit."""
        inner = e
        while isinstance(inner, tree.Cast):
            inner = inner.value
        address = self.address_constant(inner) if isinstance(ct.strip(inner.type), ct.Pointer) else None
        return tree.Constant(address[1], e.type, e.span) if address is not None and address[0] is None else None

    def _reread(self, e: tree.Expr) -> int | None:
        """`*(long *)&(struct bpf_insn){...}`, an instruction as a number."""
        if not isinstance(e, tree.Load) or not isinstance(e.lvalue, tree.Deref) or not is_integer(e.type):
            return None
        pointer = e.lvalue.pointer
        while isinstance(pointer, tree.Cast):
            pointer = pointer.value
        if not isinstance(pointer, tree.AddressOf) or not isinstance(pointer.lvalue, tree.Let):
            return None
        literal = pointer.lvalue
        stores = literal.initializer.stores if literal.initializer is not None else []
        addresses = [self.address_constant(store.value) if is_scalar(store.value.type) else None for store in stores]
        if any(address is None or address[0] is not None for address in addresses):
            return None
        t = literal.variable.type
        data = tree.Global("", t, "", "static", 1, e.span)
        self.static_data(data, stores)
        size = size_of(e.type)
        return fold.wrap(int.from_bytes((data.data or b"")[:size].ljust(size, b"\0"), self.order), e.type)

    # --- texts ----------------------------------------------------------------------------------------------------

    def _clobber(self, node: Any) -> str:
        text = self.asm_text(node)
        if text not in ("memory", "cc") and not _CLOBBER.match(text):
            raise self.error("E0391", node.coord, f"unknown register name '{text}' in asm", fix='use r0 to r9, or "memory"')
        return text

    def _template(self, text: str, names: _Names, span: Span) -> str:
        def put(match: re.Match[str]) -> str:
            if match["literal"]:
                return "%%" if match["literal"] == "%" else match["literal"]
            if match["unique"]:
                return "%{=}"
            modifier = match["modifier"] or ""
            if match["name"] is None and match["number"] is None:
                raise self.error("E0394", span, "invalid % escape in an asm string", fix="write %% for a percent sign")
            what = self._named(match, modifier, names, span)
            if modifier not in ("", "l", "w", "c"):
                raise self.error("E0394", span, f"unknown modifier '%{modifier}' in an asm string",
                                 fix="there are %w for the 32-bit name of a register, and %l for a label")  # fmt: skip
            return f"%{{w:{what}}}" if modifier == "w" else f"%{{{what}}}"

        return _ESCAPE.sub(put, text)

    def _named(self, match: re.Match[str], modifier: str, names: _Names, span: Span) -> str:
        if match["number"] is not None:
            number = int(match["number"])
            if number >= len(names.numbers):
                raise self.error("E0394", span, f"invalid operand number in the asm string: '{match[0]}'",
                                 fix=f"there are {len(names.numbers)} operands, counted from 0")  # fmt: skip
            found = names.numbers[number]
        else:
            table = names.labels if modifier == "l" else names.names
            name = match["name"]
            if name not in table:
                close = suggest(name, table)
                raise self.error("E0394", span, f"unknown symbolic operand name in the asm string: '{match[0]}'",
                                 fix=f"did you mean '{close}'?" if close else f"add [{name}] to the operands")  # fmt: skip
            found = table[name]
        if (found[0] == "l") != (modifier == "l"):
            raise self.error("E0394", span, f"'{match[0]}' in the asm string does not fit its operand",
                             fix="labels are written %l[name], operands %[name]")  # fmt: skip
        return found

    def asm_text(self, node: Any) -> str:
        """The characters of a string literal."""
        try:
            return literals.string(node.value)[0][:-1].decode("utf-8", "surrogateescape")
        except literals.LiteralError as problem:
            raise self.error("E0344", node.coord, str(problem)) from None


def _unextended(e: tree.Expr) -> tree.Expr:
    """What a cast to char or short is about. A register's bits above such an operand mean nothing, and programs rely on
    clang leaving the whole value there: `"r"((short)x)` compares all of x."""
    while (
        isinstance(e, tree.Cast) and is_integer(e.type) and is_integer(e.value.type) and ct.strip(e.type) != ct.BOOL
        and size_of(e.type) < ct.INT.size and size_of(e.value.type) > size_of(e.type)
    ):  # fmt: skip
        e = e.value
    return e


def _pin(e: tree.Expr) -> str:
    """The register of a variable that was declared to be in one, as a part of its constraint."""
    lvalue = e.lvalue if isinstance(e, tree.Load) else e
    if isinstance(lvalue, tree.LocalRef) and lvalue.symbol.register >= 0:
        return f":{lvalue.symbol.register}"
    return ""
