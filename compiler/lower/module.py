"""`lower`: a checked unit to an IR module."""

from __future__ import annotations

from ..diagnostics import Diagnostics
from ..ir import model as ir
from ..ir.model import Ty
from ..sema import tree
from ..sema import types as ct
from . import ctypes
from .ssa import Builder
from .statements import Statements


def lower(unit: tree.Unit, diagnostics: Diagnostics) -> ir.Module:
    """Lower every function of `unit` that has a body. Errors go to `diagnostics`."""
    module = ir.Module()
    for item in unit.globals:
        if item.constant and not item.volatile and item.linkage != "weak" and not item.references:
            module.literals[item.name] = item.data if item.data is not None else bytes(ctypes.size_of(item.type))
    for symbol in unit.functions:
        module.functions[symbol.name] = lower_function(symbol, diagnostics, unit.roots, big_endian=unit.big_endian)
    return module


def lower_function(symbol: tree.FunctionSymbol, diagnostics: Diagnostics, roots: list[ct.Type], *,
                   big_endian: bool = False) -> ir.Function:  # fmt: skip
    """Lower one function. The types that its CO-RE relocations are about are added to `roots`.

    Records are returned through a pointer that comes as the first argument and passed as the address of a copy.
    """
    result = symbol.type.result
    parameters: list[ir.Parameter] = []
    if ctypes.is_record(result):
        parameters.append(ir.Parameter(Ty.PTR, 0, "result"))
    for local in symbol.parameters:
        type = Ty.PTR if ctypes.is_record(local.type) else ctypes.register(local.type)
        parameters.append(ir.Parameter(type, len(parameters), local.name, align=ctypes.packed_alignment(local.type)))
    function = ir.Function(
        symbol.name, parameters, ctypes.register(result), symbol.section, symbol.linkage, symbol.inline,
        span=symbol.span, noreturn=symbol.noreturn, naked="naked" in symbol.attributes, big_endian=big_endian,
    )  # fmt: skip
    builder = Builder(function)
    body = Statements(builder, diagnostics, roots)
    body.result_type = function.result
    incoming = iter(parameters)
    if ctypes.is_record(result):
        body.result_home = next(incoming)
    builder.span = symbol.span
    if function.naked:
        return _naked(function, body, symbol)
    for local, parameter in zip(symbol.parameters, incoming, strict=True):
        body.parameter(local, parameter)
    assert symbol.body is not None
    body.statement(symbol.body)
    # falling off the end gives an undefined value (C11 6.9.1p12); we return 0 so that r0 is always set
    builder.span = symbol.body.span
    builder.terminate(ir.Return(None if function.result is Ty.NONE else ir.Constant(function.result, 0)))
    builder.finish()
    return function


def _naked(function: ir.Function, body: Statements, symbol: tree.FunctionSymbol) -> ir.Function:
    """Nothing but asm statements: they find the arguments in r1-r5 and leave the function themselves."""
    assert symbol.body is not None
    function.inline = "never"
    body.statement(symbol.body)
    body.b.terminate(ir.Unreachable(symbol.body.span))
    body.b.finish()
    return function
