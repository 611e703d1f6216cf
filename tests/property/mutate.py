"""Broken C: sources with something cut, doubled, swapped or invented in them, through the whole compiler.

`python mutate.py FIRST COUNT [FOLDER...]` is a long run (a tool for developers; test_mutants.py is the short one): the mutants
FIRST, FIRST+1, ... of our examples and tests, and of the C files in the folders. Each must compile or be refused by diagnostics
that are well-formed, within ten seconds. What is not so is printed with its seed, and the mutant kept as mutant-SEED.c.
"""

from __future__ import annotations

import json
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.diagnostics import Diagnostic, PurebpfError
from purebpf.compiler.object.read import read_object
from purebpf.compiler.object.write import write_object
from purebpf.compiler.preprocess import PreprocessOptions
from purebpf.compiler.sarif import sarif
from purebpf.runtime.verifier import verify

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 10
_TOKEN = re.compile(
    rb"""\w+|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\s+|<<=|>>=|\.\.\.|[-+*/%&|^<>=!]=|->|\+\+|--|<<|>>|&&|\|\||\#\#|.""", re.S
)
_CODE = re.compile(r"[EWVLR]\d{4}")
_LINE = re.compile(r"#\s*(?:line\b|\d)")
_NUMBERS = (
    b"0 1 -1 63 64 65 255 512 4096 2147483647 2147483648 0xffffffff 4294967296 9223372036854775807 "
    b"9223372036854775808u 0xffffffffffffffff 1e400 99999999999999999999999 08 0x 1.5f "
).split()
_WORDS = (
    b"int long unsigned char void struct union enum typedef static const volatile __int128 _Bool float sizeof "
    b"_Alignof typeof __auto_type _Generic __attribute__ asm goto return break continue case default if else while "
    b"do for switch extern inline _Static_assert __builtin_memcpy __builtin_offsetof __builtin_preserve_access_index "
    b"_Pragma __label__ #define #if #endif #include #undef #else #pragma ## # __VA_ARGS__ __COUNTER__ defined "
).split()
_MARKS = [
    *rb"( ) { } [ ] ; , : ? * & -> . ... = == + - << >> / % ! ~ /* */ // @ $ ` ' \" # \\".split(),
    *(b'"', b"\n", b"\\\n", b"\0", b"\xff", "é".encode()),
]


def sources(folders: Sequence[Path] = ()) -> list[bytes]:
    """The texts to break: our examples, golden files and test snippets, and the C files below `folders`."""
    paths = sorted([*(ROOT / "examples").rglob("*.bpf.c"), *(ROOT / "tests" / "golden").rglob("*.c")])
    paths += sorted((ROOT / "tests" / "unit" / "gnu" / "snippets").rglob("*.c"))
    for folder in folders:
        paths += sorted(folder.rglob("*.c"))
    return [path.read_bytes() for path in paths]


def mutant(seed: int, texts: Sequence[bytes]) -> bytes:
    """The broken source of `seed`: one text with one to four things done to it."""
    rng = random.Random(seed)
    data = rng.choice(texts)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        data = rng.choice(MUTATIONS)(rng, data, texts)
    return data[:200_000]


def _flip(rng: random.Random, data: bytes, texts: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(rng: random.Random, data: bytes, texts: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.randint(1, 40) :]


def _truncate(rng: random.Random, data: bytes, texts: Sequence[bytes]) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _double(rng: random.Random, data: bytes, texts: Sequence[bytes]) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at : at + rng.randint(1, 200)] * rng.choice((2, 2, 3, 50)) + data[at:]


Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def _tokens(change: Callable[[random.Random, list[bytes], Sequence[bytes]], None]) -> Mutation:
    def mutate(rng: random.Random, data: bytes, texts: Sequence[bytes]) -> bytes:
        tokens = _TOKEN.findall(data)
        if tokens:
            change(rng, tokens, texts)
        return b"".join(tokens)

    return mutate


@_tokens
def _drop(rng: random.Random, tokens: list[bytes], texts: Sequence[bytes]) -> None:
    at = rng.randrange(len(tokens))
    del tokens[at : at + rng.choice((1, 1, 1, 2, 5))]


@_tokens
def _swap(rng: random.Random, tokens: list[bytes], texts: Sequence[bytes]) -> None:
    a, b = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    tokens[a], tokens[b] = tokens[b], tokens[a]


@_tokens
def _repeat(rng: random.Random, tokens: list[bytes], texts: Sequence[bytes]) -> None:
    at = rng.randrange(len(tokens))
    tokens[at:at] = [tokens[at]] * rng.choice((1, 1, 2, 100))


@_tokens
def _replace(rng: random.Random, tokens: list[bytes], texts: Sequence[bytes]) -> None:
    tokens[rng.randrange(len(tokens))] = rng.choice(rng.choice((_NUMBERS, _WORDS, _MARKS, tokens)))


@_tokens
def _insert(rng: random.Random, tokens: list[bytes], texts: Sequence[bytes]) -> None:
    at = rng.randrange(len(tokens) + 1)
    tokens[at:at] = [b" ", rng.choice(rng.choice((_NUMBERS, _WORDS, _MARKS, tokens))), b" "]


