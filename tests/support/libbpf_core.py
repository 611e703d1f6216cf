"""libbpf as an oracle of CO-RE: what it makes of a program's instructions, given a kernel's types."""

from __future__ import annotations

import ctypes
from pathlib import Path

from purebpf.compiler.object.isa import Insn, decode


class _OpenOptions(ctypes.Structure):
    """struct bpf_object_open_opts (libbpf.h, since 0.6)."""

    _fields_ = (
        ("size", ctypes.c_size_t), ("object_name", ctypes.c_char_p), ("relaxed_maps", ctypes.c_bool),
        ("pin_root_path", ctypes.c_char_p), ("unused", ctypes.c_uint32), ("kconfig", ctypes.c_char_p),
        ("btf_custom_path", ctypes.c_char_p),
    )  # fmt: skip


def library() -> ctypes.CDLL | None:
    """libbpf.so.1, None if it is not installed."""
    try:
        lib = ctypes.CDLL("libbpf.so.1")
    except OSError:
        return None
    lib.bpf_object__open_file.restype = lib.bpf_object__next_program.restype = ctypes.c_void_p
    lib.bpf_program__insns.restype = ctypes.c_void_p
    lib.bpf_program__insn_cnt.restype = ctypes.c_size_t
    lib.bpf_program__name.restype = ctypes.c_char_p
    lib.libbpf_set_print(None)
    return lib


def relocated(lib: ctypes.CDLL, path: Path, btf: Path) -> dict[str, tuple[int, list[Insn]]]:
    """Each program's (errno of loading it alone, or 0; instructions after libbpf has relocated it to the types in `btf`)."""
    found: dict[str, tuple[int, list[Insn]]] = {}
    options = _OpenOptions(btf_custom_path=str(btf).encode())
    options.size = ctypes.sizeof(options)
    obj = lib.bpf_object__open_file(str(path).encode(), ctypes.byref(options))
    assert obj, "libbpf cannot open the object"
    names = [lib.bpf_program__name(ctypes.c_void_p(program)).decode() for program in _programs(lib, obj)]
    lib.bpf_object__close(ctypes.c_void_p(obj))
    for name in names:
        obj = lib.bpf_object__open_file(str(path).encode(), ctypes.byref(options))
        chosen = None
        for program in _programs(lib, obj):
            own = lib.bpf_program__name(ctypes.c_void_p(program)).decode() == name
            lib.bpf_program__set_autoload(ctypes.c_void_p(program), ctypes.c_bool(own))
            chosen = program if own else chosen
        result = lib.bpf_object__load(ctypes.c_void_p(obj))
        count = lib.bpf_program__insn_cnt(ctypes.c_void_p(chosen))
        code = ctypes.string_at(lib.bpf_program__insns(ctypes.c_void_p(chosen)), count * 8)
        found[name] = (-result, decode(code))
        lib.bpf_object__close(ctypes.c_void_p(obj))
    return found


def _programs(lib: ctypes.CDLL, obj: int) -> list[int]:
    found, program = [], None
    while program := lib.bpf_object__next_program(ctypes.c_void_p(obj), ctypes.c_void_p(program)):
        found.append(program)
    return found
