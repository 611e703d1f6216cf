"""Expressions of GNU C (C11 6.5), each with its first and last token and its operator's place."""

from __future__ import annotations

from ..source import Span
from .core import Core, SyntaxFailure
from .lean import c_ast
from .nodes import LabelAddress, OffsetOf, Range, StatementExpr, TypesCompatible, VaArg
from .tokens import Tok

# C11 6.5.5-6.5.14: a higher number binds tighter
PRECEDENCE = {
    "LOR": 1, "LAND": 2, "OR": 3, "XOR": 4, "AND": 5, "EQ": 6, "NE": 6, "GT": 7, "GE": 7, "LT": 7, "LE": 7,
    "RSHIFT": 8, "LSHIFT": 8, "PLUS": 9, "MINUS": 9, "TIMES": 10, "DIVIDE": 10, "MOD": 10,
}  # fmt: skip

_ASSIGNMENT = {
    "EQUALS", "XOREQUAL", "TIMESEQUAL", "DIVEQUAL", "MODEQUAL", "PLUSEQUAL", "MINUSEQUAL", "LSHIFTEQUAL",
    "RSHIFTEQUAL", "ANDEQUAL", "OREQUAL",
}  # fmt: skip

_UNARY = {"AND", "TIMES", "PLUS", "MINUS", "NOT", "LNOT"}

_EXPRESSION_START = {
    "ID", "INT_CONST_DEC", "FLOAT_CONST", "CHAR_CONST", "STRING_LITERAL", "LPAREN", "PLUSPLUS", "MINUSMINUS", "SIZEOF",
    "_ALIGNOF", "_GENERIC", "WORD_CONST", "OFFSETOF", "__BUILTIN_VA_ARG", "LAND", *_UNARY,
}  # fmt: skip


