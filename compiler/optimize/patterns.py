"""Parses the rule table, matches its patterns and builds its replacements."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

from ..ir import arithmetic
from ..ir.model import Binary, Compare, Constant, Instr, PtrAdd, Ty, Unary, Value
from ..ir.printer import SAME_TYPE, UNARY_OPERAND
from ..records import dataclass
from .rules import RULES

# a leaf is its text; an instruction is (operation, operand...)
Tree = Any
COMPARES = frozenset(["eq", "ne", "ult", "ule", "ugt", "uge", "slt", "sle", "sgt", "sge"])
UNARIES = frozenset(UNARY_OPERAND) | SAME_TYPE

_TOKEN = re.compile(r"\[[^\]]*\]|[()]|[^\s()]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: trees of the pattern and its replacement, the condition's text and code, the words."""

    pattern: Tree
    replacement: Tree
    when: str
    words: str
    code: CodeType | None
    once: bool  # the condition asks whether inner instructions have other uses

    def __str__(self) -> str:
        return f"{_show(self.pattern)} => {_show(self.replacement)}" + (f" if {self.when}" if self.when else "")


def parse_rules(text: str) -> list[Rule]:
    """The rules of a table in the form of rules.py; alternatives `a/b` become rules of their own."""
    return [rule for row in _rows(text) for rule in _parse_row(row)]


def _rows(text: str) -> list[str]:
    return [row for row in text.replace("\\\n", " ").splitlines() if row.strip() and not row.startswith("#")]


def _parse_row(row: str) -> list[Rule]:
    rules = []
    rule, words = row.rsplit(";", 1)
    pattern, rest = rule.split("=>")
    replacement, _, when = rest.partition(" if ")
    when = when.strip()
    code = compile(when, "<rules>", "eval") if when else None
    left, right = _TOKEN.findall(pattern), _TOKEN.findall(replacement)
    count = max(len(_alternatives(token)) for token in left + right)
    for index in range(count):
        trees = [_tree([options[index % len(options)] for options in map(_alternatives, side)]) for side in (left, right)]
        rules.append(Rule(trees[0], trees[1], when, words.strip(), code, "once" in when.split()))
    return rules


def _alternatives(token: str) -> list[str]:
    return [token] if token.startswith("[") else token.split("/")


def _tree(tokens: list[str]) -> Tree:
    stack: list[list[Tree]] = [[]]
    for token in tokens:
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(tuple(done))
        else:
            stack[-1].append(token)
    (items,) = stack
    return items[0] if len(items) == 1 else tuple(items)


def _show(tree: Tree) -> str:
    return tree if isinstance(tree, str) else " ".join(t if isinstance(t, str) else f"({_show(t)})" for t in tree)


def is_literal(leaf: str) -> bool:
    """A number in a pattern."""
    return leaf[0].isdigit() or leaf[0] == "-"


def operation(value: Value) -> str:
    """What `value` is to the patterns: its operation, `const`, or nothing they look into."""
    match value:
        case Constant():
            return "const"
        case Binary(op=op) | Unary(op=op) | Compare(op=op):
            return op
        case PtrAdd():
            return "ptradd"
    return ""


class RuleTable:
    """The rules, found by the root's operation and its operands' operations. Rows are parsed once a root of theirs is met."""

    def __init__(self, text: str) -> None:
        self._rows: dict[str, list[str]] = {}  # by the roots, which are the first words
        for row in _rows(text):
            for root in row[: row.index(" ")].split("/"):
                self._rows.setdefault(root, []).append(row)
        self._by_root: dict[str, list[Rule]] = {}
        self._found: dict[tuple[str, ...], tuple[Rule, ...]] = {}

    def candidates(self, key: tuple[str, ...]) -> tuple[Rule, ...]:
        """The rules that can match an instruction of operation key[0] on operands of the operations key[1:]."""
        found = self._found.get(key)
        if found is None:
            found = tuple(r for r in self._rules(key[0]) if all(map(_admits, r.pattern[1:], key[1:])))
            self._found[key] = found
        return found

    def _rules(self, root: str) -> list[Rule]:
        rules = self._by_root.get(root)
        if rules is None:
            rules = [rule for row in self._rows.get(root, ()) for rule in _parse_row(row) if rule.pattern[0] == root]
            self._by_root[root] = rules
        return rules


@cache
def rule_table() -> RuleTable:
    """The rules of rules.py."""
    return RuleTable(RULES)


def _admits(pattern: Tree, kind: str) -> bool:
    if not isinstance(pattern, str):
        return bool(pattern[0] == kind)
    return kind == "const" if is_literal(pattern) or pattern.isupper() else True


def match_tree(pattern: Tree, value: Value, names: dict[str, Any]) -> bool:
    """Whether `value` is `pattern`; binds names to values, and those of constants to numbers."""
    if isinstance(pattern, str):
        if pattern.isupper():
            if not isinstance(value, Constant):
                return False
            return bool(names.setdefault(pattern, value.value) == value.value)
        if is_literal(pattern):
            return isinstance(value, Constant) and value.value == int(pattern, 0) & value.type.mask
        seen = names.setdefault(pattern, value)
        return seen is value or (isinstance(value, Constant) and seen == value)
    if operation(value) != pattern[0]:
        return False
    assert isinstance(value, Instr)
    return all(match_tree(p, v, names) for p, v in zip(pattern[1:], value.operands, strict=True))


def _log2(value: int) -> int:
    return value.bit_length() - 1


# what conditions and brackets may call besides what depends on the function at hand
FUNCTIONS: dict[str, Any] = {
    "pow2": lambda c: c != 0 and c & (c - 1) == 0,
    "log2": _log2,
    "swap16": lambda c: arithmetic.swap(c, 16),
    "swap32": lambda c: arithmetic.swap(c, 32),
    "swap64": lambda c: arithmetic.swap(c, 64),
    "__builtins__": {},
}


@cache
def bracket(text: str) -> CodeType:
    """The code of a computed constant `[...]`."""
    return compile(text[1:-1].strip(), "<rules>", "eval")


def build(tree: Tree, names: dict[str, Any], type: Ty, finish: Callable[[Instr], Value]) -> Value:
    """The value of a replacement, of `type` if it is a constant. Inner instructions go through `finish`; the root does not."""
    if isinstance(tree, str):
        if tree.startswith("["):
            return Constant(type, eval(bracket(tree), FUNCTIONS, names))
        if tree.isupper():
            return Constant(type, names[tree])
        if is_literal(tree):
            return Constant(type, int(tree, 0))
        value = names[tree]
        assert isinstance(value, Value)
        return value
    op, *arguments = tree

    def operand(argument: Tree, expected: Ty) -> Value:
        value = build(argument, names, expected, finish)
        return value if isinstance(argument, str) else finish(value)  # type: ignore[arg-type]

    if op == "ptradd":
        return PtrAdd(operand(arguments[0], Ty.PTR), operand(arguments[1], Ty.I64))
    if op in UNARIES:
        return Unary(op, operand(arguments[0], type))
    first, second = arguments
    if _is_constant(first):
        right = operand(second, type)
        left = operand(first, right.type)
    else:
        left = operand(first, type)
        right = operand(second, left.type)
    return Compare(op, left, right) if op in COMPARES else Binary(op, left, right)


def _is_constant(tree: Tree) -> bool:
    return isinstance(tree, str) and (tree.startswith("[") or tree.isupper() or is_literal(tree))
