"""The house's import rules: who may import whom, no cycles between rooms, only relative imports, names of packages."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# room -> the rooms it may import, besides itself
RULES = {
    "stdlib": set(),
    "compiler.templates": set(),
    "compiler.records": {"compiler.templates"},
    "compiler.source": set(),
    "compiler.diagnostics": {"compiler.source"},
    "compiler.target": set(),
    "compiler.files": set(),
    "compiler.journal": set(),
    "compiler.cache": {"compiler.files"},
    "compiler.object": {"stdlib", "compiler.source", "compiler.diagnostics", "compiler.target", "compiler.cache"},
    "compiler.preprocess": {
        "stdlib", "compiler.source", "compiler.diagnostics", "compiler.target", "compiler.cache", "compiler.journal",
    },
    "compiler.parse": {"stdlib", "compiler.source", "compiler.diagnostics", "compiler.preprocess", "compiler.cache"},
    "compiler.sema": {
        "stdlib", "compiler.source", "compiler.diagnostics", "compiler.target", "compiler.preprocess",
        "compiler.parse", "compiler.object", "compiler.cache",
    },
    "compiler.ir": {"stdlib", "compiler.source", "compiler.diagnostics"},
    "compiler.lower": {"stdlib", "compiler.source", "compiler.diagnostics", "compiler.target", "compiler.sema", "compiler.ir"},
    "compiler.optimize": {"stdlib", "compiler.source", "compiler.diagnostics", "compiler.target", "compiler.ir"},
    "compiler.codegen": {
        "stdlib", "compiler.source", "compiler.diagnostics", "compiler.target", "compiler.ir", "compiler.object",
    },
    "compiler.api": {"stdlib", "compiler"},
    "compiler.driver": {"stdlib", "compiler"},
    "compiler.join": {"stdlib", "compiler"},
    "compiler.warning_names": {"compiler.diagnostics"},
        "compiler.sarif": {"compiler.source", "compiler.diagnostics"},
    "compiler.report": {"compiler.source", "compiler.diagnostics", "compiler.sarif"},
    "runtime.maps": {"stdlib", "compiler"},
    "runtime.vm": {"stdlib", "compiler", "runtime.maps"},
    "runtime.verifier": {"stdlib", "compiler"},
    "runtime.loader": {"stdlib", "compiler", "runtime.maps"},
    "runtime.cli": {"stdlib", "compiler", "runtime"},
}  # fmt: skip
# what every room of the compiler may import: how its classes are made, and which warnings there are
EVERYWHERE = {"compiler.records", "compiler.warnings", "compiler.warning_names"}
# the verifier, the machine and the loader judge instructions: they never see the C tree or the IR (the cache keeps what was
# found out about a kernel's types)
RUNTIME_MAY_SEE = {
    "compiler.api", "compiler.cache", "compiler.diagnostics", "compiler.object", "compiler.report", "compiler.source",
    "compiler.target",
}  # fmt: skip


def room_of(module: str) -> str:
    """The room a module (dotted, without `purebpf.`) belongs to."""
    parts = module.split(".")
    return parts[0] if parts[0] == "stdlib" else ".".join(parts[:2])


def sources() -> Iterator[tuple[str, Path]]:
    for top in ("stdlib", "compiler", "runtime"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(module: str, path: Path) -> Iterator[tuple[int, str]]:
    """The modules of ours that `path` imports, as (line, dotted name without `purebpf.`)."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            if node.module:
                yield node.lineno, ".".join([*base, node.module])
            else:
                for alias in node.names:
                    yield node.lineno, ".".join([*base, alias.name])
        elif isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] != "purebpf", f"{path}:{node.lineno}: imports are relative"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                assert alias.name.split(".")[0] != "purebpf", f"{path}:{node.lineno}: imports are relative"


@pytest.mark.parametrize(("module", "path"), list(sources()), ids=lambda value: value if isinstance(value, str) else "")
def test_rooms_import_only_what_they_may(module: str, path: Path) -> None:
    room = room_of(module)
    wrong = []
    for line, target in imports(module, path):
        to = room_of(target)
        if to == room or (to in EVERYWHERE and room.startswith("compiler.")) or to in RULES.get(room, set()):
            continue
        top = to.split(".")[0]
        if top in RULES.get(room, set()):
            if not (room.startswith("runtime") and room != "runtime.cli" and top == "compiler") or to in RUNTIME_MAY_SEE:
                continue
        wrong.append(f"{path.relative_to(ROOT)}:{line}: {room} may not import {to}")
    assert not wrong, "\n".join(wrong)


def test_the_package_list_names_every_folder_with_code() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {"purebpf"} | {
        "purebpf." + ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("stdlib", "compiler", "runtime")
        for path in (ROOT / top).rglob("*.py")
    }
    assert listed == found
