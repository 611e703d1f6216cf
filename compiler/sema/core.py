"""CO-RE: how a field is reached, so that a loader can work out its place in the running kernel's types.

    p->in.arr[2]     root struct kt, path 0:1:1:2      the element p points at, then member or element numbers

An access is relocatable where `Member.preserve` says so: in records with `preserve_access_index` and inside of
`__builtin_preserve_access_index()`. A chain runs over members and constant indices; a pointer that is loaded, a cast or a
variable index starts another one (llvm BPFAbstractMemberAccess, by observation). The numbers that a relocation stands for
are those of libbpf's relo_core.c.
"""

from __future__ import annotations

from ..object.core_kinds import ENUMVAL_EXISTS as ENUMVAL_EXISTS
from ..object.core_kinds import ENUMVAL_VALUE as ENUMVAL_VALUE
from ..object.core_kinds import FIELD_BYTE_OFFSET as FIELD_BYTE_OFFSET
from ..object.core_kinds import TYPE_EXISTS as TYPE_EXISTS
from ..object.core_kinds import TYPE_ID_LOCAL as TYPE_ID_LOCAL
from ..object.core_kinds import TYPE_ID_TARGET as TYPE_ID_TARGET
from ..object.core_kinds import TYPE_MATCHES as TYPE_MATCHES
from ..object.core_kinds import TYPE_SIZE as TYPE_SIZE
from ..records import dataclass
from . import tree
from . import types as ct
from .compare import unqualified
from .layout import size_of


@dataclass(slots=True)
class Chain:
    """The object `path` leads to, from the object that `base` denotes."""

    base: tree.Expr  # an lvalue: an element of `root`, the one that path[0] counts from
    root: ct.Type
    path: list[int]
    offset: int  # in bits from the start of `base`
    type: ct.Type
    field: ct.Field | None = None  # if it ends with a member
    element: bool = False  # if it ends with an index

    @property
    def access(self) -> str:
        """The access string of the relocation."""
        return ":".join(map(str, self.path))

    @property
    def bits(self) -> int | None:
        """A bit-field's width."""
        return self.field.bits if self.field is not None else None

    def unit(self) -> tuple[int, int]:
        """(offset in bits from `base`, size in bytes) of the integer to load: for a bit-field, the smallest that is as large
        as its type, aligned, and has all of it."""
        size = size_of(self.type)
        if self.bits is None:
            return self.offset, size
        while True:
            start = self.offset // (size * 8) * size * 8
            if self.offset + self.bits <= start + size * 8 or size >= 8:
                return start, size
            size *= 2

    def value(self, kind: int, *, big_endian: bool = False) -> int:
        """What a relocation of `kind` stands for with this unit's types."""
        start, size = self.unit()
        bits = size * 8 if self.bits is None else self.bits
        match kind:
            case 0:  # FIELD_BYTE_OFFSET
                return start // 8
            case 1:
                return size
            case 2:
                return 1
            case 3:
                return int(is_signed(self.type))
            case 4:  # FIELD_LSHIFT_U64
                return 64 - size * 8 + self.offset - start if big_endian else 64 - (self.offset + bits - start)
            case _:
                return 64 - bits


def is_signed(t: ct.Type) -> bool:
    """Whether BTF calls a type signed: signed integers, and enums with a negative value."""
    t = ct.strip(t)
    if isinstance(t, ct.Enum):
        return t.underlying.signed
    return isinstance(t, ct.Int) and t.signed


def chain_of(e: tree.Expr) -> Chain | None:
    """The relocatable chain that an lvalue ends, or None if it is a plain one."""
    match e:
        case tree.Member(preserve=True):
            return _member(e)
        case tree.Deref(pointer=pointer) if _may_relocate(pointer):
            return place(pointer)
        case _:
            return None


def _may_relocate(pointer: tree.Expr) -> bool:
    """Quick: whether a pointer's expression starts from the address of something."""
    while True:
        match pointer:
            case tree.PointerAdd(pointer=inner) | tree.Cast(value=inner):
                pointer = inner
            case tree.AddressOf():
                return True
            case _:
                return False


