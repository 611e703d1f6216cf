"""Attributes (GCC and clang manuals): what is written in `__attribute__((...))` as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..diagnostics import Edit, Fix, did_you_mean
from ..parse.lean import c_ast
from ..parse.nodes import Attribute
from ..records import dataclass, field
from ..source import Span
from . import literals
from .base import Poison
from .initializers import Initializers
from .layout import BIGGEST_ALIGNMENT
from .names import suggest

# known, and without meaning for what we emit
_IGNORED = {
    "unused", "maybe_unused", "format_arg", "nonnull", "returns_nonnull", "malloc",
    "nothrow", "leaf", "hot", "cold", "may_alias", "no_instrument_function", "sentinel",
    "alloc_size", "alloc_align", "access", "artificial", "fallthrough", "designated_init",
    "noclone", "no_icf", "optimize", "nocf_check", "randomize_layout", "no_randomize_layout", "counted_by", "flatten",
    "externally_visible", "no_sanitize", "no_sanitize_address", "assume_aligned", "diagnose_if",
    "enum_extensibility", "flag_enum", "overloadable", "noderef", "bitwise", "no_stack_protector",
    "retain", "aligned_size", "nonstring", "noipa", "tainted_args", "no_caller_saved_registers",
    "disable_tail_calls", "not_tail_called", "no_builtin", "minsize", "optnone", "convergent", "annotate",
    "availability", "interrupt", "internal_linkage", "bpf_fastcall", "preserve_static_offset", "uninitialized", "musttail",
}  # fmt: skip


# those that take arguments
_WITH_ARGUMENTS = (
    "section", "aligned", "btf_decl_tag", "btf_type_tag", "address_space", "format", "deprecated", "cleanup", "visibility",
)  # fmt: skip
_NOBODY_CALLS = "a BPF object has no code that runs when it is loaded", "call the function from a program"
_VECTORS = "BPF has no vectors", "use an array and a loop"
# what changes the meaning of a program and cannot be had: why, and what to do instead
_REFUSED = {
    "alias": ("a second name would be a second program", "write a function that calls the first, or give a macro the name"),
    "ifunc": ("nothing resolves symbols when a BPF object is loaded", "choose with an if, or with a constant in .rodata"),
    "constructor": _NOBODY_CALLS, "destructor": _NOBODY_CALLS, "vector_size": _VECTORS, "ext_vector_type": _VECTORS,
}  # fmt: skip


@dataclass(slots=True)
class Attributes:
    """The attributes of one declaration or type."""

    names: set[str] = field(default_factory=set)
    section: str = ""
    aligned: int = 0  # bytes; 0: none
    decl_tags: list[str] = field(default_factory=list)
    type_tags: list[str] = field(default_factory=list)
    space: int = 0  # address_space: 1 is a BPF arena
    cleanup: Any = None  # the node that names the function
    if_called: tuple[str, str] | None = None  # "error" or "warning", and its text, for calls that the optimizer leaves
    deprecated: str | None = None  # the text of the attribute, "" if it has none
    format: tuple[int, int] | None = None  # the arguments that are a printf format and its first value, from 0
    mode: str = ""
    label: str = ""  # asm("..."): the symbol's name in the object
    spans: dict[str, Span] = field(default_factory=dict)

    @property
    def inline(self) -> str:
        """"always", "never", or "" if nothing is said."""
        return "always" if "always_inline" in self.names else "never" if "noinline" in self.names else ""


_FLAGS = {
    "used", "weak", "packed", "always_inline", "noinline", "noreturn", "naked", "preserve_access_index", "transparent_union",
    "hidden", "internal", "warn_unused_result", "nodiscard", "pure", "const", "gnu_inline",
}  # fmt: skip


class AttributeReader(Initializers):
    """Reads attribute lists."""

    def read_attributes(self, attributes: Iterable[Attribute]) -> Attributes:
        """The meaning of a list of attributes. Unknown ones are warned about."""
        found = Attributes()
        for attribute in attributes:
            try:
                self._read(found, attribute)
            except Poison:
                continue
        return found

    def _read(self, found: Attributes, attribute: Attribute) -> None:
        name, arguments = attribute.name, attribute.arguments or []
        found.spans[name] = attribute.coord
        if name in _FLAGS:
            if arguments:
                raise self.error("E0355", attribute.coord, f"attribute '{name}' takes no arguments", fix=f"write {name} alone")
            found.names.add(name)
        elif name == "section":
            found.section = self._text(attribute)
        elif name == "asm":
            found.label = self._text(attribute)
        elif name == "aligned":
            found.aligned = max(found.aligned,
                                self._alignment(arguments[0], attribute.coord) if arguments else BIGGEST_ALIGNMENT)
        elif name == "btf_decl_tag":
            found.decl_tags.append(self._text(attribute))
        elif name == "btf_type_tag":
            found.type_tags.append(self._text(attribute))
        elif name == "address_space":
            space = self.integer_constant(arguments[0], "the address space") if arguments else -1
            if space not in (0, 1):
                raise self.error("E0441", attribute.coord, "there is no such address space in BPF",
                                 fix="use address_space(1), the one of arenas")  # fmt: skip
            found.space = space
        elif name == "format":
            self._format(found, attribute)
        elif name == "deprecated":
            found.deprecated = self._text(attribute) if arguments else ""
        elif name == "cleanup":
            if len(arguments) != 1:
                raise self.error("E0355", attribute.coord, "attribute 'cleanup' takes the name of a function",
                                 fix="write cleanup(f): f(&variable) is called where the variable's scope ends")  # fmt: skip
            found.cleanup = arguments[0]
        elif name in ("error", "warning"):
            found.if_called = name, self._text(attribute)
        elif name == "visibility":
            if self._text(attribute) in ("hidden", "internal"):
                found.names.add("hidden")
        elif name == "mode":
            found.mode = arguments[0].name.strip("_") if arguments and isinstance(arguments[0], c_ast.ID) else ""
        elif name == "unavailable":
            found.if_called = "error", self._text(attribute) if arguments else "it is unavailable"
        elif name in _REFUSED:
            why, fix = _REFUSED[name]
            self.error("E0441", attribute.coord, f"attribute '{name}' is not supported: {why}", fix=fix)
        elif name not in _IGNORED:
            close = suggest(name, (*_FLAGS, *_WITH_ARGUMENTS, *_IGNORED))
            self.warn("W0331", attribute.coord, f"unknown attribute '{name}' ignored",
                      fix=did_you_mean(close, name, attribute.coord.point) if close else
                      "remove it, or check its spelling")  # fmt: skip

    def _format(self, found: Attributes, attribute: Attribute) -> None:
        """format(printf, which argument is the format, which one is the first value)."""
        arguments = attribute.arguments or []
        if len(arguments) == 3 and isinstance(arguments[0], c_ast.ID) and arguments[0].name.strip("_") == "printf":
            at, first = (self.integer_constant(item, "the number of an argument") for item in arguments[1:])
            found.format = at - 1, first - 1

    def _text(self, attribute: Attribute) -> str:
        arguments = attribute.arguments or []
        if len(arguments) != 1 or not isinstance(arguments[0], c_ast.Constant) or arguments[0].type != "string":
            raise self.error("E0355", attribute.coord, f"attribute '{attribute.name}' requires a string",
                             fix=_quoted(attribute))
        try:
            return literals.string(arguments[0].value)[0][:-1].decode("utf-8", "surrogateescape")
        except literals.LiteralError as problem:
            raise self.error("E0344", attribute.coord, str(problem)) from None

    def _alignment(self, node: Any, span: Span) -> int:
        value = self.integer_constant(node, "the alignment")
        if value <= 0 or value & value - 1:
            raise self.error("E0355", span, f"requested alignment {value} is not a power of 2", fix="use 1, 2, 4, 8, 16, ...")
        return value


def _quoted(attribute: Attribute) -> str:
    """The fix of an attribute whose argument should be a string."""
    arguments = attribute.arguments or []
    if len(arguments) != 1 or not isinstance(arguments[0], c_ast.ID):
        return f'write {attribute.name}("text")'
    name = arguments[0].name
    return Fix(f'put it into quotes: "{name}"', Edit(arguments[0].coord.point, name, f'"{name}"'))
