"""Bad input in every command: a diagnostic with a way out, exit 1 or 2, no traceback, no half-written output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / ".src"), "NO_COLOR": "1"}
FIREWALL = ROOT / "examples" / "firewall" / "firewall.bpf.c"
HEAD = "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n"
GOOD = HEAD + 'SEC("xdp") int f(struct xdp_md *ctx) { return XDP_PASS; }\n'

BROKEN_C = {
    "syntax": HEAD + 'SEC("xdp") int f(struct xdp_md *ctx) { return XDP_PASS }\n',
    "type": HEAD + 'SEC("xdp") int f(struct xdp_md *ctx) { return ctx->dta; }\n',
    "float": HEAD + 'SEC("xdp") int f(struct xdp_md *ctx) { double x = ctx->data; return x; }\n',
    "recursion": HEAD + 'static int g(int n) { return n ? g(n - 1) : 0; }\n'
    'SEC("xdp") int f(struct xdp_md *c) { return g(3); }\n',
    "stack": HEAD + 'SEC("xdp") int f(struct xdp_md *c)\n'
    "{ char b[600]; bpf_get_current_comm(b, 600); return b[c->data & 3]; }\n",
    "header": '#include "nosuch.h"\n' + GOOD,
    "directive": "#if\n" + GOOD,
    "binary": "\x00\xff\x01\n" + GOOD,
    "section": HEAD + 'SEC("xpd") int f(struct xdp_md *ctx) { return XDP_PASS; }\n',
    "map": HEAD + "struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entrys, 1); } m SEC(\".maps\");\n"
    'SEC("xdp") int f(struct xdp_md *ctx) { return bpf_map_lookup_elem(&m, &m) != 0; }\n',
    "empty": "",
}  # fmt: skip


def command(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "purebpf.runtime.cli", *(str(a) for a in arguments)]
    return subprocess.run(
        line, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL
    )


def says(done: subprocess.CompletedProcess[str], *codes: int) -> str:
    text = done.stdout + done.stderr
    assert done.returncode in (codes or (1, 2)), f"exit {done.returncode}: {text}"
    assert "Traceback" not in text
    assert "mistake of ours" not in text
    assert "error:" in text or "warning:" in text
    return text


@pytest.mark.parametrize("name", BROKEN_C)
def test_every_command_refuses_broken_c(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.bpf.c").write_text(BROKEN_C[name], encoding="latin-1")
    packet = "00" * 64
    for verb, *options in (("check",), ("run", "--packet", packet), ("load", "--attach", "xdp:lo")):
        arguments = (verb, "x.bpf.c", *options)
        text = says(command(*arguments, cwd=tmp_path), 1, 2)
        assert "fix:" in text or "x.bpf.c:" in text


@pytest.mark.parametrize("name", sorted(set(BROKEN_C) - {"section", "empty"}))
def test_the_compiler_leaves_nothing_half_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.bpf.c").write_text(BROKEN_C[name], encoding="latin-1")
    (tmp_path / "x.o").write_bytes(b"as it was")
    says(command("cc", "-O2", "-g", "-c", "x.bpf.c", "-o", "x.o", cwd=tmp_path), 1)
    assert (tmp_path / "x.o").read_bytes() == b"as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.bpf.c", "x.o"]


@pytest.fixture(scope="module")
def firewall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firewall")
    assert command("cc", "-O2", "-g", "-c", FIREWALL, "-o", folder / "fw.o", cwd=folder).returncode == 0
    return folder / "fw.o"


def test_every_command_refuses_broken_objects(firewall: Path, tmp_path: Path) -> None:
    whole = firewall.read_bytes()
    (tmp_path / "short.o").write_bytes(whole[:700])
    (tmp_path / "cut.o").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.o").write_bytes(b"")
    (tmp_path / "other.o").write_bytes(whole[:18] + b"\x3e\x00" + whole[20:])  # e_machine: x86-64
    (tmp_path / "text.o").write_text("no object at all")
    for name in ("short.o", "cut.o", "empty.o", "other.o", "text.o", "missing.o", "."):
        for verb in ("check", "run", "dump", "load"):
            says(command(verb, name, cwd=tmp_path), 1)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["check", "FW", "--prog", "nope"], "no program 'nope'"),
        (["check", "FW", "--kernel", "banana"], "not a kernel version"),
        (["check", "FW", "-mcpu", "v9"], None),
        (["run", "FW", "--packet", "zz"], "neither a file nor a packet"),
        (["run", "FW", "--packet", "missing.pcap"], "cannot read"),
        (["run", "FW", "--packet", "0011"], "14"),
        (["run", "FW", "--packet", "00" * 64, "--ctx", "x"], "FIELD=VALUE"),
        (["run", "FW", "--packet", "00" * 64, "--set", "x=1"], "MAP[KEY]=VALUE"),
        (["run", "FW", "--packet", "00" * 64, "--set", "nomap[1]=1"], "no map 'nomap'"),
        (["dump", "FW", "--stage", "ir"], "needs C source"),
        (["dump", "FW", "--prog", "nope"], "no function 'nope'"),
        (["load", "FW", "--attach", "xdp"], "KIND:TARGET"),
        (["load", "FW", "--for", "soon"], "not a time"),
    ],
)
def test_arguments_that_make_no_sense_say_so(arguments: list[str], reason: str | None, firewall: Path, tmp_path: Path) -> None:
    done = command(*(str(firewall) if a == "FW" else a for a in arguments), cwd=tmp_path)
    if reason is None:  # objects are not compiled: the option has no say
        assert done.returncode == 0
        return
    assert reason in says(done)


def test_an_old_kernel_refuses_what_it_does_not_have(firewall: Path, tmp_path: Path) -> None:
    assert "Linux 4.4 has no programs of type xdp" in says(command("check", firewall, "--kernel", "4.4", cwd=tmp_path), 1)


def test_a_damaged_capture_is_refused(firewall: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.pcap").write_bytes(b"\xd4\xc3\xb2\xa1" + b"\x00" * 10)
    says(command("run", firewall, "--packet", "bad.pcap", cwd=tmp_path), 1)


def test_unknown_commands_and_no_command_are_usage_errors(tmp_path: Path) -> None:
    done = command("chekc", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'check'?" in done.stderr
    assert command(cwd=tmp_path).returncode == 2
    assert command("check", cwd=tmp_path).returncode == 2
    assert command("--help", cwd=tmp_path).returncode == 0


def test_json_is_json_also_when_it_fails(tmp_path: Path) -> None:
    import json

    (tmp_path / "x.bpf.c").write_text(BROKEN_C["type"])
    done = command("check", "x.bpf.c", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stderr)[0]["code"] == "E0333"
