"""The verdicts of tests/golden/check are the kernel's, and so are those of small programs, one rule each."""

from __future__ import annotations

from pathlib import Path

import pytest

from purebpf.compiler.api import compile as compile_c
from purebpf.compiler.object.assemble import assemble
from purebpf.compiler.object.model import Function, Object
from purebpf.runtime.loader import LoadError, load
from purebpf.runtime.verifier import verify

pytestmark = pytest.mark.kernel

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "check"
# bpf(2) loads kprobes nowhere that tests run: the kernel cannot be asked about them
NOT_HERE = {"license"}


def kernel_takes(obj: Object) -> bool:
    try:
        with load(obj):
            return True
    except LoadError as problem:
        if problem.code != "L3030":  # refused by something else than the verifier
            raise
        return False


@pytest.mark.parametrize("path", sorted(p for p in GOLDEN.glob("*.c") if p.stem not in NOT_HERE), ids=lambda p: p.stem)
def test_golden_verdicts_are_the_kernels(path: Path) -> None:
    obj = compile_c(path.read_text(), path.name)
    for program in obj.programs():
        assert (verify(obj, program.name).verdict == "accepted") == kernel_takes(obj)


END = "r0 = 2\nexit"
BOUNDS = "r2 = *(u32 *)(r1 + 0)\nr3 = *(u32 *)(r1 + 4)\nr4 = r2\nr4 += 8\n"

# name: instructions of an XDP program
PROGRAMS = {
    "read of a set register": "r0 = 2\nexit",
    "unset r0": "exit",
    "unset r7": "r0 = r7\nexit",
    "arguments are lost in calls": "call 5\nr0 = r1\nexit",
    "packet, end on the right": BOUNDS + f"if r4 > r3 goto +1\nr0 = *(u8 *)(r2 + 7)\n{END}",
    "packet, end on the left": BOUNDS + f"if r3 < r4 goto +1\nr0 = *(u8 *)(r2 + 7)\n{END}",
    "packet, one byte too far": BOUNDS + f"if r4 > r3 goto +1\nr0 = *(u8 *)(r2 + 8)\n{END}",
    "packet, >= knows one byte more": BOUNDS + f"if r4 >= r3 goto +1\nr0 = *(u8 *)(r2 + 8)\n{END}",
    "packet, the wrong side": BOUNDS + f"if r4 > r3 goto +2\n{END}\nr0 = *(u8 *)(r2 + 0)\nr0 = 2\nexit",
    "packet, negative offset": BOUNDS + f"if r4 > r3 goto +1\nr0 = *(u8 *)(r4 - 1)\n{END}",
    "packet, before its start": BOUNDS + f"if r4 > r3 goto +1\nr0 = *(u8 *)(r2 - 1)\n{END}",
    "packet end moved": f"r3 = *(u32 *)(r1 + 4)\nr3 += 4\n{END}",
    "packet pointer in 32 bits": f"r2 = *(u32 *)(r1 + 0)\nw2 += 1\n{END}",
    "packet pointer multiplied": f"r2 = *(u32 *)(r1 + 0)\nr2 *= 2\n{END}",
    "difference of pointers": f"r2 = *(u32 *)(r1 + 0)\nr3 = *(u32 *)(r1 + 4)\nr3 -= r2\n{END}",
    "sum of pointers": f"r2 = *(u32 *)(r1 + 0)\nr3 = *(u32 *)(r1 + 4)\nr3 += r2\n{END}",
    "context moved": f"r1 += 4\nr0 = *(u32 *)(r1 + 0)\n{END}",
    "context, past its end": f"r0 = *(u32 *)(r1 + 24)\n{END}",
    "context, narrow": f"r0 = *(u8 *)(r1 + 12)\n{END}",
    "context, misaligned": f"r0 = *(u32 *)(r1 + 2)\n{END}",
    "context written": f"r2 = 1\n*(u32 *)(r1 + 12) = r2\n{END}",
    "stack": f"r2 = 5\n*(u64 *)(r10 - 8) = r2\nr0 = *(u64 *)(r10 - 8)\n{END}",
    "stack, past its end": f"r2 = 5\n*(u64 *)(r10 - 520) = r2\n{END}",
    "stack, above": f"r2 = 5\n*(u64 *)(r10 + 0) = r2\n{END}",
    "stack, misaligned": f"r2 = 5\n*(u64 *)(r10 - 12) = r2\n{END}",
    "a spilled pointer comes back": f"*(u64 *)(r10 - 8) = r1\nr3 = *(u64 *)(r10 - 8)\nr0 = *(u32 *)(r3 + 12)\n{END}",
    "half of a spilled pointer": f"*(u64 *)(r10 - 8) = r1\nr0 = *(u32 *)(r10 - 8)\n{END}",
    "stack, variable index in bounds": "call 7\nr0 &= 7\nr2 = r10\nr2 += -8\nr2 += r0\nr0 = *(u8 *)(r2 + 0)\n" + END,
    "stack, variable index too far": "call 7\nr0 &= 15\nr2 = r10\nr2 += -8\nr2 += r0\nr0 = *(u8 *)(r2 + 0)\n" + END,
    "frame pointer written": f"r10 = 1\n{END}",
    "a number as a pointer": f"r2 = 64\nr0 = *(u8 *)(r2 + 0)\n{END}",
    "division by 0": f"r0 = 1\nr0 /= 0\n{END}",
    "shift too far": f"r0 = 1\nr0 <<= 64\n{END}",
    "a bounded loop": "r6 = 10\nr6 += -1\nif r6 != 0 goto -2\n" + END,
    "a loop without end": "r6 = 10\ngoto -1\n" + END,
    "a loop that nothing changes": "r6 = 10\nif r6 > 5 goto -1\n" + END,
    "dead code": "r0 = 2\nexit\nr0 = 3\nexit",
    "no exit": "r0 = 2",
    "jump out": "r0 = 2\ngoto +5\nexit",
    "a pointer returned": "r0 = r1\nexit",
    "no such helper": "call 9999\nexit",
    "a helper of other types": "r2 = 0\ncall 27\n" + END,
    "atomic on the packet": BOUNDS + f"if r4 > r3 goto +2\nr5 = 1\nlock *(u64 *)(r2 + 0) += r5\n{END}",
    "atomic on the stack": f"r2 = 1\n*(u64 *)(r10 - 8) = r2\nlock *(u64 *)(r10 - 8) += r2\n{END}",
    "subprogram": "r1 = 3\ncall +2\nr0 = 2\nexit\nr0 = r1\nexit",
    "recursion": "call +1\nexit\ncall -1\nexit",
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_small_programs(name: str) -> None:
    obj = Object(name)
    obj.functions["prog"] = Function("prog", "xdp", assemble(PROGRAMS[name]))
    obj.license = "GPL"
    verdict = verify(obj, "prog")
    assert verdict.verdict in ("accepted", "refused")
    assert (verdict.verdict == "accepted") == kernel_takes(obj), "\n".join(d.render() for d in verdict.findings)
