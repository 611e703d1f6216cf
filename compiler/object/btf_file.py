"""`read_btf`: the BTF in a file, whether it is raw (as /sys/kernel/btf/vmlinux) or a section of an ELF file.

The ELF file may be of any machine and as large as a kernel with debug information, so only what is needed is read.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from ..diagnostics import Diagnostic, ObjectError, Severity

KERNEL_BTF = "/sys/kernel/btf/vmlinux"
_MAGICS = (b"\x9f\xeb", b"\xeb\x9f")
_MOST = 1 << 30  # bytes; no section of types is that large

# by ELF class (ELF specification, e_ident[EI_CLASS]): section headers' place in the file header, and a section header
_HEADS = {1: (32, "I", 46), 2: (40, "Q", 58)}  # e_shoff and its form, e_shentsize
_SECTIONS = {1: "IIIIIIIIII", 2: "IIQQQQIIQQ"}  # name, type, flags, addr, offset, size, ...


def read_btf(path: str) -> bytes:
    """The .BTF bytes of `path`. Raises `ObjectError`: it cannot be read, or holds none."""
    try:
        with open(path, "rb", buffering=0) as file:
            start = file.read(64)
            if start[:2] in _MAGICS:
                file.seek(0)
                return file.read()
            if start[:4] == b"\x7fELF":
                return _section(file, start, path)
    except OSError as error:
        raise _error(path, f"cannot be read: {error.strerror}", "check the path and its permissions") from None
    except (struct.error, ValueError, KeyError, IndexError, OverflowError, MemoryError):
        raise _error(path, "is a broken ELF file", "give another one") from None
    raise _error(path, "holds no BTF", f"give a copy of {KERNEL_BTF}, or an ELF file with a section .BTF")


def _section(file: BinaryIO, start: bytes, path: str) -> bytes:
    order = "<" if start[5] == 1 else ">"
    at, form, sizes = _HEADS[start[4]]
    (offset,) = struct.unpack_from(order + form, start, at)
    entry, count, strings = struct.unpack_from(order + "HHH", start, sizes)
    layout = struct.Struct(order + _SECTIONS[start[4]])
    file.seek(offset)
    table = file.read(entry * count)
    rows = [layout.unpack_from(table, entry * i) for i in range(count)]
    names = _bytes(file, *rows[strings][4:6])
    for row in rows:
        if names[row[0] : names.index(b"\0", row[0])] == b".BTF":
            return _bytes(file, *row[4:6])
    fix = "build it with debug information: CONFIG_DEBUG_INFO_BTF for a kernel, -g for an object"
    raise _error(path, "has no section .BTF", fix)


def _bytes(file: BinaryIO, offset: int, size: int) -> bytes:
    if size > _MOST:
        raise ValueError
    file.seek(offset)
    data = file.read(size)
    if len(data) != size:
        raise ValueError
    return data


def _error(path: str, what: str, fix: str) -> ObjectError:
    return ObjectError(Diagnostic("E0612", Severity.ERROR, f"'{path}' {what}", fix=fix))
