"""The assembler's bytes are llvm-mc's, form by form."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.diagnostics import ObjectError
from purebpf.compiler.object import isa
from purebpf.compiler.object.assemble import assemble

ACCEPTED = r"""
r1 = 0xffffffff
r1 = 0x80000000
w1 = 0xffffffff
r1 = -1
r1 = 1 + 2 * 3
r1 = 0xffffffffffffff00
r1 = 0xfffffffff0000000
if r0 < 0xfffffffffffffffe goto f
r1 = 5U
r1 = 0x1fULL
r2 = -9223372036854775808ULL ll
r1 = 0xffffffff00000000LL ll
.rept 3; r1 += 1; .endr; exit
.rept 1 + 1\n r1 += 1\n .rept 2\n r2 = 1; .endr\n .endr\n exit
.rept 0; bogus; .endr; exit
.rept 2; 1: r1 = 5 ll; if r1 > 3 goto 1b; call f; .endr; exit
.rept 2; .8byte 1; .endr; goto 1f; 1: exit
1: .rept 2; .byte 5, 0, 0, 0, 0, 0, 0, 0\n.endr; goto 1b
r1 = 5 | 8 + 1
r1 = 010
r1 = 0b11
R1 = 1
r1 = r2 // why
r1 = r2 # why
r1 = 0; ; ; exit;
r1 = *(u32 *)(r2 + 4 + 4)
r1 = *(u32 *)(r2 - 4 + 8)
r1 = *(u32 *)(r2 - 4 - 4)
w1 = *(u32 *)(r2 + 4)
r1 = *(s32 *)(r2 + 4)
r1=*(u32*)(r2+4)
*(u32 *)(r2 + 4) = w1
*(u32 *)(r2 + 4) = r1
*(u64 *)(r2 + 4) = 5
*(u8 *)(r2 + 4) = -1
1: goto 1b
goto 1f\n 1:
1: exit\n 1:\n goto 1b\n goto 1f\n 1: exit
goto +0
goto -1
goto 5
goto f
may_goto f
may_goto +1
gotol f
gotol +1
if r1 == r2 goto f
if r1 == 2 goto +3
if r1 s< -1 goto f
if r1 s>= r2 goto f
if r1 & 4 goto f
if w1 != w2 goto f
if w1 != 0xffffffff goto f
call 1
call f
call -1
callx r1
exit
r1 = 5 ll
r1 = -1 ll
r1 = 0xffffffffffffffff ll
r1 = bswap16 r1
r1 = be16 r1
r1 = le64 r1
r1 = -r1
w1 = -w1
r1 s/= r2
r1 s%= 4
w1 s>>= 3
r1 s>>= r2
r1 <<= 64
r1 = (s8)r2
r1 = (s32)r2
w1 = (s16)w2
r1 = addr_space_cast(r2, 0, 1)
lock *(u64 *)(r1 + 0) += r2
lock *(u32 *)(r1 + 0) += r2
lock *(u32 *)(r1 + 0) += w2
lock *(u32 *)(r1 + 0) &= w2
lock *(u64 *)(r1 + 0) ^= r2
r2 = atomic_fetch_add((u64 *)(r1 + 0), r2)
w2 = atomic_fetch_or((u32 *)(r1 + 0), w2)
r2 = xchg_64(r1 + 0, r2)
w2 = xchg32_32(r1 + 0, w2)
r0 = cmpxchg_64(r1 + 0, r0, r2)
w0 = cmpxchg32_32(r1 + 0, w0, w2)
r0 = *(u32 *)skb[4]
r0 = *(u16 *)skb[r1]
ld_pseudo r1, 1, 5
.byte 1,2,3,4,5,6,7,8
.8byte 0x95
.quad 0x95
.long 0x95, 0
.short 0x95; .2byte 0; .4byte 7
.long 1 + 2 & 3, 7 - 2 * 3 << 1
.long -7 / 2, -7 % 3
.8byte -1 >> 60
1:.byte 0xe5; .byte 0; .long ((L - 1b - 8) / 8) & 0xffff; .short 0\nexit\nL: exit
.ifc r1, r1\nexit\n.endif
.ifc r1, r2\nexit\n.else\nr0=1\n.endif
.ifnc r1, r2\nexit\n.endif
l0_1: exit
.Lx: goto .Lx
"""
REFUSED = r"""
w1 = *(u64 *)(r2 + 4)
w1 = *(s32 *)(r2 + 4)
r1 = *(u32 *)(r2 + 0x10000)
*(u64 *)(r2 + 4) = w1
if r1 == w2 goto f
if r1 s!= r2 goto f
r1 <= r2
r1 = w2
w1 = r2
r1 += w2
w1 = be16 w1
r1 = -r2
r1 = 0x10h
.hword 4
goto +40000
nop
r1 = not r1
x = 4
"""


def llvm(text: str, folder: Path) -> str | None:
    """What llvm-mc makes of `text`, as hex; None if it refuses."""
    if not shutil.which("llvm-mc-19"):
        pytest.skip("llvm-mc-19 is not installed: there is nothing to compare with")
    source, obj, raw = folder / "t.s", folder / "t.o", folder / "t.bin"
    source.write_text(f".text\n{text}\n")
    made = subprocess.run(["llvm-mc-19", "-triple=bpfel", "-mcpu=v4", "-filetype=obj", source, "-o", obj],
                          capture_output=True, check=False, timeout=60)  # fmt: skip
    if made.returncode:
        return None
    subprocess.run(["llvm-objcopy-19", "-O", "binary", "-j", ".text", obj, raw], check=True, timeout=60)
    return raw.read_bytes().hex()


@pytest.mark.parametrize("text", [line for line in ACCEPTED.splitlines() if line])
def test_bytes_are_those_of_llvm(text: str, tmp_path: Path) -> None:
    text = "f:\n" + text.replace("\\n", "\n")
    assert isa.encode(assemble(text)).hex() == llvm(text, tmp_path)


@pytest.mark.parametrize("text", [line for line in REFUSED.splitlines() if line])
def test_what_llvm_refuses_is_refused(text: str, tmp_path: Path) -> None:
    assert llvm("f:\n" + text, tmp_path) is None
    with pytest.raises(ObjectError):
        assemble("f:\n" + text)


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        (".ascii 1", "directive '.ascii' is not supported", "1:1"),
        (".short 1; exit", "these are 2 bytes", "1:1"),
        (".byte 256", "does not fit 8 bits", "1:7"),
        (".ifc r1, r1\nexit", ".ifc without .endif", "1:1"),
        (".endif", ".endif without .ifc", "1:1"),
        ("r1 = 5 / 0", "division by zero", "1:8"),
        ("r1 = 09", "no octal number", "1:6"),
        ("goto 1f", "there is no label '1f'", "1:6"),
        ("exit exit", "not an instruction", "1:6"),
    ],
)
def test_wrong_assembly_is_refused_at_its_place(text: str, message: str, where: str) -> None:
    with pytest.raises(ObjectError, match=message) as caught:
        assemble(text)
    assert str(caught.value.place).startswith(f"text:{where}")
