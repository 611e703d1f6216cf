"""`resolve_calls`: calls of which inlining has shown more: the function a pointer is, the literals that are compared.

    %1 = symbol function @step
    %2 = call i32 indirect @visit(%1, %0)      ->      %2 = call i32 function @step(%0)

    %1 = symbol data @.str
    %2 = call i64 memory @strlen(%1)           ->      3

BPF has no indirect calls and no C library; C has them where an inlined function is given another one to call, or a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...stdlib.helpers import by_number
from ..ir.model import Call, Constant, Function, Instr, Module, PtrAdd, SymbolAddr, Ty, Unary, Value


def resolve_calls(function: Function, module: Module) -> bool:
    """Make direct calls and constants in `function`, in place; True if there were any."""
    changed = False
    known: dict[Value, Value] = {}
    for block in function.blocks:
        for index, instr in enumerate(block.instrs):
            if not isinstance(instr, Call):
                continue
            if instr.kind == "indirect" and (callee := _callee(instr, module)) is not None:
                instr.kind, instr.symbol = "function" if callee.kind == "function" else "extern", callee.symbol
                del instr.operands[0]
                changed = True
            elif instr.kind == "indirect" and isinstance(instr.operands[0], Constant):
                block.instrs[index] = helper = _helper(instr, instr.operands[0].value)
                helper.block = block
                known[instr] = Unary("trunc", helper, instr.span) if instr.type is Ty.I32 else helper
            elif instr.kind == "memory" and (value := _value(instr, module)) is not None:
                known[instr] = Constant(instr.type, value)
    if known:
        _replace(function, known)
    return changed or bool(known)


def _helper(call: Call, number: int) -> Call:
    """The call of the helper of that number: its name in libbpf's headers is a pointer of that value. It leaves 64 bits."""
    row = by_number(number)
    type = Ty.I64 if call.type is Ty.I32 else call.type
    return Call("helper", row.name if row else f"#{number}", call.operands[1:], type, number=number, span=call.span)


def _replace(function: Function, known: dict[Value, Value]) -> None:
    """Use the values of `known` instead of its keys, which go."""
    cut = {new.operands[0]: new for new in known.values() if isinstance(new, Unary)}
    for block in function.blocks:
        kept: list[Instr] = []
        for instr in block.instrs:
            if instr not in known:
                kept.append(instr)
            if instr in cut:
                cut[instr].block = block
                kept.append(cut[instr])
        block.instrs = kept
        for user in [*block.instrs, block.terminator]:
            if user is not None:
                user.operands = [known.get(operand, operand) for operand in user.operands]


def _callee(call: Call, module: Module) -> SymbolAddr | None:
    """The function that an indirect call calls: one of this module, if it takes such arguments, or the kernel's."""
    pointer, *arguments = call.operands
    if not isinstance(pointer, SymbolAddr) or pointer.kind not in ("function", "extern", "weak") or pointer.addend:
        return None
    callee = module.functions.get(pointer.symbol)
    if callee is not None and (call.type is not callee.result or _types(arguments) != _types(callee.parameters)):
        return None
    return None if callee is None and pointer.kind == "function" else pointer


def _types(values: Sequence[Value]) -> list[Ty]:
    return [value.type for value in values]


def _value(call: Call, module: Module) -> int | None:
    """What strlen, strcmp or strncmp of literals gives (C11 7.24.4, 7.24.6.3)."""
    texts = [_text(pointer, module) for pointer in call.operands[:2]]
    if any(text is None for text in texts):
        return None
    match call.symbol, texts, call.operands[2:]:
        case "strlen", [bytes(text)], []:
            return len(text)
        case "strcmp", [bytes(one), bytes(two)], []:
            return (one > two) - (one < two)
        case "strncmp", [bytes(one), bytes(two)], [Constant(value=count)]:
            return (one[:count] > two[:count]) - (one[:count] < two[:count])
    return None


def _text(pointer: Value, module: Module) -> bytes | None:
    """The string at an address in read-only data, without its end."""
    offset = 0
    while isinstance(pointer, PtrAdd) and isinstance(pointer.operands[1], Constant):
        offset += pointer.operands[1].signed
        pointer = pointer.operands[0]
    if not isinstance(pointer, SymbolAddr) or pointer.kind != "data":
        return None
    data = module.literals.get(pointer.symbol, b"")
    offset += pointer.addend
    end = data.find(b"\0", offset) if 0 <= offset < len(data) else -1
    return data[offset:end] if end >= 0 else None