class Expressions(Core):
    """Overrides of pycparser's expression methods."""

    def _starts_expression(self, tok: Tok | None = None) -> bool:
        tok = tok or self._peek()
        return tok is not None and tok.type in _EXPRESSION_START

    def _parse_expression(self) -> c_ast.Node:
        first = self._parse_assignment_expression()
        if self._peek_type() != "COMMA":
            return first
        items = [first]
        point = self._here().point
        while self._accept("COMMA"):
            items.append(self._parse_assignment_expression())
        self._chain(len(items))
        return c_ast.ExprList(items, Span(first.coord.first, items[-1].coord.last, point))

    def _parse_assignment_expression(self) -> c_ast.Node:
        left = self._parse_conditional_expression()
        tok = self._peek()
        if tok is None or tok.type not in _ASSIGNMENT:
            return left
        self._index += 1
        self._enter()
        right = self._parse_assignment_expression()
        self._leave()
        return c_ast.Assignment(tok.value, left, right, Span(left.coord.first, right.coord.last, tok.loc))

    def _parse_conditional_expression(self) -> c_ast.Node:
        condition = self._parse_binary_expression()
        question = self._accept("CONDOP")
        if question is None:
            return condition
        self._enter()
        then = None if self._peek_type() == "COLON" else self._parse_expression()
        self._expect("COLON")
        otherwise = self._parse_conditional_expression()
        self._leave()
        span = Span(condition.coord.first, otherwise.coord.last, question.loc)
        return c_ast.TernaryOp(condition, then, otherwise, span)

    def _parse_binary_expression(self, min_prec: int = 0, lhs: c_ast.Node | None = None) -> c_ast.Node:
        left = lhs if lhs is not None else self._parse_cast_expression()
        row = 0
        while True:
            tok = self._peek()
            if tok is None:
                return left
            precedence = PRECEDENCE.get(tok.type, -1)
            if precedence <= min_prec:
                return left
            self._index += 1
            right = self._parse_binary_expression(precedence)
            left = c_ast.BinaryOp(tok.value, left, right, Span(left.coord.first, right.coord.last, tok.loc))
            row += 1
            self._chain(row)

    def _parse_cast_expression(self) -> c_ast.Node:
        tok = self._peek()
        if tok is not None and tok.type == "LPAREN":
            result = self._try_parse_paren_type_name()
            if result is not None:
                type, _, opening, _ = result
                if self._peek_type() == "LBRACE":
                    return self._suffixes(self._compound_literal(type, opening))
                self._enter()
                value = self._parse_cast_expression()
                self._leave()
                return c_ast.Cast(type, value, Span(opening.loc, value.coord.last, opening.loc))
        return self._parse_unary_expression()

    def _compound_literal(self, type: c_ast.Typename, opening: Tok) -> c_ast.Node:
        initializer = self._parse_initializer()
        return c_ast.CompoundLiteral(type, initializer, [], Span(opening.loc, self._last(), opening.loc))

    def _parse_unary_expression(self) -> c_ast.Node:
        tok = self._peek()
        if tok is None:
            raise SyntaxFailure("E0205", self._tok_coord(self._end), "expected expression before the end of the file")
        kind = tok.type
        if kind in _UNARY or kind == "PLUSPLUS" or kind == "MINUSMINUS":
            self._index += 1
            self._enter()
            value = self._parse_cast_expression() if kind in _UNARY else self._parse_unary_expression()
            self._leave()
            return c_ast.UnaryOp(tok.value, value, Span(tok.loc, value.coord.last, tok.loc))
        if kind == "SIZEOF" or kind == "_ALIGNOF":
            return self._size_or_alignment(tok)
        if kind == "LAND":
            self._index += 1
            name = self._expect("ID")
            return LabelAddress(name.value, Span(tok.loc, name.loc, tok.loc))
        return self._parse_postfix_expression()

    def _size_or_alignment(self, tok: Tok) -> c_ast.Node:
        """sizeof and _Alignof, on a type or (GNU for the second) an expression."""
        self._index += 1
        self._enter()
        result = self._try_parse_paren_type_name() if self._peek_type() == "LPAREN" else None
        if result is None:
            operand = self._parse_unary_expression()
        elif self._peek_type() == "LBRACE":
            operand = self._suffixes(self._compound_literal(result[0], result[2]))
        else:
            operand = result[0]
        self._leave()
        return c_ast.UnaryOp(tok.value, operand, Span(tok.loc, self._last(), tok.loc))

    def _parse_postfix_expression(self) -> c_ast.Node:
        return self._suffixes(self._parse_primary_expression())

    def _suffixes(self, value: c_ast.Node) -> c_ast.Node:
        row = 0
        while True:
            tok = self._peek()
            if tok is None:
                return value
            kind = tok.type
            if kind == "LBRACKET":
                self._index += 1
                index = self._bracketed("RBRACKET")
                value = c_ast.ArrayRef(value, index, Span(value.coord.first, self._last(), tok.loc))
            elif kind == "LPAREN":
                self._index += 1
                arguments = None
                if self._accept("RPAREN") is None:
                    self._enter()
                    arguments = self._parse_argument_expression_list()
                    self._leave()
                    self._expect("RPAREN")
                value = c_ast.FuncCall(value, arguments, Span(value.coord.first, self._last(), value.coord.point))
            elif kind == "PERIOD" or kind == "ARROW":
                self._index += 1
                name = self._advance()
                if name.type not in ("ID", "TYPEID"):
                    self._parse_error("Invalid struct reference", self._tok_coord(name))
                field = c_ast.ID(name.value, self._tok_coord(name))
                value = c_ast.StructRef(value, tok.value, field, Span(value.coord.first, name.loc, name.loc))
            elif kind == "PLUSPLUS" or kind == "MINUSMINUS":
                self._index += 1
                value = c_ast.UnaryOp("p" + tok.value, value, Span(value.coord.first, tok.loc, tok.loc))
            else:
                return value
            row += 1
            self._chain(row)

    def _bracketed(self, closing: str) -> c_ast.Node:
        self._enter()
        value = self._parse_expression()
        self._leave()
        self._expect(closing)
        return value

    def _parse_argument_expression_list(self) -> c_ast.ExprList:
        items = [self._parse_assignment_expression()]
        while self._accept("COMMA"):
            items.append(self._parse_assignment_expression())
        return c_ast.ExprList(items, Span(items[0].coord.first, items[-1].coord.last, items[0].coord.point))

    def _parse_primary_expression(self) -> c_ast.Node:
        tok = self._peek()
        kind = tok.type if tok is not None else "END"
        if tok is None:
            raise SyntaxFailure("E0205", self._tok_coord(self._end), "expected expression before the end of the file")
        if kind == "ID":
            if tok.value == "__builtin_types_compatible_p":
                return self._types_compatible()
            self._index += 1
            return c_ast.ID(tok.value, Span(tok.loc, tok.loc, tok.loc))
        if kind == "INT_CONST_DEC" or kind == "FLOAT_CONST" or kind == "CHAR_CONST":
            self._index += 1
            return c_ast.Constant(
                {"INT_CONST_DEC": "int", "FLOAT_CONST": "float", "CHAR_CONST": "char"}[kind], tok.value,
                Span(tok.loc, tok.loc, tok.loc),
            )  # fmt: skip
        if kind == "STRING_LITERAL":
            return self._parse_unified_string_literal()
        if kind == "LPAREN":
            self._index += 1
            self._enter()
            if self._peek_type() == "LBRACE":
                body = self._parse_compound_statement()
                self._leave()
                closing = self._expect("RPAREN")
                return StatementExpr(body, Span(tok.loc, closing.loc, tok.loc))
            value = self._parse_expression()
            self._leave()
            closing = self._expect("RPAREN")
            value.coord = Span(tok.loc, closing.loc, value.coord.point)
            return value
        if kind == "_GENERIC":
            selection = self._parse_generic_selection()
            selection.coord = Span(tok.loc, self._last(), tok.loc)
            return selection
        if kind == "WORD_CONST":
            self._index += 1
            return c_ast.Constant(tok.value, tok.value, Span(tok.loc, tok.loc, tok.loc))
        if kind == "OFFSETOF":
            return self._offset_of()
        if kind == "__BUILTIN_VA_ARG":
            return self._va_arg()
        if kind == "TYPEID":
            raise SyntaxFailure("E0202", self._tok_coord(tok), f"unexpected type name '{tok.value}': expected expression")
        raise SyntaxFailure("E0202", self._tok_coord(tok), f"expected expression, found '{tok.value}'")

    def _parse_unified_string_literal(self) -> c_ast.Constant:
        """Adjacent literals as one Constant whose value is the tuple of their spellings."""
        first = self._accept("STRING_LITERAL")
        if first is None:
            self._expected("a string literal")
        texts = [first.value]
        while (tok := self._accept("STRING_LITERAL")) is not None:
            texts.append(tok.value)
        return c_ast.Constant("string", tuple(texts), Span(first.loc, self._last(), first.loc))

    def _parse_generic_selection(self) -> c_ast.GenericSelection:
        """As pycparser's, but a type may be the controlling operand (clang)."""
        tok = self._expect("_GENERIC")
        self._expect("LPAREN")
        control = self._parse_type_name() if self._starts_declaration() else self._parse_assignment_expression()
        associations: list[c_ast.Node] = []
        while self._accept("COMMA"):
            associations.append(self._parse_generic_association())
        if not associations:
            self._expected("','")
        self._expect("RPAREN")
        return c_ast.GenericSelection(control, associations, self._tok_coord(tok))

    def _types_compatible(self) -> TypesCompatible:
        name = self._advance()
        self._expect("LPAREN")
        left = self._parse_type_name()
        self._expect("COMMA")
        right = self._parse_type_name()
        closing = self._expect("RPAREN")
        return TypesCompatible(left, right, Span(name.loc, closing.loc, name.loc))

    def _offset_of(self) -> OffsetOf:
        name = self._advance()
        self._expect("LPAREN")
        type = self._parse_type_name()
        self._expect("COMMA")
        designator = self._parse_offsetof_member_designator()
        closing = self._expect("RPAREN")
        return OffsetOf(type, designator, Span(name.loc, closing.loc, name.loc))

    def _va_arg(self) -> VaArg:
        name = self._advance()
        self._expect("LPAREN")
        source = self._parse_assignment_expression()
        self._expect("COMMA")
        type = self._parse_type_name()
        closing = self._expect("RPAREN")
        return VaArg(source, type, Span(name.loc, closing.loc, name.loc))

    # --- initializers (C11 6.7.9) ---------------------------------------------------------------------------------

    def _parse_initializer(self) -> c_ast.Node:
        opening = self._accept("LBRACE")
        if opening is None:
            return self._parse_assignment_expression()
        self._enter()
        items: list[c_ast.Node] = []
        while self._peek_type() != "RBRACE":
            items.append(self._parse_initializer_item())
            if not self._accept("COMMA"):
                break
        self._leave()
        closing = self._expect("RBRACE")
        return c_ast.InitList(items, Span(opening.loc, closing.loc, opening.loc))

    def _parse_initializer_item(self) -> c_ast.Node:
        start = self._here()
        kind = self._peek_type()
        designators: list[c_ast.Node] = []
        if kind == "ID" and self._peek_type(2) == "COLON":  # GNU's old `field: value`
            designators.append(self._parse_identifier_or_typeid())
            self._advance()
        elif kind == "LBRACKET" or kind == "PERIOD":
            while self._peek_type() in ("LBRACKET", "PERIOD"):
                designators.append(self._parse_designator())
            # GNU's old `[index] value` has no '='
            if self._accept("EQUALS") is None and not isinstance(designators[-1], c_ast.ArrayDesignator | Range):
                self._expected("'='")
        value = self._parse_initializer()
        if not designators:
            return value
        return c_ast.NamedInitializer(designators, value, Span(start.first, value.coord.last, start.point))

    def _parse_designator(self) -> c_ast.Node:
        opening = self._advance()
        if opening.type == "PERIOD":
            return self._parse_identifier_or_typeid()
        low = self._parse_constant_expression()
        if self._accept("ELLIPSIS"):
            high = self._parse_constant_expression()
            closing = self._expect("RBRACKET")
            return Range(low, high, Span(opening.loc, closing.loc, low.coord.point))
        closing = self._expect("RBRACKET")
        return c_ast.ArrayDesignator(low, Span(opening.loc, closing.loc, low.coord.point))

    def _parse_identifier_or_typeid(self) -> c_ast.ID:
        tok = self._peek()
        if tok is None or tok.type not in ("ID", "TYPEID"):
            self._expected("an identifier")
        self._index += 1
        return c_ast.ID(tok.value, self._tok_coord(tok))
