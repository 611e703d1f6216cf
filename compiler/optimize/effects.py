"""What instructions may do to memory: which bytes they may change, and which a helper may read."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..ir.model import Asm, Atomic, Call, Instr, MemCopy, MemSet, Store, Ty, Value
from .regions import Place, place_of


@dataclass(slots=True)
class Clobber:
    """What an instruction may write: `size` bytes at `place`; or (`place` None) anything that has escaped, and what `passed`
    points into."""

    place: Place | None
    size: int = 0
    base: Value | None = None  # the address as it stands in the instruction, with
    offset: int = 0            # this offset
    passed: list[Value] = field(default_factory=list)  # roots of the pointers it was given


def clobber_of(instr: Instr) -> Clobber | None:
    """What `instr` may write, None if nothing."""
    match instr:
        case Store() | Atomic():
            address = instr.operands[0]
            return Clobber(place_of(address, instr.offset), instr.size, address, instr.offset)
        case MemCopy() | MemSet():
            address = instr.operands[0]
            return Clobber(place_of(address), instr.size, address)
        case Call():
            return Clobber(None, passed=[place_of(o)[0] for o in instr.operands if o.type is Ty.PTR])
        case Asm() if instr.volatile or instr.clobbers:
            return Clobber(None, passed=[place_of(o)[0] for o in instr.operands if o.type is Ty.PTR])
    return None
