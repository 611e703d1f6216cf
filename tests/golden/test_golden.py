"""Golden outputs: a folder a stage, `x.c` with `x.out` beside it. `--update` rewrites them; then read the diff.

The first comment of a case says what it is there for. `// packet: HEX` gives a `run` case its packets, one a line;
`// options: -Wall -Wextra` gives a case its -W options.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import purebpf.stdlib
from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.diagnostics import CompileError
from purebpf.compiler.ir.printer import print_module
from purebpf.runtime.cli.dump import listing

HERE = Path(__file__).resolve().parent
HEADERS = Path(purebpf.stdlib.__path__[0]) / "include"


def compilation(path: Path) -> Compilation:
    text = path.read_text()
    options = Options()
    for line in re.findall(r"^// options: (.*)$", text, re.M):
        for word in line.split():
            options.levels.apply(word.removeprefix("-W"))
    return Compilation(text, path.name, options)


def tokens(path: Path) -> str:
    """The preprocessed tokens, a source line a line."""
    lines: dict[tuple[str, int], list[str]] = {}
    compiling = compilation(path)
    for token in compiling.tokens():
        place = compiling.sources.place(token.loc)
        lines.setdefault((place.file, place.line), []).append(token.text)
    return "\n".join(f"{line}: {' '.join(texts)}" for (file, line), texts in lines.items() if file == path.name)


def diagnostics(path: Path) -> str:
    """What the compiler says."""
    compiling = compilation(path)
    with contextlib.suppress(CompileError):
        compiling.object()
    return "\n".join(item.render() for item in compiling.diagnostics.found)


def ir(path: Path) -> str:
    """SSA as lowering makes it."""
    return print_module(compilation(path).ir())


def opt(path: Path) -> str:
    """SSA after all passes."""
    return print_module(compilation(path).optimized())


def asm(path: Path) -> str:
    """The instructions beside their C lines."""
    return "\n".join(listing(compilation(path).object(), None))


def check(path: Path) -> str:
    """The bundled verifier's verdicts and findings."""
    from purebpf.runtime.verifier import verify

    obj = compilation(path).object()
    out = []
    for program in obj.programs():
        verdict = verify(obj, program.name)
        out += [item.render() for item in verdict.findings]
        out.append(f"{verdict.name}: {verdict.verdict}")
    return "\n".join(out)


def run(path: Path) -> str:
    """Every program on every packet of the case, in the bundled machine."""
    from purebpf.compiler.diagnostics import PurebpfError
    from purebpf.runtime.vm import Machine

    obj = compilation(path).object()
    packets = [bytes.fromhex(text) for text in re.findall(r"^// packet: ([0-9a-fA-F ]+)$", path.read_text(), re.M)]
    out = []
    for program in obj.programs():
        machine = Machine(obj)
        for packet in packets or [bytes(64)]:
            try:
                result = machine.run(program.name, packet=packet)
            except PurebpfError as error:
                out.append(str(error))
                continue
            out.append(f"{program.name}: {result.retval} {(result.packet or b'').hex()}")
    return "\n".join(out)


STAGES: dict[str, Callable[[Path], str]] = {
    "tokens": tokens, "diagnostics": diagnostics, "ir": ir, "opt": opt, "asm": asm, "check": check, "run": run,
}  # fmt: skip

CASES = [path for stage in STAGES for path in sorted((HERE / stage).glob("*.c"))]


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_golden(path: Path, request: pytest.FixtureRequest) -> None:
    first = path.read_text().lstrip()
    assert first.startswith(("//", "/*")), "a case starts with a comment that says its reason"
    # our own headers are named by where they are installed
    got = STAGES[path.parent.name](path).rstrip().replace(f"{HEADERS}/", "") + "\n"
    got = re.sub(r"^((?:bpf|linux)/[\w/]+\.h):\d+:\d+:", r"\1:", got, flags=re.M)  # where in a header may change
    expected = path.with_suffix(".out")
    if request.config.getoption("--update"):
        expected.write_text(got)
    assert expected.exists(), "no expected output: run with --update and read it"
    assert got == expected.read_text()


def test_every_expected_output_has_its_case() -> None:
    orphans = [path for path in HERE.rglob("*.out") if not path.with_suffix(".c").exists()]
    assert not orphans
