"""Initializers (C11 6.7.9) as flat lists of stores: designators, nesting, elided braces, strings, flexible members."""

from __future__ import annotations

from typing import Any

from ..diagnostics import did_you_mean
from ..parse import nodes as gnu
from ..parse.lean import c_ast
from ..source import Span
from . import literals, tree
from . import types as ct
from .access import find_field, member_names
from .base import Poison
from .compare import is_integer, is_scalar, qualifiers, qualify
from .expressions import Expressions
from .layout import size_of
from .names import suggest
from .spelling import quote

_WORDS = {8: ct.ULONG, 4: ct.UINT, 2: ct.USHORT, 1: ct.UCHAR}


class _Items:
    """The items of one brace level, the current one's checked value kept until it is used."""

    def __init__(self, node: Any) -> None:
        self.items: list[Any] = node.exprs
        self.end: int = node.coord.last  # where the '}' is
        self.at = 0
        self.value: tree.Expr | None = None

    def more(self) -> bool:
        return self.at < len(self.items)

    def zero(self) -> bool:
        """True for `{0}`, which stands for zeros all over."""
        only = self.items[0] if len(self.items) == 1 else None
        return isinstance(only, c_ast.Constant) and only.value == "0"

    def node(self) -> Any:
        item = self.items[self.at]
        return item.expr if isinstance(item, c_ast.NamedInitializer) else item

    def advance(self) -> None:
        self.at += 1
        self.value = None