def place(pointer: tree.Expr) -> Chain | None:
    """The chain of the object that a pointer made of addresses and constant steps points at."""
    match pointer:
        case tree.AddressOf(lvalue=lvalue, type=t):
            found = chain_of(lvalue)
            return None if found is None else _decayed(found, t)
        case tree.Cast(value=inner, type=t) if isinstance(ct.strip(inner.type), ct.Pointer):
            found = place(inner)
            return None if found is None else _decayed(found, t)
        case tree.PointerAdd(pointer=inner, index=tree.Constant() as index, scale=scale, negate=negate, subscript=True):
            found = place(inner)
            if found is None and pointer.preserve:
                return _element(pointer, index.value)
            if found is None or not found.element or scale != size_of(found.type):
                return None
            count = index.value - (1 << 64) if index.value >> 63 else index.value
            found.path[-1] += -count if negate else count
            found.offset += (-count if negate else count) * scale * 8
            return found if found.path[-1] >= 0 else None
        case _:
            return None


def _element(pointer: tree.PointerAdd, index: int) -> Chain | None:
    """`p[index]`, a record: where it is hangs on the record's size."""
    t = ct.strip(pointer.type)
    assert isinstance(t, ct.Pointer)
    root = unqualified(t.target)
    named = ct.strip(root)
    if index >> 31 or not isinstance(named, ct.Record) or (isinstance(root, ct.Record) and not root.tag):
        return None
    root = named if named.tag else root
    return Chain(tree.Deref(pointer.pointer, root, pointer.span), root, [index], index * size_of(root) * 8, root)


def _decayed(found: Chain, t: ct.Type) -> Chain | None:
    """`found` seen through a pointer of type `t`: an array's first element, or the object itself."""
    pointer = ct.strip(t)
    assert isinstance(pointer, ct.Pointer)
    array = ct.strip(found.type)
    if isinstance(array, ct.Array) and _same_kind(array.element, pointer.target):
        found.path.append(0)
        found.type, found.field, found.element = array.element, None, True
        return found
    return found if _same_kind(found.type, pointer.target) else None


def _same_kind(a: ct.Type, b: ct.Type) -> bool:
    """Whether two types are one but for names and qualifiers at their top."""
    a, b = ct.strip(a), ct.strip(b)
    if isinstance(a, ct.Array) and isinstance(b, ct.Array):
        return a.count == b.count and _same_kind(a.element, b.element)
    return a is b or a == b


def _member(e: tree.Member) -> Chain | None:
    record = ct.strip(e.base.type)
    assert isinstance(record, ct.Record)
    steps = _steps(record, e.field, e.offset)
    if steps is None:
        return None
    found = chain_of(e.base) or _start(e.base, e.field)
    if found is None:
        return None
    found.path += steps
    found.offset += e.offset
    found.type, found.field, found.element = e.type, e.field, False
    return found


def _start(base: tree.Expr, field: ct.Field) -> Chain | None:
    """The root of a chain that goes on to `field`; None if its type has no name, which no loader could look for."""
    first = 0
    if isinstance(base, tree.Deref) and isinstance(base.pointer, tree.PointerAdd):
        step = base.pointer
        if step.subscript and isinstance(step.index, tree.Constant) and step.scale == size_of(base.type):
            if not step.index.value >> 31:
                first = step.index.value
                base = tree.Deref(step.pointer, base.type, base.span)
    root = unqualified(base.type)
    named = ct.strip(root)
    if (isinstance(root, ct.Record) and not root.tag) or not isinstance(named, ct.Record):
        return None
    if named.tag and (first or field.bits is not None):  # by the struct's name, and else by the typedef's that is written there
        root = named
    return Chain(base, root, [first], first * size_of(root) * 8, root)


def _steps(record: ct.Record, field: ct.Field, offset: int) -> list[int] | None:
    """Member numbers from `record` to `field`, which is `offset` bits in, through anonymous records; unnamed bit-fields
    have no number (they are not in BTF)."""
    number = 0
    for member in record.fields or []:
        if member is field and member.offset == offset:
            return [number]
        if not member.name:
            inner = ct.strip(member.type)
            if member.bits is not None:
                continue
            if isinstance(inner, ct.Record) and member.offset <= offset:
                rest = _steps(inner, field, offset - member.offset)
                if rest is not None:
                    return [number, *rest]
        number += 1
    return None
