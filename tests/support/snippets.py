"""Snippets of C in one file, a verdict each; clang for BPF and clang for this machine are the oracles.

    //// name: VERDICT [FLAGS] ; WHY
    ...C...

VERDICT is `ok` (clang and we take it), `refused` (neither does), `run` (both take it, and what it leaves in `out` is what a
native build leaves there), `stricter` (only clang takes it), `laxer` (only we do) or `beyond` (only we do, and it runs); the
last three give their reason after `;`.
A snippet that runs is a function's body, unless `PROG` stands in it for the function's head; `in` and `out` are arrays of 16
`long`.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from purebpf.compiler.diagnostics import PurebpfError
from purebpf.compiler.driver.arguments import parse_arguments

_HEAD = re.compile(r"//// (?P<name>[\w-]+): (?P<verdict>\w+)(?: \[(?P<flags>[^\]]*)\])?(?: ; (?P<why>.*))?\Z")
VERDICTS = ("ok", "refused", "run", "stricter", "laxer", "beyond")
RUNS = ("run", "beyond")
VALUES = (5, -7, 0x123456789ABCDEF, 255, -1, 1 << 63, 0, 1, 31, 64, -128, 0x80000000, 0xFFFFFFFF, 1000003, 2, 0x7FFFFFFF)
_PRELUDE = f"""
volatile long in[16] = {{{", ".join("(long)%#xUL" % (v & (1 << 64) - 1) for v in VALUES)}}};
long out[16];
#line 1
"""
_MAIN = """
extern int printf(const char *, ...);
int main(void) { prog(0); for (int i = 0; i < 16; i++) printf("%ld\\n", out[i]); return 0; }
"""
_SECTION = '__attribute__((section("socket"), used)) int prog(void *ctx)'


@dataclass
class Snippet:
    """One case: its C text and what is expected of it."""

    name: str
    verdict: str
    flags: list[str]
    why: str
    text: str

    def source(self) -> str:
        """What is compiled for BPF."""
        if self.verdict not in RUNS:
            return self.text
        body = self.text if "PROG" in self.text else "PROG {\n#line 1\n" + self.text + "return 0; }\n"
        return _PRELUDE + body.replace("PROG", _SECTION, 1)


def read_snippets(path: Path) -> list[Snippet]:
    """The snippets of a file."""
    found: list[Snippet] = []
    for line in path.read_text().splitlines():
        if line.startswith("////"):
            head = _HEAD.match(line)
            assert head, f"{path.name}: {line}"
            assert head["verdict"] in VERDICTS, f"{path.name}: {line}"
            assert bool(head["why"]) == (head["verdict"] in ("stricter", "laxer", "beyond")), f"{path.name}: reason of {line}"
            found.append(Snippet(head["name"], head["verdict"], (head["flags"] or "").split(), head["why"] or "", ""))
        elif found:
            found[-1].text += line + "\n"
    names = [snippet.name for snippet in found]
    assert len(names) == len(set(names)), f"{path.name}: two snippets of one name"
    return found


def ours(snippet: Snippet) -> tuple[str, list[int]]:
    """What we say (empty if the object was made), and what a run leaves in `out`."""
    from purebpf.compiler.api import Compilation, Options

    try:
        request = parse_arguments([*snippet.flags, "-c", "x.c"])
    except PurebpfError as problem:
        return str(problem), []
    options = Options(preprocess=request.preprocess, target=request.target())
    compiling = Compilation(snippet.source(), "x.c", options)
    try:
        obj = compiling.object()
    except PurebpfError:
        return "\n".join(item.render() for item in compiling.diagnostics.found) or "an error without a message", []
    if snippet.verdict not in RUNS:
        return "", []
    from purebpf.runtime.vm import Machine

    machine = Machine(obj)
    machine.run("prog", packet=bytes(64))
    return "", list(machine["out"])


def clang(snippet: Snippet, folder: Path) -> str:
    """What clang for BPF says against it; empty if it takes it."""
    source = folder / "x.c"
    source.write_text(snippet.source())
    command = ["clang-19", "-target", "bpf", "-mcpu=v3", "-O2", "-g", "-w", *snippet.flags, "-c", source.name, "-o", "x.o"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)
    return "" if run.returncode == 0 else run.stderr or "refused"


def native(snippet: Snippet, folder: Path) -> list[int]:
    """What a native build leaves in `out`."""
    source, program = folder / "native.c", folder / "native"
    source.write_text(snippet.source() + _MAIN)
    flags = [flag for flag in snippet.flags if not flag.startswith("-mcpu")]
    command = ["clang-19", "-O1", "-w", "-fwrapv", "-fno-strict-aliasing", *flags, str(source), "-o", str(program)]
    subprocess.run(command, check=True, timeout=60)
    return [int(word) for word in subprocess.run([str(program)], check=True, capture_output=True, timeout=10).stdout.split()]


def judge(snippet: Snippet, folder: Path, oracle: bool) -> str:
    """What is wrong with a snippet; empty if all is as expected. Without `oracle`, only our side is looked at."""
    if oracle:
        refusal = clang(snippet, folder)
        if (snippet.verdict in ("ok", "run", "stricter")) == bool(refusal):
            return f"clang refuses:\n{refusal}" if refusal else "clang takes it"
    complaint, values = ours(snippet)
    taken = snippet.verdict in ("ok", "run", "laxer", "beyond")
    if taken and complaint:
        return f"we refuse:\n{complaint}"
    if not taken and not complaint:
        return "we take it"
    if oracle and snippet.verdict in RUNS and values != (wanted := native(snippet, folder)):
        return f"out is {values}\n   not {wanted}"
    return ""
