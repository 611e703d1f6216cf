"""`walk`: every node of a typed tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import tree

# the children of each node, by attribute: expressions, statements, or lists of them
CHILDREN: dict[type, tuple[str, ...]] = {
    tree.Deref: ("pointer",), tree.Member: ("base",), tree.Load: ("lvalue",), tree.AddressOf: ("lvalue",),
    tree.Cast: ("value",), tree.Unary: ("value",), tree.Binary: ("left", "right"), tree.Compare: ("left", "right"),
    tree.Logical: ("left", "right"), tree.PointerAdd: ("pointer", "index"), tree.PointerDifference: ("left", "right"),
    tree.Conditional: ("condition", "then", "otherwise"), tree.Comma: ("left", "right"), tree.Assign: ("lvalue", "value"),
    tree.CompoundAssign: ("lvalue", "right"), tree.IncDec: ("lvalue",), tree.Call: ("target", "arguments"),
    tree.Builtin: ("arguments",), tree.Atomic: ("pointer", "operands"), tree.StatementExpr: ("body", "result"),
    tree.Let: ("value", "initializer", "body"), tree.Initializer: ("stores",), tree.InitStore: ("value",),
    tree.Declare: ("initializer",), tree.ExprStatement: ("value",), tree.Block: ("statements",),
    tree.If: ("condition", "then", "otherwise"), tree.Loop: ("condition", "body", "step"), tree.Case: ("body",),
    tree.Switch: ("value", "body"), tree.Label: ("body",), tree.Return: ("value",),
    tree.Constant: (), tree.FloatConstant: (),
    tree.LocalRef: (), tree.GlobalRef: (), tree.FunctionRef: (), tree.Break: (), tree.Continue: (),
    tree.Goto: (), tree.CoreValue: (),
}  # fmt: skip


def walk(root: Any) -> Iterator[Any]:
    """Every node under `root`, itself first, in the order of the source; without recursion."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, tree.Asm):
            stack += [operand[2] for operand in reversed([*node.outputs, *node.inputs])]
            continue
        for name in reversed(CHILDREN[type(node)]):
            child = getattr(node, name)
            if child is None:
                continue
            if isinstance(child, list):
                stack += reversed(child)
            else:
                stack.append(child)
