"""Declarators and type names (C11 6.7.6, 6.7.7): pointers, arrays, functions around a specified type."""

from __future__ import annotations

from typing import Any

from ..parse.lean import c_ast
from ..parse.nodes import attributes_of
from ..source import Span
from . import literals, tree
from . import types as ct
from .base import Poison
from .compare import is_integer, is_void, qualifiers, qualify, unqualified
from .layout import align_of, is_complete, size_of
from .names import Scope
from .specifiers import Specifiers
from .spelling import quote


class Declarators(Specifiers):
    """From a chain of PtrDecl, ArrayDecl, FuncDecl and TypeDecl to a type."""

    def type_name(self, node: Any) -> ct.Type:
        """The type a c_ast.Typename names. Raises `Poison`."""
        return self.declared_type(node.type, node)

    def declared_type(self, declarator: Any, node: Any) -> ct.Type:
        """The type a declarator gives to its name; `node` is the declaration, for messages."""
        match declarator:
            case c_ast.TypeDecl():
                base = self.specified(declarator.type)
                return self.qualified(base, declarator.quals or [], declarator.coord or node.coord,
                                      *self._type_attributes(attributes_of(node)))  # fmt: skip
            case c_ast.PtrDecl():
                target = self.declared_type(declarator.type, node)
                own = self._type_attributes(declarator.attributes)
                return self.qualified(ct.Pointer(target), declarator.quals or [], declarator.coord, *own)
            case c_ast.ArrayDecl():
                return self.array_type(declarator, node)
            case c_ast.FuncDecl():
                return self._function_type(declarator, node)
            case _:  # a struct, union or enum specifier alone
                return self.qualified(self.specified(declarator), getattr(node, "quals", None) or [], node.coord)

    def _type_attributes(self, attributes: Any) -> tuple[tuple[str, ...], int]:
        """The type tags and the address space among attributes."""
        kept = [a for a in attributes or () if a.name in ("btf_type_tag", "address_space")]
        if not kept:
            return (), 0
        found = self.read_attributes(kept)
        return tuple(found.type_tags), found.space

    def parameter_type(self, node: Any) -> ct.Type:
        """The type of a parameter as it is written; the size of its outermost array counts for nothing."""
        if not isinstance(node.type, c_ast.ArrayDecl):
            return self.declared_type(node.type, node)
        return self.array_type(node.type, node, parameter=True)

    def array_type(self, declarator: Any, node: Any, *, parameter: bool = False) -> ct.Type:
        """The type of an ArrayDecl; of a parameter, the size need not be constant."""
        element = self.declared_type(declarator.type, node)
        span: Span = declarator.dim.coord if declarator.dim is not None else (node.coord or declarator.coord)
        if isinstance(ct.strip(element), ct.Function):
            raise self.error("E0371", span, "an array of functions is not possible",
                             fix="use an array of pointers to functions")
        if not is_complete(element):
            raise self.error("E0301", span, f"array has incomplete element type {quote(element)}",
                             fix="define the type first")  # fmt: skip
        if size_of(element) % align_of(element):
            raise self.error("E0371", span,
                             f"size of array element of type {quote(element)} ({size_of(element)} bytes) isn't a "
                             f"multiple of its alignment ({align_of(element)} bytes)")  # fmt: skip
        if declarator.dim is None:
            return ct.Array(element, None)
        if isinstance(declarator.dim, c_ast.ID) and declarator.dim.name == "*":
            if parameter:
                return ct.Array(element, None)
            raise self.error("E0402", span, "variable length arrays are not supported: the BPF stack has a fixed layout",
                             fix="use a constant size")  # fmt: skip
        e = self.required_value(declarator.dim)
        if not is_integer(e.type):
            raise self.error("E0371", span, f"size of array has non-integer type {quote(e.type)}")
        count = self.known(e)
        constant = self.function is None or getattr(node, "init", None) is not None or "static" in getattr(node, "storage", ())
        if count is not None and type(e) is not tree.Constant and not parameter and constant and node.coord is not None:
            self.warn("W0310", node.coord, "variable length array folded to constant array as an extension",
                      fix="write a number, a macro or an enumerator as its size")  # fmt: skip
        if count is None and parameter:
            return ct.Array(element, None)
        if count is None:
            raise self.error("E0402", span, "variable length arrays are not supported: the BPF stack has a fixed layout",
                             fix="use a constant size that is enough for all cases, or a map")  # fmt: skip
        if count < 0:
            raise self.error("E0371", span, f"array size {count} is negative")
        if count * size_of(element) >= 1 << 40:
            raise self.error("E0371", span, f"array is too large ({count} elements)")
        return ct.Array(element, count)

    def _function_type(self, declarator: Any, node: Any) -> ct.Type:
        result = self.declared_type(declarator.type, node)
        span = declarator.coord or node.coord
        if isinstance(ct.strip(result), ct.Function):
            raise self.error("E0372", span, "a function cannot return a function", fix="return a pointer to it")
        if isinstance(ct.strip(result), ct.Array):
            raise self.error("E0372", span, "a function cannot return an array", fix="return a struct, or fill one by pointer")
        if "W0333" in self.asked:
            self._useless_qualifier(declarator, node)
        result = unqualified(result)
        if declarator.args is None:
            return ct.Function(result, (), prototyped=self.empty_is_void)
        parameters: list[ct.Parameter] = []
        variadic = False
        params = declarator.args.params
        self.scopes.append(Scope())
        try:
            for param in params:
                if isinstance(param, c_ast.EllipsisParam):
                    variadic = True
                    continue
                t = self.parameter_type(param)
                if is_void(t) and len(params) == 1 and not getattr(param, "name", None):
                    break
                name = getattr(param, "name", None) or ""
                for word in getattr(param, "storage", None) or ():
                    if word != "register":
                        self.error("E0356", param.coord or span, f"a parameter cannot be '{word}'", fix="remove it")
                t = self.adjusted(t, param.coord or span)
                parameters.append(ct.Parameter(name, _signature(t)))
                if name:  # later parameters may use it: int f(int n, int a[n])
                    self.scopes[-1].names.setdefault(name, tree.Local(name, t, param.coord or span))
        finally:
            scope = self.scopes.pop()
        for tag, declared in scope.tags.items():
            if declared.span is not None:
                kind = declared.kind if isinstance(declared, ct.Record) else "enum"
                self.warn("W0335", declared.span, f"declaration of '{kind} {tag}' will not be visible outside of this function",
                          fix=f"declare '{kind} {tag};' before it")  # fmt: skip
        return ct.Function(result, tuple(parameters), variadic)

    def _useless_qualifier(self, declarator: Any, node: Any) -> None:
        """-Wignored-qualifiers: const and volatile of a result. Where the word stands, the text tells."""
        words = [word for word in declarator.type.quals or () if word in ("const", "volatile")]
        name: Span = node.coord or declarator.coord
        if not words or name is None or name.point < 0:
            return
        file = self.sources.file_of(name.point)
        text = file.text[: name.point - file.base]
        begin = max(text.rfind(mark) for mark in ";}*" if mark != "*" or isinstance(declarator.type, c_ast.PtrDecl))
        at = min((found for word in words if (found := text.find(word, begin + 1)) >= 0), default=-1)
        if at >= 0:
            plural = "s" if len(words) > 1 else ""
            self.warn("W0333", Span.at(file.base + at), f"'{' '.join(words)}' type qualifier{plural} on return type "
                      f"ha{'ve' if plural else 's'} no effect", fix="remove it")  # fmt: skip

    def adjusted(self, t: ct.Type, span: Span) -> ct.Type:
        """A parameter's type (C11 6.7.6.3p7): arrays and functions become pointers."""
        bare = ct.strip(t)
        if isinstance(bare, ct.Array):
            const, volatile = qualifiers(t)
            return ct.Pointer(qualify(bare.element, const=const, volatile=volatile))
        if isinstance(bare, ct.Function):
            return ct.Pointer(t)
        if isinstance(bare, ct.Void):
            raise self.error("E0373", span, "a parameter cannot have type 'void'", fix="remove it, or give it a type")
        return t

    def alignas(self, node: Any, t: ct.Type) -> list[int]:
        """The alignments that _Alignas asks for (C11 6.7.5) for an object of type `t`: they may not be smaller than its own."""
        found = self._alignments(node)
        if found and 0 < max(found) < align_of(t):
            self.error("E0355", node.coord, f"_Alignas({max(found)}) is less than the alignment of {quote(t)}, {align_of(t)}",
                       fix="remove it; to pack a struct, use __attribute__((packed))")  # fmt: skip
        return found

    def _alignments(self, node: Any) -> list[int]:
        found: list[int] = []
        for item in getattr(node, "align", None) or []:
            operand = item.alignment
            if isinstance(operand, c_ast.Typename):
                found.append(align_of(self.type_name(operand)))
                continue
            value = self.integer_constant(operand, "the alignment")
            if value < 0 or value & value - 1:
                raise self.error("E0355", item.coord, f"requested alignment {value} is not a power of 2",
                                 fix="use 1, 2, 4, 8, 16, ...")  # fmt: skip
            found.append(value)
        return found

    def _sides(self, node: Any) -> list[tuple[str, Span | int | None]]:
        """What the sides of a comparison that does not hold are."""
        if not isinstance(node, c_ast.BinaryOp) or node.op not in ("==", "!=", "<", "<=", ">", ">="):
            return []
        left, right = (self.known(self.rvalue(side)) for side in (node.left, node.right))
        return [(f"it says {left} {node.op} {right}", node.coord)]

    def static_assert(self, node: Any) -> None:
        """_Static_assert (C11 6.7.10)."""
        try:
            value = self.integer_constant(node.cond, "the condition of _Static_assert")
        except Poison:
            return
        if not value:
            text = ""
            if node.message is not None:
                try:
                    text = literals.string(node.message.value)[0][:-1].decode("utf-8", "replace")
                except literals.LiteralError:
                    text = " ".join(node.message.value)
            self.error("E0374", node.cond.coord, f"static assertion failed{': ' + text if text else ''}",
                       notes=self._sides(node.cond))  # fmt: skip


def _signature(t: ct.Type) -> ct.Type:
    """A parameter's type in its function's type: without const and volatile (C11 6.7.6.3p15); clang keeps restrict."""
    bare = unqualified(t)
    return ct.Qualified(bare, restrict=True) if isinstance(t, ct.Qualified) and t.restrict else bare
