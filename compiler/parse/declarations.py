"""Declarations of GNU C (C11 6.7): declarators, parameters, initializers; specifiers.py has what stands before them."""

from __future__ import annotations

from typing import Any

from ..source import Span
from .core import SyntaxFailure
from .lean import c_ast
from .nodes import Attribute
from .specifiers import START, Spec, Specifiers


class Declarations(Specifiers):
    """Overrides of pycparser's declaration methods."""

    # --- declarators ----------------------------------------------------------------------------------------------

    def _parse_direct_declarator(self, kind: str, allow_paren: bool = True) -> c_ast.Node:
        if allow_paren and self._accept("LPAREN"):
            self._enter()
            attributes = self._parse_attribute_specifier_sequence()
            decl = self._parse_declarator_kind(kind, allow_paren=True)
            self._leave()
            self._expect("RPAREN")
        else:
            tok = self._peek()
            if tok is None or tok.type != ("ID" if kind == "id" else "TYPEID"):
                self._expected("an identifier")
            self._index += 1
            attributes = self._parse_attribute_specifier_sequence()
            decl = c_ast.TypeDecl(tok.value, None, None, None, self._tok_coord(tok))
        decl = self._parse_decl_suffixes(decl)
        innermost(decl).attributes += attributes
        return decl

    def _parse_decl_suffixes(self, decl: c_ast.Node) -> c_ast.Node:
        row = 0
        while (kind := self._peek_type()) in ("LBRACKET", "LPAREN"):
            if kind == "LBRACKET":
                decl = self._type_modify_decl(decl, self._parse_array_decl(decl))
            else:
                decl = self._type_modify_decl(decl, self._parse_function_decl(decl))
            row += 1
            if row > 64:
                self._enter(row)
        if kind == "ASM":  # the assembler's name for a symbol
            tok = self._advance()
            self._expect("LPAREN")
            name = self._parse_unified_string_literal()
            self._expect("RPAREN")
            innermost(decl).attributes.append(Attribute("asm", [name], self._tok_coord(tok)))
            kind = self._peek_type()
        if kind == "ATTRIBUTE_BEGIN":
            innermost(decl).attributes += self._parse_attribute_specifier_sequence()
        return decl

    def _parse_function_decl(self, base_decl: c_ast.Node) -> c_ast.Node:
        opening = self._advance()
        self._enter()
        parameters = None
        if self._peek_type() != "RPAREN":
            self._push_scope()
            if self._starts_declaration() or self._peek_type() == "ELLIPSIS":
                parameters = self._parse_parameter_type_list()
            elif self._old_style():
                parameters = self._parse_identifier_list()
            else:
                self._missing_type()
                raise SyntaxFailure("E0201", self._here(), "expected a parameter's type",
                                    "write each parameter with its type")  # fmt: skip
            self._pop_scope()
        self._leave()
        self._expect("RPAREN")
        coord = base_decl.coord or self._tok_coord(opening)
        return c_ast.FuncDecl(parameters, None, coord, attributes=self._parse_attribute_specifier_sequence())

    def _old_style(self) -> bool:
        """True before the names of an old-style definition's parameters (C11 6.9.1p6), whose declarations follow the `)`."""
        at = self._index
        while (tok := self._buffer[at]) is not None and tok.type in ("ID", "COMMA"):
            at += 1
        after = self._buffer[at + 1] if tok is not None and tok.type == "RPAREN" else None
        if after is None or not (after.type in START or after.type == "ID") or after.type == "ATTRIBUTE_BEGIN":
            return False
        return self._starts_declaration(after) or self._is_type_in_scope(after.value)

    def _parse_identifier_list(self) -> c_ast.ParamList:
        """The names; `old_style_parameters` puts their declarations in their place."""
        names = [self._parse_identifier_or_typeid()]
        while self._accept("COMMA"):
            names.append(self._parse_identifier_or_typeid())
        return c_ast.ParamList(names, names[0].coord)

    def old_style_parameters(self, declarator: c_ast.FuncDecl) -> None:
        """Parse the declarations between `)` and `{` of an old-style definition."""
        declared: dict[str, c_ast.Node] = {}
        self._push_scope()
        while self._peek_type() != "LBRACE":
            for node in self._parse_declaration():
                declared[getattr(node, "name", None) or ""] = node
        self._pop_scope()
        parameters: list[c_ast.Node] = []
        for name in declarator.args.params:
            node = declared.pop(name.name, None)
            if node is None:
                raise SyntaxFailure("E0203", name.coord, f"parameter '{name.name}' is not declared",
                                    "write the parameters' types in the parentheses")  # fmt: skip
            parameters.append(node)
        for name, node in declared.items():
            raise SyntaxFailure("E0201", node.coord, f"'{name}' is no parameter of this function")
        declarator.args.params = parameters

    def _parse_parameter_type_list(self) -> c_ast.ParamList:
        params: list[c_ast.Node] = []
        span = self._here()
        while True:
            dots = self._accept("ELLIPSIS")
            if dots:
                params.append(c_ast.EllipsisParam(self._tok_coord(dots)))
                break
            params.append(self._parse_parameter_declaration())
            if not self._accept("COMMA"):
                break
        return c_ast.ParamList(params, span)

    def _parse_parameter_declaration(self) -> c_ast.Node:
        spec, saw_type, coord = self._parse_specifiers(allow_storage_and_function=True)
        if spec is None or not saw_type:
            self._missing_type()
            self._expected("a parameter's type")
        if "typedef" in spec["storage"]:
            raise SyntaxFailure("E0201", coord or self._here(), "'typedef' is not allowed on a parameter")
        decl, named = None, False
        if self._starts_declarator():
            decl, named = self._parse_any_declarator(allow_abstract=True, typeid_paren_as_abstract=True)
        else:
            decl = self._parse_abstract_declarator_opt()
        spec["attributes"] += self._parse_attribute_specifier_sequence()
        if named:
            return self._build_declarations(spec, [{"decl": decl}])[0]
        return self._build_type_name(spec, decl, coord)

    def _scan_declarator_name_info(self) -> tuple[str | None, bool]:
        """Stock pycparser's, with attributes behind an opening parenthesis as well."""
        if self._peek_type() == "ATTRIBUTE_BEGIN":
            self._parse_attribute_specifier_sequence()
        self._enter()
        result: tuple[str | None, bool] = super()._scan_declarator_name_info()
        self._leave()
        return result

    # --- building -------------------------------------------------------------------------------------------------

    def _build_type_name(self, spec: Spec, decl: Any, coord: Any) -> c_ast.Typename:
        name = super()._build_type_name(spec, decl, coord)
        name.attributes = spec["attributes"]
        return name

    def _attach_type_attributes(self, decl: c_ast.Node, spec: Spec) -> c_ast.Node:
        return decl

    def _build_declarations(self, spec: Spec, decls: list[dict[str, Any]], typedef_namespace: bool = False) -> list[c_ast.Node]:
        """The declarations of one specifier list, their attributes gathered: the specifiers', then the declarator's."""
        found: list[c_ast.Node] = []
        is_typedef = "typedef" in spec["storage"]
        for info in decls:
            declarator = info["decl"]
            if declarator is None:
                raise SyntaxFailure("E0201", self._here(), "expected a declarator")
            attributes = spec["attributes"] + _declarator_attributes(declarator) + info.get("attributes", [])
            span = innermost(declarator).coord or declarator.coord
            node: Any
            if is_typedef:
                if spec["alignment"]:
                    raise SyntaxFailure("E0201", spec["alignment"][0].coord, "'_Alignas' is not allowed in a typedef",
                                        "use __attribute__((aligned(N)))")  # fmt: skip
                node = c_ast.Typedef(None, spec["qual"], spec["storage"], declarator, span, attributes=attributes)
            else:
                node = c_ast.Decl(
                    None, spec["qual"], spec["alignment"], spec["storage"], spec["function"], declarator, info.get("init"),
                    info.get("bitsize"), span, attributes=attributes,
                )  # fmt: skip
            self._fix_decl_name_type(node, spec["type"])
            if typedef_namespace:
                self._declare(node, is_typedef)
            found.append(node)
        return found

    def _declare(self, node: Any, is_typedef: bool) -> None:
        if is_typedef:
            self._add_typedef_name(node.name, node.coord)
        else:
            self._add_identifier(node.name, node.coord)

    # --- declarations ---------------------------------------------------------------------------------------------

    def _parse_declaration(self) -> list[c_ast.Node]:
        if self._peek_type() == "_STATIC_ASSERT":
            return [self._parse_static_assert()]
        spec, saw_type, span = self._parse_specifiers(allow_storage_and_function=True)
        if spec is None:
            self._expected("a declaration")
        decls = self._after_specifiers(spec, saw_type, span)
        self._end_of_declaration()
        return decls

    def _after_specifiers(self, spec: Spec, saw_type: bool, span: Span | None) -> list[c_ast.Node]:
        """Everything of a declaration between its specifiers and its semicolon."""
        if not saw_type:
            if self._peek_type() == "SEMI":  # only attributes or qualifiers
                return [c_ast.AttributeDeclaration(spec["attributes"], span)]
            if "auto" in spec["storage"] and self._peek_type() == "ID":  # C23
                spec["type"].append(c_ast.InferredType(span))
                spec["storage"].remove("auto")
                return self._after_specifiers(spec, True, span)
            self._missing_type()
            tok = self._peek()
            if tok is not None and tok.type == "ID":
                raise SyntaxFailure("E0203", self._tok_coord(tok), f"'{tok.value}' is declared without a type",
                                    "write the type, for example 'int', before the name")  # fmt: skip
            self._expected("a type")
        if self._peek_type() == "SEMI":
            type = spec["type"][0]
            if not isinstance(type, c_ast.Struct | c_ast.Union | c_ast.Enum):
                self.diagnostics.warning("W0202", span, "declaration does not declare anything",
                                         fix="add a name, or remove the declaration")  # fmt: skip
            return [c_ast.Decl(
                None, spec["qual"], spec["alignment"], spec["storage"], spec["function"], type, None, None, type.coord,
                attributes=spec["attributes"],
            )]  # fmt: skip
        infos = [self._parse_init_declarator(spec)]
        while self._accept("COMMA"):
            spec = {**spec, "attributes": spec["attributes"] + self._parse_attribute_specifier_sequence()}
            infos.append(self._parse_init_declarator(spec))
        return [info["node"] for info in infos]

    def _parse_init_declarator(self, spec: Spec) -> dict[str, Any]:  # type: ignore[override,unused-ignore]
        return {"node": self._init_declarator(spec, self._parse_declarator())}

    def _init_declarator(self, spec: Spec, declarator: c_ast.Node) -> Any:
        """The declaration of a declarator, with its initializer. The name is in scope from its declarator on (C11 6.2.1p7)."""
        [node] = self._build_declarations(spec, [{"decl": declarator}])
        is_typedef = "typedef" in spec["storage"]
        inferred = isinstance(innermost(declarator).type, c_ast.InferredType)
        if not inferred:
            self._declare(node, is_typedef)
        if self._accept("EQUALS"):
            if is_typedef:
                raise SyntaxFailure("E0201", self._here(), "a typedef cannot have an initializer")
            node.init = self._parse_initializer()
        if inferred:
            self._declare(node, False)
        return node

    def _end_of_declaration(self) -> None:
        tok = self._peek()
        if tok is not None and tok.type == "LBRACE":
            raise SyntaxFailure("E0201", self._tok_coord(tok), "expected ';' after the declaration",
                                "functions cannot be defined inside a function")  # fmt: skip
        self._semicolon("the declaration")

    def _parse_static_assert(self) -> c_ast.StaticAssert:
        keyword = self._advance()
        self._expect("LPAREN")
        condition = self._parse_constant_expression()
        message = self._parse_unified_string_literal() if self._accept("COMMA") else None
        self._expect("RPAREN")
        self._expect("SEMI")
        return c_ast.StaticAssert(condition, message, Span(keyword.loc, keyword.loc, keyword.loc))


def innermost(declarator: Any) -> Any:
    """The TypeDecl under pointers, arrays and functions: it has the name."""
    while not isinstance(declarator, c_ast.TypeDecl):
        if not isinstance(declarator, c_ast.PtrDecl | c_ast.ArrayDecl | c_ast.FuncDecl):
            return declarator
        declarator = declarator.type
    return declarator


def _declarator_attributes(declarator: Any) -> list[Attribute]:
    """Attributes that belong to the declaration: those not right behind a `*`."""
    found: list[Attribute] = []
    while isinstance(declarator, c_ast.TypeDecl | c_ast.PtrDecl | c_ast.ArrayDecl | c_ast.FuncDecl):
        if not isinstance(declarator, c_ast.PtrDecl):
            found += declarator.attributes
        if isinstance(declarator, c_ast.TypeDecl):
            break
        declarator = declarator.type
    return found
