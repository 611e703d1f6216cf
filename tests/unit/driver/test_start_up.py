"""What a compile loads: start-up is most of a small compile's time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
# slow to import, and of no use to a compile that finds nothing wrong
SLOW = {
    "argparse", "dataclasses", "difflib", "elftools", "inspect", "json", "lark", "pathlib", "pycparser", "rich", "shutil",
    "subprocess", "tempfile",
}  # fmt: skip


def python(text: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".src")}
    done = subprocess.run([sys.executable, "-c", text, *arguments], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_compile_loads_nothing_slow(tmp_path: Path) -> None:
    program = ROOT / "examples" / "firewall" / "firewall.bpf.c"
    # what an editable install or a .pth file has loaded before us is not ours
    text = (
        "import sys; before = set(sys.modules); from purebpf.compiler.driver import main; code = main(); "
        "print(code, *sorted(set(sys.modules) - before))"
    )
    code, *loaded = python(text, "-O2", "-g", "-c", str(program), "-o", str(tmp_path / "out.o")).split()
    assert code == "0"
    assert SLOW.isdisjoint(loaded), SLOW & set(loaded)


def test_somebody_elses_pycparser_stays_whole() -> None:
    text = (
        "import purebpf.compiler.parse.lean as lean, pycparser; tree = pycparser.CParser().parse('int x;'); "
        "print(type(tree).__name__, isinstance(tree, lean.c_ast.FileAST))"
    )
    assert python(text).split() == ["FileAST", "False"]


def test_the_script_passes_output_and_exit_code_on(tmp_path: Path) -> None:
    (tmp_path / "p.c").write_text("int x = y;\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".src")}
    command = [sys.executable, "-m", "purebpf.compiler.driver", "-E", str(tmp_path / "p.c")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "int x = y;")
    command = [sys.executable, "-m", "purebpf.compiler.driver", "-c", str(tmp_path / "p.c")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "undeclared identifier 'y'" in done.stderr
