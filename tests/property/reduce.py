"""Makes the random program of a seed smaller while it fails in the same way: `python reduce.py SEED` (a tool for developers).

Lines go first, then parts of expressions. What gcc's sanitizers object to is no step forward.
"""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cgen import Program, random_inputs, random_program
from differ import native
from fuzz import INPUTS, judge

_STRICT = [
    "-Werror=return-type", "-Werror=uninitialized", "-Werror=maybe-uninitialized", "-Werror=incompatible-pointer-types",
    "-O1", "-fsanitize=address,undefined", "-fno-sanitize=shift,alignment,signed-integer-overflow", "-fno-sanitize-recover",
]  # fmt: skip


def closing(line: str, start: int) -> int:
    """Behind the parenthesis that closes the one at `start`."""
    depth = 0
    for at in range(start, len(line)):
        depth += {"(": 1, ")": -1}.get(line[at], 0)
        if not depth:
            return at + 1
    return len(line)


class Reducer:
    """The program of a seed, and how it fails."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.folder = folder
        self.program = random_program(seed)
        self.packets = random_inputs(seed, INPUTS)
        self.kind, self.message = self.outcome(self.program.text)

    def outcome(self, text: str) -> tuple[str, str]:
        """How `text` fails, and the message without its place."""
        program = dataclasses.replace(self.program, text=text)
        try:
            expected = native(self.folder, [program], [self.packets], _STRICT)[0]
        except subprocess.CalledProcessError:
            return "invalid", ""
        kind, message = judge(Program(program.seed, program.cpu, text), self.packets, expected, self.folder)
        return kind, re.sub(r"\d+", "", message.split("\n")[0].split(": ", 2)[-1].split("|")[0])[:60]

    def fails(self, lines: list[str]) -> bool:
        """Whether it still fails so."""
        return self.outcome("\n".join(lines) + "\n") == (self.kind, self.message)

    def lines(self, lines: list[str]) -> list[str]:
        """Without as many lines as can go."""
        for size in (16, 8, 5, 4, 3, 2, 1):
            at = 0
            while at + size <= len(lines):
                without = lines[:at] + lines[at + size :]
                if self.fails(without):
                    lines = without
                else:
                    at += 1 if size < 8 else size // 2
        return lines

    def groups(self, lines: list[str]) -> list[str]:
        """With smaller expressions."""
        for at in range(len(lines)):
            start = 0
            while (start := lines[at].find("(", start)) >= 0:
                line, end = lines[at], closing(lines[at], start)
                inner = line[start + 1 : end - 1]
                for new in ("0", "1", *re.split(r" [-+*/%&|^?:<>=!]+ ", inner), inner):
                    changed = [*lines[:at], line[:start] + new + line[end:], *lines[at + 1 :]]
                    if len(new) < end - start - 1 + (new == inner) and self.fails(changed):
                        lines = changed
                        break
                else:
                    start += 1
        return lines

    def run(self) -> str:
        """The smallest text found."""
        lines = self.program.text.splitlines()
        while True:
            before = lines
            lines = self.groups(self.lines(lines))
            if lines == before:
                return "\n".join(lines)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        reducer = Reducer(int(sys.argv[1]), Path(name))
        print(f"// v{reducer.program.cpu} {reducer.kind}: {reducer.message}")
        if reducer.kind not in ("same", "invalid"):
            print(reducer.run())


if __name__ == "__main__":
    main()
