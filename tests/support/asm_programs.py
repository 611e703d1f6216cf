"""Random XDP programs of asm statements, each with the C that does the same: `ASM(statement, equivalent)` chooses.

A program reads eight u64 and u32 variables from the packet, works on them, and writes them back.
"""

from __future__ import annotations

import random

HEAD = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
typedef __u64 u64; typedef __u32 u32; typedef __u16 u16; typedef __u8 u8;
char LICENSE[] SEC("license") = "GPL";
static u64 memory[4];
static __attribute__((noinline, used)) u64 triple(u64 x) { return x * 3 + 1; }
static __attribute__((noinline, used)) u64 mix(u64 x, u64 y) { return x * 5 ^ y; }
static __attribute__((always_inline)) u64 bounded(u64 x, u64 most)
{
#ifdef PLAIN
    return x > most ? most : x;
#else
    asm volatile("if %0 <= %1 goto l%=; %0 = %1; l%=:" : "+r"(x) : "r"(most));
    return x;
#endif
}
static inline int larger(u64 x, u64 y)
{
#ifdef PLAIN
    return x > y;
#else
    asm goto("if %0 > %1 goto %l[yes]" :: "r"(x), "r"(y) :: yes);
    return 0;
yes:
    return 1;
#endif
}
struct words { u64 w[8]; u32 n[4]; };
"""
SIZE = 8 * 8 + 4 * 4
CALLED = '"r0", "r1", "r2", "r3", "r4", "r5"'


class Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.labels = 0

    def program(self) -> str:
        """The text; compiled with -DPLAIN it is the C version."""
        r = self.random
        wide, narrow = r.randint(3, 8), r.randint(1, 4)
        self.wide = [f"a{i}" for i in range(wide)]
        self.narrow = [f"n{i}" for i in range(narrow)]
        lines = [HEAD, 'SEC("xdp") int program(struct xdp_md *ctx)', "{",
                 "struct words *p = (void *)(long)ctx->data;",
                 "if ((void *)(p + 1) > (void *)(long)ctx->data_end) return 0;"]  # fmt: skip
        lines += [f"u64 {v} = p->w[{i}];" for i, v in enumerate(self.wide)]
        lines += [f"u32 {v} = p->n[{i}];" for i, v in enumerate(self.narrow)]
        lines += ["u64 local = a0; u16 h = n0;"]
        lines += self.statements(r.randint(3, 12), 0)
        lines += [f"p->w[{i}] = {v};" for i, v in enumerate(self.wide)]
        lines += [f"p->n[{i}] = {v};" for i, v in enumerate(self.narrow)]
        lines += ["return local + memory[1] + h;", "}"]
        return "\n".join(lines)

    def statements(self, count: int, depth: int) -> list[str]:
        """Some statements."""
        lines = []
        for _ in range(count):
            lines += self.statement(depth)
        return lines

    def statement(self, depth: int) -> list[str]:
        """One: plain C, control flow, or an asm statement."""
        r = self.random
        kind = r.random()
        a, b = r.choice(self.wide), r.choice(self.wide)
        if kind < 0.15:
            n = r.choice(self.narrow)
            return [r.choice([f"{a} += {b} ^ {n};", f"{n} = {n} * 7 + {a};", f"{a} = mix({a}, {b});", f"local += {a};"])]
        if kind < 0.3 and depth < 2:
            inner = self.statements(r.randint(1, 3), depth + 1)
            if r.random() < 0.3:
                return ["for (int i = 0; i < 3; i++) {", *inner, "}"]
            return [f"if ({a} > {b}) {{", *inner, "} else {", *self.statements(1, depth + 1), "}"]
        return self.asm()

    def asm(self) -> list[str]:
        """An asm statement with its C."""
        return [self.random.choice(_KINDS)(self)]


def both(statement: str, plain: str) -> str:
    """The asm statement and what it does."""
    return f"#ifdef PLAIN\n{{ {plain} }}\n#else\n{statement}\n#endif"


def _two(w: Writer) -> tuple[str, str]:
    return w.random.choice(w.wide), w.random.choice(w.wide)


def _volatile(w: Writer) -> str:
    return w.random.choice(["asm", "asm volatile", "__asm__ __volatile__"])


def _accumulate(w: Writer) -> str:
    a, b = _two(w)
    op = w.random.choice(["+=", "-=", "*=", "^=", "|=", "&="])
    source = w.random.choice([b, str(w.random.randint(-99, 9999)), "0x123456789ull", w.random.choice(w.narrow)])
    constraint = "r" if source.startswith("0x") or not source.lstrip("-").isdigit() else w.random.choice(["ri", "r", "i", "g"])
    if constraint == "r" and source.lstrip("-").isdigit():
        source = f"(u64)({source})"
    cast = "(long)" if source.lstrip("-").isdigit() else ""
    return both(f'{_volatile(w)}("%0 {op} %1" : "+r"({a}) : "{constraint}"({source}));', f"{a} {op} (u64){cast}({source});")


def _early(w: Writer) -> str:
    a, b = _two(w)
    c = w.random.choice(w.wide)
    return both(
        f'{_volatile(w)}("%[d] = %[s]; %[d] *= 3;\\n\\t%[d] += %[t]" : [d] "=&r"({a}) : [s] "r"({b}), [t] "r"({c}));',
        f"u64 s = {b}, t = {c}; {a} = s * 3 + t;",
    )


def _results(w: Writer) -> str:
    a, b, c = w.random.sample(w.wide, 3)
    n = w.random.choice(w.narrow)
    return both(
        f'{_volatile(w)}("%0 = %4; %1 = %4 ; %1 += %3; %2 = 17; %0 ^= %1"'
        f' : "=&r"({a}), "=&r"({b}), "=r"({n}) : "r"({c}), "r"({a}));',
        f"u64 s = {c}, t = {a}; {b} = t + s; {a} = t ^ {b}; {n} = 17;",
    )


def _swap(w: Writer) -> str:
    a, b = w.random.sample(w.wide, 2)
    return both(f'{_volatile(w)}("%0 ^= %1; %1 ^= %0; %0 ^= %1" : "+r"({a}), "+r"({b}));', f"u64 s = {a}; {a} = {b}; {b} = s;")


def _scratch(w: Writer) -> str:
    a, b = _two(w)
    registers = w.random.sample(range(10), w.random.randint(1, 8))
    x = f"r{registers[0]}"
    clobbers = ", ".join(f'"{w.random.choice("rw")}{n}"' for n in registers)
    return both(
        f'{_volatile(w)}("{x} = %1; {x} <<= 3; {x} += 9; %0 = {x}" : "=r"({a}) : "r"({b}) : {clobbers});',
        f"{a} = ({b} << 3) + 9;",
    )


def _call(w: Writer) -> str:
    a, b = _two(w)
    c = w.random.choice(w.wide)
    if w.random.random() < 0.5:
        return both(f'asm volatile("r1 = %1; call triple; %0 = r0" : "=r"({a}) : "r"({b}) : {CALLED});', f"{a} = triple({b});")
    return both(
        f'asm volatile("r1 = %[x]\\n r2 = %[y]\\n call %[f]\\n %0 = r0" : "=r"({a})'
        f' : [x] "r"({b}), [y] "r"({c}), [f] "i"(mix) : {CALLED});',
        f"{a} = mix({b}, {c});",
    )


def _narrow(w: Writer) -> str:
    n, m = w.random.choice(w.narrow), w.random.choice(w.narrow)
    a = w.random.choice(w.wide)
    return w.random.choice([
        both(f'{_volatile(w)}("%0 = %1; %0 += 0x7fffffff" : "=w"({n}) : "w"({m}));', f"{n} = {m} + 0x7fffffff;"),
        both(f'{_volatile(w)}("%0 *= %1" : "+w"({n}) : "wi"({m}));', f"{n} *= {m};"),
        both(f'{_volatile(w)}("%0 = %1" : "=r"({n}) : "r"({a}));', f"{n} = {a};"),
        both(f'{_volatile(w)}("%0 = %1" : "=r"(h) : "r"({a}));', f"h = {a};"),
        both(f'{_volatile(w)}("%0 += 1" : "+r"(h));', "h += 1;"),
        both(f'{_volatile(w)}("" : "+r"({n}), "+r"({a}));', ""),
        both(f'{_volatile(w)}("%0 += %2" : "=r"({a}) : "0"({n}), "r"({m}));', f"{a} = (u64){n} + {m};"),
    ])  # fmt: skip


def _memory(w: Writer) -> str:
    a, b = _two(w)
    place = w.random.choice(["local", "memory[1]", "memory[2]", "p->w[7]"])
    return w.random.choice([
        both(f'asm volatile("%0 = *(u64 *)%1" : "=r"({a}) : "m"({place}));', f"{a} = {place};"),
        both(f'asm volatile("*(u64 *)%0 = %1" : "=m"({place}) : "r"({a}));', f"{place} = {a};"),
        both(f'asm volatile("%1 += 4; *(u64 *)%0 = %1" : "+m"({place}), "+r"({b}));', f"{b} += 4; {place} = {b};"),
        both(f'asm volatile("r3 = *(u64 *)%0; r3 += %1; *(u64 *)%0 = r3" : "+m"({place}) : "r"({a}) : "r3");',
             f"{place} += {a};"),
        both(f'asm volatile("lock *(u64 *)(%0 + 8) += %1" :: "r"(memory), "r"({a}) : "memory");', f"memory[1] += {a};"),
    ])  # fmt: skip


def _branch(w: Writer) -> str:
    a, b = _two(w)
    w.labels += 1
    label = f"l{w.labels}"
    op = w.random.choice(["<", ">", "==", "!=", "<=", ">=", "s<", "s>", "&"])
    right, constraint = w.random.choice([(b, "r"), (str(w.random.randint(0, 99)), "ri"), (b, "ri")])
    cast = "(long)" if op[0] == "s" else ""
    test = f"{cast}{a} {op.lstrip('s')} {cast}{right}"
    then, otherwise = f"{b} += {w.random.randint(1, 9)};", f"{a} ^= {b};"
    head = both(f'asm goto("if %[x] {op} %[y] goto %l[{label}]" :: [x] "r"({a}), [y] "{constraint}"({right}) :: {label});',
                f"if ({test}) goto {label};")  # fmt: skip
    return f"{head}\n{otherwise}\n{label}: {then}"


def _inside(w: Writer) -> str:
    a, b = _two(w)
    return w.random.choice([
        both(f'asm volatile("if %0 > %1 goto +1; %0 += 5" : "+&r"({a}) : "r"({b}));', f"if (!({a} > {b})) {a} += 5;"),
        both(f'asm volatile("if %0 > %1 goto L%=; %0 += 5; L%=:" : "+&r"({a}) : "r"({b}));', f"if (!({a} > {b})) {a} += 5;"),
        both(f'asm volatile("if %0 == %1 goto 1f; %0 = 5; 1: %0 += 1;" : "+&r"({a}) : "r"({b}));',
             f"if ({a} != {b}) {a} = 5; {a} += 1;"),
    ])  # fmt: skip


def _many(w: Writer) -> str:
    to, *others = [w.random.choice(w.wide) for _ in range(w.random.randint(5, 8))]
    template = "; ".join(f"%0 {w.random.choice(['+=', '^=', '*='])} %{i}" for i in range(1, len(others) + 1))
    plain = " ".join(f"t {op} {v};" for op, v in zip(template.split()[1::3], others, strict=True))
    operands = ", ".join(f'"r"({v})' for v in others)
    return both(f'{_volatile(w)}("{template}" : "+&r"({to}) : {operands});', f"u64 t = {to}; {plain} {to} = t;")


def _inlined(w: Writer) -> str:
    a, b = _two(w)
    n = w.random.choice(w.narrow)
    return w.random.choice([
        f"{a} = bounded({a}, {b});", f"{n} = bounded({n}, 77);", f"{a} += bounded({b}, {n} & 15);",
        f"if (larger({a}, {b})) {a} -= {b};", f"{n} += larger({a}, {n});",
        f"for (int i = 0; i < 4; i++) {{ if (larger(i, {n} & 3)) break; {a} += bounded({b}, i); }}",
        f"_Pragma(\"unroll\") for (int i = 0; i < 3; i++) {{ if (larger({a}, {b})) continue; {b} += {a} ^ i; }}",
    ])  # fmt: skip


def _to_the_same(w: Writer) -> str:
    a, b = _two(w)
    w.labels += 2
    one, two = f"l{w.labels - 1}", f"l{w.labels}"
    return both(
        f'asm goto("if %0 == %1 goto %l[{one}]; if %0 > %1 goto %l[{two}]" :: "r"({a}), "r"({b}) :: {one}, {two});'
        f"\n{one}: {two}: {a} += 3;",
        f"{a} += 3;",
    )


def _loop(w: Writer) -> str:
    a, b = _two(w)
    w.labels += 2
    out, again = f"l{w.labels - 1}", f"l{w.labels}"
    return both(
        f"for (u64 i = 0; i < 5; i++) {{ {a} += i;"
        f' asm goto("if %0 > %1 goto %l[{out}]; if %2 == 2 goto %l[{again}]"'
        f' :: "r"({a}), "r"({b}), "r"(i) :: {out}, {again}); {b} ^= {a}; {again}: ; }}\n{out}: ;',
        f"for (u64 i = 0; i < 5; i++) {{ {a} += i; if ({a} > {b}) break; if (i == 2) continue; {b} ^= {a}; }}",
    )


def _pinned(w: Writer) -> str:
    a, b = _two(w)
    one, two, free = w.random.sample(range(10), 3)
    return both(
        f'{{ register u64 q asm("r{one}") = {a}, s asm("r{two}") = {b};'
        f' asm volatile("r{free} = r{two}; r{one} += r{free}; r{one} ^= %2" : "+&r"(q) : "r"(s), "r"({b}) : "r{free}");'
        f" {a} = q; }}",
        f"{a} = ({a} + {b}) ^ {b};",
    )


_KINDS = [_accumulate, _early, _results, _swap, _scratch, _call, _narrow, _memory, _branch, _inside, _many,
          _inlined, _to_the_same, _loop, _pinned]  # fmt: skip
