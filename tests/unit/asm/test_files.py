"""Assembly files: what we print we assemble to the same bytes, LLVM to the same sections; clang's becomes clang's object."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from purebpf.compiler.api import compile_file
from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.driver import main
from purebpf.compiler.object import elf as e
from purebpf.compiler.object import isa
from purebpf.compiler.object.asm_file import assemble_file
from purebpf.compiler.object.assemble import assemble_object
from purebpf.compiler.object.elf import read_elf
from purebpf.compiler.object.image import Image, ImageSection, Symbol, write_elf
from purebpf.compiler.object.isa import Insn
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import image_of, write_object
from purebpf.compiler.object.write_asm import print_assembly
from purebpf.runtime.cli.main import main as purebpf

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples").rglob("*.bpf.c"))
SOURCES = [*EXAMPLES, *sorted((ROOT / "tests" / "golden" / "run").glob("*.c"))]
_FLAGS = ["-O2", "-g", "-target", "bpf", "-mcpu=v3", "-w", f"-I{ROOT / 'stdlib' / 'include'}"]


def facts(data: bytes) -> tuple[object, object]:
    """(sections with contents and relocations, symbols), debug information and layout left out."""
    elf = read_elf(data, "x.o")
    sections = {
        s.name: (s.type, s.flags, s.data, sorted((r.offset, r.type, elf.symbols[r.symbol].name) for r in s.relocations))
        for s in elf.sections
        if s.name and s.type in (e.SHT_PROGBITS, e.SHT_NOBITS) and (s.data or s.name != ".text")
        and not s.name.startswith((".debug", ".eh_frame", ".llvm"))
    }  # fmt: skip
    symbols = {
        (
            s.name,
            s.value,
            s.size,
            s.type,
            s.binding,
            s.hidden,
            elf.sections[s.section].name if s.section > 0 else s.section,
        )
        for s in elf.symbols
        if s.name and s.type in (e.STT_NOTYPE, e.STT_OBJECT, e.STT_FUNC)
    }
    return sections, symbols


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_what_is_printed_is_assembled_to_the_same_bytes(path: Path) -> None:
    image = image_of(compile_file(str(path)))
    assert write_elf(assemble_file(print_assembly(image))) == write_elf(image)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_llvm_assembles_it_to_the_same_sections(tmp_path: Path, path: Path) -> None:
    if not shutil.which("llvm-mc-19"):
        pytest.skip("llvm-mc-19 is not installed")
    image = image_of(compile_file(str(path)))
    text, made = tmp_path / "x.s", tmp_path / "x.o"
    text.write_text(print_assembly(image))
    subprocess.run(
        ["llvm-mc-19", "-triple=bpfel", "-mcpu=v4", "-filetype=obj", text, "-o", made], check=True, timeout=60
    )
    assert facts(made.read_bytes()) == facts(write_elf(image))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_clang_s_assembly_becomes_clang_s_object(tmp_path: Path, path: Path) -> None:
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed")
    text, made = tmp_path / "x.s", tmp_path / "x.o"
    subprocess.run(["clang-19", *_FLAGS, "-S", path, "-o", text], check=True, timeout=60)
    subprocess.run(["clang-19", *_FLAGS, "-c", path, "-o", made], check=True, timeout=60)
    assert facts(assemble_object("x.s", text.read_text())) == facts(made.read_bytes())


_REG = st.integers(0, 10)
_WIDE, _NARROW = st.integers(-(1 << 31), (1 << 31) - 1), st.integers(-(1 << 15), (1 << 15) - 1)
_SIZE = st.sampled_from([isa.B, isa.H, isa.W, isa.DW])
_SOURCE = st.sampled_from([isa.K, isa.X])
_ATOMICS = st.sampled_from([0, 1, 0x40, 0x41, 0x50, 0x51, 0xA0, 0xA1, 0xE1, 0xF1, 0x100, 0x110])
_ANY_OP = st.integers(0, 255).filter(lambda op: op != isa.LDDW)
_PLAIN = st.builds(Insn, _ANY_OP, st.integers(0, 15), st.integers(0, 15), _NARROW, _WIDE)


def _operation(op: int, source: int, dst: int, src: int, imm: int, off: int) -> Insn:
    """With a register or a number, and nothing where it has no place."""
    return Insn(op | source, dst, src if source else 0, off, 0 if source else imm)


_USUAL = st.one_of(
    st.builds(lambda c, op, *rest: _operation(c | op << 4, *rest, 0), st.sampled_from([isa.ALU, isa.ALU64]), st.integers(0, 12),
              _SOURCE, _REG, _REG, _WIDE),
    st.builds(lambda c, op, *rest: _operation(c | op << 4, *rest, 1), st.sampled_from([isa.JMP, isa.JMP32]), st.integers(0, 14),
              _SOURCE, _REG, _REG, _WIDE),
    st.builds(lambda size, mode, *rest: Insn(isa.LDX | size | mode, *rest), _SIZE, st.sampled_from([isa.MEM, isa.MEMSX]), _REG,
              _REG, _NARROW),
    st.builds(lambda size, *rest: Insn(isa.STX | size | isa.MEM, *rest), _SIZE, _REG, _REG, _NARROW),
    st.builds(lambda size, *rest: Insn(isa.STX | size | isa.ATOMIC, *rest), _SIZE, _REG, _REG, _NARROW, _ATOMICS),
    st.builds(lambda c, *rest: Insn(c | isa.MOV | isa.X, *rest), st.sampled_from([isa.ALU, isa.ALU64]), _REG, _REG,
              st.sampled_from([8, 16, 32])),
)  # fmt: skip
_LDDW = st.builds(lambda dst, value: isa.lddw(dst, value), _REG, st.integers(0, (1 << 64) - 1))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(_PLAIN, _USUAL, _LDDW), max_size=8))
@example([Insn(5, 0, 0, 1, 1), Insn(0x95, 0, 0, 0, 0), Insn(0x95, 0, 0, 0, 0)])  # a jump with a number it has no use for
@example([Insn(0x85, 0, 1, 7, -1)])  # a call of itself, likewise
def test_any_instructions_come_back_as_they_were(parts: list[Insn | tuple[Insn, Insn]]) -> None:
    insns: list[Insn] = []
    for part in parts:
        insns += [part] if isinstance(part, Insn) else part
    code = ImageSection("xdp", e.SHT_PROGBITS, e.SHF_ALLOC | e.SHF_EXECINSTR, isa.encode(insns), 8)
    symbols = {"f": Symbol("f", 1, 0, len(code.data), e.STT_FUNC, e.STB_GLOBAL)}
    image = Image("", [ImageSection("", 0, 0, b"", 0), code], symbols, set())
    again = assemble_file(print_assembly(image)).sections[1].data
    assert isa.decode(again) == insns


ALL = """
        .data
