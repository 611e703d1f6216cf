"""Assembly: the text is llvm-objdump's, the bytes are clang's, and one comes back from the other."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from object_sources import EVERYTHING, INSTRUCTIONS

from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.object import elf, isa
from purebpf.compiler.object.assemble import assemble, assemble_function
from purebpf.compiler.object.disassemble import ALU_OPS, JUMP_OPS, UNKNOWN, disassemble
from purebpf.compiler.object.isa import Insn, decode
from purebpf.compiler.object.model import RefKind


def objdump(path: Path) -> dict[str, list[str]]:
    """llvm-objdump's text of each instruction, by section."""
    if not shutil.which("llvm-objdump-19"):
        pytest.skip("llvm-objdump-19 is not installed: there is nothing to compare with")
    command = ["llvm-objdump-19", "-d", "--no-show-raw-insn", "--disassemble-zeroes", str(path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    sections: dict[str, list[str]] = {}
    for line in shown.splitlines():
        if line.startswith("Disassembly of section "):
            current = sections.setdefault(line.removeprefix("Disassembly of section ").rstrip(":"), [])
        elif match := re.match(r"\s*\d+:\t(.*)", line):
            current.append(match[1].strip())
    return sections


def ours(path: Path) -> dict[str, list[str]]:
    """Our text of each instruction, by section."""
    read = elf.read_elf(path.read_bytes(), str(path))
    sections = {}
    for section in read.sections:
        if section.flags & elf.SHF_EXECINSTR and section.data:
            symbols = [
                (s.value // 8, s.name) for s in read.symbols if s.section == section.index and s.type != elf.STT_SECTION
            ]  # fmt: skip
            sections[section.name] = disassemble(decode(section.data), symbols=sorted(symbols))
    return sections


# a bit of everything that clang selects: switches, loops, atomics, 32-bit arithmetic, signed division, swaps
BUSY = r"""
typedef unsigned int u32; typedef unsigned long long u64; typedef unsigned char u8; typedef unsigned short u16;
struct s { u8 a; u16 b; u32 c; u64 d; signed char e; short f; int g; };
__attribute__((section("xdp"))) long p(struct s *s, u64 n, int k)
{
    long sum = 0;
    for (u64 i = 0; i < n; i++) {
        switch (k & 7) {
        case 0: sum += s[i].a; break;
        case 1: sum -= s[i].b * 3; break;
        case 2: sum ^= s[i].c >> 3; break;
        case 3: sum = sum * 31 + s[i].d / 7; break;
        case 4: sum |= (long)s[i].e << (s[i].a & 31); break;
        case 5: sum = sum > s[i].f ? __builtin_bswap32(sum) : __builtin_bswap64(sum); break;
        case 6: sum += s[i].g >> 5; s[i].g = 0; break;
        default: s[i].b = __builtin_bswap16(s[i].b); s[i].a = 7; s[i].d = sum; s[i].c = -1;
        }
        if ((int)sum < k || (u32)sum >= 77u && sum <= 0x123456789abcll)
            __sync_fetch_and_add(&s[i].d, k);
    }
    return -(u64)sum % 10;
}
"""
ATOMICS = r"""
typedef unsigned int u32; typedef unsigned long long u64;
__attribute__((section("xdp"))) long p(u64 *a, u32 *b, long c)
{
    long d = __sync_fetch_and_add(a, c) + __sync_fetch_and_or(a, c) + __sync_fetch_and_xor(a + 1, d);
    d += __sync_lock_test_and_set(a, c) + __sync_val_compare_and_swap(a, c, d);
    __sync_fetch_and_and(a, c);
    return d;
}
"""


@pytest.mark.parametrize("cpu", ["v1", "v2", "v3", "v4"])
@pytest.mark.parametrize("source", [EVERYTHING, BUSY], ids=["everything", "busy"])
def test_the_text_is_that_of_llvm_objdump(clang: Callable[..., Path], source: str, cpu: str) -> None:
    path = clang(source, cpu=cpu)
    assert ours(path) == objdump(path)


@pytest.mark.parametrize("cpu", ["v3", "v4"])
def test_the_text_of_atomics_is_that_of_llvm_objdump(clang: Callable[..., Path], cpu: str) -> None:
    path = clang(ATOMICS, cpu=cpu)
    assert ours(path) == objdump(path)


def test_the_bytes_are_those_of_clang(tmp_path: Path) -> None:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed: there is nothing to compare with")
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text(INSTRUCTIONS)
    subprocess.run(["clang-19", "-target", "bpf", "-mcpu=v4", "-c", source, "-o", made], check=True, timeout=60)
    text = next(s for s in elf.read_elf(made.read_bytes(), "a.o").sections if s.name == ".text")
    assert assemble(INSTRUCTIONS) == decode(text.data)


REGISTER = st.integers(0, 10)
OFF, IMM = st.integers(-(1 << 15), (1 << 15) - 1), st.integers(-(1 << 31), (1 << 31) - 1)
SIZE = st.sampled_from([isa.B, isa.H, isa.W, isa.DW])
ALU = st.sampled_from([isa.ALU, isa.ALU64])
PLAIN = st.sampled_from(list(ALU_OPS))
COMPARE = st.sampled_from(list(JUMP_OPS))
JUMP = st.sampled_from([isa.JMP, isa.JMP32])
WORD = st.sampled_from([isa.W, isa.DW])
FETCHES = [isa.ADD, isa.OR, isa.AND, isa.XOR]
ATOMIC = st.sampled_from([*FETCHES, *(op | isa.FETCH for op in FETCHES), isa.XCHG, isa.CMPXCHG])
SIGNED = st.sampled_from([isa.DIV, isa.MOD])
BITS = st.sampled_from([16, 32, 64])
ONE = st.one_of(
    st.builds(lambda c, o, d, i: Insn(c | o, d, 0, 0, i), ALU, PLAIN, REGISTER, IMM),
    st.builds(lambda c, o, d, s: Insn(c | o | isa.X, d, s), ALU, PLAIN, REGISTER, REGISTER),
    st.builds(lambda c, o, d, i: Insn(c | o, d, 0, 1, i), ALU, SIGNED, REGISTER, IMM),
    st.builds(lambda c, d: Insn(c | isa.NEG, d), ALU, REGISTER),
    st.builds(lambda d, s, w: Insn(isa.ALU64 | isa.MOV | isa.X, d, s, w), REGISTER, REGISTER, st.sampled_from([8, 16, 32])),
    st.builds(lambda d, s, w: Insn(isa.ALU | isa.MOV | isa.X, d, s, w), REGISTER, REGISTER, st.sampled_from([8, 16])),
    st.builds(lambda o, d, w: Insn(o, d, 0, 0, w), st.sampled_from([0xD4, 0xDC, 0xD7]), REGISTER, BITS),
    st.builds(lambda z, d, s, o: Insn(isa.LDX | isa.MEM | z, d, s, o), SIZE, REGISTER, REGISTER, OFF),
    st.builds(
        lambda z, d, s, o: Insn(isa.LDX | isa.MEMSX | z, d, s, o),
        st.sampled_from([isa.B, isa.H, isa.W]), REGISTER, REGISTER, OFF,
    ),
    st.builds(lambda z, d, o, i: Insn(isa.ST | isa.MEM | z, d, 0, o, i), SIZE, REGISTER, OFF, IMM),
    st.builds(lambda z, d, s, o: Insn(isa.STX | isa.MEM | z, d, s, o), SIZE, REGISTER, REGISTER, OFF),
    st.builds(lambda z, d, s, o, a: Insn(isa.STX | isa.ATOMIC | z, d, s, o, a), WORD, REGISTER, REGISTER, OFF, ATOMIC),
    st.builds(lambda z, d, s, o: Insn(isa.STX | isa.ATOMIC | z, d, s, o, isa.LOAD_ACQUIRE), SIZE, REGISTER, REGISTER, OFF),
    st.builds(lambda z, d, s, o: Insn(isa.STX | isa.ATOMIC | z, d, s, o, isa.STORE_RELEASE), SIZE, REGISTER, REGISTER, OFF),
    st.builds(lambda j, o, d, f, i: Insn(j | o, d, 0, f, i), JUMP, COMPARE, REGISTER, OFF, IMM),
    st.builds(lambda j, o, d, s, f: Insn(j | o | isa.X, d, s, f), JUMP, COMPARE, REGISTER, REGISTER, OFF),
    st.builds(lambda f: Insn(isa.JMP | isa.JA, 0, 0, f), OFF),
    st.builds(lambda i: Insn(isa.JMP32 | isa.JA, 0, 0, 0, i), IMM),
    st.builds(lambda f: Insn(isa.JMP | isa.JCOND, 0, 0, f), OFF),
    st.builds(lambda i: Insn(isa.JMP | isa.CALL, 0, 0, 0, i), IMM),
    st.builds(lambda i: Insn(isa.LD | isa.ABS | isa.H, 0, 0, 0, i), IMM),
    st.builds(lambda s: Insn(isa.LD | isa.IND | isa.B, 0, s), REGISTER),
    st.just(Insn(isa.JMP | isa.EXIT)),
)  # fmt: skip
LDDW = st.builds(lambda d, v, s: list(isa.lddw(d, v, s)), REGISTER, st.integers(0, (1 << 64) - 1), st.integers(0, 6))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(ONE.map(lambda insn: [insn]), LDDW), max_size=20))
def test_every_instruction_comes_back_from_its_text(parts: list[list[Insn]]) -> None:
    insns = [insn for part in parts for insn in part]
    texts = disassemble(insns)
    assert UNKNOWN not in texts
    assert assemble("\n".join(texts)) == insns


@settings(max_examples=300, deadline=None)
@given(st.lists(st.builds(Insn, st.integers(0, 255), st.integers(0, 15), st.integers(0, 15), OFF, IMM), max_size=20))
def test_any_bytes_have_a_text(insns: list[Insn]) -> None:
    assert len(disassemble(insns)) <= len(insns)


def test_jumps_and_calls_find_their_labels() -> None:
    insns = assemble("""
        r1 = 5              # a counter
    loop:
        r1 -= 1; if r1 != 0 goto loop
        call inner          // a subprogram
        r2 = inner ll
        gotol end
    inner: r0 = 0
    end: exit
    """)
    assert insns[2].off == -2
    assert (insns[3].src, insns[3].imm) == (isa.PSEUDO_CALL, 3)
    assert (insns[4].src, insns[4].imm) == (isa.PSEUDO_FUNC, 2)
    assert insns[6].imm == 1


def test_what_llvm_objdump_prints_is_read_with_its_slots_and_labels() -> None:
    assert assemble("  0:\tr1 = 0x1\n  1:\tif r1 < r2 goto -0x1 <f+0x8>\n") == [Insn(0xB7, 1, 0, 0, 1), Insn(0xAD, 1, 2, -1)]


def test_symbols_become_references() -> None:
    function = assemble_function("f", "r1 = m ll\nr2 = v+8 ll\ncall g\nexit", "xdp", {"v": RefKind.DATA})
    found = [(r.at, r.kind, r.symbol, r.addend) for r in function.references]
    assert found == [(0, RefKind.MAP, "m", 0), (2, RefKind.DATA, "v", 8), (4, RefKind.CALL, "g", 0)]
    assert [line.place.line for line in function.lines] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("r1 = 1\n  r1 ?= 2", "not an instruction", "text:2:6"),
        ("r1 +=", "not an instruction", "text:1:"),
        ("goto nowhere", "no label 'nowhere'", "text:1:6"),
        ("r1 = w2", "'w2' cannot stand here", "text:1:6"),
        ("r1 = 0x1ffffffff", "does not fit 32 bits", "text:1:6"),
        ("r1 = *(u8 *)(r2 + 40000)", "does not fit 16 bits", "text:1:19"),
        ("a: exit\na: exit", "defined twice", "text:2:1"),
        ("r1 = -r2", "must be 'r1'", "text:1:7"),
        ("r11 = 0", "no register 11", "text:1:1"),
        ("r1 = m ll", "'m' is not a label", "text:1:1"),
    ],
)
def test_wrong_text_is_refused_at_its_place(text: str, message: str, where: str) -> None:
    with pytest.raises(ObjectError, match=message) as caught:
        assemble(text)
    assert str(caught.value.place).startswith(where)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="rw01 =+-*()ullgoto\n;:#<>if&8[],exitcall", max_size=60))
def test_any_text_is_assembled_or_refused(text: str) -> None:
    with contextlib.suppress(ObjectError):
        assert all(isinstance(insn, Insn) for insn in assemble(text))