@_tokens
def _number(rng: random.Random, tokens: list[bytes], texts: Sequence[bytes]) -> None:
    numbers = [index for index, token in enumerate(tokens) if token[:1].isdigit()]
    if numbers:
        tokens[rng.choice(numbers)] = rng.choice(_NUMBERS)


@_tokens
def _splice(rng: random.Random, tokens: list[bytes], texts: Sequence[bytes]) -> None:
    other = _TOKEN.findall(rng.choice(texts))
    start, at = rng.randrange(len(other) + 1), rng.randrange(len(tokens) + 1)
    tokens[at:at] = other[start : start + rng.randint(1, 60)]


_NESTS = (
    (b"(", b")"), (b"{", b"}"), (b"[", b"]"), (b"*", b""), (b"-", b""), (b"(int)", b""), (b"if (1) ", b""),
    (b"1 ? ", b" : 0"), (b"struct { ", b" a; }"), (b"({", b"; })"),
)  # fmt: skip


@_tokens
def _nest(rng: random.Random, tokens: list[bytes], texts: Sequence[bytes]) -> None:
    at, depth = rng.randrange(len(tokens) + 1), rng.choice((3, 30, 300, 3000))
    opening, closing = rng.choice(_NESTS)
    tokens[at : at + 1] = [opening * depth, *tokens[at : at + 1], closing * rng.choice((depth, depth, depth - 1))]


def _lines(rng: random.Random, data: bytes, texts: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            del lines[a]
        case 1:
            lines[a], lines[b] = lines[b], lines[a]
        case 2:
            lines.insert(a, lines[b])
        case _:
            lines[a : a + 1] = [b" ".join(lines[a : a + 2])]
    return b"\n".join(lines)


MUTATIONS = (
    _flip, _cut, _truncate, _double, _drop, _drop, _swap, _repeat, _replace, _replace, _insert, _insert, _number, _number,
    _splice, _nest, _lines,
)  # fmt: skip


class TooLong(BaseException):
    """A compile took more than its time; no `except Exception` is to catch it."""


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def judge(data: bytes, name: str = "mutant.c") -> tuple[str, str]:
    """("compiled" or "refused", ""), or what is wrong: "hang", "crash", "diagnostic", and how."""
    text = data.decode("utf-8", "surrogateescape")
    options = Options(PreprocessOptions())
    for warning in ("all", "extra", "implicit-fallthrough", "pointer-arith"):  # each check shall see broken trees
        options.levels.apply(warning)
    compilation = Compilation(text, name, options)
    try:
        with limit(SECONDS):
            try:
                made = write_object(compilation.object())
                kind, found = "compiled", compilation.diagnostics.found
            except PurebpfError as error:
                kind, found, made = "refused", error.diagnostics, b""
            wrong = malformed(found, text, name)
            if kind == "refused" and not wrong and not found:
                wrong = "refused without a reason"
    except TooLong:
        return "hang", ""
    except BaseException as error:
        return "crash", f"{type(error).__name__}: {error}"
    if wrong:
        return "diagnostic", wrong
    try:
        with limit(SECONDS):
            obj = read_object(made) if made else None
            for program in obj.programs() if obj else ():
                for finding in verify(obj, program.name).findings:
                    finding.render()
    except TooLong:
        return kind, ""  # the verifier walks every path, which may take long
    except BaseException as error:
        return "crash", f"what became of it: {type(error).__name__}: {error}"
    return kind, ""


def malformed(found: Sequence[Diagnostic], text: str, name: str) -> str:
    """What is wrong with diagnostics, "" if nothing is."""
    lines = re.split(r"\r?\n", text)
    for item in found:
        item.render(color=True).encode("utf-8", "replace")
        json.dumps(item.to_json())
        if not _CODE.fullmatch(item.code) or not item.message.strip():
            return f"code or message: {item!r}"
        place = item.place
        marked = _LINE.search(text) is not None  # #line, or # and a number, counts anew
        if place and place.file == name and not marked and not (1 <= place.line <= len(lines) + 1 and place.column >= 1):
            return f"no such place: {place}"
        if place and place.file == name and place.line <= len(lines) and place.column > len(lines[place.line - 1]) + 2:
            return f"no such column: {place}"
    json.dumps(sarif(list(found), "purebpf-cc", "0"))
    return ""


def main() -> None:
    first, count = int(sys.argv[1]), int(sys.argv[2])
    texts = sources([Path(name) for name in sys.argv[3:]])
    outcomes: Counter[str] = Counter()
    start, slowest = time.monotonic(), 0.0
    for seed in range(first, first + count):
        data = mutant(seed, texts)
        began = time.monotonic()
        kind, message = judge(data)
        slowest = max(slowest, time.monotonic() - began)
        outcomes[kind] += 1
        if kind not in ("compiled", "refused"):
            Path(f"mutant-{seed}.c").write_bytes(data)
            print(seed, kind, message[:300], flush=True)
        if (seed + 1 - first) % 1000 == 0 or seed + 1 == first + count:
            print(f"# {seed + 1}: {dict(outcomes)} {time.monotonic() - start:.0f} s, slowest {slowest:.1f} s", flush=True)


if __name__ == "__main__":
    main()
