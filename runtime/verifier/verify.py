"""`verify`: the verdict on one program of an object, as the kernel would give it, offline."""

from __future__ import annotations

from ...compiler.diagnostics import Diagnostic, Severity
from ...compiler.object.model import Object
from ...compiler.object.program import flatten
from ...stdlib.kernels import Kernel
from ...stdlib.kernels import kernel as kernel_of
from ...stdlib.programs import match_section, near_sections
from .explain import explain
from .explore import MAX_INSNS, Explorer, global_parameters
from .memory import STACK_SIZE
from .program import Program
from .scalar import UNKNOWN
from .state import ZERO, Frame, Kind, Reg, State, scalar_reg
from .structure import check_structure
from .verdict import Refused, Unsupported, Verdict

_WARN_AT = 0.8
_STACK_STEP = 16  # frames are rounded up to this with the JIT (round_up_stack_depth)


def verify(obj: Object, program: str, *, kernel: str = "6.18") -> Verdict:
    """Judge the program called `program`. Raises `ObjectError` if the object is broken, never for a bad program."""
    flat = flatten(obj, program)
    version = kernel_of(kernel)
    match = match_section(flat.section)
    if match is None:
        near = ", ".join(f'SEC("{name}")' for name in near_sections(flat.section))
        finding = Diagnostic(
            "V1901", Severity.ERROR, f"program '{program}': no kind of BPF program has the section name '{flat.section}'",
            fix=f"did you mean {near}?" if near else 'use one that libbpf knows, for example SEC("xdp")',
        )  # fmt: skip
        return Verdict(program, "unsupported", kernel=kernel, findings=[finding])
    judged = Program(flat, obj, match, version)
    verdict = Verdict(program, "accepted", kernel=kernel)
    explorer: Explorer | None = None
    try:
        _supported(judged, version)
        check_structure(flat, obj.big_endian)
        waiting, done = [0], set()
        depths: dict[int, int] = {}
        edges: set[tuple[int, int]] = set()
        while waiting:
            start = waiting.pop()
            if start in done:
                continue
            done.add(start)
            explorer = Explorer(judged, start, verdict.processed)
            explorer.walk(_initial(judged, start))
            verdict.processed, verdict.states = explorer.processed, verdict.states + explorer.kept
            waiting += explorer.globals_called
            for function, depth in explorer.memory.depths.items():
                depths[function] = max(depths.get(function, 0), depth)
            edges |= explorer.edges
        verdict.stack = _check_stack(judged, depths, edges)
    except (Refused, Unsupported) as problem:
        verdict.verdict = "refused" if isinstance(problem, Refused) else "unsupported"
        verdict.processed = explorer.processed if explorer else 0
        verdict.findings.append(explain(judged, problem, explorer.state if explorer and explorer.processed else None))
        return verdict
    if verdict.processed > MAX_INSNS * _WARN_AT:
        verdict.findings.append(Diagnostic(
            "V1402", Severity.WARNING, f"'{program}' takes {verdict.processed} of {MAX_INSNS} instructions to verify: a small "
            "change may make it too complex", fix="bound loops with smaller constants",
        ))  # fmt: skip
    return verdict


def _supported(program: Program, version: Kernel) -> None:
    if program.flat.core:
        raise Unsupported(program.flat.core[0].at, "CO-RE relocations are not modelled yet")
    if not version.has_program(program.type):
        raise Refused("V1202", 0, f"Linux {version} has no programs of type {program.type}",
                      f"they came with Linux {program.section.program.since}")  # fmt: skip
    if program.layout is None:
        raise Unsupported(0, f"programs of type {program.type} are not modelled")


def _initial(program: Program, start: int) -> State:
    """At the entry r1 is the context; a global function has what its types say."""
    frame = Frame([None] * 11, start=start)
    frame.regs[10] = Reg(Kind.STACK, ZERO)
    if not start:
        frame.regs[1] = Reg(Kind.CTX, ZERO)
    else:
        for i, kind in enumerate(global_parameters(program, start)):
            frame.regs[i + 1] = Reg(Kind.CTX, ZERO) if kind == "ctx" else scalar_reg(UNKNOWN)
    return State([frame])


def _check_stack(program: Program, depths: dict[int, int], edges: set[tuple[int, int]]) -> int:
    """The deepest sum of frames along a chain of calls (check_max_stack_depth). Raises `Refused` over 512 bytes."""
    calls: dict[int, list[int]] = {}
    for caller, callee in edges:
        calls.setdefault(caller, []).append(callee)
    deepest = 0

    def walk(start: int, chain: tuple[int, ...], total: int) -> None:
        nonlocal deepest
        depth = -(-max(depths.get(start, 0), 1) // _STACK_STEP) * _STACK_STEP
        total += depth
        if total > STACK_SIZE:
            listed = ", ".join(f"{program.starts[s].name} {depths.get(s, 0)} bytes" for s in (*chain, start))
            raise Refused("V1403", start, f"the stack frames of nested calls take {total} bytes, {STACK_SIZE} may: {listed}",
                          "move big variables into a per-CPU array map")  # fmt: skip
        deepest = max(deepest, total)
        for callee in calls.get(start, ()):
            walk(callee, (*chain, start), total)

    walk(0, (), 0)
    return deepest
