"""Random restricted C programs: one text that gcc runs natively and that BPF runs as an XDP program.

`compute` reads 64 input bytes and gives a 64-bit result. Natively the input comes from argv; as BPF it is the packet, and
the result is written over its first 8 bytes. Nothing in it is undefined in C (with -fwrapv): divisors are made odd and
positive, shift amounts and indices are masked, every variable is initialised, loops are bounded. Bit-fields are narrower
than int: gcc computes wider ones in their own width, clang in their type's (C11 6.3.1.1 leaves it open), and so do we.
"""

from __future__ import annotations

import random

INPUT_BYTES = 64

_TYPES = ["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"]
_BITS = {"u8": 8, "s8": 8, "u16": 16, "s16": 16, "u32": 32, "s32": 32, "u64": 64, "s64": 64}

_OPERATIONS = [
    *["arith"] * 6, "shift", "shift", "div", "sdiv", "cast", "cast", "unary", "ternary", "compare", "call",
]  # fmt: skip

_PRELUDE = """\
#ifdef NATIVE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef unsigned char u8; typedef signed char s8; typedef unsigned short u16; typedef short s16;
typedef unsigned int u32; typedef int s32; typedef unsigned long u64; typedef long s64;
#define SEC(name)
#define NOINLINE __attribute__((noinline))
#define INLINE
#else
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
typedef __u8 u8; typedef __s8 s8; typedef __u16 u16; typedef __s16 s16;
typedef __u32 u32; typedef __s32 s32; typedef __u64 u64; typedef __s64 s64;
#define NOINLINE __attribute__((noinline))
#define INLINE __attribute__((always_inline))
#endif
struct __attribute__((packed)) input { u8 a; s8 b; u16 c; s16 d; u32 e; s32 f; u64 g; s64 h; u8 rest[34]; };
"""

_MAIN = """\
#ifdef NATIVE
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct input in;
        for (unsigned j = 0; j < sizeof in; j++) { unsigned v; sscanf(argv[i] + 2 * j, "%2x", &v); ((u8 *)&in)[j] = v; }
        RESET
        printf("%016lx\\n", compute(&in));
    }
    return 0;
}
#else
SEC("xdp") int prog(struct xdp_md *ctx)
{
    void *data = (void *)(long)ctx->data, *data_end = (void *)(long)ctx->data_end;
    struct input *in = data;
    u64 result;
    if ((void *)(in + 1) > data_end)
        return XDP_DROP;
    result = compute(in);
    __builtin_memcpy(data, &result, 8);
    return XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
#endif
"""


