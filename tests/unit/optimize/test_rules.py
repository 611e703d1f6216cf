"""Every rule of the table, proved by z3 in the widths it claims."""

from __future__ import annotations

import ast
from typing import Any

import pytest

z3 = pytest.importorskip("z3")

from purebpf.compiler.optimize.patterns import COMPARES, UNARIES, Rule, is_literal, parse_rules  # noqa: E402
from purebpf.compiler.optimize.rules import RULES  # noqa: E402

TABLE = parse_rules(RULES)
FROM = {"zext": 32, "sext": 32, "trunc": 64, "sext32": 64, "bswap64": 64, "ptrtoint": 64, "inttoptr": 64}
TO = {"zext": 64, "sext": 64, "trunc": 32, "sext32": 64, "bswap64": 64, "ptrtoint": 64, "inttoptr": 64}


def swap(value: Any, width: int) -> Any:
    size = value.size()
    parts = [z3.Extract(8 * i + 7, 8 * i, value) for i in range(width // 8)]
    return z3.ZeroExt(size - width, z3.Concat(*parts)) if size > width else z3.Concat(*parts)


def unary(op: str, a: Any) -> Any:
    bits = a.size()
    match op:
        case "zext":
            return z3.ZeroExt(32, a)
        case "sext":
            return z3.SignExt(32, a)
        case "trunc":
            return z3.Extract(31, 0, a)
        case "sext8" | "sext16" | "sext32":
            width = int(op[4:])
            return z3.SignExt(bits - width, z3.Extract(width - 1, 0, a))
        case "bswap16" | "bswap32" | "bswap64":
            return swap(a, int(op[5:]))
    return a  # ptrtoint, inttoptr


def binary(op: str, a: Any, b: Any) -> Any:
    amount = b & (a.size() - 1)
    match op:
        case "add" | "ptradd":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "udiv":
            return z3.If(b == 0, z3.BitVecVal(0, a.size()), z3.UDiv(a, b))
        case "umod":
            return z3.If(b == 0, a, z3.URem(a, b))
        case "sdiv":
            return z3.If(b == 0, z3.BitVecVal(0, a.size()), a / b)
        case "smod":
            return z3.If(b == 0, a, z3.SRem(a, b))
        case "and":
            return a & b
        case "or":
            return a | b
        case "xor":
            return a ^ b
        case "shl":
            return a * (1 << b.as_long()) if z3.is_bv_value(b) and b.as_long() < a.size() else a << amount
        case "lshr":
            return z3.LShR(a, amount)
        case "ashr":
            return a >> amount
    raise AssertionError(op)


def compare(op: str, a: Any, b: Any) -> Any:
    table = {"eq": lambda: a == b, "ne": lambda: a != b, "ult": lambda: z3.ULT(a, b), "ule": lambda: z3.ULE(a, b),
             "ugt": lambda: z3.UGT(a, b), "uge": lambda: z3.UGE(a, b), "slt": lambda: a < b, "sle": lambda: a <= b,
             "sgt": lambda: a > b, "sge": lambda: a >= b}  # fmt: skip
    return z3.If(table[op](), z3.BitVecVal(1, 32), z3.BitVecVal(0, 32))


class Widths:
    """Finds the width of every name of a rule, the root's operand having `bits`; None if the rule is not for that width."""

    def __init__(self, rule: Rule, bits: int) -> None:
        self.names: dict[str, int] = {}
        self.good = self.walk(rule.pattern, None, bits) is not None

    def walk(self, tree: Any, width: int | None, root: int | None = None) -> int | None:
        if isinstance(tree, str):
            if is_literal(tree) or width is None:
                return width
            return width if self.names.setdefault(tree, width) == width else None
        op, *arguments = tree
        inner = FROM.get(op) or (64 if op == "ptradd" else root or (None if op in COMPARES else width))
        if op not in FROM and op in COMPARES and inner is None:
            inner = 32
        if root is not None and inner != root:
            return None
        if any(self.walk(a, inner) is None for a in arguments):
            return None
        result = TO.get(op) or (32 if op in COMPARES else inner)
        return result if width is None or result == width else None


class Proof:
    """The rule as formulas: `left`, `right`, and what may be assumed."""

    def __init__(self, rule: Rule, bits: int, names: dict[str, int], fixed: dict[str, int] | None = None) -> None:
        self.bits = bits
        self.names = {name: z3.BitVec(name, width) for name, width in names.items()}
        for name, value in (fixed or {}).items():
            self.names[name] = z3.BitVecVal(value, names[name])
        self.masks: dict[str, Any] = {}
        self.assumed: list[Any] = []
        self.left = self.term(rule.pattern, None, bits)
        if rule.when:
            self.assumed.append(self.truth(ast.parse(rule.when, mode="eval").body))
        self.right = self.term(rule.replacement, self.left.size(), None)

    def term(self, tree: Any, width: int | None, root: int | None) -> Any:
        if isinstance(tree, str):
            if tree.startswith("["):
                value = self.number(ast.parse(tree[1:-1].strip(), mode="eval").body)
                assert width is not None
                return self.fit(value, width)
            if is_literal(tree):
                return z3.BitVecVal(int(tree, 0), width)
            return self.fit(self.names[tree], width) if tree.isupper() and width else self.names[tree]
        op, *arguments = tree
        if op in UNARIES:
            return unary(op, self.term(arguments[0], FROM.get(op, root or width), None))
        inner = root or (None if op in COMPARES else width)
        if op == "ptradd":
            inner = 64
        if inner is None:
            inner = next((self.width(a) for a in arguments if self.width(a)), self.bits)
        a, b = (self.term(argument, inner, None) for argument in arguments)
        if op in COMPARES:
            return compare(op, a, b)
        return binary(op, a, b)

    def width(self, tree: Any) -> int | None:
        if isinstance(tree, str):
            return self.names[tree].size() if tree in self.names and not tree.isupper() else None
        return TO.get(tree[0]) or (32 if tree[0] in COMPARES else next((w for w in map(self.width, tree[1:]) if w), None))

    def fit(self, value: Any, width: int) -> Any:
        if value.size() > width:
            return z3.Extract(width - 1, 0, value)
        return z3.ZeroExt(width - value.size(), value) if value.size() < width else value

    def may(self, name: str) -> Any:
        if name not in self.masks:
            mask = z3.BitVec(f"may_{name}", self.names[name].size())
            self.masks[name] = mask
            self.assumed.append(self.names[name] & ~mask == 0)
        return self.masks[name]

    def number(self, node: ast.expr) -> Any:
        """Python's numbers do not wrap; 192 bits hold all that conditions compute. Names are widened unsigned."""
        wide = 192
        match node:
            case ast.Constant(value=value):
                return z3.BitVecVal(value, wide)
            case ast.Name(id="bits"):
                return z3.BitVecVal(self.bits, wide)
            case ast.Name(id="ones"):
                return z3.BitVecVal((1 << self.bits) - 1, wide)
            case ast.Name(id=name):
                return self.fit(self.names[name], wide)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.number(inner)
            case ast.UnaryOp(op=ast.Invert(), operand=inner):
                return ~self.number(inner)
            case ast.Call(func=ast.Name(id="may"), args=[ast.Name(id=name)]):
                return self.fit(self.may(name), wide)
            case ast.Call(func=ast.Name(id="signed"), args=[ast.Name(id=name)]):
                value = self.fit(self.names[name], self.bits)
                return z3.SignExt(wide - self.bits, value)
            case ast.Call(func=ast.Name(id="log2"), args=[ast.Name(id=name)]):
                value: Any = z3.BitVecVal(0, wide)
                for shift in range(self.bits):
                    value = z3.If(self.names[name] == 1 << shift, z3.BitVecVal(shift, wide), value)
                return value
            case ast.Call(func=ast.Name(id=function), args=[inner]) if function.startswith("swap"):
                return self.fit(swap(self.fit(self.number(inner), 64), int(function[4:])), wide)
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self.number(left), self.number(right)
                match op:
                    case ast.Add():
                        return a + b
                    case ast.Sub():
                        return a - b
                    case ast.Mult():
                        return a * b
                    case ast.Mod():
                        return z3.URem(a, b)
                    case ast.LShift():
                        return a * (1 << z3.simplify(b).as_long()) if z3.is_bv_value(z3.simplify(b)) else a << b
                    case ast.RShift():
                        return a >> b
                    case ast.BitAnd():
                        return a & b
                    case ast.BitOr():
                        return a | b
                    case ast.BitXor():
                        return a ^ b
        raise AssertionError(ast.dump(node))

    def truth(self, node: ast.expr) -> Any:
        match node:
            case ast.BoolOp(op=op, values=values):
                return (z3.And if isinstance(op, ast.And) else z3.Or)(*map(self.truth, values))
            case ast.Name(id="once") | ast.Call(func=ast.Name(id="scalar")):
                return z3.BoolVal(True)
            case ast.Call(func=ast.Name(id="nonneg"), args=[ast.Name(id=name)]):
                mask = self.may(name)
                return z3.Extract(mask.size() - 1, mask.size() - 1, mask) == 0
            case ast.Call(func=ast.Name(id="pow2"), args=[ast.Name(id=name)]):
                value = self.names[name]
                return z3.And(value != 0, value & (value - 1) == 0)
            case ast.Compare(left=left, ops=ops, comparators=rest):
                terms = [self.number(left), *map(self.number, rest)]
                made = []
                for op, a, b in zip(ops, terms, terms[1:], strict=False):
                    made.append({ast.Eq: a == b, ast.NotEq: a != b, ast.Lt: a < b, ast.LtE: a <= b, ast.Gt: a > b,
                                 ast.GtE: a >= b}[type(op)])  # fmt: skip
                return z3.And(*made)
        raise AssertionError(ast.dump(node))


def refutation(rule: Rule, bits: int) -> str:
    """Empty if the rule is true; else values that show it is not, or that z3 gave up."""
    names = Widths(rule, bits).names
    # products and quotients with unknown shifts are hard, with known ones easy: one amount at a time
    fixed: list[dict[str, int]] = [{}]
    if "pow2(C)" in rule.when:
        fixed = [{"C": 1 << amount} for amount in range(bits)]
    elif "< bits" in rule.when and ("shr" in str(rule) or "mul" in str(rule)):
        fixed = [{rule.when[0]: amount} for amount in range(bits)]
    for values in fixed:
        proof = Proof(rule, bits, names, values)
        solver = z3.Solver()
        solver.set("timeout", 20_000)
        solver.add(*proof.assumed)
        if proof.left.size() == proof.right.size():  # else the condition must rule this width out
            solver.add(z3.simplify(proof.left - proof.right, som=True) != 0)
        if (answer := solver.check()) != z3.unsat:
            return f"{rule} ({bits} bits) {values}: {answer} {solver.model() if answer == z3.sat else ''}"
    return ""


def test_every_rule_is_true() -> None:
    wrong = [text for rule in TABLE for bits in (32, 64) if Widths(rule, bits).good if (text := refutation(rule, bits))]
    assert not wrong, "\n".join(wrong)


def test_every_rule_is_for_some_width() -> None:
    assert [str(rule) for rule in TABLE if not any(Widths(rule, bits).good for bits in (32, 64))] == []


@pytest.mark.parametrize("text", [
    "add x 1 => x ; wrong",
    "ashr x C => lshr x C ; wrong for negative x",
    "lshr (lshr x C) D => lshr x [C + D] ; wrong for large C + D",
    "zext (trunc x) => x ; wrong if the upper half is not zero",
    "slt x C => ult x C if nonneg(x) ; wrong for negative C",
])  # fmt: skip
def test_a_wrong_rule_is_refuted(text: str) -> None:
    (rule,) = parse_rules(text)
    assert any(refutation(rule, bits) for bits in (32, 64) if Widths(rule, bits).good)
