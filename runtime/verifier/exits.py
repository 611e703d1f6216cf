"""`check_exit`: what must hold when the program, or a global function, returns (check_return_code, check_resource_leak)."""

from __future__ import annotations

from ...stdlib import helpers
from ...stdlib.helpers import Result
from ...stdlib.programs import action_name, return_range
from .program import Program
from .state import Kind, State, mark_precise
from .verdict import Refused


def leaks(program: Program, state: State, slot: int, what: str) -> Refused:
    """`what` leaves a reference behind."""
    acquired = list(state.refs.values())
    helper = helpers.by_number(program.flat.insns[acquired[0]].imm)
    if helper is None or helper.result is Result.RECORD_OR_NULL:
        thing, did, way = "the record that it reserved", "reserved", "bpf_ringbuf_submit() or bpf_ringbuf_discard()"
    else:
        thing, did, way = "the socket that it acquired", "acquired", "bpf_sk_release()"
    return Refused("V1303", slot, f"{what} without giving back {thing}", f"call {way} before every return",
                   [(call, f"it was {did} here") for call in acquired])  # fmt: skip


def check_exit(program: Program, state: State, slot: int, subprogram: bool) -> None:
    """Raise `Refused` unless r0 may be returned and nothing is held any more."""
    if state.lock is not None:
        raise Refused("V1214", slot, "this path returns while a lock is held", "call bpf_spin_unlock() before every return",
                      [(state.lock[2], "the lock is taken here")])  # fmt: skip
    if state.refs:
        raise leaks(program, state, slot, "this path returns")
    result = state.frame.regs[0]
    if result is None:
        raise Refused("V1302", slot, "the return value is not set on this path", "return a value on every path")
    section = program.section
    allowed = return_range(program.type, section.attach.name if section.attach else "")
    if subprogram or allowed is not None:
        if result.kind is not Kind.SCALAR:
            raise Refused("V1304", slot, f"the return value is {result.name}, it must be a number", "",
                          [(result.made, "the value comes from here")])  # fmt: skip
    if subprogram or allowed is None:
        return
    mark_precise(result.node)
    low, high = result.scalar.smin32, result.scalar.smax32
    if allowed.low <= low and high <= allowed.high:
        return
    shown = range(allowed.low, min(allowed.high, allowed.low + 8) + 1)
    names = [f"{n} {action_name(program.type, n)}".strip() for n in shown]
    values = str(low) if low == high else f"{low} to {high}"
    raise Refused("V1305", slot, f"the return value may be {values}, {program.type} programs may return {allowed.low} to "
                  f"{allowed.high}", f"return one of: {', '.join(names)}",
                  [(result.made, "the value comes from here")])  # fmt: skip
