"""`check_size`: the size of a pointer where that of what it points at is meant (-Wsizeof-pointer-memaccess)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...parse.lean import c_ast
from .. import types as ct
from ..base import Poison
from ..compare import is_void
from ..layout import is_complete, size_of

if TYPE_CHECKING:
    from ..base import Checker


def check_size(checker: Checker, name: str, nodes: list[Any]) -> None:
    """A call of memset, memcpy, memmove or memcmp whose third argument is a sizeof."""
    operand = nodes[2].expr
    if isinstance(operand, c_ast.Typename):
        return
    for node in nodes[: 1 if name == "__builtin_memset" else 2]:
        while isinstance(node, c_ast.Cast):
            node = node.expr
        if _same(node, operand):
            t = _type(checker, operand)
            if isinstance(t, ct.Pointer) and not is_void(t.target) and is_complete(t.target) and size_of(t.target) != 1:
                checker.warn("W0337", operand.coord, f"'{name}' call operates on objects that the pointer points at while the "
                             "size is that of the pointer", fix="write sizeof(*pointer)")  # fmt: skip
            return


def _same(a: Any, b: Any) -> bool:
    """Whether two expressions name the same object by what is written."""
    match a, b:
        case c_ast.ID(), c_ast.ID():
            return bool(a.name == b.name)
        case c_ast.StructRef(), c_ast.StructRef():
            return a.type == b.type and a.field.name == b.field.name and _same(a.name, b.name)
        case _:
            return False


def _type(checker: Checker, node: Any) -> ct.Type | None:
    checker.unevaluated += 1
    try:
        return ct.strip(checker.expression(node).type)
    except Poison:
        return None
    finally:
        checker.unevaluated -= 1
