"""Random C expressions without side effects and without undefined behaviour (with -fwrapv)."""

from __future__ import annotations

import random
from dataclasses import dataclass

# name -> bits, signed
TYPES = {
    "u8":  (8, False),  "s8":  (8, True),
    "u16": (16, False), "s16": (16, True),
    "u32": (32, False), "s32": (32, True),
    "u64": (64, False), "s64": (64, True),
}  # fmt: skip
INTEGERS = list(TYPES)
_LITERALS = [0, 1, -1, 2, 3, 7, 8, 10, 127, 128, 255, 256, -129, 32767, 32768, 65535,
             0x7FFFFFFF, 0x80000000, -0x80000000, 0xFFFFFFFF, 0x100000000,
             0x7FFFFFFFFFFFFFFF, -0x7FFFFFFFFFFFFFFF, 0xFF00FF00FF00FF00]  # fmt: skip
_DIVISORS = ["3", "7", "10", "-3", "-7", "8", "-8", "1", "255", "1000u", "4096", "-65536", "6L", "5ul", "0x80000000"]
_NAMED = ["sizeof(struct head)", "'a'", "'\\xff'", "sizeof(u64)", "MINUS", "PLUS", "MANY", "LARGE", "(1u - 2)", "((s8)200)"]
_COMPARE = ["<", "<=", ">", ">=", "==", "!="]


def below(count: int) -> int:
    """The largest mask whose values are all below `count`. (The verifier learns nothing of `%`.)"""
    return (1 << count.bit_length() - 1) - 1


@dataclass(frozen=True)
class Place:
    """An object of integer type: how it is read, and how it is written.

    Bit-fields wider than int are read through a cast: gcc computes them in their own width, clang in their type's (C11
    6.3.1.1 leaves it open), and so do we.
    """

    name: str
    type: str
    cast: str = ""
    addressable: bool = False  # its address may be kept: no bit-field, not packed
    atomic: bool = True  # BPF's atomics work there: not in a packet

    @property
    def read(self) -> str:
        return f"(({self.cast}){self.name})" if self.cast else self.name


@dataclass(frozen=True)
class Pure:
    """A function that only computes."""

    name: str
    parameters: list[str]


