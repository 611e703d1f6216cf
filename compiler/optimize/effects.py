"""What instructions may do to memory. For helpers this comes from their rows in stdlib/helpers.py."""

from __future__ import annotations

from ...stdlib.helpers import Arg, Helper, by_number
from ..ir.model import Asm, Atomic, Call, Instr, MemCopy, MemSet, Store, Ty, Value
from ..records import dataclass, field
from .regions import Place, Region, place_of

# arguments whose memory a helper only reads, or that are no memory of ours
_READ_ONLY = frozenset([
    Arg.ANY, Arg.SCALAR, Arg.CTX, Arg.CTX_OR_NULL, Arg.MAP, Arg.KEY, Arg.VALUE, Arg.VALUE_OR_NULL, Arg.READ,
    Arg.READ_OR_NULL, Arg.SIZE, Arg.SIZE_OR_ZERO, Arg.ALLOC_SIZE, Arg.STRING, Arg.SOCK, Arg.SOCKET_OR_NULL,
    Arg.BTF_SOCK, Arg.BTF_SOCK_OR_NULL, Arg.BTF, Arg.BTF_OR_NULL, Arg.PERCPU_BTF, Arg.RECORD_RELEASE,
])  # fmt: skip
# arguments that make a helper run other code, or order memory
_ANYTHING = frozenset([Arg.FUNCTION, Arg.SPIN_LOCK, Arg.TIMER, Arg.KPTR_SLOT, Arg.STACK_OR_NULL])
_EVERY_REGION = frozenset(Region) - {Region.STACK}
_NO_REGION: frozenset[Region] = frozenset()


@dataclass(slots=True)
class Clobber:
    """What an instruction may write: `size` bytes at `place`; or (`place` None) what the pointers `passed` point into, and
    all memory of the kinds `regions` (with unknown memory goes every stack object whose address is held somewhere)."""

    place: Place | None
    size: int = 0
    base: Value | None = None  # the address as it stands in the instruction, with
    offset: int = 0  # this offset
    passed: list[Value] = field(default_factory=list)
    regions: frozenset[Region] = _EVERY_REGION


def clobber_of(instr: Instr) -> Clobber | None:
    """What `instr` may write, None if nothing."""
    match instr:
        case Store() | Atomic():
            address = instr.operands[0]
            return Clobber(place_of(address, instr.offset), instr.size, address, instr.offset)
        case MemCopy() | MemSet():
            address = instr.operands[0]
            return Clobber(place_of(address), instr.size, address)
        case Call(kind="helper", number=number) if (helper := by_number(number)) is not None:
            return _helper(instr, helper)
        case Call():
            return Clobber(None, passed=_roots(instr.operands))
        case Asm() if instr.volatile or instr.clobbers:
            return Clobber(None, passed=_roots(instr.operands))
    return None


def _roots(values: list[Value]) -> list[Value]:
    return [place_of(value)[0] for value in values if value.type is Ty.PTR]


def _helper(call: Call, helper: Helper) -> Clobber | None:
    kinds = [argument.kind for argument in helper.arguments]
    if len(kinds) < len(call.operands) or helper.sleeps or helper.name == "bpf_tail_call" or not _ANYTHING.isdisjoint(kinds):
        return Clobber(None, passed=_roots(call.operands))
    written = [o for o, kind in zip(call.operands, kinds, strict=False) if kind not in _READ_ONLY]
    regions = _NO_REGION
    if helper.invalidates_packet:
        regions = _EVERY_REGION
    else:
        if Arg.CTX in kinds or Arg.CTX_OR_NULL in kinds:
            regions |= {Region.CONTEXT, Region.UNKNOWN}
        if Arg.MAP in kinds and helper.name not in ("bpf_map_lookup_elem", "bpf_ringbuf_reserve"):
            regions |= {Region.HELPER, Region.UNKNOWN}
        if Arg.RECORD_RELEASE in kinds:
            regions |= {Region.HELPER, Region.UNKNOWN}
    return Clobber(None, passed=_roots(written), regions=regions) if written or regions else None
