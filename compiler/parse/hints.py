"""`hint`: what was probably meant, from the tokens around a syntax error."""

from __future__ import annotations

from ..diagnostics import Edit, Fix, did_you_mean
from .tokens import Tok

_KEYWORDS = (
    "unsigned", "signed", "short", "long", "int", "char", "void", "struct", "union", "enum", "static", "extern", "const",
    "volatile", "typedef", "inline", "return", "while", "switch", "break", "continue", "default", "sizeof", "typeof",
)  # fmt: skip
_CONDITIONS = frozenset({"if", "while", "switch", "for"})


def hint(message: str, before: list[Tok], tok: Tok | None) -> str:
    """The way out, or "". `before` are up to three tokens in front of the one that does not fit, the nearest last."""
    found = tok.value if tok is not None else ""
    last = before[-1].value if before else ""
    if message.startswith("expected '('"):
        if last in _CONDITIONS:
            return f"put the condition into parentheses: {last} (...)"
        if last == "(" and len(before) > 1 and before[-2].value.startswith("__attribute"):
            return f"attributes take two pairs of parentheses: __attribute__(({found}))"
    if message.startswith("expected expression"):
        if found == ">" and last == "-":
            return Fix("write '->' without a space", Edit(before[-1].loc, "- >", "->"))
        if found in (")", "]", "}") and last == ",":
            return Fix("remove the ',' before it, or write what is missing", Edit(before[-1].loc, ",", ""))
        if last in ("sizeof", "_Alignof", "typeof") and tok is not None and found.isidentifier():
            return Fix(f"put the type into parentheses: {last}({found})", Edit(tok.loc, found, f"({found})"))
    if message.startswith(("expected ')'", "expected ']'")) and found == ";" and tok is not None and tok.loc < 0:
        return "remove the ';' at the end of the macro"
    if message.startswith("expected a declaration") and found == "{":
        return "a ';' before it ended the declaration above; statements belong inside a function"
    if message.startswith("expected ')'") and found == "&":
        return "C has no references: take a pointer, and pass an address"
    if message.startswith("expected '}'") and found == ";" and before and before[-1].type == "ID":
        return "enumerators are separated by ','"
    if message.startswith("expected 'while'"):
        return "a do loop ends with: while (condition);"
    if tok is not None and message.startswith(("expected a declaration", "expected an identifier")):
        if tok.type not in ("ID", "TYPEID") and found.isidentifier():
            return f"'{found}' is a keyword: choose another name"
        if tok.type == "ID":
            return similar_keyword(found, tok.loc)
    return ""


def similar_keyword(name: str, at: int) -> str:
    """A proposal for a misspelt keyword, which stands at `at`, or ""."""
    from difflib import get_close_matches

    close = get_close_matches(name, _KEYWORDS, 1, 0.75)
    return did_you_mean(close[0], name, at) if close else ""
