"""The bundle of imported modules: what it gives is what the source says, and nothing in it can hurt."""

from __future__ import annotations

import marshal
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from purebpf.compiler.cache import Cache

SOURCE = "int f(void) { return 1; }\n"
# says which modules came out of the bundle, and whether a pattern of `re` did
REPORT = """
import os, re, sys
from purebpf.compiler.driver import _bundle, main
bundle = _bundle()
if bundle is not None:
    bundle.load()
known = len(re._cache)
code = main(sys.argv[1:])
ours = [m for n, m in sys.modules.items() if n.startswith("purebpf.")]
print(code, sum(type(m.__loader__).__name__ == "_Loader" for m in ours), len(ours), known)
if bundle is not None:
    bundle.keep(whole=code == 0)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for a source, a cache, and compiled modules."""
    (tmp_path / "a.c").write_text(SOURCE)
    return tmp_path


def run(folder: Path, *flags: str) -> list[int]:
    """Exit code, modules from the bundle, modules, patterns known beforehand."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPYCACHEPREFIX": str(folder / "pycache")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", REPORT, "-c", "a.c", "-o", "a.o", *flags],
        cwd=folder, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not done.stderr
    return [int(word) for word in done.stdout.split()]


def bundle_of(folder: Path) -> Path:
    """The bundle's file."""
    (path,) = (folder / "cache" / "purebpf").glob("modules-*")
    return path


def test_the_second_process_finds_modules_and_patterns_of_the_first(folder: Path) -> None:
    code, found, _, patterns = run(folder)
    assert (code, found) == (0, 0)
    code, found, modules, known = run(folder, "-DOTHER")
    assert code == 0
    assert found > 100
    assert found > modules - 15  # all but those that find it
    assert known > patterns
    wrote = bundle_of(folder).stat().st_mtime_ns
    assert run(folder, "-DTHIRD") == [code, found, modules, known]
    assert bundle_of(folder).stat().st_mtime_ns == wrote


def test_what_every_compile_imports_is_loaded_in_a_row(folder: Path) -> None:
    for name in "AB":
        run(folder, f"-D{name}")
    cache = Cache(str(bundle_of(folder).parent))
    modules, order, _ = marshal.loads(cache.get(bundle_of(folder).name) or b"")
    assert len(order) > 100
    assert set(order) <= set(modules)
    assert order.index("purebpf.compiler.sema.analyze") < order.index("purebpf.compiler.sema")


def test_a_module_that_fails_in_the_row_is_imported_as_always(folder: Path) -> None:
    for name in "AB":
        before = run(folder, f"-D{name}")
    cache = Cache(str(bundle_of(folder).parent))
    modules, order, patterns = marshal.loads(cache.get(bundle_of(folder).name) or b"")
    order.reverse()  # each before those that it needs
    cache.put(bundle_of(folder).name, marshal.dumps((modules, order, patterns)))
    assert run(folder, "-DC") == before


def test_a_compile_without_cache_has_none(folder: Path) -> None:
    run(folder, "--no-cache")
    assert not list((folder / "cache").glob("purebpf/modules-*"))


@pytest.mark.parametrize("part", [0, 20, -1])
def test_a_damaged_bundle_is_as_none(folder: Path, part: int) -> None:
    run(folder)
    data = bytearray(bundle_of(folder).read_bytes())
    data[part] ^= 0xFF
    bundle_of(folder).write_bytes(data)
    code, found, _, _ = run(folder, "-DOTHER")
    assert (code, found) == (0, 0)


def test_a_changed_source_is_imported_itself(folder: Path) -> None:
    run(folder)
    before = run(folder, "-DA")
    cache = Cache(str(bundle_of(folder).parent))
    modules, order, patterns = marshal.loads(cache.get(bundle_of(folder).name) or b"")
    source, time, size, _ = modules["purebpf.compiler.target"]
    modules["purebpf.compiler.target"] = (source, time - 1, size, marshal.dumps(compile("1 / 0", "old", "exec")))
    cache.put(bundle_of(folder).name, marshal.dumps((modules, order, patterns)))
    code, found, *_ = run(folder, "-DB")
    assert (code, found) == (0, before[1] - 1)
    assert run(folder, "-DC")[1] == before[1]


def test_patterns_out_of_the_bundle_match_as_others() -> None:
    from purebpf.compiler.driver import modules

    text = r"(?P<word>[a-z]+)(?:,(\d+))?"
    re.compile(text, re.IGNORECASE)
    patterns = [entry for entry in modules._patterns() if entry[1][0] == text]
    assert patterns
    re.purge()
    modules._take(patterns)
    again = re.compile(text, re.IGNORECASE)
    found = again.match("Word,12")
    assert found is not None
    assert found.groupdict() == {"word": "Word"}
    assert found.groups() == ("Word", "12")
    assert again.flags == re.compile(text + "(?#)", re.IGNORECASE).flags
