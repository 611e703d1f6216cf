"""Declaration specifiers of GNU C (C11 6.7.1-6.7.5) with attributes anywhere: records and enums among them."""

from __future__ import annotations

from typing import Any

from ..source import Span
from .core import SyntaxFailure
from .expressions import Expressions
from .lean import c_ast
from .nodes import Struct, Union
from .tokens import Tok

_STORAGE = {"AUTO", "REGISTER", "STATIC", "EXTERN", "TYPEDEF", "_THREAD_LOCAL"}
_FUNCTION = {"INLINE", "_NORETURN"}
_QUALIFIERS = {"CONST", "RESTRICT", "VOLATILE", "_ATOMIC"}
_SIMPLE = {"VOID", "_BOOL", "CHAR", "SHORT", "INT", "LONG", "FLOAT", "DOUBLE", "_COMPLEX", "SIGNED", "UNSIGNED", "__INT128"}
START = _STORAGE | _FUNCTION | _QUALIFIERS | _SIMPLE | {
    "TYPEID", "STRUCT", "UNION", "ENUM", "_ALIGNAS", "TYPEOF", "TYPEOF_UNQUAL", "AUTO_TYPE", "ATTRIBUTE_BEGIN", "_BITINT",
}  # fmt: skip

Spec = dict[str, list[Any]]