class Expressions:
    """What can be read now, and expressions of it."""

    def __init__(self, seed: int, cpu: int) -> None:
        self.r = random.Random(seed)
        self.cpu = cpu
        self.readable: list[Place] = []
        self.pure: list[Pure] = []
        self.features: set[str] = set()
        self.fresh = 0

    def new(self, letter: str) -> str:
        """A name not used yet."""
        self.fresh += 1
        return f"{letter}{self.fresh}"

    def any_type(self) -> str:
        return self.r.choice(INTEGERS)

    def literal(self) -> str:
        """A number, in one of the ways to write it."""
        r = self.r
        value = r.choice(_LITERALS) if r.random() < 0.6 else r.getrandbits(r.choice([4, 8, 16, 31, 40, 63]))
        match r.randrange(12):
            case 0:
                return r.choice(_NAMED)
            case 1 | 2:
                suffix = r.choice(["u", "L", "UL", "ll", "ULL"])
                return f"{hex(abs(value))}{suffix}" if value >= 0 else f"(-{hex(-value)}{suffix})"
            case _:
                return str(value) + ("ul" if value > 0x7FFFFFFFFFFFFFFF else "") if value >= 0 else f"({value}L)"

    def leaf(self) -> str:
        if not self.readable or self.r.random() < 0.22:
            return self.literal()
        # what was declared last is used more: chains are longer then
        if self.r.random() < 0.3:
            return self.r.choice(self.readable[-4:]).read
        return self.r.choice(self.readable).read

    def condition(self, depth: int = 1) -> str:
        r = self.r
        match r.randrange(10):
            case 0:
                return self.expression(depth)
            case 1:
                t = self.any_type()
                return f"({t}){self.expression(depth)} {r.choice(_COMPARE)} ({t}){self.expression(depth)}"
            case 2:
                low = r.randrange(100)
                return f"({self.leaf()} >= {low} && {self.leaf()} <= {low + r.randrange(50)})"
            case 3 | 4:
                return (f"({self.expression(depth)} {r.choice(_COMPARE)} {self.leaf()}) {r.choice(['&&', '||'])} "
                        f"{r.choice(['', '!'])}({self.leaf()} {r.choice(_COMPARE)} {self.expression(depth)})")  # fmt: skip
            case 5:
                return f"{self.leaf()} {r.choice(_COMPARE)} {self.literal()}"
            case 6:
                return f"({self.leaf()} & {self.literal()}){r.choice(['', ' != 0', ' == 0'])}"
            case _:
                return f"{self.expression(depth)} {r.choice(_COMPARE)} {self.expression(depth)}"

    def index(self, count: int) -> str:
        """An index that is below `count`, for everyone to see."""
        r = self.r
        if r.random() < 0.3:
            return str(r.randrange(count))
        text = self.leaf() if r.random() < 0.6 else self.expression(1)
        return f"{text} & {below(count)}"

    def expression(self, depth: int) -> str:
        """An expression, at most `depth` operators deep or a few more."""
        r = self.r
        if depth <= 0 or r.random() < 0.12:
            return self.leaf()
        match r.randrange(20):
            case 0 | 1 | 2 | 3 | 4 | 5:
                return f"({self.expression(depth - 1)} {r.choice('+-*&|^+-&')} {self.expression(depth - 1)})"
            case 6 | 7:
                t, mask = r.choice([("u32", 31), ("u64", 63), ("s32", 31), ("s64", 63)])
                by = str(r.randint(0, mask)) if r.random() < 0.6 else f"({self.expression(depth - 1)} & {mask})"
                return f"(({t}){self.expression(depth - 1)} {r.choice(['<<', '>>'])} {by})"
            case 8:
                return self.division(depth)
            case 9 | 10:
                return f"(({self.any_type()}){self.expression(depth - 1)})"
            case 11:
                return f"({r.choice('-~!+')}{self.unsigned_text(self.expression(depth - 1))})"
            case 12 | 13:
                return f"({self.condition(depth - 1)} ? {self.expression(depth - 1)} : {self.expression(depth - 1)})"
            case 14:
                return f"({self.condition(depth - 1)})"
            case 15 | 16 if "builtins" in self.features:
                return self.builtin(depth)
            case 17 if "statement_expressions" in self.features:
                return self.statement_expression(depth)
            case 18 | 19 if self.pure:
                function = r.choice(self.pure)
                return f"{function.name}({', '.join(self.expression(depth - 2) for _ in function.parameters)})"
            case _:
                return f"({self.expression(depth - 1)} {r.choice('+-^')} {self.leaf()})"

    def unsigned_text(self, text: str) -> str:
        """`text` so that a sign in front of it makes no `--`."""
        return f" {text}" if text[0] in "+-" else text

    def division(self, depth: int) -> str:
        """A quotient or remainder; divisors are neither 0 nor -1 (whose one quotient overflows)."""
        r = self.r
        op, left = r.choice("/%"), self.expression(depth - 1)
        t = r.choice(["u8", "u16", "u32", "u32", "u64", "u64", "s8", "s16", "s32", "s32", "s64", "s64"])
        if r.random() < 0.4:
            return f"(({t}){left} {op} {r.choice(_DIVISORS)})"
        right = self.expression(depth - 1)
        if t[0] == "u":
            return f"(({t}){left} {op} (({r.choice(['u8', 'u16', 'u32', 'u64'])}){right} | 1))"
        if r.random() < 0.4:
            return f"(({t}){left} {op} (-(({t})({right} & 0x7f) + 2)))"
        return f"(({t}){left} {op} (({t})({right} & 0x7ffffff) | 1))"

    def builtin(self, depth: int) -> str:
        value = self.expression(depth - 1)
        return self.r.choice([
            f"__builtin_bswap16({value})", f"__builtin_bswap32({value})", f"__builtin_bswap64({value})",
            f"__builtin_popcount({value})", f"__builtin_popcountll({value})",
            f"__builtin_clz((u32){value} | 1)", f"__builtin_clzll((u64){value} | 1)",
            f"__builtin_ctz((u32){value} | 0x80000000)", f"__builtin_ctzll((u64){value} | 1ull << 63)",
            f"__builtin_ffs({value})", f"__builtin_ffsll({value})",
            f"__builtin_expect(!!({value}), {self.r.randrange(2)})",
        ])  # fmt: skip

    def statement_expression(self, depth: int) -> str:
        """`({ ... })` or a comma, with a local of its own."""
        name, t = self.new("e"), self.any_type()
        inner = f"{t} {name} = {self.expression(depth - 1)}; "
        step = self.r.choice([
            f"{name}++; {name};",
            f"if ({name} > {self.leaf()}) {name} = {self.leaf()}; {name};",
            f"({name} += {self.leaf()}, {name} ^ {self.leaf()});",
            f"({name} = {self.leaf()}) + 1;",
            f"{name}-- * 2;",
        ])  # fmt: skip
        return f"({{ {inner}{step} }})"
