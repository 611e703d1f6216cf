"""`machine`: a Machine for programs in assembly."""

from __future__ import annotations

from typing import Any

import pytest

from purebpf.compiler.object.assemble import assemble_function
from purebpf.compiler.object.model import DataSection, Map, Object, RefKind, Variable
from purebpf.runtime.vm import Machine

MAPS = {
    "counts": Map("counts", 2, 4, 8, 4),
    "table": Map("table", 1, 4, 8, 4),
    "ring": Map("ring", 27, 0, 0, 4096),
    "programs": Map("programs", 3, 4, 4, 8),
    "events": Map("events", 4, 4, 4, 0),
}


@pytest.fixture
def machine() -> Any:
    """`machine(text, section="xdp", other=..., **settings)`: main program `prog` and further functions by name."""

    def make(text: str, *, section: str = "xdp", others: dict[str, tuple[str, str]] | None = None, **settings: Any) -> Machine:
        kinds = dict.fromkeys(MAPS, RefKind.MAP) | {"limit": RefKind.DATA, "total": RefKind.DATA}
        obj = Object("test.o", license="GPL", maps=dict(MAPS))
        obj.data = {
            ".rodata": DataSection(".rodata", (7).to_bytes(8, "little")),
            ".bss": DataSection(".bss", bytes(16)),
        }
        obj.variables = {
            "limit": Variable("limit", ".rodata", 0, 8),
            "total": Variable("total", ".bss", 8, 8),
        }
        for name, (where, code) in {"prog": (section, text), **(others or {})}.items():
            obj.functions[name] = assemble_function(name, code, where, kinds | dict.fromkeys(others or {}, RefKind.FUNCTION))
        return Machine(obj, **settings)

    return make
