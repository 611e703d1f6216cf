"""Programs with CO-RE are judged as the kernel whose types are given would get them."""

from __future__ import annotations

from pathlib import Path

import pytest

from purebpf.compiler.api import compile
from purebpf.compiler.object.write import write_object
from purebpf.runtime.cli.main import main

PROGRAM = """
#define EXISTS(field) __builtin_preserve_field_info(field, 2)
#define SIZE(field) __builtin_preserve_field_info(field, 1)
struct thing { long a; int gone; } __attribute__((preserve_access_index));
__attribute__((section("xdp"))) int guarded(void *ctx)
{
    struct thing *t = 0;
    return EXISTS(t->gone) ? SIZE(t->gone) : 0;
}
__attribute__((section("xdp"))) int bare(void *ctx)
{
    struct thing *t = 0;
    return SIZE(t->gone);
}
"""
KERNELS = {"old": "struct thing { long a; } t;", "new": "struct thing { long a; long more; short gone; } t;"}


@pytest.mark.parametrize(("kernel", "verdicts"), [("old", ["accepted", "refused"]), ("new", ["accepted", "accepted"])])
def test_a_missing_field_is_refused_where_it_is_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kernel: str, verdicts: list[str]
) -> None:
    program, types = tmp_path / "program.o", tmp_path / "types.o"
    program.write_bytes(write_object(compile(PROGRAM, "program.c")))
    types.write_bytes(write_object(compile(KERNELS[kernel], "kernel.c")))
    assert main(["check", str(program), "--btf", str(types)]) == ("refused" in verdicts)
    shown = capsys.readouterr().out
    assert f"guarded: {verdicts[0]}" in shown
    assert f"bare: {verdicts[1]}" in shown
    assert ("program.c:13" in shown and "struct thing.gone is not in" in shown) == ("refused" in verdicts)
    assert main(["check", str(program)]) == 0  # by its own types
