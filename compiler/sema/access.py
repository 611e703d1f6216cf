"""Names, members, elements, addresses (C11 6.5.1, 6.5.2, 6.5.3.2)."""

from __future__ import annotations

from typing import Any

from ..diagnostics import Edit, Fix, did_you_mean
from ..parse.lean import c_ast
from ..parse.wellknown import TYPES
from ..source import Span
from . import tree
from . import types as ct
from .assignments import Assignments
from .base import Poison
from .compare import is_integer, is_void, qualifiers, qualify, space_of
from .layout import align_of, is_complete, size_of
from .names import EnumConstant, TypeName, suggest
from .spelling import pretty, quote

_LIBBPF = "add '#include <bpf/bpf_helpers.h>'"
# what an undeclared name most likely needs
MISSING = {
    "SEC": _LIBBPF, "__uint": _LIBBPF, "__type": _LIBBPF, "bpf_printk": _LIBBPF, "barrier_var": _LIBBPF,
    "bpf_htons": "add '#include <bpf/bpf_endian.h>'", "bpf_ntohs": "add '#include <bpf/bpf_endian.h>'",
    "bpf_htonl": "add '#include <bpf/bpf_endian.h>'", "bpf_ntohl": "add '#include <bpf/bpf_endian.h>'",
    "BPF_CORE_READ": "add '#include <bpf/bpf_core_read.h>'", "PT_REGS_PARM1": "add '#include <bpf/bpf_tracing.h>'",
    "NULL": "add '#include <stddef.h>', or write 0", "true": "add '#include <stdbool.h>', or write 1",
    "false": "add '#include <stdbool.h>', or write 0",
    "printf": "BPF programs print with bpf_printk() (see /sys/kernel/tracing/trace_pipe)",
    "malloc": "BPF has no heap: use a map, or a local variable of up to 512 bytes",
    "free": "BPF has no heap: map elements are deleted with bpf_map_delete_elem()",
    "memcpy": "write __builtin_memcpy()", "memset": "write __builtin_memset()", "memmove": "write __builtin_memmove()",
    "memcmp": "write __builtin_memcmp()", "htons": "write bpf_htons() from <bpf/bpf_endian.h>",
    "ntohs": "write bpf_ntohs() from <bpf/bpf_endian.h>", "htonl": "write bpf_htonl() from <bpf/bpf_endian.h>",
    "ntohl": "write bpf_ntohl() from <bpf/bpf_endian.h>",
    "ETH_P_IP": "add '#include <linux/if_ether.h>'", "IPPROTO_TCP": "add '#include <linux/in.h>'",
    "TC_ACT_OK": "add '#include <linux/pkt_cls.h>'", "XDP_PASS": "add '#include <linux/bpf.h>'",
}  # fmt: skip


