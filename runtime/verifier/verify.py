"""`verify`: the verdict on one program of an object, as the kernel would give it, offline."""

from __future__ import annotations

from collections.abc import Callable

from ...compiler.diagnostics import Diagnostic, Severity
from ...compiler.object.model import Object
from ...compiler.object.program import FlatProgram, flatten
from ...stdlib.kernels import kernel as kernel_of
from ...stdlib.programs import match_section, near_sections
from .explain import explain
from .explore import Explorer, Observer
from .liveness import Code, Instance
from .memory import STACK_SIZE
from .program import Program
from .state import Frame, State
from .structure import check_structure
from .subprograms import MAX_FRAMES, calls, entry_registers
from .verdict import Refused, Unsupported, Verdict

_WARN_AT = 0.8
_STACK_STEP = 16  # frames are rounded up to this with the JIT (round_up_stack_depth)


def verify(obj: Object, program: str, *, kernel: str = "6.18",
           relocate: Callable[[FlatProgram], None] | None = None) -> Verdict:  # fmt: skip
    """Judge the program called `program`. Raises `ObjectError` if the object is broken, never for a bad program.

    `relocate`: applies CO-RE relocations, as a loader would, to some kernel's types; without it the program is judged with the
    types that it was compiled with.
    """
    flat = flatten(obj, program)
    if relocate is not None:
        relocate(flat)
    version = kernel_of(kernel)
    match = match_section(flat.section)
    if match is None:
        near = ", ".join(f'SEC("{name}")' for name in near_sections(flat.section))
        finding = Diagnostic(
            "V1901", Severity.ERROR, f"program '{program}': no kind of BPF program has the section name '{flat.section}'",
            fix=f"did you mean {near}?" if near else 'use one that libbpf knows, for example SEC("xdp")',
        )  # fmt: skip
        return Verdict(program, "unsupported", kernel=kernel, findings=[finding])
    return judge(Program(flat, obj, match, version))


def judge(program: Program, observer: Observer | None = None) -> Verdict:
    """Judge one program that is taken apart already; `observer` is told of every instruction walked over."""
    flat = program.flat
    verdict = Verdict(flat.name, "accepted", kernel=str(program.kernel))
    explorer: Explorer | None = None
    try:
        _supported(program)
        check_structure(flat, list(program.starts))
        edges = calls(program)
        code = Code(flat.insns, list(program.starts))
        waiting, done = [0], set()
        depths: dict[int, int] = {}
        while waiting:
            start = waiting.pop()
            if start in done:
                continue
            done.add(start)
            explorer = Explorer(program, code, start, verdict.processed, observer=observer)
            explorer.walk(_initial(program, code, start, explorer))
            verdict.processed, verdict.states = explorer.processed, verdict.states + explorer.kept
            waiting += explorer.subprograms.globals_called
            for function, depth in explorer.memory.stack.depths.items():
                depths[function] = max(depths.get(function, 0), depth)
        verdict.stack = _check_stack(program, depths, edges)
    except (Refused, Unsupported) as problem:
        verdict.verdict = "refused" if isinstance(problem, Refused) else "unsupported"
        verdict.processed = explorer.processed if explorer else 0
        verdict.findings.append(explain(program, problem, explorer.state if explorer and explorer.processed else None))
        return verdict
    limit = program.kernel.insn_limit
    if verdict.processed > limit * _WARN_AT:
        verdict.findings.append(Diagnostic(
            "V1402", Severity.WARNING, f"'{flat.name}' takes {verdict.processed} of {limit} instructions to verify: a small "
            "change may make it too complex", fix="bound loops with smaller constants",
        ))  # fmt: skip
    return verdict


def _supported(program: Program) -> None:
    version = program.kernel
    if not version.has_program(program.type):
        raise Refused("V1202", 0, f"Linux {version} has no programs of type {program.type}",
                      f"they came with Linux {program.section.program.since}")  # fmt: skip
    if program.layout is None:
        raise Unsupported(0, f"programs of type {program.type} are not modelled")


def _initial(program: Program, code: Code, start: int, explorer: Explorer) -> State:
    """At the entry r1 is the context; a global function has what its types say."""
    regs = entry_registers(program, start, explorer.memory)
    return State([Frame(regs, start=start, instance=Instance(code, start))])


def _check_stack(program: Program, depths: dict[int, int], edges: set[tuple[int, int]]) -> int:
    """The deepest sum of frames along a chain of calls (check_max_stack_depth). Raises `Refused` over 512 bytes."""
    calls: dict[int, list[int]] = {}
    for caller, callee in edges:
        calls.setdefault(caller, []).append(callee)
    deepest = 0

    def walk(start: int, chain: tuple[int, ...], total: int) -> None:
        nonlocal deepest
        if start in chain:
            raise Refused("V1300", start, f"'{program.starts[start].name}' calls itself", "use a loop")
        if len(chain) >= MAX_FRAMES:
            raise Refused("V1300", start, f"more than {MAX_FRAMES} calls are nested", "merge functions")
        depth = -(-depths.get(start, 0) // _STACK_STEP) * _STACK_STEP
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
