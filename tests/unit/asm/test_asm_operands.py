"""How operands are written into templates: the instructions are clang's where no register is to be chosen."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.api import Options, compile
from purebpf.compiler.diagnostics import CompileError
from purebpf.compiler.object.model import Object
from purebpf.compiler.object.read import read_object
from purebpf.compiler.target import Target
from purebpf.runtime.vm import Machine

HEAD = """
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
typedef __u64 u64; typedef __u32 u32; typedef __s64 s64; typedef __s32 s32; typedef __u8 u8;
enum { SMALL = 7, NEGATIVE = -9 };
struct pair { u32 a; u64 b; char c[8]; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } map SEC(".maps");
struct moved { u32 a, b; } __attribute__((preserve_access_index));
u64 array[4] = {1, 2, 3};
static const u64 fixed = 0x55;
static __attribute__((noinline, used)) int callee(int x) { return x + 1; }
int bpf_kernel_function(void) SEC(".ksyms");
"""
NAKED = 'SEC("socket") __attribute__((naked)) int f(void) {{ asm volatile("{template}; exit" :: {operands}); }}'
CONSTANTS = """
r0 = %0|"i"(-1)
r0 = %0|"i"(0xffffffffu)
r0 = %0|"i"(0x80000000)
r0 = %0 ll|"i"(1ULL << 40)
r0 = %0 ll|"i"(0xffffffffu)
r0 = %0 ll|"i"(-5L)
.8byte %0|"i"(0xffffffffu)
.8byte %0|"i"(-2)
.8byte %0|"i"(0x8000000000000001ull)
.long %0, %1|"i"(5), "i"(-7)
r0 = %0|"i"('a')
r0 = %0|"i"((short)-5)
r0 = %0|"i"((_Bool)7)
r0 = %0|"i"(sizeof(struct pair))
r0 = %0|"i"(__builtin_offsetof(struct pair, c[2]))
r0 = %0|"i"(SMALL)
r0 += %0|"n"(NEGATIVE)
r0 = %0|"i"((void *)0)
r0 = *(u64 *)(r1 + %0)|"i"(24)
r0 = *(u64 *)(r1 + %0 + 8)|"i"(24)
r0 = *(u32 *)(r1 + %0)|"i"((unsigned long)&((struct moved *)0)->b)
r0 = %0|"i"(-(int)(unsigned long)&((struct moved *)0)->b - 8)
r0 = *(u64 *)(r1 + %0 + %1)|"i"(24), "i"(-8)
r0 = *(u64 *)(r10 - %0)|"i"(24)
if r0 == %0 goto +%1|"i"(24), "i"(2)
call %0|"i"(bpf_map_lookup_elem)
call %[f]|[f] "i"(bpf_get_prandom_u32)
call %0|"i"(callee)
call %0|"i"(bpf_kernel_function)
call bpf_kernel_function|"i"(0)
call callee|"i"(0)
r0 = %0 ll|"i"(&map)
r0 = %0 ll|"i"(array)
r0 = map ll|"i"(0)
r0 = array + 16 ll|"i"(0)
r1 = callee ll|"i"(0)
r0 = %c0|"i"(8)
r0 = 5 %% 3|"i"(8)
.ifc %0, 8; r0 = 1; .else; r0 = 2; .endif|"i"(8)
.8byte %0|"i"(*(long *)&(struct bpf_insn){ .code = 0xb7, .dst_reg = 1, .src_reg = 2, .off = 3, .imm = -4 })
.8byte %0|"i"(*(u64 *)&(struct bpf_insn){ 0x95 })
lL%=: goto lL%=|"i"(8)
1: if r1 > %0 goto 1b|"i"(8)
"""


def clang(text: str, folder: Path, *flags: str) -> Object:
    """`text` compiled by clang."""
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed: there is nothing to compare with")
    source, made = folder / "t.c", folder / "t.o"
    source.write_text(text)
    command = ["clang-19", "-O2", "-g", "-target", "bpf", "-mcpu=v3", *flags, "-I/usr/include/x86_64-linux-gnu"]
    subprocess.run([*command, "-c", source, "-o", made], check=True, timeout=60)
    return read_object(made)


@pytest.mark.parametrize("line", [line for line in CONSTANTS.splitlines() if line])
def test_constants_are_written_as_clang_writes_them(line: str, tmp_path: Path) -> None:
    template, operands = line.split("|", 1)
    text = HEAD + NAKED.format(template=template, operands=operands)
    ours, theirs = compile(text).functions["f"], clang(text, tmp_path).functions["f"]
    assert ours.insns == theirs.insns
    references = [[(r.at, r.kind, r.symbol, r.addend) for r in made.references] for made in (ours, theirs)]
    assert references[0] == references[1]


def test_where_clang_loses_a_value_it_is_kept() -> None:
    """clang 19 writes -5 for (unsigned char)251 and `array` for &array[2]."""
    text = NAKED.format(template="r0 = %0; r0 = %1 ll; r0 = %1 + 8 ll", operands='"i"((unsigned char)251), "i"(&array[2])')
    made = compile(HEAD + text).functions["f"]
    assert made.insns[0].imm == 251
    assert [r.addend for r in made.references] == [16, 24]


MEMORY = """
u64 f(struct pair *p) { u64 x; asm volatile("%0 = *(u64 *)%1" : "=r"(x) : "m"(p->b)); return x; }
u64 f(struct pair *p) { u64 x; asm volatile("%0 = *(u8 *)%1" : "=r"(x) : "m"(p[2].c[3])); return x; }
u64 f(struct pair *p) { u64 x; asm volatile("%0 = *(u64 *)%1" : "=r"(x) : "m"(p[-2].b)); return x; }
u64 f(struct pair *p) { asm volatile("*(u32 *)%0 = %1" : "=m"(p->a) : "i"(77)); return 0; }
u64 f(u64 x) { u64 on_stack; asm volatile("*(u64 *)%0 = %1" : "=m"(on_stack) : "r"(x)); return 0; }
u64 f(u64 x) { u64 y; asm volatile("%0 = *(u64 *)%1" : "=r"(y) : "m"(array[2])); return y; }
u64 f(u64 x) { asm volatile("lock *(u64 *)%0 += %1" : "+m"(array[2]) : "r"(x)); return 0; }
"""


@pytest.mark.parametrize("line", [line for line in MEMORY.splitlines() if line])
def test_memory_operands_are_written_as_clang_writes_them(line: str, tmp_path: Path) -> None:
    text = HEAD + line
    ours, theirs = compile(text).functions["f"].insns, clang(text, tmp_path).functions["f"].insns
    assert [(i.op, i.off, i.imm) for i in ours] == [(i.op, i.off, i.imm) for i in theirs]


@pytest.mark.parametrize(
    ("declaration", "value"),
    [("_Bool x", 0), ("char x", -56), ("u8 x", 200), ("short x", 0x1C8), ("int x", 0x101C8), ("long x", 0x1000101C8)],
)
def test_results_have_the_width_of_their_variable(declaration: str, value: int) -> None:
    text = HEAD + f"""
    SEC("socket") int f(void *ctx) {{
        {declaration};
        asm("%0 = 0x1000101c8 ll" : "=r"(x));
        return x == {value};
    }}"""
    assert Machine(compile(text)).run("f", packet=bytes(64)).retval == 1


def test_helpers_are_called_by_name_and_clobbers_are_kept_free() -> None:
    text = HEAD + """
    SEC("socket") int f(struct __sk_buff *ctx) {
        u32 r, kept = ctx->len;
        asm volatile("call bpf_get_smp_processor_id; %0 = r0" : "=r"(r) :: "r0", "r1", "r2", "r3", "r4", "r5");
        asm volatile("r0 = 1; r1 = 1; r2 = 1; r3 = 1; r4 = 1; r5 = 1; r6 = 1; r7 = 1; r8 = 1; r9 = 1" :::
                     "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9");
        return kept + r;
    }"""
    assert Machine(compile(text)).run("f", packet=bytes(64)).retval == 50  # without the Ethernet header


def test_variables_in_registers_are_there_for_asm(tmp_path: Path) -> None:
    text = HEAD + """
    SEC("socket") long f(struct __sk_buff *ctx) {
        register long x asm("r7") = ctx->len, z asm("r3") = x;
        register long r asm("r0");
        u64 others[3] = {ctx->len, ctx->mark, 7};
        long y;

        asm volatile("%0 = r7; %0 += r3; r3 = 9" : "=&r"(y), "+r"(z) : "r"(x));
        asm volatile("r0 = %1; r0 += %2" : "=r"(r) : "r"(y), "r"(others[2]));
        asm volatile("call %[f]" : "=r"(r) : "r"(r), [f] "i"(bpf_get_smp_processor_id) : "r1", "r2", "r3", "r4", "r5");
        return y * 1000 + z + r + others[1];
    }"""
    expected = 100 * 1000 + 9
    assert Machine(compile(text)).run("f", packet=bytes(64)).retval == expected
    assert Machine(clang(text, tmp_path)).run("f", packet=bytes(64)).retval == expected


def test_what_is_read_from_a_register_may_be_clobbered_there(tmp_path: Path) -> None:
    text = HEAD + """
    SEC("socket") long f(struct __sk_buff *ctx) {
        register long x asm("r1") = ctx->len;
        long y = ctx->len, r;

        asm volatile("r1 += 5; *(u64 *)%0 = r1; r0 = 9" : "=m"(r) : "r"(x)
                     : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "memory");
        return r + 1000 * y;
    }"""
    expected = 50 + 5 + 1000 * 50
    assert Machine(compile(text)).run("f", packet=bytes(64)).retval == expected
    assert Machine(clang(text, tmp_path)).run("f", packet=bytes(64)).retval == expected


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ('register long x asm("rax") = 1; asm("" :: "r"(x));', "E0391"),
        ('register long x asm("r6"); asm("%0 = 1" : "=r"(x) :: "r6");', "E0513"),
        ('register long x asm("r6") = 1, y asm("r6") = 2; asm("r0 = 1" :: "r"(x), "r"(y));', "E0513"),
        ("long a[10] = {};" + ' asm volatile("r0 = 1" :: ' + ", ".join(f'"r"(ctx[{i}])' for i in range(11)) + ");", "E0513"),
    ],
)
def test_registers_that_cannot_be_had_are_refused(statement: str, code: str) -> None:
    with pytest.raises(CompileError) as caught:
        compile(HEAD + f'SEC("xdp") int f(long *ctx) {{ {statement} return 0; }}')
    assert caught.value.code == code


def test_bytes_of_instructions_are_in_the_targets_order() -> None:
    text = NAKED.format(template=".byte 0xb7, 0x10; .short 2; .long 3", operands="")
    insn = compile(HEAD + text, options=Options(target=Target(big_endian=True))).functions["f"].insns[0]
    assert (insn.op, insn.dst, insn.src, insn.off, insn.imm) == (0xB7, 1, 0, 2, 3)