class Access(Assignments):
    """How an expression gets at objects."""

    def name(self, name: str, span: Span) -> tree.Expr:
        """An identifier used as an expression."""
        entity = self.find(name)
        if self.deprecated and isinstance(entity, tree.Global | tree.FunctionSymbol) and entity in self.deprecated:
            self.tell_deprecated(entity, name, span)
        match entity:
            case tree.Local():
                return tree.LocalRef(entity, entity.type, span)
            case tree.Global():
                return tree.GlobalRef(entity, entity.type, span)
            case tree.FunctionSymbol():
                return tree.FunctionRef(entity, entity.type, span)
            case EnumConstant():
                return tree.Constant(entity.value, entity.type, span)
            case TypeName():
                raise self.error("E0202", span, f"unexpected type name '{name}': expected expression")
        if name in ("__func__", "__FUNCTION__", "__PRETTY_FUNCTION__") and self.function is not None:
            text = pretty(self.function.name, self.function.type) if name == "__PRETTY_FUNCTION__" else self.function.name
            return self.literal(text.encode("utf-8", "surrogateescape") + b"\0", ct.CHAR, span)
        raise self.undeclared(name, span)

    def tell_deprecated(self, entity: tree.Global | tree.FunctionSymbol | ct.Field, name: str, span: Span) -> None:
        """Warn about the use of something deprecated, but for by what is deprecated itself."""
        if self.function is None or self.function not in self.deprecated:
            text = self.deprecated[entity]
            notes: list[tuple[str, Span | int | None]] = [(f"'{name}' is marked deprecated here", entity.span)]
            self.warn("W0332", span, f"'{name}' is deprecated{': ' + text if text else ''}", fix="use what replaces it",
                      notes=notes)  # fmt: skip

    def undeclared(self, name: str, span: Span, what: str = "identifier") -> Exception:
        """The complaint about an unknown name, once for each name and function."""
        if name in self._undeclared:
            return Poison()
        self._undeclared.add(name)
        fix = MISSING.get(name) or TYPES.get(name, "")
        notes: list[tuple[str, Span | int | None]] = []
        if not fix and (close := self.did_you_mean(name)):
            fix = did_you_mean(close, name, span.point)
            entity = self.find(close)
            if entity is not None:
                notes = [(f"'{close}' declared here", entity.span)]
        if not fix and name.startswith("bpf_"):
            fix = "add '#include <bpf/bpf_helpers.h>'; if it is there, check the helper's name"
        fix = fix or "declare it, or include the header that does"
        return self.error("E0331", span, f"use of undeclared {what} '{name}'", fix=fix, notes=notes)

    def _other_access(self, written: str, meant: str, span: Span) -> Fix:
        """`written`, in front of the member's name that the caret is at, is to become `meant`."""
        at = self.diagnostics.sources.outermost(span.point)
        file = self.diagnostics.sources.file_of(at)
        end = len(file.text[: at - file.base].rstrip())
        return Fix(f"use '{meant}' instead", Edit(file.base + end - len(written), written, meant))

    # --- members --------------------------------------------------------------------------------------------------

    def member(self, base: tree.Expr, name: str, arrow: bool, span: Span) -> tree.Expr:
        """`base.name` or `base->name`."""
        if arrow:
            base = self.value_of(base)
            t = ct.strip(base.type)
            if not isinstance(t, ct.Pointer):
                hint: str = "'->' needs a pointer to a struct or union"
                if isinstance(t, ct.Record):
                    hint = self._other_access("->", ".", span)
                raise self.error("E0332", span, f"member reference type {quote(base.type)} is not a pointer", fix=hint)
            base = self.deref(base, span)
        elif isinstance(ct.strip(base.type), ct.Pointer):
            inner = ct.strip(base.type)
            assert isinstance(inner, ct.Pointer)
            hint = self._other_access(".", "->", span) if isinstance(
                ct.strip(inner.target), ct.Record) else "only structs and unions have members"  # fmt: skip
            raise self.error("E0332", span, f"member reference type {quote(base.type)} is a pointer", fix=hint)
        record = ct.strip(base.type)
        if not isinstance(record, ct.Record):
            raise self.error("E0332", span, f"member reference base type {quote(base.type)} is not a structure or union")
        if record.fields is None:
            close = self.did_you_mean_tag(record.tag)
            raise self.error("E0301", span, f"incomplete definition of type {quote(record)}",
                             fix=f"did you mean '{record.kind} {close}'?" if close else "include the header that defines it",
                             notes=[("forward declaration is here", record.span)] if record.span else [])  # fmt: skip
        found = find_field(record, name)
        if found is None:
            close = suggest(name, member_names(record))
            notes = [(f"{quote(record)} is defined here", record.span)] if record.span else []
            raise self.error("E0333", span, f"no member named '{name}' in {quote(record)}",
                             fix=did_you_mean(close, name, span.point) if close else "", notes=notes)  # fmt: skip
        field, offset, preserve = found
        if self.deprecated and field in self.deprecated:
            self.tell_deprecated(field, name, span)
        preserve = preserve or self.preserving > 0
        const, volatile = qualifiers(base.type)
        t = qualify(field.type, const=const, volatile=volatile, space=space_of(base.type))
        if isinstance(base, tree.Member) and not preserve and not base.preserve:
            return tree.Member(base.base, field, base.offset + offset, t, span)
        return tree.Member(base, field, offset, t, span, preserve)

    # --- pointers -------------------------------------------------------------------------------------------------

    def deref(self, pointer: tree.Expr, span: Span) -> tree.Expr:
        """`*pointer`."""
        t = ct.strip(pointer.type)
        if not isinstance(t, ct.Pointer):
            raise self.error("E0334", span, f"indirection requires a pointer, but this is {quote(pointer.type)}",
                             fix="cast the integer to a pointer of the right type" if is_integer(t) else "")  # fmt: skip
        if isinstance(ct.strip(t.target), ct.Function):
            if isinstance(pointer, tree.AddressOf) and isinstance(pointer.lvalue, tree.FunctionRef):
                return pointer.lvalue
            return tree.Deref(pointer, t.target, span)
        if isinstance(pointer, tree.AddressOf) and pointer.lvalue.type == t.target:
            return pointer.lvalue
        return tree.Deref(pointer, t.target, span)

    def subscript(self, base: tree.Expr, index: tree.Expr, span: Span) -> tree.Expr:
        """`base[index]`, either way round (C11 6.5.2.1)."""
        array = ct.strip(base.type)
        base, index = self.value_of(base), self.value_of(index)
        if is_integer(base.type) and isinstance(ct.strip(index.type), ct.Pointer):
            base, index = index, base
        t = ct.strip(base.type)
        if not isinstance(t, ct.Pointer):
            raise self.error("E0335", span, "subscripted value is not an array or pointer")
        if ct.strip(index.type) == ct.CHAR and type(index) is not tree.Constant:
            self.warn("W0398", span, "array subscript is of type 'char', which is signed",
                      fix="cast it to 'unsigned char'")  # fmt: skip
        if not is_integer(index.type):
            raise self.error("E0335", index.span, f"array subscript is of type {quote(index.type)}, not an integer")
        if is_void(t.target):
            raise self.error("E0335", span, "subscript of a pointer to void", fix="cast it to a pointer to the element's type")
        if isinstance(array, ct.Array) and array.count and isinstance(index, tree.Constant) and not self.unevaluated:
            if not 0 <= index.value < array.count:
                where = base.lvalue if isinstance(base, tree.AddressOf) else None
                notes: list[tuple[str, Span | int | None]] = []
                if isinstance(where, tree.LocalRef | tree.GlobalRef):
                    notes = [(f"array '{where.symbol.name}' declared here", where.symbol.span)]
                # trailing arrays of records are used as flexible ones
                flexible = isinstance(where, tree.Member) and index.value > 0 and _trailing(where)
                if not flexible and not (index.value == array.count and self.one_past):
                    at = Span(span.first, span.last, span.first)
                    self.warn("W0313", at, f"array index {index.value} is "
                              f"{'before the beginning' if index.value < 0 else 'past the end'} of the array (which has "
                              f"{array.count} element{'s' if array.count > 1 else ''})",
                              fix=f"use an index from 0 to {array.count - 1}", notes=notes)  # fmt: skip
        element = self.advance(base, index, False, span, subscript=True)
        record = ct.strip(t.target)
        if isinstance(element, tree.PointerAdd) and isinstance(record, ct.Record) and not isinstance(array, ct.Array):
            named = isinstance(base, tree.Load) and isinstance(base.lvalue, tree.LocalRef | tree.GlobalRef | tree.Member)
            element.preserve = self.preserving > 0 or (named and "preserve_access_index" in record.attributes)
        return self.deref(element, span)

    def address_of(self, e: tree.Expr, span: Span) -> tree.Expr:
        """`&e` (C11 6.5.3.2)."""
        if isinstance(e, tree.FunctionRef):
            self.use_function(e.symbol)
            return tree.AddressOf(e, ct.Pointer(e.type), span)
        if isinstance(e, tree.Deref) and isinstance(ct.strip(e.type), ct.Function):
            return e.pointer
        if not self.is_lvalue(e):
            raise self.error("E0336", span, f"cannot take the address of an rvalue of type {quote(e.type)}",
                             fix="store it in a variable and take that one's address")  # fmt: skip
        if isinstance(e, tree.Member) and e.field.bits is not None:
            raise self.error("E0336", span, f"address of bit-field '{e.field.name}' requested", fix="copy it to a variable")
        if isinstance(e, tree.LocalRef) and e.symbol in self.registers:
            raise self.error("E0336", span, f"address of register variable '{e.symbol.name}' requested",
                             fix="remove 'register'")
        if isinstance(e, tree.GlobalRef) and e.symbol in self.helpers and not self.unevaluated:
            raise self.error("E0431", span, f"'{e.symbol.name}' stands for a helper function: it has no address",
                             fix="call the helper by name")  # fmt: skip
        return self.address(e, ct.Pointer(e.type), span)

    def note_packed(self, e: tree.Member, span: Span, start: int) -> None:
        """`&e` at `span`: remember it if the member may be unaligned (clang's -Waddress-of-packed-member)."""
        record = ct.strip(e.base.type)
        if not isinstance(record, ct.Record) or not _packed(record, e.field, e.offset):
            return
        expected, whole = align_of(e.type), align_of(e.base.type)
        if isinstance(e.base, tree.LocalRef | tree.GlobalRef):
            whole = max(whole, e.base.symbol.align)
        if e.offset // 8 % expected or whole < expected:
            what = f"'{e.field.name}' of class or structure '{record.tag}'"
            self.misaligned[span] = whole, Span(start, span.last, start), what

    def tell_misaligned(self) -> None:
        """Warn about the addresses of packed members that went where an aligned one is expected."""
        for _, span, what in self.misaligned.values():
            self.warn("W0393", span, f"taking address of packed member {what} may "
                      "result in an unaligned pointer value", fix="copy the member to a variable and take that one's address")
        self.misaligned = {}

    # --- offsetof -------------------------------------------------------------------------------------------------

    def offset_of(self, node: Any) -> tree.Expr:
        """`__builtin_offsetof(type, designator)`; indices need not be constant."""
        t = self.type_name(node.type)
        if not isinstance(ct.strip(t), ct.Record):
            raise self.error("E0332", node.coord, f"offsetof requires a struct or union type, not {quote(t)}")
        if not is_complete(t):
            raise self.error("E0301", node.coord, f"offsetof of incomplete type {quote(t)}")
        zero = tree.Constant(0, ct.Pointer(t), node.coord)
        lvalue = self._designate(tree.Deref(zero, t, node.coord), node.designator)
        if isinstance(lvalue, tree.Member) and lvalue.field.bits is not None:
            raise self.error("E0336", node.coord, f"cannot compute the offset of bit-field '{lvalue.field.name}'")
        return self.cast(self.address(lvalue, ct.Pointer(ct.VOID), node.coord), ct.ULONG)

    def _designate(self, base: tree.Expr, node: Any) -> tree.Expr:
        match node:
            case c_ast.ID():
                found = self.member(base, node.name, False, node.coord)
            case c_ast.StructRef():
                found = self.member(self._designate(base, node.name), node.field.name, False, node.field.coord)
            case _:
                return self.subscript(self._designate(base, node.name), self.rvalue(node.subscript), node.coord)
        if isinstance(found, tree.Member):
            found.preserve = False  # offsetof is a constant, also where accesses are relocated
        return found


