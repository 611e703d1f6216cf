"""Statements of GNU C (C11 6.8), asm statements, and the translation unit; syntax errors are recovered from here."""

from __future__ import annotations

from collections.abc import Iterable

from ..source import Span
from .core import SyntaxFailure
from .declarations import Declarations
from .lean import c_ast
from .nodes import Asm, AsmOperand, LocalLabels, Range
from .specifiers import Spec
from .tokens import Tok


class Statements(Declarations):
    """Overrides of pycparser's statement and file-level methods."""

    # --- the translation unit -------------------------------------------------------------------------------------

    def parse_run(self, tokens: list[Tok], types: Iterable[str] = ()) -> list[c_ast.Node]:
        """The external declarations that `tokens` hold; `types` are names of types that come into scope before."""
        self._scope_stack[0].update(dict.fromkeys(types, True))
        self._read_from(tokens)
        return self._parse_translation_unit()

    def _parse_translation_unit(self) -> list[c_ast.Node]:
        found: list[c_ast.Node] = []
        while self._peek() is not None:
            start = self._index
            try:
                found += self._parse_external_declaration()
            except SyntaxFailure as failure:
                self._report(failure)
                self._depth = 0
                del self._scope_stack[1:]
                self._recover(start, file_scope=True)
        return found

    def _parse_external_declaration(self) -> list[c_ast.Node]:
        tok = self._advance()
        if tok.type == "SEMI" or tok.type == "PPPRAGMA":
            return []
        if tok.type == "ASM":
            raise SyntaxFailure("E0207", self._tok_coord(tok), "file-scope asm is not supported", "use an asm statement")
        if tok.type == "RBRACE":
            raise SyntaxFailure("E0201", self._tok_coord(tok), "extraneous closing brace ('}')",
                                "a '{' is missing above, or there is one '}' too many")  # fmt: skip
        self._index -= 1
        if tok.type == "_STATIC_ASSERT":
            return [self._parse_static_assert()]
        spec, saw_type, span = self._parse_specifiers(allow_storage_and_function=True)
        if spec is None:
            self._missing_type()
            if tok.type == "ID" and self._peek_type(2) in ("EQUALS", "LBRACKET"):
                raise SyntaxFailure("E0203", self._tok_coord(tok), f"'{tok.value}' is declared without a type",
                                    "write its type before the name; statements belong inside a function")  # fmt: skip
            if tok.type == "ID" and self._peek_type(2) == "LPAREN":
                raise SyntaxFailure("E0203", self._tok_coord(tok), f"'{tok.value}' has no type here",
                                    "write the result type before the name; statements belong inside a function")  # fmt: skip
            self._expected("a declaration")
        if not saw_type or self._peek_type() == "SEMI":
            decls = self._after_specifiers(spec, saw_type, span)
            self._end_of_declaration()
            return decls
        declarator = self._parse_declarator()
        if isinstance(declarator, c_ast.FuncDecl) and declarator.args and isinstance(declarator.args.params[0], c_ast.ID):
            self.old_style_parameters(declarator)
        if self._peek_type() == "LBRACE":
            return [self._function(spec, declarator)]
        return self._rest_of_declaration(spec, declarator)

    def _rest_of_declaration(self, spec: Spec, declarator: c_ast.Node) -> list[c_ast.Node]:
        found = [self._init_declarator(spec, declarator)]
        while self._accept("COMMA"):
            found.append(self._parse_init_declarator(spec)["node"])
        self._end_of_declaration()
        return found

    def _function(self, spec: Spec, declarator: c_ast.Node) -> c_ast.FuncDef:
        if "typedef" in spec["storage"]:
            raise SyntaxFailure("E0201", declarator.coord, "a function definition cannot be a typedef")
        if not isinstance(declarator, c_ast.FuncDecl):
            raise SyntaxFailure("E0201", self._here(), "expected ';' after the declaration, found '{'")
        [decl] = self._build_declarations(spec, [{"decl": declarator}], typedef_namespace=True)
        self._push_scope()
        for parameter in declarator.args.params if declarator.args else []:
            name = getattr(parameter, "name", None)
            if name:
                self._add_identifier(name, parameter.coord)
        body = self._parse_compound_statement(new_scope=False)
        self._pop_scope()
        return c_ast.FuncDef(decl, None, body, decl.coord)

    # --- blocks ---------------------------------------------------------------------------------------------------

    def _parse_compound_statement(self, *, new_scope: bool = True) -> c_ast.Compound:
        opening = self._expect("LBRACE")
        self._enter()
        if new_scope:
            self._push_scope()
        items = self._parse_block_item_list()
        if new_scope:
            self._pop_scope()
        self._leave()
        if self._peek() is None:
            raise SyntaxFailure("E0205", self._tok_coord(opening), "this '{' is never closed", "add the missing '}'")
        closing = self._expect("RBRACE")
        return c_ast.Compound(items, Span(opening.loc, closing.loc, opening.loc))

    def _parse_block_item_list(self) -> list[c_ast.Node]:
        items: list[c_ast.Node] = []
        while self._peek_type() not in ("RBRACE", None):
            start, depth, scopes = self._index, self._depth, len(self._scope_stack)
            try:
                items += self._block_item()
            except SyntaxFailure as failure:
                if failure.code == "E0205":
                    raise
                self._report(failure)
                self._depth = depth
                del self._scope_stack[scopes:]
                self._recover(start, file_scope=False)
        return items

    def _block_item(self) -> list[c_ast.Node]:
        tok = self._peek()
        assert tok is not None
        kind = tok.type
        if kind == "ATTRIBUTE_BEGIN":
            mark = self._mark()
            attributes = self._parse_attribute_specifier_sequence()
            if self._accept("SEMI"):
                return [c_ast.AttributeDeclaration(attributes, self._tok_coord(tok))]
            if not self._starts_declaration():
                return [self._parse_statement()]
            self._reset(mark)
            return self._parse_declaration()
        if kind == "TYPEID" and self._peek_type(2) == "COLON":  # a label may be named like a type
            return [self._label()]
        if kind == "_STATIC_ASSERT" or self._starts_declaration(tok):
            return self._parse_declaration()
        if kind == "LOCAL_LABEL":
            return [self._local_labels()]
        if kind == "ID" and self._peek_type(2) in ("ID", "TYPEID"):
            self._unknown_type(tok)
        return [self._parse_statement()]

    def _local_labels(self) -> LocalLabels:
        keyword = self._advance()
        names = [self._expect("ID").value]
        while self._accept("COMMA"):
            names.append(self._expect("ID").value)
        self._expect("SEMI")
        return LocalLabels(names, self._tok_coord(keyword))

    # --- statements -----------------------------------------------------------------------------------------------

    def _parse_statement(self) -> c_ast.Node:
        self._enter()
        node = self._statement()
        self._leave()
        return node

    def _statement(self) -> c_ast.Node:
        if self._peek_type() == "ATTRIBUTE_BEGIN":
            self._parse_attribute_specifier_sequence()
        match self._peek_type():
            case "ID" if self._peek_type(2) == "COLON":
                return self._label()
            case "CASE" | "DEFAULT":
                return self._case()
            case "LBRACE":
                return self._parse_compound_statement()
            case "IF":
                return self._if()
            case "SWITCH" | "WHILE":
                return self._switch_or_while()
            case "DO":
                return self._do()
            case "FOR":
                return self._for()
            case "GOTO" | "BREAK" | "CONTINUE" | "RETURN":
                return self._jump()
            case "PPPRAGMA":
                tok = self._advance()
                return c_ast.Pragma(tok.value, self._tok_coord(tok))
            case "ASM":
                return self._asm()
            case "ELSE":
                raise SyntaxFailure("E0202", self._here(), "'else' without an 'if' before it",
                                    "a ';' or '}' before it may have ended the 'if'")  # fmt: skip
            case _:
                return self._parse_expression_statement()

    def _parse_expression_statement(self) -> c_ast.Node:
        semicolon = self._accept("SEMI")
        if semicolon is not None:
            return c_ast.EmptyStatement(self._tok_coord(semicolon))
        value = self._parse_expression()
        self._semicolon("expression")
        return value

    def _body(self) -> c_ast.Node:
        """The statement a label, loop or branch governs: a declaration there is an error."""
        if self._starts_declaration() and self._peek_type() != "ATTRIBUTE_BEGIN":
            raise SyntaxFailure("E0202", self._here(), "a declaration cannot stand here: expected a statement",
                                "put the declaration and what uses it into '{ }'")  # fmt: skip
        if self._peek_type() == "PPPRAGMA":
            pragma = self._statement()
            return c_ast.Compound([pragma, self._parse_statement()], pragma.coord)
        return self._parse_statement()

    def _labelled(self, span: Span) -> c_ast.Node:
        """What follows a label: nothing before `}` and declarations (C23, and clang in all of C)."""
        if self._peek_type() == "RBRACE" or (self._starts_declaration() and self._peek_type() != "ATTRIBUTE_BEGIN"):
            return c_ast.EmptyStatement(span)
        return self._body()

    def _label(self) -> c_ast.Node:
        name = self._advance()
        self._expect("COLON")
        attributes = self._parse_attribute_specifier_sequence()
        span = self._tok_coord(name)
        label = c_ast.Label(name.value, self._labelled(span), span)
        label.attributes = attributes
        return label

    def _case(self) -> c_ast.Node:
        """A row of case labels is a chain of statements: taken in a loop, for switches of hundreds of cases."""
        row: list[c_ast.Node] = []
        while self._peek_type() in ("CASE", "DEFAULT"):
            keyword = self._advance()
            span = self._tok_coord(keyword)
            if keyword.type == "DEFAULT":
                row.append(c_ast.Default([], span))
            else:
                value = self._parse_constant_expression()
                if self._accept("ELLIPSIS"):
                    high = self._parse_constant_expression()
                    value = Range(value, high, Span(value.coord.first, high.coord.last, value.coord.point))
                row.append(c_ast.Case(value, [], span))
            self._expect("COLON")
            self._chain(len(row))
        node = self._labelled(row[-1].coord)
        for label in reversed(row):
            label.stmts.append(node)
            node = label
        return node

    def _condition(self) -> c_ast.Node:
        self._expect("LPAREN")
        return self._bracketed("RPAREN")

    def _if(self) -> c_ast.Node:
        """`else if` chains are taken in a loop: they nest the tree, not the source."""
        first = last = None
        row = 0
        while True:
            keyword = self._expect("IF")
            node = c_ast.If(self._condition(), self._body(), None, self._tok_coord(keyword))
            if last is None:
                first = node
            else:
                last.iffalse = node
            last = node
            row += 1
            self._chain(row * 4)
            otherwise = self._accept("ELSE")
            if otherwise is None:
                return first
            node.coord = Span(keyword.loc, otherwise.loc, keyword.loc)
            if self._peek_type() != "IF":
                node.iffalse = self._body()
                return first

    def _switch_or_while(self) -> c_ast.Node:
        keyword = self._advance()
        condition = self._condition()
        body = self._body()
        return (c_ast.Switch if keyword.type == "SWITCH" else c_ast.While)(condition, body, self._tok_coord(keyword))

    def _do(self) -> c_ast.Node:
        keyword = self._advance()
        body = self._body()
        self._expect("WHILE")
        condition = self._condition()
        self._semicolon("do/while statement")
        return c_ast.DoWhile(condition, body, self._tok_coord(keyword))

    def _for(self) -> c_ast.Node:
        keyword = self._advance()
        self._expect("LPAREN")
        self._push_scope()
        init: c_ast.Node | None = None
        if self._starts_declaration():
            init = c_ast.DeclList(self._parse_declaration(), self._tok_coord(keyword))
        else:
            tok = self._peek()
            if tok is not None and tok.type == "ID" and self._peek_type(2) in ("ID", "TYPEID"):
                self._unknown_type(tok)
            init = None if self._peek_type() == "SEMI" else self._parse_expression()
            self._expect("SEMI")
        condition = None if self._peek_type() == "SEMI" else self._parse_expression()
        self._expect("SEMI")
        step = None if self._peek_type() == "RPAREN" else self._parse_expression()
        self._expect("RPAREN")
        body = self._body()
        self._pop_scope()
        return c_ast.For(init, condition, step, body, self._tok_coord(keyword))

    def _jump(self) -> c_ast.Node:
        keyword = self._advance()
        span = self._tok_coord(keyword)
        match keyword.type:
            case "GOTO":
                if self._peek_type() == "TIMES":
                    raise SyntaxFailure("E0207", self._here(), "computed goto is not supported: BPF has no indirect jumps",
                                        "use switch")  # fmt: skip
                name = self._parse_identifier_or_typeid()
                self._semicolon("goto statement")
                return c_ast.Goto(name.name, Span(keyword.loc, name.coord.last, keyword.loc))
            case "BREAK":
                self._semicolon("break statement")
                return c_ast.Break(span)
            case "CONTINUE":
                self._semicolon("continue statement")
                return c_ast.Continue(span)
        if self._accept("SEMI"):
            return c_ast.Return(None, span)
        value = self._parse_expression()
        self._semicolon("return statement")
        return c_ast.Return(value, Span(keyword.loc, value.coord.last, keyword.loc))

    # --- asm (GCC manual, "Extended Asm") ---------------------------------------------------------------------------

    def _asm(self) -> Asm:
        keyword = self._advance()
        volatile = goto = False
        while (kind := self._peek_type()) in ("VOLATILE", "GOTO", "INLINE"):
            volatile |= kind == "VOLATILE"
            goto |= kind == "GOTO"
            self._advance()
        self._expect("LPAREN")
        template = self._parse_unified_string_literal()
        outputs: list[AsmOperand] = []
        inputs: list[AsmOperand] = []
        clobbers: list[c_ast.Constant] = []
        labels: list[str] = []
        extended = False
        if self._asm_colon():
            extended = True
            outputs = self._asm_operands()
            if self._asm_colon():
                inputs = self._asm_operands()
                if self._asm_colon():
                    while self._peek_type() == "STRING_LITERAL":
                        clobbers.append(self._parse_unified_string_literal())
                        if not self._accept("COMMA"):
                            break
                    if goto and self._asm_colon():
                        labels.append(self._expect("ID").value)
                        while self._accept("COMMA"):
                            labels.append(self._expect("ID").value)
        closing = self._expect("RPAREN")
        self._semicolon("asm statement")
        volatile |= goto or not outputs
        span = Span(keyword.loc, closing.loc, keyword.loc)
        node = Asm(template, outputs, inputs, clobbers, labels, volatile, span)
        node.extended = extended
        return node

    def _asm_colon(self) -> bool:
        """A colon of the operand list; `::` is one token that stands for two."""
        tok = self._peek()
        if tok is not None and tok.type == "COLONCOLON":
            tok.type = "COLON"  # the second half remains
            return True
        return self._accept("COLON") is not None

    def _asm_operands(self) -> list[AsmOperand]:
        found: list[AsmOperand] = []
        while self._peek_type() in ("STRING_LITERAL", "LBRACKET"):
            start = self._here()
            name = ""
            if self._accept("LBRACKET"):
                name = self._parse_identifier_or_typeid().name
                self._expect("RBRACKET")
            constraint = self._parse_unified_string_literal()
            self._expect("LPAREN")
            value = self._bracketed("RPAREN")
            text = "".join(part.strip('"') for part in constraint.value)
            found.append(AsmOperand(name, text, value, Span(start.first, self._last(), start.first)))
            if not self._accept("COMMA"):
                break
        return found
