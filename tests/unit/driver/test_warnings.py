"""-W options and `#pragma GCC diagnostic`: what they turn on and off, the last one winning."""

from __future__ import annotations

import pytest

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.diagnostics import CompileError, Diagnostic
from purebpf.compiler.driver.arguments import parse_arguments
from purebpf.compiler.warning_names import unknown
from purebpf.compiler.warnings import GROUPS, TABLE, codes_of

UNUSED = "int f(void) { int x; return 0; }"
CONVERTED = "int *f(void) { return 5; }"


def found(text: str, *words: str) -> list[Diagnostic]:
    """What the compiler says with the options `words`."""
    request = parse_arguments(["-c", "x.c", *words])
    compilation = Compilation(text, "x.c", Options(request.preprocess, levels=request.levels))
    try:
        compilation.unit()
    except CompileError as error:
        return error.diagnostics
    return compilation.diagnostics.found


@pytest.mark.parametrize(("words", "expected"), [
    ("", ""),
    ("-Wall", "warning"),
    ("-Wunused", "warning"),
    ("-Weverything", "warning"),
    ("-Wextra", ""),
    ("-Wall -Wno-unused-variable", ""),
    ("-Wall -Wno-unused", ""),
    ("-Wno-unused-variable -Wall", "warning"),
    ("-Wall -w", ""),
    ("-w -Wall", ""),
    ("-Wall -Werror", "error"),
    ("-Wall -Werror -Wno-error", "warning"),
    ("-Werror=unused-variable", "error"),
    ("-Werror=unused-variable -Wunused-variable", "error"),
    ("-Werror=unused-variable -w", ""),
    ("-Werror=unused-variable -Wno-error", "error"),
    ("-Wall -Werror -Wno-error=unused", "warning"),
    ("-Wno-error=unused -Wall -Werror", "warning"),
    ("-Wno-error=unused-variable -Wall -Werror=all", "error"),
    ("-Werror=unused-variable -Wno-unused -Wunused", "warning"),
    ("-Werror=unused-variable -Wall -Wno-error=unused-variable", "warning"),
])  # fmt: skip
def test_the_last_option_wins_as_with_clang(words: str, expected: str) -> None:
    assert [str(item.severity) for item in found(UNUSED, *words.split())] == ([expected] if expected else [])


@pytest.mark.parametrize(("words", "expected"), [
    ("", "error [-Wint-conversion]"),
    ("-w", "error [-Wint-conversion]"),
    ("-Wno-error=int-conversion", "warning [-Wint-conversion]"),
    ("-Wno-int-conversion", ""),
    ("-Wint-conversion", "error [-Wint-conversion]"),
])  # fmt: skip
def test_what_is_an_error_by_default_can_be_made_less(words: str, expected: str) -> None:
    assert [f"{item.severity} [{item.flag}]" for item in found(CONVERTED, *words.split())] == ([expected] if expected else [])


@pytest.mark.parametrize(("region", "expected"), [
    ("ignored", []), ("warning", ["warning"]), ("error", ["error"]),
])  # fmt: skip
def test_a_pragma_decides_where_it_stands(region: str, expected: list[str]) -> None:
    text = f'#pragma GCC diagnostic push\n#pragma GCC diagnostic {region} "-Wunused-variable"\n{UNUSED}\n'
    assert [str(item.severity) for item in found(text)] == expected
    behind = text + "#pragma GCC diagnostic pop\nint g(void) { int y; return 0; }\n"
    assert [str(item.severity) for item in found(behind)] == expected


def test_warnings_of_the_preprocessor_heed_pragmas_too() -> None:
    text = '#pragma clang diagnostic ignored "-Wmacro-redefined"\n#define A 1\n#define A 2\n'
    assert not found(text)
    assert [item.flag for item in found(text.replace("ignored", "error"))] == ["-Werror,-Wmacro-redefined"]


def test_warnings_made_errors_are_all_told() -> None:
    text = "int f(void) { int x; int y; return 0; }"
    assert [item.flag for item in found(text, "-Wall", "-Werror")] == ["-Werror,-Wunused-variable"] * 2


@pytest.mark.parametrize(("option", "message"), [
    ("bogus", "unknown warning option '-Wbogus'"),
    ("no-unused-variabl", "unknown warning option '-Wno-unused-variabl'; did you mean '-Wno-unused-variable'?"),
    ("error=unused-variabl", "unknown warning option '-Werror=unused-variabl'; did you mean '-Werror=unused-variable'?"),
])  # fmt: skip
def test_unknown_options_are_told_with_the_nearest_name(option: str, message: str) -> None:
    item = unknown(option)
    assert item is not None
    assert item.message == message


@pytest.mark.parametrize("option", ["shadow", "no-maybe-uninitialized", "frame-larger-than=512", "error=vla", "stack-usage=1"])
def test_names_that_clang_or_gcc_have_are_accepted(option: str) -> None:
    assert unknown(option) is None
    assert not parse_arguments(["-c", "x.c", f"-W{option}"]).unknown


def test_groups_hold_warnings_that_exist() -> None:
    names = {row.name for row in TABLE}
    for group, members in GROUPS.items():
        assert set(members.split()) <= names, group
        assert codes_of(group)


def test_each_code_has_one_row_and_a_title() -> None:
    assert len({row.code for row in TABLE}) == len(TABLE)
    assert all(row.title for row in TABLE)