def find_field(record: ct.Record, name: str) -> tuple[ct.Field, int, bool] | None:
    """(field, offset in bits from the start of `record`, CO-RE relocatable), anonymous members searched (C11 6.7.2.1p13)."""
    preserve = "preserve_access_index" in record.attributes
    for field in record.fields or []:
        if field.name == name:
            return field, field.offset, preserve
        if not field.name:
            inner = ct.strip(field.type)
            if isinstance(inner, ct.Record):
                found = find_field(inner, name)
                if found is not None:
                    return found[0], field.offset + found[1], preserve or found[2]
    return None


def _packed(record: ct.Record, field: ct.Field, offset: int) -> bool:
    """Whether `record`, or a record in it on the way to its field `offset` bits in, is packed."""
    if record.packed:
        return True
    for member in record.fields or ():
        inner = ct.strip(member.type)
        if member is not field and isinstance(inner, ct.Record) and 0 <= offset - member.offset < size_of(inner) * 8:
            return _packed(inner, field, offset - member.offset)
    return False


def _trailing(e: tree.Member) -> bool:
    """Whether a member is the last one of its record: an array there may go on behind it."""
    record = ct.strip(e.base.type)
    return isinstance(record, ct.Record) and bool(record.fields) and (
        e.offset + size_of(e.type) * 8 >= max(field.offset for field in record.fields or ())
    ) and not any(field.offset > e.offset for field in record.fields or ())  # fmt: skip


def member_names(record: ct.Record) -> list[str]:
    """All names that `record.name` could use."""
    names = []
    for field in record.fields or []:
        inner = ct.strip(field.type)
        if field.name:
            names.append(field.name)
        elif isinstance(inner, ct.Record):
            names += member_names(inner)
    return names


