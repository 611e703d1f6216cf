"""The text of IR: what `reader.py` reads back, and what people see in dumps and errors.

    function @drop_all(ptr %0 "ctx") -> i32 section "xdp" {
    .entry:
      %1 = load.4 i32 [%0 + 4]
      %2 = ugt i32 %1, 64
      branch %2, .long, .exit
    .exit from .entry:
      return i32 2
    ...

`%n` is a value, numbered in the order of the text; `.name` a block (with a number behind it if the name is taken),
`@name` a symbol. `from` lists the predecessors in the order of the phis' operands. A number has the type that its place
asks for, or names it: `i64 5`. Comments start with `;`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..source import SourceMap
from .model import (
    Alloca,
    Asm,
    AsmGoto,
    AsmOutput,
    Atomic,
    Binary,
    Block,
    Branch,
    Call,
    Compare,
    Constant,
    CoreValue,
    Function,
    Instr,
    Jump,
    Load,
    MemCopy,
    MemSet,
    Module,
    Phi,
    PtrAdd,
    Return,
    Store,
    SymbolAddr,
    Ty,
    Unary,
    Undef,
    Unreachable,
    Value,
)

# unary operations whose text names the type, because the operation alone does not give it
SAME_TYPE = frozenset({"sext8", "sext16", "bswap16", "bswap32"})
# what the other unary operations take
UNARY_OPERAND = {
    "zext": Ty.I32, "sext": Ty.I32, "trunc": Ty.I64, "sext32": Ty.I64, "bswap64": Ty.I64, "isconst": Ty.I64,
    "ptrtoint": Ty.PTR, "inttoptr": Ty.I64, "askernel": Ty.PTR, "asarena": Ty.PTR,
}  # fmt: skip

_PLAIN = re.compile(r"[\w.$]+")
Line = tuple["Function | Block | Instr | None", str]


def _quote(text: str) -> str:
    """`text` as JSON writes it; json is imported only by who prints."""
    from json import dumps

    return dumps(text)


def print_module(module: Module, sources: SourceMap | None = None) -> str:
    """The text of every function, in order."""
    return "\n".join(print_function(function, sources) for function in module.functions.values())


def print_function(function: Function, sources: SourceMap | None = None) -> str:
    """The text of a function. With `sources`, a comment on each line says the C line:column it comes from."""
    rows = []
    for owner, text in function_lines(function):
        if sources and isinstance(owner, Instr) and owner.span:
            place = sources.place(owner.span)
            text = f"{text:<56} ; {place.line}:{place.column}"
        rows.append(text)
    return "\n".join(rows) + "\n"


def function_lines(function: Function) -> Iterator[Line]:
    """Each line of the text with the function, block or instruction it shows (None for the closing brace)."""
    names = Names(function)
    parameters = ", ".join(
        f"{p.type} {names.value(p)} {_quote(p.name)}{f' align {p.align}' if p.align else ''}" for p in function.parameters
    )
    head = f"function {symbol(function.name)}({parameters}) -> {function.result}"
    if function.section:
        head += f" section {_quote(function.section)}"
    if function.linkage != "global":
        head += f" linkage {function.linkage}"
    if function.inline:
        head += f" inline {function.inline}"
    head += " naked" if function.naked else ""
    head += " bigendian" if function.big_endian else ""
    yield function, head + (" noreturn {" if function.noreturn else " {")
    for block in function.blocks:
        came = ", ".join(names.block(p) for p in block.predecessors)
        unroll = "" if block.unroll is None else f" unroll {block.unroll}"
        yield block, names.block(block) + (f" from {came}" if came else "") + unroll + ":"
        for instr in [*block.instrs, block.terminator] if block.terminator else block.instrs:
            yield instr, "  " + print_instr(instr, names)
    yield None, "}"


def print_instr(instr: Instr, names: Names) -> str:
    """One instruction, without indentation."""
    writer = _WRITERS.get(type(instr))
    text = writer(instr, names) if writer else f"<{type(instr).__name__}>"
    return text if instr.type is Ty.NONE else f"{names.value(instr)} = {text}"


def symbol(name: str) -> str:
    """`@name`, quoted if it has to be."""
    return "@" + (name if _PLAIN.fullmatch(name) else _quote(name))


class Names:
    """The numbers of a function's values and the names of its blocks, made unique."""

    def __init__(self, function: Function) -> None:
        self._values: dict[Value, str] = {}
        self._blocks: dict[Block, str] = {}
        taken: set[str] = set()
        for parameter in function.parameters:
            self._values[parameter] = f"%{len(self._values)}"
        for block in function.blocks:
            name, count = block.name, 1
            while name in taken:
                count += 1
                name = f"{block.name}.{count}"
            taken.add(name)
            self._blocks[block] = "." + (name if _PLAIN.fullmatch(name) else _quote(name))
            for instr in block.instrs:
                if instr.type is not Ty.NONE:
                    self._values[instr] = f"%{len(self._values)}"

    def block(self, block: Block) -> str:
        """The block's label; `.?name` for one that is not in the function."""
        return self._blocks.get(block) or f".?{block.name}"

    def value(self, value: Value, expected: Ty | None = None) -> str:
        """An operand. Its type is written unless it is a numbered value or is what its place expects."""
        match value:
            case Constant():
                text = _number(value)
            case Undef():
                text = "undef"
            case _:
                return self._values.get(value) or f"%?{getattr(value, 'name', '')}"
        return text if value.type is expected else f"{value.type} {text}"


def _number(constant: Constant) -> str:
    signed = constant.signed
    return str(signed) if -(1 << 16) < signed < 1 << 16 else hex(constant.value)


