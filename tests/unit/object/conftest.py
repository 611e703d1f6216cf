"""Objects that clang makes: what the readers are tested on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from object_sources import EVERYTHING

Compile = Callable[..., Path]


@pytest.fixture(scope="session")
def clang(tmp_path_factory: pytest.TempPathFactory) -> Compile:
    """Compiles C text with clang to an object file; keyword arguments: cpu="v3", debug=True, endian="el", flags=[]."""
    if not shutil.which("clang-19"):
        pytest.skip("clang-19 is not installed: there is nothing to compare with")
    folder = tmp_path_factory.mktemp("clang")
    made: dict[tuple[str, ...], Path] = {}

    def compile_c(text: str, *, cpu: str = "v3", debug: bool = True, endian: str = "el", flags: tuple[str, ...] = ()) -> Path:
        arguments = ["-target", "bpf" + endian, "-O2", f"-mcpu={cpu}", *(["-g"] if debug else []), *flags]
        key = (text, *arguments)
        if key not in made:
            source = folder / f"t{len(made)}.c"
            source.write_text(text)
            made[key] = source.with_suffix(".o")
            subprocess.run(["clang-19", *arguments, "-w", "-c", str(source), "-o", str(made[key])], check=True, timeout=60)
        return made[key]

    return compile_c


@pytest.fixture(scope="session")
def everything(clang: Compile) -> Path:
    """The object of `EVERYTHING`."""
    return clang(EVERYTHING)