class Specifiers(Expressions):
    """Overrides of pycparser's specifier methods. A spec has one more key, `attributes`."""

    def _starts_declaration(self, tok: Tok | None = None) -> bool:
        tok = tok or self._peek()
        return tok is not None and tok.type in START

    # --- specifiers -----------------------------------------------------------------------------------------------

    def _parse_specifiers(self, *, allow_storage_and_function: bool) -> tuple[Spec | None, bool, Span | None]:
        spec: Spec = {
            "qual": [], "storage": [], "type": [], "function": [], "alignment": [], "type_attributes": [], "attributes": [],
        }  # fmt: skip
        saw_type = False
        first: Tok | None = None
        while True:
            tok = self._peek()
            if tok is None:
                break
            kind = tok.type
            if saw_type and kind in START and self._after_body(spec):
                break
            if kind in _SIMPLE or (kind == "TYPEID" and not saw_type):
                self._index += 1
                spec["type"].append(c_ast.IdentifierType([tok.value], Span(tok.loc, tok.loc, tok.loc)))
                saw_type = True
            elif kind in _QUALIFIERS:
                if kind == "_ATOMIC" and self._peek_type(2) == "LPAREN":
                    spec["type"].append(self._parse_atomic_specifier())
                    saw_type = True
                else:
                    self._index += 1
                    spec["qual"].append(tok.value)
            elif kind in _STORAGE or kind in _FUNCTION:
                if not allow_storage_and_function:
                    if kind == "INLINE":
                        raise SyntaxFailure("E0201", self._tok_coord(tok), "'inline' can only be used on functions")
                    raise SyntaxFailure("E0201", self._tok_coord(tok), f"'{tok.value}' is not allowed in a type name or member")
                self._index += 1
                spec["storage" if kind in _STORAGE else "function"].append(tok.value)
            elif kind == "STRUCT" or kind == "UNION":
                spec["type"].append(self._parse_struct_or_union_specifier())
                saw_type = True
            elif kind == "ENUM":
                spec["type"].append(self._parse_enum_specifier())
                saw_type = True
            elif kind == "ATTRIBUTE_BEGIN":
                spec["attributes"] += self._parse_attribute_specifier_sequence()
            elif kind == "TYPEOF" or kind == "TYPEOF_UNQUAL":
                spec["type"].append(self._parse_typeof_specifier())
                saw_type = True
            elif kind == "AUTO_TYPE":
                self._index += 1
                spec["type"].append(c_ast.InferredType(self._tok_coord(tok)))
                saw_type = True
            elif kind == "_ALIGNAS":
                spec["alignment"].append(self._parse_alignment_specifier())
            elif kind == "_BITINT":
                raise SyntaxFailure("E0207", self._tok_coord(tok), "_BitInt is not supported", "use a type of 8 to 64 bits")
            else:
                break
            first = first or tok
        return (spec if first else None), saw_type, self._tok_coord(first) if first else None

    def _parse_specifier_qualifier_list(self) -> Spec:
        spec, saw_type, _ = self._parse_specifiers(allow_storage_and_function=False)
        if spec is None or not saw_type:
            self._missing_type()
            self._expected("a type")
        return spec

    def _missing_type(self) -> None:
        """Where a type should stand and an undeclared name does, say that it is unknown."""
        tok = self._peek()
        following = self._peek_type(2)
        if tok is not None and tok.type == "ID" and following in ("ID", "TYPEID", "TIMES", "COMMA", "RPAREN", "SEMI", "COLON"):
            try:
                self._unknown_type(tok)
            except SyntaxFailure:
                raise
            self._scope_stack[0][tok.value] = True
            self._typedef_checked_token = None
            raise SyntaxFailure("E0203", self._tok_coord(tok), f"unknown type name '{tok.value}'",
                                self._similar_type(tok.value, tok.loc))  # fmt: skip

    # --- structs, unions, enums -----------------------------------------------------------------------------------

    def _parse_struct_or_union_specifier(self) -> c_ast.Node:
        keyword = self._advance()
        attributes = self._parse_attribute_specifier_sequence()
        name = None
        span = self._tok_coord(keyword)
        if self._peek_type() in ("ID", "TYPEID"):
            tok = self._advance()
            name, span = tok.value, self._tok_coord(tok)
        decls: list[c_ast.Node] | None = None
        if self._accept("LBRACE"):
            self._enter()
            decls = self._parse_struct_declaration_list()
            self._leave()
            self._expect("RBRACE")
            attributes = attributes + self._parse_attribute_specifier_sequence()
        elif name is None:
            self._parse_error("Invalid struct/union declaration", span)
        node = (Struct if keyword.type == "STRUCT" else Union)(name, decls, span, attributes=attributes)
        node.pack, node.preserve = keyword.pack, keyword.preserve
        return node

    def _parse_struct_declaration_list(self) -> list[c_ast.Node]:
        found: list[c_ast.Node] = []
        while self._peek_type() not in (None, "RBRACE"):
            start, depth = self._index, self._depth
            try:
                found += self._parse_struct_declaration() or []
            except SyntaxFailure as failure:
                self._report(failure)
                self._depth = depth
                self._recover(start, file_scope=False)
        return found

    def _parse_struct_declaration(self) -> list[c_ast.Node] | None:
        kind = self._peek_type()
        if kind == "_STATIC_ASSERT":
            return [self._parse_static_assert()]
        if kind == "SEMI" or kind == "PPPRAGMA":
            self._advance()
            return None
        spec = self._parse_specifier_qualifier_list()
        if self._peek_type() == "SEMI":
            self._advance()
            return [c_ast.Decl(
                None, spec["qual"], spec["alignment"], [], [], spec["type"][0], None, None, spec["type"][0].coord,
                attributes=spec["attributes"],
            )]  # fmt: skip
        decls: list[c_ast.Node] = self._build_declarations(spec, self._parse_struct_declarator_list())
        if self._peek_type() == "RBRACE":
            self.diagnostics.warning("W0206", self._after_last(), "expected ';' at the end of the members",
                                     fix=self._missing(";"))  # fmt: skip
        else:
            self._expect("SEMI")
        return decls

    def _parse_struct_declarator(self) -> dict[str, Any]:
        info: dict[str, Any] = {}
        if self._peek_type() == "COLON":
            info["decl"] = c_ast.TypeDecl(None, None, None, None, self._here())
        else:
            info["decl"] = self._parse_declarator()
        if self._accept("COLON"):
            info["bitsize"] = self._parse_constant_expression()
            info["attributes"] = self._parse_attribute_specifier_sequence()
        return info

    def _parse_enum_specifier(self) -> c_ast.Node:
        keyword = self._advance()
        attributes = self._parse_attribute_specifier_sequence()
        name, span = None, self._tok_coord(keyword)
        if self._peek_type() in ("ID", "TYPEID"):
            tok = self._advance()
            name, span = tok.value, self._tok_coord(tok)
        underlying = None
        if self._peek_type() == "COLON" and self._starts_declaration(self._peek(2)):
            self._advance()
            spec = self._parse_specifier_qualifier_list()
            underlying = self._build_type_name(spec, None, spec["type"][0].coord)
        values = None
        if self._accept("LBRACE"):
            items: list[c_ast.Node] = []
            while self._peek_type() != "RBRACE":
                if self._accept("PPPRAGMA"):
                    continue
                items.append(self._parse_enumerator())
                if not self._accept("COMMA"):
                    break
            if not items:
                raise SyntaxFailure("E0201", self._after_last(), "an enum without enumerators", "name at least one constant")
            self._expect("RBRACE")
            attributes = attributes + self._parse_attribute_specifier_sequence()
            values = c_ast.EnumeratorList(items, span)
        elif name is None:
            raise SyntaxFailure("E0203", self._after_last(), "expected a tag or '{' after 'enum'")
        return c_ast.Enum(name, values, underlying, span, attributes=attributes)

    def _parse_enumerator(self) -> c_ast.Node:
        tok = self._peek()
        if tok is None or tok.type not in ("ID", "TYPEID"):
            self._expected("an identifier")
        self._index += 1
        attributes = self._parse_attribute_specifier_sequence()
        value = self._parse_constant_expression() if self._accept("EQUALS") else None
        span = self._tok_coord(tok)
        self._add_identifier(tok.value, span)
        return c_ast.Enumerator(tok.value, value, span, attributes=attributes)

    def _after_body(self, spec: Spec) -> bool:
        """True if the specifiers so far end in `}` and a new line starts: a `;` is missing there."""
        tok = self._peek()
        if not spec["type"] or tok is None or getattr(spec["type"][-1], "decls", None) is None or not self._on_new_line(tok):
            return False
        what = "struct" if isinstance(spec["type"][-1], c_ast.Struct) else "union"
        self._report(SyntaxFailure("E0201", self._after_last(), f"expected ';' after the {what}'s closing brace",
                                   self._missing(";")))  # fmt: skip
        self._buffer.insert(self._index, Tok("SEMI", ";", self._last()))
        return True
