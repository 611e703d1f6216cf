"""What a text of BPF assembly becomes before its labels and symbols are known: `Code`, and `AsmError` for what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from ..records import NamedTuple, dataclass, field
from . import isa
from .isa import Insn

NOT_ASM = "this is not an instruction of BPF assembly"
EXAMPLE = "write it as llvm-objdump prints it, for example r1 = *(u32 *)(r6 + 4)"


class AsmError(Exception):
    """What is wrong with a text, at which offset, and how to mend it."""

    def __init__(self, message: str, offset: int, fix: str = "") -> None:
        super().__init__(message)
        self.message, self.offset, self.fix = message, offset, fix


class Open(NamedTuple):
    """Something that waits for an address: the instruction at `slot` refers to `name`."""

    slot: int
    name: str
    kind: str  # jump (off), long (imm), call, symbol
    offset: int  # in the text
    addend: int = 0


class Term(NamedTuple):
    """An expression that labels take part in; `at` finds a label's address in bytes."""

    evaluate: Callable[[Callable[[str, int], int]], int]


Number = int | Term


@dataclass(slots=True)
class Data:
    """A run of bytes from directives, in instruction `slot` and on; `terms`: (position, size, expression, offset)."""

    slot: int
    bytes: bytearray
    terms: list[tuple[int, int, Term, int]]
    offset: int


@dataclass(slots=True)
class Code:
    """What a text has become."""

    insns: list[Insn] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)  # name -> slot
    locals: dict[str, list[int]] = field(default_factory=dict)  # number -> slots, ascending
    open: list[Open] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)  # (slot, offset in the text) of each instruction
    data: list[Data] = field(default_factory=list)
    big_endian: bool = False

    def find(self, name: str, slot: int) -> int | None:
        """The slot of a label of this text, seen from `slot`; None if it has none of this name."""
        if name[0].isdigit():
            places = self.locals.get(name[:-1], ())
            if name[-1] == "b":
                return next((place for place in reversed(places) if place <= slot), None)
            return next((place for place in places if place > slot), None)
        return self.labels.get(name)

    def marks(self) -> tuple[int, int, int, int]:
        """How much there is that depends on where it stands."""
        return (len(self.labels), sum(len(places) for places in self.locals.values()), len(self.open),
                sum(len(run.bytes) for run in self.data))  # fmt: skip

    def put_data(self, at: Callable[[str, int, int], int]) -> None:
        """Fill in the bytes that wait for labels; `at` gives a label's slot: (name, slot of the reference, offset)."""
        for run in self.data:
            for position, size, term, offset in run.terms:
                slot = run.slot + position // 8

                def address(name: str, where: int, slot: int = slot) -> int:
                    return at(name, slot, where) * 8

                value = term.evaluate(address)
                run.bytes[position : position + size] = data_bytes(value, size, offset, self.big_endian)
            count = len(run.bytes) // 8
            self.insns[run.slot : run.slot + count] = isa.decode(bytes(run.bytes), big_endian=self.big_endian)


def data_bytes(value: int, size: int, offset: int, big_endian: bool) -> bytes:
    """A number of a data directive in memory order; raises `AsmError` if it does not fit `size` bytes."""
    bits = size * 8
    if not -(1 << bits - 1) <= value < 1 << bits:
        raise AsmError(f"{value} does not fit {bits} bits", offset, "use a wider directive: .byte .short .long .8byte")
    return (value & (1 << bits) - 1).to_bytes(size, "big" if big_endian else "little")