def _address(instr: Load | Store | Atomic, names: Names) -> str:
    sign, offset = ("-", -instr.offset) if instr.offset < 0 else ("+", instr.offset)
    return f"[{names.value(instr.operands[0], Ty.PTR)} {sign} {offset}]"


def _value_type(size: int) -> Ty:
    return Ty.I64 if size == 8 else Ty.I32


def _list(values: list[Value], names: Names, expected: Ty | None = None) -> str:
    return ", ".join(names.value(v, expected) for v in values)


def _binary(i: Binary, names: Names) -> str:
    return f"{i.op} {i.type} {_list(i.operands, names, i.type)}"


def _unary(i: Unary, names: Names) -> str:
    if i.op in SAME_TYPE:
        return f"{i.op} {i.type} {_list(i.operands, names, i.type)}"
    return f"{i.op} {_list(i.operands, names, UNARY_OPERAND.get(i.op))}"


def _ptradd(i: PtrAdd, names: Names) -> str:
    return f"ptradd {names.value(i.operands[0], Ty.PTR)}, {names.value(i.operands[1], Ty.I64)}"


def _compare(i: Compare, names: Names) -> str:
    return f"{i.op} {i.operands[0].type} {_list(i.operands, names, i.operands[0].type)}"


def _load(i: Load, names: Names) -> str:
    return f"load.{i.size} {'volatile ' if i.volatile else ''}{i.type} {_address(i, names)}"


def _store(i: Store, names: Names) -> str:
    value = names.value(i.operands[1], _value_type(i.size))
    return f"store.{i.size} {'volatile ' if i.volatile else ''}{_address(i, names)}, {value}"


def _atomic(i: Atomic, names: Names) -> str:
    values = _list(i.operands[1:], names, _value_type(i.size))
    return f"atomic.{i.size} {'fetch ' if i.fetch else ''}{i.op} {_address(i, names)}, {values}"


def _memcopy(i: MemCopy, names: Names) -> str:
    return f"{'memmove' if i.move else 'memcopy'} {_list(i.operands, names, Ty.PTR)}, size {i.size}, align {i.align}"


def _memset(i: MemSet, names: Names) -> str:
    to, byte = names.value(i.operands[0], Ty.PTR), names.value(i.operands[1], Ty.I32)
    return f"memset {to}, {byte}, size {i.size}, align {i.align}"


def _alloca(i: Alloca, names: Names) -> str:
    return f"alloca {i.size}, align {i.align}, {_quote(i.name)}"


def _symbol(i: SymbolAddr, names: Names) -> str:
    addend = f" {'-' if i.addend < 0 else '+'} {abs(i.addend)}" if i.addend else ""
    return f"symbol {i.kind} {symbol(i.symbol)}{addend}"


def _core(i: CoreValue, names: Names) -> str:
    return f"core {i.type} {i.kind} root {i.root} {_quote(i.access)} = {i.value}"


def _call(i: Call, names: Names) -> str:
    number = f" {i.number}" if i.number else ""
    return f"call {i.type} {i.kind}{number} {symbol(i.symbol)}({_list(i.operands, names)})"


def _asm(i: Asm, names: Names) -> str:
    parts = [f"asm {i.type} {_quote(i.template)}"]
    if i.outputs:
        parts.append("out " + ", ".join(map(_quote, i.outputs)))
    parts += _asm_rest(i, names)
    if i.volatile:
        parts.append("volatile")
    return " ".join(parts)


def _asm_rest(i: Asm | AsmGoto, names: Names) -> list[str]:
    parts = []
    if i.inputs:
        parts.append("in " + ", ".join(f"{_quote(c)} {names.value(v)}" for c, v in zip(i.inputs, i.operands, strict=False)))
    if i.clobbers:
        parts.append("clobbers " + ", ".join(map(_quote, i.clobbers)))
    return parts


def _output(i: AsmOutput, names: Names) -> str:
    return f"output {i.type} {i.index} {names.value(i.operands[0])}"


def _asm_goto(i: AsmGoto, names: Names) -> str:
    parts = [f"asmgoto {_quote(i.template)}", *_asm_rest(i, names)]
    return " ".join([*parts, "to", ", ".join(map(names.block, i.targets))])


def _phi(i: Phi, names: Names) -> str:
    came = i.block.predecessors
    pairs = ", ".join(
        f"{names.block(came[k]) if k < len(came) else '.?'}: {names.value(value, i.type)}" for k, value in enumerate(i.operands)
    )
    return f"phi {i.type} [{pairs}]" + (f" {_quote(i.name)}" if i.name else "")


def _jump(i: Jump, names: Names) -> str:
    return "jump " + ", ".join(map(names.block, i.targets))


def _branch(i: Branch, names: Names) -> str:
    expect = "" if i.likely is None else " likely" if i.likely else " unlikely"
    return f"branch {names.value(i.operands[0], Ty.I32)}, {', '.join(map(names.block, i.targets))}{expect}"


def _return(i: Return, names: Names) -> str:
    return f"return {names.value(i.operands[0])}" if i.operands else "return"


_WRITERS: dict[type, Callable[..., str]] = {
    Binary: _binary, Unary: _unary, PtrAdd: _ptradd, Compare: _compare, Load: _load, Store: _store, Atomic: _atomic,
    MemCopy: _memcopy, MemSet: _memset, Alloca: _alloca, SymbolAddr: _symbol, CoreValue: _core,
    Call: _call, Asm: _asm, AsmOutput: _output, AsmGoto: _asm_goto, Phi: _phi,
    Jump: _jump, Branch: _branch, Return: _return, Unreachable: lambda i, names: "unreachable",
}  # fmt: skip