numbers: .byte 1, -1; .short 0x1234
        .balign 8
        .quad numbers + 8, 5
text:   .ascii "a\\n", "b\\101"
        .asciz "end"
        .fill 2, 2, 0x0102
        .zero 3, 7
        .uleb128 300
        .sleb128 -2
        .comm shared, 8, 8
        .pushsection .rodata.x,"a",@progbits
one:    .long after - one
after:
        .popsection
        .size text, .-text
        .hidden text
        .globl text
"""


def test_directives_fill_sections() -> None:
    elf = read_elf(write_elf(assemble_file(ALL)), "x.o")
    sections = {section.name: section for section in elf.sections}
    data = b"\x01\xff\x34\x12\0\0\0\0" + (8).to_bytes(8, "little") + (5).to_bytes(8, "little") + b"a\nbAend\0"
    assert sections[".data"].data == data + b"\x02\x01\x02\x01" + b"\7\7\7" + b"\xac\x02" + b"\x7e"
    assert [(r.offset, r.type, elf.symbols[r.symbol].name) for r in sections[".data"].relocations] == [(8, 2, ".data")]
    assert sections[".rodata.x"].data == b"\4\0\0\0"
    symbols = {symbol.name: symbol for symbol in elf.symbols}
    assert (symbols["text"].value, symbols["text"].size, symbols["text"].hidden) == (24, 18, True)
    assert (symbols["shared"].size, elf.sections[symbols["shared"].section].name) == (8, ".bss")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".data\nx: .byte 1\nx: .byte 2\n", "'x' is defined twice"),
        ('.section foo,"q"\n', "section flag 'q'"),
        (".text\nf: goto nowhere\n", "no label 'nowhere'"),
        (".data\nr1 = 2\n", "section of code"),
        (".data\n.byte 300\n", "does not fit 8 bits"),
        (".data\n.zero -1\n", "more than a section"),
        (".data\n.p2align 40\n", "alignment"),
        (".popsection\n", ".pushsection"),
        (".data\n.asciz text\n", "in quotes"),
        (".data\n.frobnicate 1\n", "directive '.frobnicate'"),
        (".type x,@strange\n", "symbol type 'strange'"),
        (".data\n.long a - b\n", "no label"),
    ],
)
def test_mistakes_are_told_at_their_place(text: str, message: str) -> None:
    with pytest.raises(ObjectError) as caught:
        assemble_object("x.s", text)
    assert message in str(caught.value)
    assert caught.value.place is not None
    assert caught.value.place.file == "x.s"


def test_the_driver_and_the_command_assemble(tmp_path: Path) -> None:
    source, text, made, other = EXAMPLES[0], tmp_path / "x.s", tmp_path / "x.o", tmp_path / "y.o"
    assert main(["-O2", "-g", "-S", str(source), "-o", str(text)]) == 0
    assert main(["-O2", "-c", str(source), "-o", str(made)]) == 0
    assert purebpf(["as", str(text), "-o", str(other)]) == 0
    assert other.read_bytes() == made.read_bytes()
    assert main(["-c", str(text), "-o", str(other)]) == 0
    assert other.read_bytes() == made.read_bytes()


def test_assembly_with_macros_is_preprocessed(tmp_path: Path) -> None:
    text, made = tmp_path / "x.S", tmp_path / "x.o"
    head = '#define RESULT 7\n.section "xdp","ax",@progbits\n.globl f\n.type f,@function\n'
    text.write_text(head + "f:\n\tr0 = RESULT\n\texit\n.size f, .-f\n")
    assert main(["-c", str(text), "-o", str(made)]) == 0
    assert read_object(made).functions["f"].insns == [Insn(0xB7, 0, 0, 0, 7), Insn(0x95)]


def test_dump_prints_what_as_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = tmp_path / "x.o"
    obj = compile_file(str(EXAMPLES[0]))
    made.write_bytes(write_object(obj))
    assert purebpf(["dump", "--asm", str(made)]) == 0
    again = assemble_object("x.s", capsys.readouterr().out)
    assert facts(again) == facts(made.read_bytes())


XLATED = """
int f(struct xdp_md * ctx):
; return 1;
   0: (b7) r0 = 1
   1: (18) r1 = map[id:7]
   3: (18) r2 = map[id:8][0]+16
   5: (18) r3 = 0x1122334455667788
   7: (85) call bpf_map_lookup_elem#367264
   8: (85) call array_map_lookup_elem#367300
   9: (15) if r0 == 0x0 goto pc+2
  10: (db) lock *(u64 *)(r1 +0) += r2
  11: (db) r2 = atomic64_fetch_add((u64 *)(r1 +8), r2)
  12: (85) call pc+1#bpf_prog_1234_g
  13: (95) exit
int g(void):
  14: (b4) w0 = -3
  15: (95) exit
"""


def test_the_kernel_s_own_syntax_is_taken() -> None:
    image = assemble_file("")
    assert image.symbols == {}
    obj = read_elf(assemble_object("x.txt", XLATED), "x.o")
    text = next(section for section in obj.sections if section.name == ".text")
    insns = isa.decode(text.data)
    assert insns[0] == Insn(0xB7, 0, 0, 0, 1)
    assert insns[5:7] == list(isa.lddw(3, 0x1122334455667788))
    assert (insns[7], insns[12]) == (Insn(0x85, imm=1), Insn(0x85, 0, 1, 0, 1))
    names = [(r.offset // 8, obj.symbols[r.symbol].name) for r in text.relocations]
    assert names == [(1, "map_id_7"), (3, "map_id_8_value"), (8, "array_map_lookup_elem")]
    assert insns[3].imm == 16
    assert insns[14] == Insn(0xB4, 0, 0, 0, -3)


def test_a_log_that_does_not_show_all_is_refused() -> None:
    with pytest.raises(ObjectError, match="instruction 1 is missing"):
        assemble_object("x.txt", "0: (b7) r0 = 1      ; R0=1\n2: (95) exit\n")
