"""Our headers against those of the system and the running kernel's BTF: numbers, sizes, offsets."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from purebpf.compiler.api import Compilation, Options
from purebpf.compiler.object.btf import Btf, Struct, Union
from purebpf.compiler.object.read import read_object
from purebpf.compiler.preprocess import PreprocessOptions

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "stdlib" / "include"
HEADERS = sorted(str(path.relative_to(INCLUDE)) for path in INCLUDE.rglob("*.h"))
CLANG = shutil.which("clang-19") or shutil.which("clang")
SYSTEM = Path("/usr/include/linux")
VMLINUX = Path("/sys/kernel/btf/vmlinux")

pytestmark = pytest.mark.skipif(CLANG is None, reason="clang compiles what these tests compare")
needs_system = pytest.mark.skipif(not SYSTEM.exists(), reason="there are no system headers to compare with")

# the two are for different machines, and exclude each other
OTHER_ORDER = "linux/byteorder/big_endian.h"
OURS = ["-nostdinc", f"-I{INCLUDE}", "-D__TARGET_ARCH_x86"]
# the x86-64 macro: else the C library asks for its 32-bit part
THEIRS = ["-D__x86_64__", "-I/usr/include/x86_64-linux-gnu", "-I/usr/include/aarch64-linux-gnu"]
# marks of inclusion, and macros that are no values
NO_VALUES = re.compile(
    r"_H_*$|^__LINUX|^__BPF_|^__aligned|^___|^__bitwise|^_K_SS|icmp6_|^s6_addr|^ipv6_\w+_hdr$|^sin_zero$|^__always_inline"
)
# older or newer than ours: the kernel's BTF is the judge of these
VARYING = {
    "__MAX_BPF_ATTACH_TYPE", "__MAX_BPF_LINK_TYPE", "__MAX_BPF_MAP_TYPE", "__MAX_BPF_PROG_TYPE", "__BPF_FUNC_MAX_ID",
    "__MAX_BPF_CMD", "BPF_TCP_MAX_STATES", "LINUX_VERSION_CODE", "LINUX_VERSION_MAJOR", "LINUX_VERSION_PATCHLEVEL",
    "LINUX_VERSION_SUBLEVEL", "MAX_BPF_LINK_TYPE", "MAX_BPF_ATTACH_TYPE", "MB_LEN_MAX", "TCP_RESERVED_BITS",
}  # fmt: skip


def clang(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert CLANG is not None
    command = [CLANG, "-target", "bpf", "-mcpu=v3", "-g", "-O2", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("header", HEADERS)
def test_each_header_stands_alone_and_may_be_included_twice(header: str, tmp_path: Path) -> None:
    source = tmp_path / "alone.c"
    source.write_text(f"#include <{header}>\n#include <{header}>\n")
    result = clang("-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", *OURS, "-c", str(source), "-o", "/dev/null")
    assert result.returncode == 0, result.stderr


def test_all_headers_go_together(tmp_path: Path) -> None:
    source = tmp_path / "all.c"
    headers = [header for header in HEADERS if header != OTHER_ORDER]
    source.write_text("".join(f"#include <{header}>\n" for header in (*headers, *reversed(headers))))
    result = clang("-Wall", "-Wextra", "-Werror", "-Wno-unused-const-variable", *OURS, "-c", str(source), "-o", "/dev/null")
    assert result.returncode == 0, result.stderr


def values(expressions: list[str], includes: str, flags: list[str], folder: Path) -> dict[str, int]:
    """What the compiler makes of constant expressions; those that it does not know are left out."""
    source, made = folder / "values.c", folder / "values.o"
    known = list(expressions)
    for _ in range(4):
        lines = [f"const long long v{i} = (long long)({text});" for i, text in enumerate(known)]
        source.write_text("\n".join([*lines, ""]))
        (folder / "first.h").write_text(includes)
        result = clang("-w", "-ferror-limit=0", *flags, "-include", str(folder / "first.h"), "-c", str(source), "-o", str(made))
        if result.returncode == 0:
            break
        wrong = {int(line) - 1 for line in re.findall(r"values\.c:(\d+):\d+: (?:error|note: expanded)", result.stderr)}
        assert wrong, result.stderr
        known = [text for i, text in enumerate(known) if i not in wrong]
    obj = read_object(str(made))
    found = {}
    for i, text in enumerate(known):
        variable = obj.variables[f"v{i}"]
        found[text] = struct.unpack_from("<q", obj.data[variable.section].data, variable.offset)[0]
    return found


def constants(header: str) -> list[str]:
    """Names of macros and enumerators in one of our headers."""
    text = re.sub(r"/\*.*?\*/", "", (INCLUDE / header).read_text(), flags=re.S)
    names = re.findall(r"^#\s*define (\w+)[ \t]+\S", text, re.M)
    for body in re.findall(r"^enum \w* ?\{(.*?)^\};", text, re.M | re.S):
        names += re.findall(r"^\s+(\w+)\s*(?:=|,)", body, re.M)
    return sorted({name for name in names if not NO_VALUES.search(name)})


def members(btf: Btf, record: Struct | Union, base: int = 0) -> Iterator[tuple[str, int]]:
    """Names of members, those of anonymous ones too, with their offsets in bytes."""
    for member in record.members:
        inner = btf.resolved(member.type)
        if not member.name and isinstance(inner, Struct | Union):
            yield from members(btf, inner, base + member.bit_offset // 8)
        elif member.name and not member.bits:
            yield member.name, base + member.bit_offset // 8


@cache
def structures(header: str, folder: Path) -> list[str]:
    """sizeof and offsetof expressions for everything in the structures that one of our headers defines."""
    text = (INCLUDE / header).read_text()
    names = re.findall(r"^struct (\w+) \{", text, re.M)
    if not names:
        return []
    source, made = folder / "structures.c", folder / "structures.o"
    source.write_text(f"#include <{header}>\n" + "".join(f"struct {name} *p_{name};\n" for name in names))
    result = clang(*OURS, "-c", str(source), "-o", str(made))
    assert result.returncode == 0, result.stderr
    btf = read_object(str(made)).btf
    assert btf is not None
    expressions = []
    for name in names:
        record = btf.resolved(btf.find(name, Struct))
        assert isinstance(record, Struct)
        expressions.append(f"sizeof(struct {name})")
        expressions += [f"__builtin_offsetof(struct {name}, {member})" for member, _ in members(btf, record)]
    return expressions


COMPARED = [header for header in HEADERS if header.startswith("linux/") and (SYSTEM.parent / header).exists()]
COMPARED += ["sys/socket.h", "inttypes.h", "errno.h", "netinet/in.h", "stdint.h", "limits.h", "endian.h", "asm/socket.h"]
GROWN = re.compile(r"_MAX$|_CNT$|_MASK$|_BITS$|__reserved|^sizeof\(struct tc_fq_qd_stats\)$")  # counts, what is left


@cache
def kernel_types() -> str:
    """The running kernel's types as C."""
    command = ["bpftool", "btf", "dump", "file", str(VMLINUX), "format", "c"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def judged(ours: dict[str, int], theirs: dict[str, int], folder: Path) -> dict[str, tuple[int, int]]:
    """Where the system's headers differ, if the running kernel does not side with ours: system's headers may be older."""
    wrong = {name: (ours[name], value) for name, value in theirs.items() if ours.get(name) != value}
    if wrong and VMLINUX.exists() and shutil.which("bpftool"):
        kernel = values(list(wrong), kernel_types(), [], folder)
        wrong = {name: pair for name, pair in wrong.items() if kernel.get(name) != pair[0]}
    return {name: pair for name, pair in wrong.items() if not (GROWN.search(name) and pair[0] > pair[1])}


@needs_system
@pytest.mark.parametrize("header", COMPARED)
def test_numbers_are_the_systems(header: str, tmp_path: Path) -> None:
    names = [name for name in constants(header) if name not in VARYING]
    include = f"#include <{header}>\n"
    ours = values(names, include, OURS, tmp_path)
    theirs = values(names, include, THEIRS, tmp_path)
    assert set(theirs) <= set(ours)
    assert not judged(ours, theirs, tmp_path)
    assert len(theirs) >= 0.7 * len(names), f"too few to compare: {sorted(set(names) - set(theirs))}"


@needs_system
@pytest.mark.parametrize("header", [header for header in COMPARED if header != "linux/bpf.h"])
def test_structures_are_the_systems(header: str, tmp_path: Path) -> None:
    expressions = structures(header, tmp_path)
    if not expressions:
        return
    include = f"#include <{header}>\n"
    ours = values(expressions, include, OURS, tmp_path)
    theirs = values(expressions, include, THEIRS, tmp_path)
    assert set(ours) == set(expressions)
    assert not judged(ours, theirs, tmp_path)
    assert len(theirs) >= 0.7 * len(ours), f"too few to compare: {sorted(set(ours) - set(theirs))}"


@pytest.mark.skipif(not VMLINUX.exists(), reason="the running kernel has no BTF")
@pytest.mark.skipif(shutil.which("bpftool") is None, reason="bpftool writes the kernel's BTF as C")
@pytest.mark.parametrize("what", ["numbers", "structures"])
def test_bpf_h_is_the_running_kernels(what: str, tmp_path: Path) -> None:
    header = "linux/bpf.h"
    expressions = constants(header) if what == "numbers" else structures(header, tmp_path)
    ours = values(expressions, f"#include <{header}>\n", OURS, tmp_path)
    theirs = values(expressions, kernel_types(), [], tmp_path)
    assert {text: ours[text] for text in theirs} == theirs
    assert set(ours) == set(expressions)
    if "BPF_TRACE_UPROBE_SESSION" in kernel_types():  # not older than the ABI we describe
        unknown = set(ours) - set(theirs)
        # macros are in no BTF, nor what only user space uses
        in_enum = {text for text in unknown if not re.search(rf"#define {re.escape(text)}\b", (INCLUDE / header).read_text())}
        assert in_enum <= {
            "BPF_DEVCG_ACC_MKNOD", "BPF_DEVCG_ACC_READ", "BPF_DEVCG_ACC_WRITE", "BPF_DEVCG_DEV_BLOCK", "BPF_DEVCG_DEV_CHAR",
            "sizeof(struct bpf_lpm_trie_key)", "__builtin_offsetof(struct bpf_lpm_trie_key, prefixlen)",
            "__builtin_offsetof(struct bpf_lpm_trie_key, data)", "BPF_STREAM_STDOUT", "BPF_STREAM_STDERR",
        }  # fmt: skip


@needs_system
@pytest.mark.parametrize("name", ["firewall", "opensnoop", "traffic"])
def test_the_examples_compile_to_the_same_code_with_the_systems_headers(name: str, tmp_path: Path) -> None:
    source = ROOT / "examples" / name / f"{name}.bpf.c"
    code = []
    for flags in (OURS, THEIRS):
        made = tmp_path / "made.o"
        result = clang(*flags, "-c", str(source), "-o", str(made))
        assert result.returncode == 0, result.stderr
        obj = read_object(str(made))
        code.append({function.name: function.insns for function in obj.functions.values()})
    assert code[0] == code[1]


# what the system has and we have not, which includes what we have; each says something else about it
MIXED = (
    "stdio.h", "stdlib.h", "unistd.h", "netdb.h", "time.h", "signal.h", "fcntl.h", "net/if.h", "netinet/tcp.h", "netinet/ip.h",
    "sys/un.h", "sys/stat.h", "wchar.h", "linux/io_uring.h", "linux/rtnetlink.h", "linux/netlink.h", "linux/ethtool.h",
    "linux/fs.h", "linux/route.h", "linux/mroute6.h", "linux/virtio_net.h",
)  # fmt: skip


@needs_system
@pytest.mark.parametrize("header", MIXED)
def test_the_systems_headers_go_with_ours_before_them(header: str, tmp_path: Path) -> None:
    if not (SYSTEM.parent / header).exists():
        pytest.skip(f"the system has no {header}")
    machine = [folder for folder in THEIRS[1:] if Path(folder.removeprefix("-I")).exists()]
    text = f"#include <{header}>\nint x;\n"
    (tmp_path / "mixed.c").write_text(text)
    ours = ["-nostdinc", "-isystem", str(INCLUDE)]
    system = [word for folder in machine for word in ("-isystem", folder.removeprefix("-I"))]
    source = str(tmp_path / "mixed.c")
    result = clang("-D__x86_64__", *ours, *system, "-isystem", "/usr/include", "-c", source, "-o", "/dev/null")
    assert result.returncode == 0, result.stderr
    after = [folder.removeprefix("-I") for folder in machine]
    options = Options(preprocess=PreprocessOptions(after=after, macros=[("D", "__x86_64__")]), lazy=False)
    compilation = Compilation(text, "mixed.c", options)
    compilation.object()
    assert compilation.diagnostics.found == []


@needs_system
def test_our_bpf_headers_go_with_the_systems_kernel_headers(tmp_path: Path) -> None:
    folder = tmp_path / "system"
    folder.mkdir()
    for name in ("linux", "asm-generic"):
        (folder / name).symlink_to(SYSTEM.parent / name)
    (folder / "asm").symlink_to(next(Path("/usr/include").glob("*-linux-gnu/asm"), Path("/usr/include/asm")))
    theirs = [header for header in HEADERS if header.startswith("linux/") and (folder / header).exists()]
    headers = [*theirs, *(header for header in HEADERS if header.startswith(("bpf/", "purebpf/")))]
    headers.remove(OTHER_ORDER)
    text = "".join(f"#include <{header}>\n" for header in (*headers, *reversed(headers))) + "int x;\n"
    (tmp_path / "all.c").write_text(text)
    flags = ["-nostdinc", f"-isystem{folder}", f"-isystem{INCLUDE}", "-D__TARGET_ARCH_x86", "-D__x86_64__"]
    result = clang(*flags, "-c", str(tmp_path / "all.c"), "-o", "/dev/null")
    assert result.returncode == 0, result.stderr
    options = PreprocessOptions(system=[str(folder)], host_headers=False)
    options.macros = [("D", "__TARGET_ARCH_x86"), ("D", "__x86_64__")]
    compilation = Compilation(text, "all.c", Options(preprocess=options, lazy=False))
    compilation.object()
    assert compilation.diagnostics.found == []


@pytest.mark.skipif(not VMLINUX.exists(), reason="the running kernel has no BTF")
@pytest.mark.skipif(shutil.which("bpftool") is None, reason="bpftool writes the kernel's BTF as C")
@pytest.mark.skipif(not os.uname().release.startswith("6.18."), reason="the headers are those of Linux 6.18")
def test_whatever_a_kernel_of_6_18_knows_of_a_header_is_the_same(tmp_path: Path) -> None:
    headers = [header for header in HEADERS if header.startswith("linux/") and header != OTHER_ORDER]
    expressions = {text for header in headers for text in (*constants(header), *structures(header, tmp_path))}
    known = set(re.findall(r"\w+", kernel_types()))
    asked = sorted(text for text in expressions if (re.findall(r"struct (\w+)", text) or [text])[0] in known)
    asked.remove("NFPROTO_NUMPROTO")  # user space still has DECnet
    ours = values(asked, "".join(f"#include <{header}>\n" for header in headers), OURS, tmp_path)
    theirs = values(asked, kernel_types(), [], tmp_path)
    assert {text: ours.get(text) for text in theirs} == theirs
    assert [text for text in asked if "struct" in text and text not in theirs] == []  # members are the same too
    assert len(theirs) > 3000
