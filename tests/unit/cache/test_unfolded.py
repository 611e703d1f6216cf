"""What a large macro of a header makes is kept as text: the program is the same, and what macros mean now decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.cache import Cache
from purebpf.compiler.object.write import write_object
from purebpf.compiler.preprocess import PreprocessOptions

NAMES = " ".join(f"FN(helper_number_{n}, {n}, ##ctx) \\\n" for n in range(100))
HEADER = f"""
#define MAPPER(FN, ctx...) \\
 {NAMES}
#define ENUM(x, y, z...) FUNC_ ## x = y,
enum func {{
	MAPPER(ENUM)
	FUNC_MAX,
}};
#undef ENUM
"""
PROGRAM = '#include "list.h"\nint f(void) { return FUNC_helper_number_77 * 1000 + FUNC_MAX; }\nint n = sizeof(enum func);\n'


def run(folder: Path, program: str, *, cache: bool = True, header: str = HEADER) -> tuple[bytes, list[str]]:
    """The object, and the names of the files that the compile knew."""
    (folder / "list.h").write_text(header)
    (folder / "a.c").write_text(program)
    kept = Cache(str(folder / "cache")) if cache else Cache()
    options = Options(preprocess=PreprocessOptions(cache=kept, chunks=True), lazy=True)
    compilation = Compilation(program, str(folder / "a.c"), options)
    data = write_object(compilation.object())
    assert not compilation.diagnostics.found
    return data, [file.name for file in compilation.sources.files]


def unfolded(names: list[str]) -> bool:
    """Whether a text out of the cache was used."""
    return any(name.startswith("<expansion of MAPPER in ") for name in names)


def test_the_second_compile_takes_the_text_and_makes_the_same(tmp_path: Path) -> None:
    plain, _ = run(tmp_path, PROGRAM, cache=False)
    first, names = run(tmp_path, PROGRAM)
    assert not unfolded(names)
    again, names = run(tmp_path, PROGRAM)
    assert unfolded(names)
    assert plain == first == again


@pytest.mark.parametrize(
    "before",
    ["#define helper_number_3 other\n", "#define FUNC_helper_number_3 third\n", "#define FUNC_MAX last\n", "#define ctx 1\n"],
    ids=["an argument", "what ## makes", "what stands beside", "a parameter"],
)
def test_a_macro_that_the_text_names_changes_what_comes_of_it(tmp_path: Path, before: str) -> None:
    run(tmp_path, PROGRAM)
    program = before + PROGRAM.replace("FUNC_MAX", "1")
    assert run(tmp_path, program)[0] == run(tmp_path, program, cache=False)[0]


def test_another_list_is_another_text(tmp_path: Path) -> None:
    run(tmp_path, PROGRAM)
    other = HEADER.replace("helper_number_77, 77", "helper_number_77, 770")
    data, names = run(tmp_path, PROGRAM, header=other)
    assert not unfolded(names)
    assert data == run(tmp_path, PROGRAM, header=other, cache=False)[0] != run(tmp_path, PROGRAM)[0]


def test_what_differs_each_time_is_not_kept(tmp_path: Path) -> None:
    header = HEADER.replace("= y,", "= y + 0 * __COUNTER__,")
    run(tmp_path, PROGRAM, header=header)
    assert not unfolded(run(tmp_path, PROGRAM, header=header)[1])