class Generator:
    """Makes one program; all choices come from `seed`."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.lines: list[str] = []
        self.scalars: list[tuple[str, str]] = []  # (expression, type) that can be read
        self.writable: list[tuple[str, str]] = []
        self.fresh = 0
        self.functions: list[tuple[str, str, list[str]]] = []
        self.indent = 1

    def program(self) -> str:
        """The whole text."""
        r = self.r
        fields = [(f"m{i}", r.choice(_TYPES)) for i in range(r.randint(2, 4))]
        bits = [(f"b{i}", r.choice(_TYPES), 0) for i in range(r.randint(0, 3))]
        bits = [(n, t, r.randint(1, min(_BITS[t], 31))) for n, t, _ in bits]
        packed = r.random() < 0.3
        record = [f"struct {'__attribute__((packed))' if packed else ''} rec {{"]
        record += [f"    {t} {n};" for n, t in fields] + [f"    {t} {n} : {w};" for n, t, w in bits] + ["};"]
        globals_ = [(f"g{i}", r.choice(_TYPES), r.randint(-200, 2**31)) for i in range(r.randint(0, 2))]
        out = [_PRELUDE, *record]
        initial = [f"({t}){self.literal(v)}" for _, t, v in globals_]
        out += [f"static {t} {n} = {v};" for (n, t, _), v in zip(globals_, initial, strict=True)]
        for i in range(r.randint(0, 2)):
            out += self.function(i)
        out += self.compute(fields, bits, globals_)
        # as BPF, each run of a program sees the globals as the last left them: put them back at the start instead
        reset = " ".join(f"{n} = {v};" for (n, _, _), v in zip(globals_, initial, strict=True))
        return "\n".join(out).replace("BEGIN_RESET", reset) + "\n" + _MAIN.replace("RESET", reset) + "\n"

    def literal(self, value: int) -> str:
        return f"{value}LL" if abs(value) > 0x7FFFFFFF else str(value)

    def function(self, index: int) -> list[str]:
        r = self.r
        parameters = [r.choice(_TYPES) for _ in range(r.randint(1, 3))]
        result = r.choice(_TYPES)
        name = f"f{index}"
        outer = self.lines, self.scalars, self.writable
        self.lines = []
        self.scalars = [(f"p{i}", t) for i, t in enumerate(parameters)]
        self.writable = list(self.scalars)
        self.statements(r.randint(1, 3), 1)
        self.emit(f"return {self.expression(2)};")
        listed = ", ".join(f"{t} p{i}" for i, t in enumerate(parameters))
        kind = r.choice(["NOINLINE", "INLINE", "NOINLINE"])
        body = [f"static {kind} {result} {name}({listed})", "{", *self.lines, "}"]
        self.lines, self.scalars, self.writable = outer
        self.functions.append((name, result, parameters))
        return body

    def compute(self, fields: list[tuple[str, str]], bits: list[tuple[str, str, int]],
                globals_: list[tuple[str, str, int]]) -> list[str]:  # fmt: skip
        r = self.r
        self.lines = []
        self.scalars = [(f"in->{n}", t) for n, t in zip("abcdefgh", _TYPES_OF_INPUT, strict=True)]
        self.scalars += [(f"in->rest[{r.randrange(34)}]", "u8") for _ in range(2)]
        self.writable = []
        self.emit("BEGIN_RESET")
        values = ", ".join(str(r.randint(0, 60)) for _ in range(r.randint(0, len(fields))))
        self.emit(f"struct rec s = {{{values}}};")
        values = ", ".join(str(r.randrange(60000)) for _ in range(4))
        self.emit(f"{r.choice(['u16', 'u32'])} arr[8] = {{{values}}};")
        names = [(f"s.{n}", t) for n, t in fields] + [(f"s.{n}", t) for n, t, _ in bits]
        names += [(n, t) for n, t, _ in globals_]
        names += [(f"arr[{r.choice(['0', '3', 'in->a & 7', 'in->e % 8'])}]", "u32")]
        self.scalars += names
        self.writable += names
        for _ in range(r.randint(2, 4)):
            self.local()
        self.statements(r.randint(4, 9), 2)
        total = " ^ ".join(f"((u64){e} * {r.randrange(1, 1 << 20, 2)}u)" for e, _ in self.writable)
        self.emit(f"return {total};")
        return ["static INLINE u64 compute(struct input *in)", "{", *self.lines, "}"]

    def emit(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def local(self) -> None:
        t = self.r.choice(_TYPES)
        name = f"v{self.fresh}"
        self.fresh += 1
        self.emit(f"{t} {name} = {self.expression(2)};")
        self.scalars.append((name, t))
        self.writable.append((name, t))

    def statements(self, count: int, depth: int) -> None:
        for _ in range(count):
            self.statement(depth)

    def statement(self, depth: int) -> None:
        r = self.r
        kind = r.choice(["assign", "assign", "compound", "compound", "incdec", "if", "if", "for", "switch", "while", "goto"])
        if depth == 0 and kind in ("if", "for", "switch", "while", "goto"):
            kind = "assign"
        target, _ = r.choice(self.writable)
        match kind:
            case "assign":
                self.emit(f"{target} = {self.expression(3)};")
            case "compound":
                op = r.choice(["+", "-", "*", "&", "|", "^"])
                self.emit(f"{target} {op}= {self.expression(2)};")
            case "incdec":
                self.emit(f"{target}{r.choice(['++', '--'])};")
            case "if":
                self.emit(f"if ({self.condition()}) {{")
                self.nested(depth)
                if r.random() < 0.5:
                    self.emit("} else {")
                    self.nested(depth)
                self.emit("}")
            case "for":
                i = f"i{self.fresh}"
                self.fresh += 1
                self.emit(f"for (int {i} = {r.randint(-2, 2)}; {i} < {r.randint(3, 6)}; {i}++) {{")
                self.scalars.append((i, "s32"))
                self.nested(depth)
                if r.random() < 0.3:
                    self.emit(f"    if ({self.condition()}) {r.choice(['break', 'continue'])};")
                self.scalars.remove((i, "s32"))
                self.emit("}")
            case "while":
                i = f"n{self.fresh}"
                self.fresh += 1
                self.emit(f"u32 {i} = {r.randint(1, 5)};")
                self.emit("do {" if r.random() < 0.5 else f"while ({i}-- > 0) {{")
                if self.lines[-1].endswith("do {"):
                    self.nested(depth)
                    self.emit(f"}} while ({i}-- > 0);")
                else:
                    self.nested(depth)
                    self.emit("}")
            case "goto":
                label = f"l{self.fresh}"
                self.fresh += 1
                self.emit(f"if ({self.condition()}) goto {label};")
                self.emit(f"{target} = {self.expression(2)};")
                self.emit(f"{label}: ;")
            case "switch":
                self.emit(f"switch ({self.expression(2)} & 7) {{")
                for value in sorted(r.sample(range(8), r.randint(1, 6))):
                    self.emit(f"case {value}:")
                    self.nested(0)
                    if r.random() < 0.7:
                        self.emit("    break;")
                if r.random() < 0.7:
                    self.emit("default:")
                    self.nested(0)
                self.emit("}")

    def nested(self, depth: int) -> None:
        self.indent += 1
        self.statements(self.r.randint(1, 2), depth - 1 if depth else 0)
        self.indent -= 1

    def condition(self) -> str:
        r = self.r
        text = f"{self.expression(1)} {r.choice(['<', '<=', '>', '>=', '==', '!='])} {self.expression(1)}"
        if r.random() < 0.3:
            text = f"({text}) {r.choice(['&&', '||'])} {r.choice(['', '!'])}({self.expression(1)} > {self.expression(1)})"
        return text

    def expression(self, depth: int) -> str:
        r = self.r
        if depth == 0 or r.random() < 0.15:
            if r.random() < 0.25:
                return self.literal(r.choice([0, 1, -1, 2, 255, 256, -129, 65535, 0x7FFFFFFF, -0x80000000, r.getrandbits(40)]))
            return r.choice(self.scalars)[0]
        left, right = self.expression(depth - 1), self.expression(depth - 1)
        match r.choice(_OPERATIONS):
            case "arith":
                return f"({left} {r.choice(['+', '-', '*', '&', '|', '^'])} {right})"
            case "shift":
                t, mask = r.choice([("u32", 31), ("u64", 63), ("s32", 31), ("s64", 63)])
                return f"(({t}){left} {r.choice(['<<', '>>'])} ({right} & {mask}))"
            case "div":
                return f"((u{r.choice([32, 64])}){left} {r.choice(['/', '%'])} ((u32){right} | 1))"
            case "sdiv":  # a divisor of at least 1 can neither be zero nor make the one quotient that overflows
                t = r.choice(["s32", "s64"])
                return f"(({t}){left} {r.choice(['/', '%'])} (((s32){right} & 0x7ffffff) | 1))"
            case "cast":
                return f"(({r.choice(_TYPES)}){left})"
            case "unary":
                return f"({r.choice(['-', '~', '!'])}{left})" if not left.startswith("-") else f"(- {left})"
            case "ternary":
                return f"({self.condition()} ? {left} : {right})"
            case "compare":
                return f"({left} {r.choice(['<', '==', '>=', '!='])} {right})"
            case _:
                if not self.functions:
                    return f"({left} + {right})"
                name, _, parameters = r.choice(self.functions)
                return f"{name}({', '.join(self.expression(1) for _ in parameters)})"


_TYPES_OF_INPUT = ["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"]


def random_program(seed: int) -> str:
    """The program of a seed."""
    return Generator(seed).program()


def random_inputs(seed: int, count: int) -> list[bytes]:
    """Input packets: random ones, and some of extreme bytes."""
    r = random.Random(seed)
    extremes = [bytes(INPUT_BYTES), b"\xff" * INPUT_BYTES, b"\x80" * INPUT_BYTES, b"\x7f" * INPUT_BYTES]
    return [*extremes[:count], *(r.randbytes(INPUT_BYTES) for _ in range(count - len(extremes)))][:count]
