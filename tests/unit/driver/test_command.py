"""`purebpf-cc` as make and people call it: options, outputs, dependency files, exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.diagnostics import UsageError
from purebpf.compiler.driver import main
from purebpf.compiler.driver.arguments import parse_arguments
from purebpf.compiler.driver.options import OPTIONS

CLANG = shutil.which("clang-19")
needs_clang = pytest.mark.skipif(CLANG is None, reason="clang-19 is not installed, nothing to compare with")

PROGRAM = """\
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "mine.h"
SEC("xdp") int pass(struct xdp_md *ctx) { return VERDICT; }
char LICENSE[] SEC("license") = "GPL";
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program, which is the current one."""
    (tmp_path / "p.bpf.c").write_text(PROGRAM)
    (tmp_path / "mine.h").write_text("#define VERDICT XDP_PASS\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_object_is_made_where_o_says(folder: Path) -> None:
    assert main(["-O2", "-g", "-Wall", "-target", "bpf", "-mcpu=v3", "-c", "p.bpf.c", "-o", "out.o"]) == 0
    assert (folder / "out.o").read_bytes()[:4] == b"\x7fELF"


def test_without_o_each_object_is_named_after_its_source(folder: Path) -> None:
    (folder / "q.c").write_text(PROGRAM)
    assert main(["-c", "p.bpf.c", "q.c"]) == 0
    assert (folder / "p.bpf.o").exists()
    assert (folder / "q.o").exists()


def test_an_object_is_written_to_the_standard_output(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["-c", "p.bpf.c", "-o", "-"]) == 0
    assert capfdbinary.readouterr().out[:4] == b"\x7fELF"


def test_assembly_names_section_and_function(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["-S", "p.bpf.c", "-o", "-"]) == 0
    out = capfd.readouterr().out
    assert '.section\t"xdp"' in out
    assert "pass:" in out
    assert "exit" in out


def test_a_source_with_errors_gives_1_and_no_output(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "p.bpf.c").write_text("#include <no/such.h>\n")
    (folder / "out.o").write_text("old")
    assert main(["-c", "p.bpf.c", "-o", "out.o", "-MD"]) == 1
    assert (folder / "out.o").read_text() == "old"
    assert not (folder / "out.d").exists()
    assert "p.bpf.c:1:10: error: header 'no/such.h' not found" in capsys.readouterr().err


def test_one_bad_source_does_not_keep_others_from_being_compiled(folder: Path) -> None:
    (folder / "bad.c").write_text("#error no\n")
    assert main(["-c", "bad.c", "p.bpf.c"]) == 1
    assert (folder / "p.bpf.o").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "fix"),
    [
        ([], "E0703", "name a C file"),
        (["p.bpf.c"], "E0704", "add -c"),
        (["-c", "p.bpf.c", "mine.h", "-o", "x.o"], "E0703", "leave -o away"),
        (["-c", "p.bpf.c", "-frobnicate"], "E0702", "leave it away"),
        (["-c", "p.bpf.c", "-funrol-loops"], "E0702", "-funroll-loops?"),
        (["-c", "p.bpf.c", "--nonsense"], "E0702", "--help"),
        (["-c", "p.bpf.c", "-nostdin"], "E0702", "-nostdinc?"),
        (["-c", "p.bpf.c", "-o"], "E0702", "-o FILE"),
        (["-c", "p.bpf.c", "-target", "x86_64-linux-gnu"], "E0702", "-target bpf"),
        (["-c", "p.bpf.c", "-mcpu=v9"], "E0702", "v3"),
        (["-c", "p.bpf.c", "-m32"], "E0704", "leave it away"),
        (["-c", "p.bpf.c", "-std=c++17"], "E0702", "-std=gnu11"),
        (["-c", "p.bpf.c", "-O7"], "E0702", "-O2"),
        (["-c", "p.bpf.c", "-D1"], "E0702", "-D NAME=VALUE"),
        (["-c", "p.bpf.c", "-funsigned-char"], "E0704", "unsigned char"),
        (["-c", "p.bpf.c", "-fsanitize=address"], "E0704", "leave it away"),
        (["-c", "p.bpf.c", "-emit-llvm"], "E0704", "llc is not needed"),
        (["-c", "-x", "c++", "p.bpf.c"], "E0704", "-x c"),
        (["-c", "p.o"], "E0704", "name a C file"),
        (["-c", "-"], "E0703", "-x c"),
        (["-c", "", "p.bpf.c"], "E0702", "empty"),
        (["@nowhere"], "E0701", "@FILE"),
    ],
)
def test_a_bad_command_line_gives_2_and_the_way_out(
    folder: Path, arguments: list[str], code: str, fix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--json"] if arguments and arguments[-1] != "-o" else arguments) == 2
    err = capsys.readouterr().err
    assert code in err
    assert fix in err
    assert not list(folder.glob("*.o"))


def test_a_missing_input_gives_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-c", "nowhere.c"]) == 1
    assert "cannot read 'nowhere.c'" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_gives_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-E", "p.bpf.c", "-o", "no/such/folder/x.i"]) == 1
    assert "cannot write" in capsys.readouterr().err


def test_options_that_change_nothing_are_accepted(folder: Path) -> None:
    words = """-fno-stack-protector -fno-asynchronous-unwind-tables -fPIC -fno-common -fno-builtin -fno-jump-tables -Wall
    -Wextra -Wno-unused-value -Wno-pointer-sign -Wno-compare-distinct-pointer-types -pipe -g -gdwarf-4 -gsplit-dwarf -O2 -O3 -Os
    -fdebug-prefix-map=/a=/b -fcolor-diagnostics -fno-color-diagnostics -mllvm -foo -Xclang -target-feature -Xclang +alu32
    -Wno-address-of-packed-member -fno-ident -std=gnu11 -nostdlib -mlittle-endian -fms-extensions -pedantic -fvisibility=hidden
    -Qunused-arguments -fno-strict-aliasing -fwrapv -funroll-loops -fno-unroll-loops -fno-sanitize=all -ffreestanding"""
    assert main(["-E", "p.bpf.c", "-o", "x.i", *words.split()]) == 0


def test_a_file_of_options_is_read(folder: Path) -> None:
    (folder / "options").write_text("-DNAME='\"a b\"' -E\n-P")
    request = parse_arguments(["@options", "p.bpf.c"])
    assert request.preprocess.macros == [("D", 'NAME="a b"')]
    (folder / "loop").write_text("@loop")
    with pytest.raises(UsageError):
        parse_arguments(["@loop"])


def test_warnings_can_be_silenced_and_made_errors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "w.c").write_text("#warning mind\n")
    assert main(["-E", "w.c", "-o", "w.i"]) == 0
    assert "warning: mind" in capsys.readouterr().err
    for quiet in ("-w", "-Wno-#warnings", "-Wno-cpp"):
        assert main(["-E", "w.c", "-o", "w.i", "-Werror", quiet]) == 0
        assert capsys.readouterr().err == ""
    (folder / "w.i").unlink()
    assert main(["-E", "w.c", "-o", "w.i", "-Werror"]) == 1
    assert "error: mind" in capsys.readouterr().err
    assert not (folder / "w.i").exists()


def test_diagnostics_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "w.c").write_text("#warning mind\n#error stop\n")
    assert main(["-E", "w.c", "--json"]) == 1
    found = json.loads(capsys.readouterr().err)
    assert [(item["code"], item["line"]) for item in found] == [("W0101", 1), ("E0115", 2)]
    assert [item["severity"] for item in found] == ["warning", "error"]


def test_a_mistake_of_ours_gives_70_and_a_file_but_no_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    from purebpf.compiler import preprocess

    def fail(*_: object) -> None:
        raise KeyError("inside")

    monkeypatch.setattr(preprocess.Preprocessor, "run", fail)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert main(["-E", "p.bpf.c"]) == 70
    err = capsys.readouterr().err
    assert "Traceback" not in err
    (report,) = folder.glob("purebpf-crash-*")
    assert str(report) in err
    assert "Traceback" in report.read_text()
    assert "purebpf-cc -E p.bpf.c" in report.read_text()


def test_the_standard_input_is_read(folder: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    command = ["-c", "import sys; from purebpf.compiler.driver import main; sys.exit(main())", "-E", "-P", "-DX=7", "-"]
    import sys

    done = subprocess.run([sys.executable, *command], input=b"int x = X; // \xff", capture_output=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(root / ".src")})  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == (b"int x = 7;\n", b"", 0)


def test_every_help_text_is_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(option.help in out for option in OPTIONS)


def test_the_version_names_the_clang_it_stands_in_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("purebpf 0.")
    assert "clang version 19.1.7" in out


def test_v_prints_the_search_list_as_makefiles_expect_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """libbpf-bootstrap takes `-idirafter` options out of `$(CLANG) -v -E - </dev/null 2>&1`."""
    assert main(["-v", "-###", "-Imine", "-E", "-"]) == 0
    err = capsys.readouterr().err
    listed = err[err.index("#include <...> search starts here:") : err.index("End of search list.")].splitlines()[1:]
    assert listed[0] == " mine"
    assert all(line.startswith(" ") for line in listed)
    assert listed[-1] == " /usr/include"


def rule_of(text: str) -> list[tuple[str, list[str]]]:
    """The rules in a dependency file: target, files."""
    rules = []
    for line in text.replace("\\\n", " ").splitlines():
        target, _, files = line.partition(":")
        if line.strip():
            rules.append((target, files.split()))
    return rules


@needs_clang
@pytest.mark.parametrize(
    "arguments",
    ["-M", "-MM", "-M -MP", "-MM -MT a$b", "-MM -MQ a$b", "-MM -MT one -MT two", "-E -MD -o out.i", "-E -MMD -MF f.d -o out.i",
     "-E -MMD -MP -MF f.d -MT t -o dir/out.i", "-MM -MF f.d -o x"],
)  # fmt: skip
def test_dependency_rules_are_those_of_clang(folder: Path, arguments: str, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "dir").mkdir()
    (folder / "sys").mkdir()
    (folder / "sys" / "s y#s.h").write_text("#pragma once\n")
    (folder / "d.c").write_text('#include "mine.h"\n#include "dir/../mine.h"\n#include <s y#s.h>\n#include <s y#s.h>\nint x;\n')
    words = [*arguments.split(), "-isystem", "sys", "d.c"]
    assert CLANG

    def collect(out: str) -> dict[str, list[tuple[str, list[str]]]]:
        found = {"out": rule_of(out) if words[0][:2] == "-M" else []}
        for path in [*folder.glob("*.d"), *folder.glob("dir/*.d"), folder / "x"]:
            if path.exists():
                found[path.name] = rule_of(path.read_text())
                path.unlink()
        return found

    done = subprocess.run([CLANG, "-target", "bpf", *words], capture_output=True, text=True, cwd=folder, check=True)
    theirs = collect(done.stdout)
    assert main(words) == 0
    assert collect(capfd.readouterr().out) == theirs
    assert any(theirs.values())
