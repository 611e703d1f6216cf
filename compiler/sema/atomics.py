"""`__sync_*` and `__atomic_*` (GCC manual, "Atomic Builtins") as tree.Atomic."""

from __future__ import annotations

import re
from typing import Any

from ..source import Span
from . import fold, tree
from . import types as ct
from .compare import is_pointer, is_scalar, qualifiers, unqualified
from .generic_builtins import GenericBuiltins
from .spelling import quote

_SYNC = re.compile(
    r"__sync_(?:fetch_and_(?P<old>add|sub|or|and|xor|nand)|(?P<new>add|sub|or|and|xor|nand)_and_fetch"
    r"|(?P<cas>val|bool)_compare_and_swap|(?P<swap>lock_test_and_set|swap)|(?P<release>lock_release)|(?P<fence>synchronize))"
    r"(?:_[1248])?\Z"
)
_ATOMIC = re.compile(
    r"__(?:c11_)?atomic_(?:fetch_(?P<old>add|sub|or|and|xor|nand)|(?P<new>add|sub|or|and|xor|nand)_fetch"
    r"|(?P<load>load(?:_n)?)|(?P<store>store(?:_n)?)|(?P<exchange>exchange(?:_n)?)|(?P<cas>compare_exchange(?:_n)?)"
    r"|(?P<fence>thread_fence|signal_fence))\Z"
)


