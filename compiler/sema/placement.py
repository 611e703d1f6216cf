"""`check_placement`: sections and linkages that C allows and loaders of BPF objects refuse.

libbpf (src/libbpf.c, v1.x) takes programs from sections it knows, only ones other objects may see; subprograms from .text; maps
from .maps, only ones other objects may see; data from .data*, .rodata*, .bss. clang emits all else without a word; we warn.
"""

from __future__ import annotations

from ...stdlib.programs import match_section, near_sections
from ..diagnostics import Diagnostics
from ..object.maps import SECTION as MAPS
from . import tree

_LEGACY_MAPS = "maps"


def check_placement(unit: tree.Unit, diagnostics: Diagnostics) -> None:
    """Warn (W035x) about functions and variables of `unit` that libbpf would refuse or skip where they are."""
    sections: set[str] = set()
    for function in unit.functions:
        if function.section and not function.section.startswith("."):
            _program(function, diagnostics, sections)
    for variable in unit.globals:
        if not variable.name.startswith("."):
            _variable(variable, diagnostics, sections)


def _program(function: tree.FunctionSymbol, diagnostics: Diagnostics, sections: set[str]) -> None:
    section = function.section
    if function.linkage == "static":
        diagnostics.warning(
            "W0352", function.span, f"program '{function.name}' is static: libbpf refuses the object",
            fix="remove 'static'; a subprogram needs no section",
        )  # fmt: skip
    if section not in sections and match_section(section) is None:
        sections.add(section)
        near = " or ".join(f'SEC("{name}")' for name in near_sections(section))
        diagnostics.warning(
            "W0351", function.span, f"section '{section}' is not a program type that libbpf knows",
            fix=f"use {near}" if near else "use a section such as SEC(\"xdp\"), or have the loader set the type",
        )  # fmt: skip


def _variable(variable: tree.Global, diagnostics: Diagnostics, sections: set[str]) -> None:
    section = variable.section
    if section == MAPS and variable.linkage == "static":
        diagnostics.warning(
            "W0353", variable.span, f"map '{variable.name}' is static: libbpf refuses the object", fix="remove 'static'"
        )
    elif section == _LEGACY_MAPS and section not in sections:
        diagnostics.warning(
            "W0354", variable.span, f"map '{variable.name}' is defined in section 'maps', which libbpf 1.0 and later refuse",
            fix=f'define it as struct {{ __uint(type, ...); ... }} {variable.name} SEC(".maps");',
        )  # fmt: skip
    elif section.startswith(".bss.") and section not in sections:
        diagnostics.warning(
            "W0355", variable.span, f"libbpf makes no map of section '{section}', only of '.bss'",
            fix=f"put '{variable.name}' into '.data{section[4:]}'",
        )  # fmt: skip
    sections.add(section)
