"""`from_kernel`: a program as the kernel shows it (bpftool prog dump xlated, the verifier's log) as assembly of LLVM's syntax.

| the kernel's                                  | becomes                                                                     |
|-----------------------------------------------|----------------------------------------------------------------------------|
| 12: (07) r1 += 4                              | r1 += 4                                                                    |
| goto pc+3, gotol pc-2, may_goto pc+1          | goto +3 ...                                                                |
| call bpf_map_lookup_elem#1                    | call 1: by its name, since a loaded program's numbers are others           |
| call array_map_lookup_elem#25                 | call array_map_lookup_elem: a symbol                                       |
| call pc+5#bpf_prog_..._f                      | a call of what begins there                                                |
| (18) r1 = map[id:7], map[id:7][0]+16          | r1 = map_id_7 ll, r1 = map_id_7_value + 16 ll: symbols                      |
| (18) r1 = 0x123                               | r1 = 0x123 ll                                                              |
| r0 = atomic64_fetch_add((u64 *)(r1 +0), r0)   | r0 = atomic_fetch_add(...)                                                 |

In a log an instruction stands as often as the verifier came there; it is taken once. Sources: kernel/bpf/disasm.c (the format).
"""

from __future__ import annotations

import re

from ...stdlib import helpers
from .asm_code import AsmError

_LINE = re.compile(r"[ \t]*(\d+): \(([0-9a-f]{2})\) ([^\n]*)")
_LDDW = "18"
_SKIPPED = re.compile(r"\s*;.*\Z")  # the states and sources that a log adds
_CALL = re.compile(r"call (?:pc([+-]\d+)(?:#.*)?|(\w[\w.-]*)#(-?\w+))\Z")
_MAP = re.compile(r"(r\d+) = map\[(\w+)(?::(\w+))?\](?:\[0\]\+(-?\d+))?\Z")
_FUNCTION = re.compile(r"(r\d+) = subprog\[([+-]\d+)\]\Z")
_EXCHANGE = re.compile(r"(r\d+) = atomic(64)?_(xchg|cmpxchg)\(\(u\d+ \*\)\((r\d+ [+-] ?\d+)\), (.*)\)\Z")
_WORDS = (
    (re.compile(r"\b(goto|gotol|may_goto) pc([+-]\d+)"), r"\1 \2"),
    (re.compile(r"\batomic64_fetch_"), "atomic_fetch_"),
    (re.compile(r"skb\[(r\d+) \+ 0\]"), r"skb[\1]"),
)
_MOST = 1_000_000


def is_kernel_dump(text: str) -> bool:
    """Whether a text looks like what the kernel prints."""
    return any(_LINE.match(line) for line in text.splitlines()[:200])


def from_kernel(text: str, *, name: str = "prog", section: str = ".text") -> str:
    """Assembly for `assemble_file`: one function `name` in `section`. Raises `AsmError`."""
    found: dict[int, str] = {}
    at = 0
    for line in text.splitlines(keepends=True):
        match = _LINE.match(line)
        if match is not None:
            slot = int(match[1])
            if slot >= _MOST:
                raise AsmError(f"no program has an instruction {slot}", at)
            if slot not in found:
                found[slot] = _translated(match[2], _SKIPPED.sub("", match[3]).strip(), slot)
        at += len(line)
    lines = [f'\t.section\t"{section}","ax",@progbits', f"\t.globl\t{name}", f"\t.type\t{name},@function", f"{name}:"]
    slot = 0
    for at_slot in sorted(found):
        if at_slot != slot:
            raise AsmError(f"instruction {slot} is missing: the log does not show what the verifier did not come to", 0,
                           "take the whole program from bpftool prog dump xlated")  # fmt: skip
        lines.append(f".L{slot}:\t{found[slot]}")
        slot += 2 if found[slot].endswith(" ll") else 1
    return "\n".join([*lines, f"\t.size\t{name}, .-{name}", ""])


def _translated(opcode: str, text: str, slot: int) -> str:
    if call := _CALL.match(text):
        if call[1]:
            return f"call .L{slot + 1 + int(call[1])}"
        return f"call {_helper(call[2], call[3])}"
    if opcode == _LDDW:
        if reference := _MAP.match(text):
            symbol = "_".join(word for word in ("map", reference[2], reference[3]) if word)
            offset = reference[4]
            return (
                f"{reference[1]} = {symbol} ll" if offset is None else f"{reference[1]} = {symbol}_value + {offset} ll"
            )
        if function := _FUNCTION.match(text):
            return f"{function[1]} = .L{slot + 1 + int(function[2])} ll"
        return f"{text} ll"
    if exchange := _EXCHANGE.match(text):
        width = "_64" if exchange[2] else "32_32"
        return f"{exchange[1]} = {exchange[3]}{width}({exchange[4]}, {exchange[5]})"
    for pattern, replacement in _WORDS:
        text = pattern.sub(replacement, text)
    return text


def _helper(name: str, number: str) -> str:
    """A helper's number; other functions of the kernel stay symbols."""
    known = helpers.by_name(name)
    if known is not None:
        return str(known.number)
    return number if name == "unknown" and number.isdigit() else name