class Atomics(GenericBuiltins):
    """Atomic builtins; the memory order is always the strongest BPF has."""

    def atomic(self, name: str, nodes: list[Any], span: Span) -> tree.Expr | None:
        """A call of an atomic builtin; None if `name` is none."""
        match = _SYNC.match(name)
        if match is not None:
            return self._sync(name, match, nodes, span)
        if name in ("__atomic_always_lock_free", "__atomic_is_lock_free", "__c11_atomic_is_lock_free"):
            self.count_arguments(name, len(nodes), 1 if name.startswith("__c11") else 2, span)
            size = self.integer_constant(nodes[0], f"the size that {name} asks about")
            return tree.Constant(int(size in (1, 2, 4, 8)), ct.BOOL, span)
        match = _ATOMIC.match(name)
        if match is not None:
            return self._ordered(name, match, nodes, span)
        return None

    def _operands(self, name: str, nodes: list[Any], count: int, span: Span,
                  at_least: bool = False) -> tuple[list[tree.Expr], ct.Type]:
        """The checked arguments and the type of what the first points to."""
        self.count_arguments(name, len(nodes), count, span, at_least)
        values = [self.rvalue(node) for node in nodes]
        t = ct.strip(values[0].type)
        if not isinstance(t, ct.Pointer) or not is_scalar(t.target):
            raise self.error("E0342", values[0].span,
                             f"{name} takes a pointer to an integer or pointer, not {quote(values[0].type)}")
        if qualifiers(t.target)[0] and "load" not in name:
            raise self.error("E0325", values[0].span, f"{name} would write a const object", fix="remove 'const'")
        return values, unqualified(t.target)

    def _fence(self, name: str, span: Span) -> Exception:
        return self.error("E0438", span, f"{name}: BPF has no memory fence instruction",
                          fix="atomic operations whose result is used are full barriers")  # fmt: skip

    def _sync(self, name: str, match: re.Match[str], nodes: list[Any], span: Span) -> tree.Expr:
        if match["fence"]:
            raise self._fence(name, span)
        if op := match["old"] or match["new"]:
            values, t = self._operands(name, nodes, 2, span, at_least=True)
            return tree.Atomic(op, values[0], [self._operand(values[1], t)], "old" if match["old"] else "new", t, span)
        if match["swap"]:
            values, t = self._operands(name, nodes, 2, span, at_least=True)
            return tree.Atomic("xchg", values[0], [self._operand(values[1], t)], "old", t, span)
        if match["release"]:
            values, t = self._operands(name, nodes, 1, span, at_least=True)
            return tree.Atomic("store", values[0], [tree.Constant(0, t, span)], "", ct.VOID, span)
        values, t = self._operands(name, nodes, 3, span, at_least=True)
        expected, new = (self._operand(v, t) for v in values[1:3])
        if match["cas"] == "val":
            return tree.Atomic("cmpxchg", values[0], [expected, new], "old", t, span)
        old = self.new_local("expected", t, span)
        read = tree.Load(tree.LocalRef(old, t, span), t, span)
        swap = tree.Atomic("cmpxchg", values[0], [read, new], "old", t, span)
        test = fold.compare("==", swap, tree.Load(tree.LocalRef(old, t, span), t, span), span)
        return self.cast(tree.Let(old, expected, None, test, ct.INT, span), ct.BOOL)

    def _operand(self, value: tree.Expr, t: ct.Type) -> tree.Expr:
        """An operand in the object's type; an integer may meet a pointer, as with gcc's untyped builtins."""
        if is_pointer(t) and not is_pointer(value.type):
            return self.explicit_cast(value, t, value.span)
        return self.assign(value, t, "pass")

    def _ordered(self, name: str, match: re.Match[str], nodes: list[Any], span: Span) -> tree.Expr:
        if match["fence"]:
            raise self._fence(name, span)
        if op := match["old"] or match["new"]:
            values, t = self._operands(name, nodes, 3, span)
            return tree.Atomic(op, values[0], [self._operand(values[1], t)], "old" if match["old"] else "new", t, span)
        if match["load"]:
            by_value = match["load"].endswith("_n") or name.startswith("__c11")
            values, t = self._operands(name, nodes, 2 if by_value else 3, span)
            load = tree.Atomic("load", values[0], [], "old", t, span)
            return load if by_value else self._put(values[1], load, t, span)
        if match["store"]:
            values, t = self._operands(name, nodes, 3, span)
            value = values[1] if match["store"].endswith("_n") or name.startswith("__c11") else self._get(values[1], span)
            return tree.Atomic("store", values[0], [self._operand(value, t)], "", ct.VOID, span)
        if match["exchange"]:
            by_value = match["exchange"].endswith("_n") or name.startswith("__c11")
            values, t = self._operands(name, nodes, 3 if by_value else 4, span)
            value = values[1] if by_value else self._get(values[1], span)
            swap = tree.Atomic("xchg", values[0], [self._operand(value, t)], "old", t, span)
            return swap if by_value else self._put(values[2], swap, t, span)
        return self._compare_exchange(name, match["cas"].endswith("_n"), nodes, span)

    def _compare_exchange(self, name: str, by_value: bool, nodes: list[Any], span: Span) -> tree.Expr:
        """The found value is stored to *expected always: on success it is what was there already."""
        values, t = self._operands(name, nodes, 6, span)
        target = ct.strip(values[1].type)
        if not isinstance(target, ct.Pointer):
            raise self.error("E0342", values[1].span, f"the second argument of {name} is a pointer to the expected value")
        new = self._operand(values[2] if by_value else self._get(values[2], span), t)
        where, old, found = (
            self.new_local(word, type, span) for word, type in (("where", values[1].type), ("expected", t), ("found", t))
        )

        def read(local: tree.Local) -> tree.Expr:
            return tree.Load(tree.LocalRef(local, local.type, span), local.type, span)

        place = self.deref(read(where), span)
        swap = tree.Atomic("cmpxchg", values[0], [read(old), new], "old", t, span)
        update = tree.Assign(place, self.assign(read(found), target.target, "assign"), unqualified(target.target), span)
        test = tree.Comma(update, fold.compare("==", read(found), read(old), span), ct.INT, span)
        inner = tree.Let(found, swap, None, test, ct.INT, span)
        middle = tree.Let(old, self.assign(self.value_of(place), t, "assign"), None, inner, ct.INT, span)
        return self.cast(tree.Let(where, values[1], None, middle, ct.INT, span), ct.BOOL)

    def _get(self, pointer: tree.Expr, span: Span) -> tree.Expr:
        return self.value_of(self.deref(pointer, span))

    def _put(self, pointer: tree.Expr, value: tree.Expr, t: ct.Type, span: Span) -> tree.Expr:
        lvalue = self.deref(pointer, span)
        return self.discard(tree.Assign(lvalue, self.assign(value, lvalue.type, "assign"), unqualified(lvalue.type), span))


def drop_result(e: tree.Expr) -> tree.Expr:
    """`e` when nobody uses its value: an atomic then need not fetch."""
    match e:
        case tree.Atomic(fetch="old" | "new", op="add" | "sub" | "or" | "and" | "xor"):
            e.fetch = ""
        case tree.Cast(value=value, type=t) if isinstance(ct.strip(t), ct.Void):
            drop_result(value)
        case tree.Comma(right=right):
            drop_result(right)
        case tree.Conditional(then=then, otherwise=otherwise):
            drop_result(then)
            drop_result(otherwise)
    return e
