"""Every diagnostic has a page; the mistake it shows gives that diagnostic and no other, and the repair gives none."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.diagnostics import Diagnostic, PurebpfError
from purebpf.compiler.preprocess import PreprocessOptions
from purebpf.compiler.target import Target
from purebpf.compiler.warnings import BY_CODE
from purebpf.runtime.cli.explain import FAMILIES, Page, pages
from purebpf.runtime.verifier import verify
from purebpf.runtime.vm import Machine

ROOT = Path(__file__).resolve().parents[3]
CODE = re.compile(r"[EWVRL]\d{4}")
PAGES = {page.code: page for page in pages()}
SHOWN = [page for page in PAGES.values() if page.mistake]


def codes_of_sources() -> Iterator[str]:
    """Every string of the sources that is a code."""
    for room in ("compiler", "runtime"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                    yield node.value


def diagnostics(program: str, code: str) -> list[Diagnostic]:
    """What the compiler says of a program, and what the verifier or the machine says if the code is one of theirs."""
    cpu = re.match(r"// -mcpu=v(\d)\n", program)
    target = Target(cpu=int(cpu[1])) if cpu else Target()
    options = Options(PreprocessOptions(target=target), target)
    if code in BY_CODE:
        options.levels.apply(BY_CODE[code].name)
    compiling = Compilation(program, "program.bpf.c", options)
    with contextlib.suppress(PurebpfError):
        obj = compiling.object()
    found = list(compiling.diagnostics.found)
    if compiling.diagnostics.errors or code[0] not in "VR":
        return found
    for function in obj.programs():
        if code[0] == "V":
            found += verify(obj, function.name).findings
        else:
            try:
                Machine(obj, instructions=100_000).run(function.name, packet=bytes(64))
            except PurebpfError as error:
                found += error.diagnostics
    return found


@pytest.mark.parametrize("page", SHOWN, ids=[page.code for page in SHOWN])
def test_the_mistake_gives_this_diagnostic_only(page: Page) -> None:
    found = diagnostics(page.mistake, page.code)
    assert {item.code for item in found} == {page.code}, "\n".join(item.render() for item in found)


@pytest.mark.parametrize("page", SHOWN, ids=[page.code for page in SHOWN])
def test_the_repair_gives_none(page: Page) -> None:
    found = diagnostics(page.repair, page.code)
    assert not found, "\n".join(item.render() for item in found)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_is_whole(page: Page) -> None:
    assert page.title
    assert not page.title.endswith(".")
    assert page.meaning.endswith(".")
    assert page.why.endswith("."), "why is the rule there?"
    assert bool(page.mistake) == bool(page.repair)
    assert bool(page.mistake) != bool(page.no_example), "a page has an example, or says why not"
    for label in ("Mistake:", "Repair:", "Why:", "No example:", "```"):
        assert label not in page.meaning + page.why, "a part that was not understood"


def test_every_code_of_the_sources_has_a_page() -> None:
    assert sorted(set(codes_of_sources()) - set(PAGES)) == []


def test_every_page_is_of_a_code_that_the_sources_have() -> None:
    assert sorted(set(PAGES) - set(codes_of_sources())) == []


def test_pages_are_in_order_and_in_the_file_of_their_family() -> None:
    for prefix, family in FAMILIES.items():
        text = (ROOT / "runtime" / "explanations" / f"{family}.md").read_text()
        codes = re.findall(r"^## (\S+):", text, re.M)
        assert codes == sorted(set(codes))
        assert all(code.startswith(prefix) for code in codes)