class Initializers(Expressions):
    """Makes `tree.InitStore`s; offsets are in bits from the start of the object."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._high = -1  # the highest offset stored to so far
        self._active: dict[tuple[int, int], int] = {}  # (offset, union) -> the member that is initialized

    def initializer(self, node: Any, t: ct.Type, span: Span) -> tuple[ct.Type, list[tree.InitStore]]:
        """Check an initializer for an object of type `t`: the completed type and the stores, in order."""
        outer = self._high, self._active  # a compound literal may stand inside of an initializer
        self._high, self._active = -1, {}
        try:
            return self._initializer(node, t, span)
        finally:
            self._high, self._active = outer

    def _initializer(self, node: Any, t: ct.Type, span: Span) -> tuple[ct.Type, list[tree.InitStore]]:
        stores: list[tree.InitStore] = []
        bare = ct.strip(t)
        if isinstance(bare, ct.Array):
            count = self._array(node, bare, 0, stores)
            if bare.count is None:
                t = qualify_like(t, ct.Array(bare.element, count))
            return t, stores
        if isinstance(bare, ct.Function | ct.Void) or (isinstance(bare, ct.Record) and bare.fields is None):
            raise self.error("E0301", span, f"an object of type {quote(t)} cannot be initialized")
        self._object(node, t, 0, None, stores)
        return t, stores

    def _object(self, node: Any, t: ct.Type, offset: int, bits: int | None, stores: list[tree.InitStore]) -> None:
        """Initialize one object from its own initializer (an expression, or a list in braces)."""
        bare = ct.strip(t)
        if isinstance(bare, ct.Array):
            self._array(node, bare, offset, stores)
        elif isinstance(node, c_ast.InitList):
            if is_scalar(bare):
                self._braced_scalar(node, t, offset, bits, stores)
            else:
                items = _Items(node)
                self._fill(bare, offset, items, stores)
        else:
            self._store(self.rvalue(node), t, offset, bits, stores)

    def _store(self, value: tree.Expr, t: ct.Type, offset: int, bits: int | None, stores: list[tree.InitStore]) -> None:
        if bits is not None:
            self.check_field(value, bits, t, value.span)
        value = self.assign(value, t, "init")
        stores.append(tree.InitStore(offset, bits, value))
        self._high = max(self._high, offset)

    def _braced_scalar(self, node: Any, t: ct.Type, offset: int, bits: int | None, stores: list[tree.InitStore]) -> None:
        """`int x = {5};` and, since C23, `{}`."""
        if not node.exprs:
            stores.append(tree.InitStore(offset, bits, tree.Constant(0, t, node.coord)))
            self._high = max(self._high, offset)
            return
        first = node.exprs[0]
        if isinstance(first, c_ast.NamedInitializer):
            raise self.error("E0352", first.coord, f"designator in initializer for scalar type {quote(t)}")
        if len(node.exprs) > 1:
            self.warn("W0321", node.exprs[1].coord, "excess elements in scalar initializer", fix="remove them")
        self._object(first, t, offset, bits, stores)

    # --- arrays and strings ---------------------------------------------------------------------------------------

    def _array(self, node: Any, t: ct.Array, offset: int, stores: list[tree.InitStore]) -> int:
        """Initialize an array; its number of elements, counted if it was not given."""
        if isinstance(node, c_ast.InitList) and len(node.exprs) == 1 and self._is_string(node.exprs[0], t):
            node = node.exprs[0]
        if self._is_string(node, t):
            return self._string(node, t, offset, stores)
        if isinstance(node, c_ast.InitList):
            return self._fill(t, offset, _Items(node), stores)
        if isinstance(node, c_ast.CompoundLiteral):  # GNU C: static int a[] = (int[]){1, 2};
            inner = self.type_name(node.type)
            if isinstance(ct.strip(inner), ct.Array):
                return self._array(node.init, t, offset, stores)
        self.rvalue(node)
        raise self.error("E0353", node.coord, "array initializer must be an initializer list or string literal",
                         fix="write the elements in braces, or copy with __builtin_memcpy()")  # fmt: skip

    def _is_string(self, node: Any, t: ct.Array) -> bool:
        element = ct.strip(t.element)
        return isinstance(node, c_ast.Constant) and node.type == "string" and is_integer(element) and (
            size_of(element) == literals.ELEMENTS[node.value[0][: node.value[0].index('"')]].size
        )  # fmt: skip

    def _string(self, node: Any, t: ct.Array, offset: int, stores: list[tree.InitStore]) -> int:
        """A string as an array's value: stored in pieces as wide as offsets allow."""
        try:
            data, element = literals.string(node.value, self.order)
        except literals.LiteralError as problem:
            raise self.error("E0344", node.coord, str(problem)) from None
        if any("\\" in text for text in node.value):
            self._odd_escapes(node.value, node.coord)
        count = len(data) // element.size
        if t.count is not None:
            if count - 1 > t.count:
                self.warn("W0322", node.coord, f"initializer-string for char array is too long, array size is {t.count} but "
                          f"initializer has size {count} (including the null terminating character)",
                          fix=f"make the array [{count}], or leave the size out: []")  # fmt: skip
            count, size = t.count, t.count * element.size
            # a long tail of zeros is cheaper to clear than to store
            data = data[:size].ljust(size, b"\0") if size <= 64 else data[:size].rstrip(b"\0")
        used = len(data)
        self._high = max(self._high, offset + used * 8)
        at = 0
        while at < used:
            width = next(w for w in (8, 4, 2, 1) if w <= used - at and (offset // 8 + at) % w == 0)
            value = int.from_bytes(data[at : at + width], self.order)
            stores.append(tree.InitStore(offset + at * 8, None, tree.Constant(value, _WORDS[width], node.coord)))
            at += width
        return count

    # --- lists ----------------------------------------------------------------------------------------------------

    def _subobject(self, t: ct.Type, index: int) -> tuple[ct.Type, int, int | None] | None:
        """(type, offset in bits, bit-field width) of an aggregate's direct subobject; None past its end."""
        bare = ct.strip(t)
        if isinstance(bare, ct.Array):
            if bare.count is not None and index >= bare.count:
                return None
            return bare.element, index * size_of(bare.element) * 8, None
        assert isinstance(bare, ct.Record)
        fields = bare.fields or []
        if index >= len(fields) or (bare.kind == "union" and index > _first(fields)):
            return None
        field = fields[index]
        return field.type, field.offset, field.bits

    def _next(self, t: ct.Type, index: int) -> int:
        """The first subobject from `index` on that an initializer can be for: unnamed bit-fields are skipped."""
        bare = ct.strip(t)
        if isinstance(bare, ct.Record):
            fields = bare.fields or []
            while index < len(fields) and not fields[index].name and fields[index].bits is not None:
                index += 1
            if bare.kind == "union" and index > _first(fields):
                return len(fields)
        return index

    def _fill(self, t: ct.Type, offset: int, items: _Items, stores: list[tree.InitStore]) -> int:
        """Initialize an aggregate from the items of its own braces; the number of elements reached."""
        index = reached = 0
        while items.more():
            if isinstance(items.items[items.at], c_ast.NamedInitializer):
                index = self._designated(t, offset, items, stores)
                reached = max(reached, index)
                continue
            index = self._next(t, index)
            sub = self._subobject(t, index)
            if sub is None:
                self._excess(t, items)
                continue
            self._element(sub[0], offset + sub[1], sub[2], items, stores, t)
            index += 1
            reached = max(reached, index)
        if "W0328" in self.asked and items.items:
            self._missing(t, index, items)
        return reached

    def _missing(self, t: ct.Type, index: int, items: _Items) -> None:
        """-Wmissing-field-initializers: `{0}` and lists with designators may leave members out."""
        bare = ct.strip(t)
        if not isinstance(bare, ct.Record) or bare.kind == "union" or items.zero():
            return
        if any(isinstance(item, c_ast.NamedInitializer) for item in items.items):
            return
        for field in (bare.fields or [])[self._next(t, index) :]:
            inner = ct.strip(field.type)
            if not (isinstance(inner, ct.Array) and inner.count is None) and (field.name or field.bits is None):
                self.warn("W0328", Span.at(items.end), f"missing field '{field.name}' initializer",
                          fix="write a value for it, or use designators: .name = value")  # fmt: skip
                return

    def _any_subobject(self, t: ct.Type, index: int) -> tuple[ct.Type, int, int | None] | None:
        """As `_subobject`, but any member of a union, which a designator may name."""
        bare = ct.strip(t)
        if isinstance(bare, ct.Record):
            fields = bare.fields or []
            if index >= len(fields):
                return None
            field = fields[index]
            return field.type, field.offset, field.bits
        return self._subobject(t, index)

    def _designated(self, t: ct.Type, offset: int, items: _Items, stores: list[tree.InitStore]) -> int:
        """Initialize what an item's designators name; the index of the subobject the list goes on with."""
        item = items.items[items.at]
        at = items.at
        try:
            return self._along(t, offset, items, list(item.name), stores)
        except Poison:
            items.at = at
            items.advance()
            return 0

    def _along(self, t: ct.Type, offset: int, items: _Items, path: list[Any], stores: list[tree.InitStore]) -> int:
        """Follow a path of designators from `t` on; the index behind the direct subobject it names."""
        head = path[0]
        if isinstance(head, gnu.Range) and isinstance(ct.strip(t), ct.Array):
            at = items.at
            low = self.integer_constant(head.low, "an array index")
            high = self.integer_constant(head.high, "an array index")
            if low > high:
                raise self.error("E0354", head.coord, f"array designator range [{low}, {high}] is empty")
            self._check_index(t, low, head.coord)
            self._check_index(t, high, head.coord)
            if high - low > 65535:
                raise self.error("E0354", head.coord, "array designator range is larger than 65536 elements")
            for index in range(low, high + 1):
                items.at, items.value = at, None
                self._one(t, offset, items, index, path[1:], stores)
            return high + 1
        index, rest = self._designator(t, path)
        self._one(t, offset, items, index, rest, stores)
        return index + 1

    def _one(self, t: ct.Type, offset: int, items: _Items, index: int, path: list[Any], stores: list[tree.InitStore]) -> None:
        """Initialize one designated subobject, and with elided braces what follows inside of it."""
        sub = self._any_subobject(t, index)
        if sub is None:
            raise Poison
        element, where, bits = sub
        self._override_union(t, offset, index, stores)
        if not path and offset + where <= self._high and not isinstance(items.node(), c_ast.InitList):
            if any(store.offset == offset + where for store in stores):
                self.warn("W0330", items.node().coord, "initializer overrides prior initialization of this subobject",
                          fix="remove one of the two")  # fmt: skip
        if path:
            self._inside(element, offset + where, items, path, stores)
        else:
            self._element(element, offset + where, bits, items, stores)

    def _override_union(self, t: ct.Type, offset: int, index: int, stores: list[tree.InitStore]) -> None:
        """Of a union only the member named last is initialized (C11 6.7.9p19)."""
        bare = ct.strip(t)
        if isinstance(bare, ct.Record) and bare.kind == "union":
            if self._active.get((offset, id(bare)), index) != index:
                self._forget(stores, offset, bare.size * 8)
            self._active[offset, id(bare)] = index

    def _forget(self, stores: list[tree.InitStore], offset: int, bits: int) -> None:
        """Drop what was stored in a range that a later initializer is for as a whole."""
        if offset <= self._high:
            stores[:] = [s for s in stores if not offset <= s.offset < offset + bits]

    def _inside(self, t: ct.Type, offset: int, items: _Items, path: list[Any], stores: list[tree.InitStore]) -> None:
        """Initialize from a designated subobject on to the end of its aggregate (C11 6.7.9p17)."""
        index = self._along(t, offset, items, path, stores) - 1
        while items.more() and not isinstance(items.items[items.at], c_ast.NamedInitializer):
            index = self._next(t, index + 1)
            sub = self._subobject(t, index)
            if sub is None:
                break
            self._element(sub[0], offset + sub[1], sub[2], items, stores)

    def _designator(self, t: ct.Type, path: list[Any]) -> tuple[int, list[Any]]:
        """(index of the direct subobject, designators that remain) for the first designator of `path`."""
        bare, head = ct.strip(t), path[0]
        if isinstance(head, c_ast.ID):
            if not isinstance(bare, ct.Record):
                raise self.error("E0354", head.coord, f"field designator '.{head.name}' cannot initialize {quote(t)}")
            for i, field in enumerate(bare.fields or []):
                if field.name == head.name:
                    return i, path[1:]
                inner = ct.strip(field.type)
                if not field.name and isinstance(inner, ct.Record) and find_field(inner, head.name) is not None:
                    return i, path
            close = suggest(head.name, member_names(bare))
            raise self.error("E0333", head.coord,
                             f"field designator '{head.name}' does not refer to any field in type {quote(t)}",
                             fix=did_you_mean(close, head.name, head.coord.point) if close else "")  # fmt: skip
        if not isinstance(bare, ct.Array):
            raise self.error("E0354", head.coord, f"array designator cannot initialize non-array type {quote(t)}")
        if isinstance(head, gnu.Range):
            raise self.error("E0354", head.coord, "a range is only possible as the first designator",
                             fix="write the elements one by one")  # fmt: skip
        index = self.integer_constant(head.expr, "an array index")
        self._check_index(t, index, head.coord)
        return index, path[1:]

    def _check_index(self, t: ct.Type, index: int, span: Span) -> None:
        bare = ct.strip(t)
        assert isinstance(bare, ct.Array)
        if index < 0:
            raise self.error("E0354", span, f"array designator value {index} is negative")
        if bare.count is not None and index >= bare.count:
            raise self.error("E0354", span, f"array designator index ({index}) exceeds array bounds ({bare.count})",
                             fix=f"use an index from 0 to {bare.count - 1}, or make the array larger")  # fmt: skip

    def _element(self, t: ct.Type, offset: int, bits: int | None, items: _Items, stores: list[tree.InitStore],
                 parent: ct.Type | None = None) -> None:  # fmt: skip
        """Initialize one subobject from the current item, or from several if its braces are elided."""
        node = items.node()
        bare = ct.strip(t)
        try:
            if isinstance(node, c_ast.InitList):
                items.advance()
                self._forget(stores, offset, size_of(bare) * 8)
                self._object(node, t, offset, bits, stores)
                return
            if isinstance(bare, ct.Array) and self._is_string(node, bare):
                items.advance()
                self._forget(stores, offset, size_of(bare) * 8)
                self._string(node, bare, offset, stores)
                return
            if items.value is None:
                try:
                    items.value = self.rvalue(node)
                except Poison:
                    items.advance()
                    return
            value = items.value
            if is_scalar(bare) or (isinstance(bare, ct.Record) and ct.strip(value.type) is bare):
                items.advance()
                self._store(value, t, offset, bits, stores)
                return
        except Poison:
            return
        if isinstance(bare, ct.Record) and bare.fields is not None and not bare.fields:
            return  # an empty struct takes nothing
        # braces left out: the item is for the first subobject of this one
        index, sub = self._next(t, 0), self._subobject(t, self._next(t, 0))
        if sub is None:
            if isinstance(bare, ct.Array):
                return
            items.advance()
            return
        if "W0329" in self.asked and not items.zero() and not _only_member(parent):
            self.warn("W0329", Span(node.coord.first, node.coord.last, node.coord.first),
                      "suggest braces around initialization of subobject", fix="put '{ }' around its values")  # fmt: skip
        while sub is not None and items.more():
            if index and isinstance(items.items[items.at], c_ast.NamedInitializer):
                return
            self._element(sub[0], offset + sub[1], sub[2], items, stores, t)
            index = self._next(t, index + 1)
            sub = self._subobject(t, index)
        if "W0328" in self.asked and sub is not None:
            self._missing(t, index, items)

    def _excess(self, t: ct.Type, items: _Items) -> None:
        node = items.node()
        try:
            self.rvalue(node) if not isinstance(node, c_ast.InitList) else None
        except Poison:
            items.advance()
            return
        bare = ct.strip(t)
        kind = "array" if isinstance(bare, ct.Array) else bare.kind if isinstance(bare, ct.Record) else "scalar"
        self.warn("W0321", node.coord, f"excess elements in {kind} initializer", fix="remove them")
        items.advance()


def _only_member(t: ct.Type | None) -> bool:
    """Whether `t` is a record with one member only, whose braces may be left out."""
    bare = ct.strip(t) if t is not None else None
    return isinstance(bare, ct.Record) and len(bare.fields or []) == 1


def _first(fields: list[ct.Field]) -> int:
    """The index of a union's member that a plain initializer is for: the first that is no unnamed bit-field."""
    for i, field in enumerate(fields):
        if field.name or field.bits is None:
            return i
    return 0


def qualify_like(old: ct.Type, new: ct.Type) -> ct.Type:
    """`new` with the qualifiers of `old` (an array type through typedefs)."""
    bare = ct.strip(old)
    if isinstance(bare, ct.Array) and isinstance(new, ct.Array):
        const, volatile = qualifiers(old)
        inner = qualifiers(bare.element)
        return ct.Array(qualify(new.element, const=const and not inner[0], volatile=volatile and not inner[1]), new.count)
    return new

