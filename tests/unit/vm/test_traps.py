"""Every wrong access stops the program with its place, the region, its bounds and a way out."""

from __future__ import annotations

from typing import Any

import pytest

from purebpf.runtime.vm import MachineError, Trap

PACKET = bytes(range(64))
LOOKUP = "*(u32 *)(r10 - 4) = 9; r2 = r10; r2 += -4; r1 = table ll; call 1;"

RESERVE = "r1 = ring ll; r2 = 8; r3 = 0; call 131; r6 = r0;"
SUBMIT = "r1 = r6; r2 = 0; call 132;"
ELEMENT = "r6 = 0; *(u32 *)(r10 - 4) = w6; r2 = r10; r2 += -4; r1 = counts ll; call 1;"

# name: code that traps, diagnostic, words of its message
TRAPS = {
    "null": (f"{LOOKUP} r0 = *(u64 *)(r0 + 0); exit", "R2001", "reads 8 bytes through a null pointer"),
    "null offset": (
        f"{LOOKUP} *(u32 *)(r0 + 4) = 1; exit",
        "R2001", "writes 4 bytes through a null pointer, at offset 4",
    ),
    "number": ("r1 = 123456; r0 = *(u8 *)(r1 + 0); exit", "R2002", "through 0x1e240, which is a number"),
    "cut pointer": ("w1 = w10; r0 = *(u8 *)(r1 - 8); exit", "R2002", "is a number"),
    "packet end": (
        "r2 = *(u32 *)(r1 + 0); r0 = *(u32 *)(r2 + 62); exit",
        "R2003", "reads 4 bytes at offset 62 of the packet, which has 64 bytes: 2 bytes past its end",
    ),
    "packet start": (
        "r2 = *(u32 *)(r1 + 0); r0 = *(u16 *)(r2 - 2); exit",
        "R2003", "at offset -2 of the packet, which has 64 bytes: 2 bytes before its start",
    ),
    "stack below": (
        "*(u64 *)(r10 - 520) = 1; exit",
        "R2003", "writes 8 bytes at offset -520 from the top of the stack",
    ),
    "stack above": ("r2 = r10; *(u8 *)(r2 + 0) = 1; exit", "R2003", "at offset 0 from the top of the stack"),
    "value end": (
        f"{ELEMENT} r0 = *(u64 *)(r0 + 4); exit",
        "R2003", "reads 8 bytes at offset 4 of element 0 of map 'counts', which has 8 bytes",
    ),
    "unwritten": (
        "r0 = *(u64 *)(r10 - 8); exit",
        "R2004", "8 bytes at offset -8 from the top of the stack were never written",
    ),
    "unwritten key": (
        "*(u16 *)(r10 - 4) = 1; r2 = r10; r2 += -4; r1 = table ll; call 1; exit",
        "R2004", "of the key's 4 bytes, 1 byte at offset -2",
    ),
    "unwritten data": (
        "r1 = ring ll; r2 = r10; r2 += -8; r3 = 8; r4 = 0; call 130; exit",
        "R2004", "8 bytes given to the helper at offset -8",
    ),
    "constant": ("r1 = limit ll; *(u64 *)(r1 + 0) = 1; exit", "R2005", "section .rodata, which is constant"),
    "after submit": (f"{RESERVE} {SUBMIT} *(u64 *)(r6 + 0) = 1; exit", "R2006", "which was submitted before"),
    "submitted twice": (f"{RESERVE} {SUBMIT} {SUBMIT} exit", "R2006", "submits"),
    "old packet pointer": (
        "r6 = *(u32 *)(r1 + 0); r2 = 4; call 44; r0 = *(u8 *)(r6 + 0); exit",
        "R2006", "from before the call of bpf_xdp_adjust_head()",
    ),
    "map itself": ("r1 = table ll; r0 = *(u32 *)(r1 + 0); exit", "R2007", "inside map 'table'"),
    "unaligned atomic": ("r1 = total ll; r2 = 1; lock *(u64 *)(r1 + 4) += r2; exit", "R2008", "not a multiple of 8"),
    "context field": (
        "r0 = *(u32 *)(r1 + 20); exit",
        "R2009", "offset 20 of struct xdp_md, which xdp programs may not touch",
    ),
    "context size": (
        "r0 = *(u8 *)(r1 + 12); exit",
        "R2009", "field 'ingress_ifindex' of struct xdp_md, which may not be accessed by 1 byte",
    ),
    "context write": ("*(u32 *)(r1 + 12) = 1; exit", "R2009", "may not be written"),
    "unset register": ("r0 = r3; exit", "R2010", "uses r3, which holds nothing"),
    "unset in a jump": ("if r7 == 0 goto +0; r0 = 0; exit", "R2010", "uses r7"),
    "clobbered": ("call 5; r0 = r1; exit", "R2010", "uses r1"),
    "unset argument": ("r1 = table ll; call 1; exit", "R2010", "the call takes r2"),
    "no result": ("exit", "R2010", "r0 holds nothing"),
    "no end": ("r0 = 0", "R2011", "runs out of its code"),
    "endless": ("r0 = 0; again: goto again", "R2013", "executed 1000 instructions"),
    "recursion": ("r0 = 0; again: call again; exit", "R2014", "9 frames deep"),
    "unknown helper": ("call 9999; exit", "R2020", "no helper number 9999"),
    "not simulated": ("r1 = 0; call 35; r0 = 0; call 158; exit", "R2020", "is not simulated"),
    "no map": ("r1 = r10; r2 = r10; call 1; exit", "R2021", "wants a map"),
    "wrong map": ("r1 = table ll; r2 = r10; r3 = 0; call 87; exit", "R2023", "does not allow it"),
    "record kept": (
        "r1 = ring ll; r2 = 8; r3 = 0; call 131; r0 = 0; exit",
        "R2030", "has not given back the record of ring buffer 'ring'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_what_is_wrong_traps(machine: Any, name: str) -> None:
    code, number, words = TRAPS[name]
    with pytest.raises(Trap) as caught:
        machine(code, instructions=1000).run(packet=PACKET)
    assert words in caught.value.message
    assert caught.value.code == number


def test_a_trap_names_the_line_the_instruction_and_the_callers(machine: Any) -> None:
    text = "call inner\nexit\ninner: r1 = 1\nr0 = *(u8 *)(r1 + 0)\nexit"
    with pytest.raises(Trap) as caught:
        machine(text).run(packet=PACKET)
    assert caught.value.place.line == 4
    assert caught.value.notes[0].message == "instruction 3 of program 'prog'"
    assert caught.value.notes[1].place.line == 1


def test_the_stack_may_be_read_as_a_lenient_kernel_does(machine: Any) -> None:
    assert machine("r0 = *(u64 *)(r10 - 8); exit", strict_stack=False).run(packet=PACKET).retval == 0


def test_padding_may_be_copied_and_sent(machine: Any) -> None:
    send = "*(u32 *)(r10 - 8) = 5; r1 = ring ll; r2 = r10; r2 += -8; r3 = 8; r4 = 0; call 130; exit"
    assert machine(send).run(packet=PACKET).r0 == 0
    assert machine("*(u32 *)(r10 - 8) = 5; r0 = *(u64 *)(r10 - 8); exit").run(packet=PACKET).r0 == 5


#   name               arguments of run                         words
REFUSALS = {
    "no program":      ({"program": "none"},                    "no program 'none'"),
    "short packet":    ({"packet": b"123"},                     "an Ethernet header alone has 14"),
    "bad field":       ({"packet": PACKET, "ctx": {"x": 1}},    "no field 'x'"),
    "big field":       ({"packet": PACKET, "ctx": {"ingress_ifindex": 1 << 32}}, "does not fit the 4 bytes"),
    "bad helper":      ({"packet": PACKET, "helpers": {"map_lokup_elem": 0}},    "no helper 'map_lokup_elem'"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_makes_no_sense_is_refused(machine: Any, name: str) -> None:
    arguments, words = REFUSALS[name]
    with pytest.raises(Exception, match=words):
        machine("r0 = 2; exit").run(**arguments)


def test_settings_that_do_not_exist_are_refused(machine: Any) -> None:
    with pytest.raises(MachineError, match="no setting 'colour'"):
        machine("r0 = 2; exit", colour=1)
