"""Reads the text that `printer.py` writes (grammar: `ir.lark`) back into IR. Used by tests and tools, not by a compile."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from .check import COMPARES, IRError
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
    Parameter,
    Phi,
    PtrAdd,
    Return,
    Store,
    SymbolAddr,
    Terminator,
    Ty,
    Unary,
    Undef,
    Unreachable,
    Value,
)
from .printer import UNARY_OPERAND

_UNARIES = frozenset(["sext8", "sext16", "bswap16", "bswap32"])


def read_module(text: str) -> Module:
    """The module that `text` shows. Raises `IRError` with the line that cannot be read."""
    module = Module()
    for tree in _parse(text).children:
        function = _FunctionReader(text).read(tree)
        module.functions[function.name] = function
    return module


def read_function(text: str) -> Function:
    """The one function that `text` shows."""
    functions = list(read_module(text).functions.values())
    if len(functions) != 1:
        raise IRError(f"expected one function, found {len(functions)}")
    return functions[0]


@cache
def _grammar() -> Any:
    from lark import Lark

    grammar = (Path(__file__).parent / "ir.lark").read_text()
    return Lark(grammar, parser="lalr", start="module", maybe_placeholders=True, propagate_positions=True)


def _parse(text: str) -> Any:
    from lark.exceptions import UnexpectedInput

    try:
        return _grammar().parse(text)
    except UnexpectedInput as error:
        raise _error(text, getattr(error, "line", 0), "cannot be read as IR") from None


def _error(text: str, line: int, message: str) -> IRError:
    lines = text.splitlines()
    shown = lines[line - 1].strip() if 0 < line <= len(lines) else "the end of the text"
    return IRError(f"line {line}: {message}: {shown}")


def _unquote(token: str) -> str:
    body = token[1:]
    return str(json.loads(body)) if body.startswith('"') else body


class _FunctionReader:
    """Reads one function: first every instruction with its operands' trees, then the operands, which may come later."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.values: dict[str, Value] = {}
        self.blocks: dict[str, Block] = {}
        self.pending: list[tuple[Instr, int, Any, Ty | None]] = []
        self.line = 0

    def read(self, tree: Any) -> Function:
        name, *rest = tree.children
        function = Function(_unquote(name), [], Ty.NONE)
        bodies = []
        for item in rest:
            if item is None:
                continue
            if not hasattr(item, "data"):
                function.result = Ty(item)
            elif item.data == "parameter":
                type, number, quoted, align = item.children
                parameter = Parameter(Ty(type), len(function.parameters), json.loads(quoted), align=int(align or 0))
                function.parameters.append(parameter)
                self.values[number] = parameter
            elif item.data == "block":
                label = item.children[0]
                if label in self.blocks:
                    raise _error(self.text, item.meta.line, "a second block of that name")
                self.blocks[label] = Block(_unquote(label))
                bodies.append((self.blocks[label], item))
            else:
                self._attribute(function, item)
        function.blocks = [block for block, _ in bodies]
        for block, item in bodies:
            self._block(block, item)
        for instr, index, operand, expected in self.pending:
            instr.operands[index] = self._operand(operand, expected)
        return function

    def _attribute(self, function: Function, item: Any) -> None:
        match item.data:
            case "section":
                function.section = json.loads(item.children[0])
            case "linkage":
                function.linkage = str(item.children[0])
            case "inline":
                function.inline = str(item.children[0])
            case "naked":
                function.naked = True
            case "bigendian":
                function.big_endian = True
            case _:
                function.noreturn = True

    def _block(self, block: Block, item: Any) -> None:
        _, came, unroll, *instrs = item.children
        self.line = item.meta.line
        if came is not None:
            block.predecessors = [self._target(label) for label in came.children]
        block.unroll = None if unroll is None else int(unroll)
        for row in instrs:
            self.line = row.meta.line
            number, body = row.children
            if block.terminator:
                raise _error(self.text, self.line, "an instruction after the end of its block")
            instr = _READERS[body.data](self, *body.children)
            instr.block = block
            if isinstance(instr, Phi) and [self._target(arm.children[0]) for arm in self.arms] != block.predecessors:
                raise _error(self.text, self.line, "the phi's blocks are not the block's predecessors")
            if number is not None:
                if number in self.values:
                    raise _error(self.text, self.line, f"{number} is defined twice")
                self.values[number] = instr
            if isinstance(instr, Terminator):
                block.terminator = instr
            else:
                block.instrs.append(instr)

    def _target(self, label: str) -> Block:
        if label not in self.blocks:
            raise _error(self.text, self.line, f"no block {label}")
        return self.blocks[label]

    def _later(self, instr: Instr, *operands: tuple[Any, Ty | None]) -> Instr:
        """Note what the operands of `instr` will be."""
        instr.operands = [_HOLE] * len(operands)
        self.pending += [(instr, index, tree, expected) for index, (tree, expected) in enumerate(operands)]
        return instr

    def _operand(self, tree: Any, expected: Ty | None) -> Value:
        if tree.data == "value":
            number = tree.children[0]
            if number not in self.values:
                raise _error(self.text, tree.meta.line, f"{number} is not defined")
            return self.values[number]
        type = Ty(tree.children[0]) if tree.children[0] is not None else expected
        if type is None or type is Ty.NONE:
            raise _error(self.text, tree.meta.line, "the type of a number is missing")
        return Undef(type) if tree.data == "undef" else Constant(type, int(tree.children[1], 0))

    # --- one method for each alternative of `body` in the grammar ---

    def operation(self, op: str, kind: str, a: Any, b: Any) -> Instr:
        type = Ty(kind)
        hole = Undef(type)
        if b is None or op in _UNARIES:
            if b is not None or op not in _UNARIES:
                raise _error(self.text, self.line, "the number of operands is wrong")
            return self._later(Unary(str(op), hole), (a, type))
        instr: Instr = Compare(str(op), hole, hole) if op in COMPARES else Binary(str(op), hole, hole)
        return self._later(instr, (a, type), (b, type))

    def conversion(self, op: str, a: Any) -> Instr:
        expected = UNARY_OPERAND[str(op)]
        return self._later(Unary(str(op), Undef(expected)), (a, expected))

    def ptradd(self, base: Any, offset: Any) -> Instr:
        return self._later(PtrAdd(_HOLE, _HOLE), (base, Ty.PTR), (offset, Ty.I64))

    def load(self, name: str, volatile: Any, kind: str, address: Any) -> Instr:
        base, offset = self._address(address)
        instr = Load(Ty(kind), _HOLE, offset, int(name[5:]), volatile=volatile is not None)
        return self._later(instr, (base, Ty.PTR))

    def store(self, name: str, volatile: Any, address: Any, value: Any) -> Instr:
        base, offset = self._address(address)
        size = int(name[6:])
        instr = Store(_HOLE, offset, size, _HOLE, volatile=volatile is not None)
        return self._later(instr, (base, Ty.PTR), (value, Ty.I64 if size == 8 else Ty.I32))

    def atomic(self, name: str, fetch: Any, op: str, address: Any, values: Any) -> Instr:
        base, offset = self._address(address)
        size = int(name[7:])
        instr = Atomic(str(op), _HOLE, offset, size, [], fetch=fetch is not None)
        expected = Ty.I64 if size == 8 else Ty.I32
        return self._later(instr, (base, Ty.PTR), *((value, expected) for value in values.children))

    def copy(self, name: str, to: Any, source: Any, size: str, align: str) -> Instr:
        instr = MemCopy(_HOLE, _HOLE, int(size, 0), int(align, 0), move=name == "memmove")
        return self._later(instr, (to, Ty.PTR), (source, Ty.PTR))

    def memset(self, to: Any, byte: Any, size: str, align: str) -> Instr:
        return self._later(MemSet(_HOLE, _HOLE, int(size, 0), int(align, 0)), (to, Ty.PTR), (byte, Ty.I32))

    def alloca(self, size: str, align: str, name: str) -> Instr:
        return Alloca(int(size, 0), int(align, 0), json.loads(name))

    def symbol(self, kind: str, name: str, sign: str | None, addend: str | None) -> Instr:
        return SymbolAddr(str(kind), _unquote(name), int(addend, 0) * (-1 if sign == "-" else 1) if addend else 0)

    def core(self, type: str, kind: str, root: str, access: str, value: str) -> Instr:
        return CoreValue(Ty(type), int(kind, 0), int(root, 0), json.loads(access), int(value, 0))

    def call(self, type: str, kind: str, number: str | None, name: str, arguments: Any) -> Instr:
        instr = Call(str(kind), _unquote(name), [], Ty(type), number=int(number, 0) if number else 0)
        return self._later(instr, *((tree, None) for tree in (arguments.children if arguments else [])))

    def assembly(self, type: str, template: str, outputs: Any, inputs: Any, clobbers: Any, volatile: Any) -> Instr:
        pairs = [item.children for item in inputs.children] if inputs else []
        instr = Asm(Ty(type), json.loads(template), _strings(outputs), tuple(json.loads(c) for c, _ in pairs), [],
                    clobbers=_strings(clobbers), volatile=volatile is not None)  # fmt: skip
        return self._later(instr, *((tree, None) for _, tree in pairs))

    def output(self, type: str, index: str, asm: Any) -> Instr:
        return self._later(AsmOutput(Ty(type), _HOLE, int(index, 0)), (asm, None))

    def asmgoto(self, template: str, inputs: Any, clobbers: Any, labels: Any) -> Instr:
        pairs = [item.children for item in inputs.children] if inputs else []
        targets = [self._target(label) for label in labels.children]
        instr = AsmGoto(json.loads(template), tuple(json.loads(c) for c, _ in pairs), [], targets,
                        clobbers=_strings(clobbers))  # fmt: skip
        return self._later(instr, *((tree, None) for _, tree in pairs))

    def phi(self, kind: str, *parts: Any) -> Instr:
        *arms, name = parts
        self.arms = [arm for arm in arms if arm is not None]
        type = Ty(kind)
        instr = Phi(type, [], json.loads(name) if name else "")
        return self._later(instr, *((arm.children[1], type) for arm in self.arms))

    def jump(self, label: str) -> Instr:
        return Jump(self._target(label))

    def branch(self, condition: Any, then: str, otherwise: str, expect: str | None) -> Instr:
        instr = Branch(_HOLE, self._target(then), self._target(otherwise))
        instr.likely = None if expect is None else expect == "likely"
        return self._later(instr, (condition, Ty.I32))

    def return_(self, value: Any) -> Instr:
        return Return() if value is None else self._later(Return(), (value, None))

    def unreachable(self) -> Instr:
        return Unreachable()

    def _address(self, tree: Any) -> tuple[Any, int]:
        base, sign, offset = tree.children
        return base, int(offset, 0) * (-1 if sign == "-" else 1)


def _strings(tree: Any) -> tuple[str, ...]:
    return tuple(json.loads(text) for text in tree.children) if tree else ()


_HOLE = Undef(Ty.I64)
_READERS: dict[str, Callable[..., Instr]] = {
    name: getattr(_FunctionReader, name)
    for name in ("operation", "conversion", "ptradd", "load", "store", "atomic", "copy", "memset", "alloca", "symbol", "core",
                 "call", "assembly", "output", "asmgoto", "phi", "jump", "branch", "return_", "unreachable")
}  # fmt: skip
