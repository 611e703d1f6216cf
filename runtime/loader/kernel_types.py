"""`KernelTypes`: the types of a kernel, and of its modules, by name."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator

from ...compiler.cache import user_cache
from ...compiler.diagnostics import ObjectError
from ...compiler.object import btf as b
from ...compiler.object.btf_file import KERNEL_BTF, read_btf
from ...compiler.object.btf_index import BtfIndex
from .core_types import Types
from .syscall import Command, address, bpf, error


class KernelTypes:
    """The running kernel's types, or those in a file. Nothing is read before somebody asks."""

    def __init__(self, path: str = "") -> None:
        """`path`: a file with BTF; "" is the running kernel's, with its modules'."""
        self.path = path or KERNEL_BTF
        self._folder = "" if path else os.path.dirname(KERNEL_BTF)
        self._index: BtfIndex | None = None
        self._scalars: dict[str, list[int]] | None = None
        self._modules: list[BtfIndex] | None = None
        self._descriptors: dict[str, int] = {}

    @property
    def index(self) -> BtfIndex:
        """The kernel's own types. Raises `ObjectError`: there are none, or they are broken."""
        if self._index is None:
            self._index = BtfIndex(read_btf(self.path), self.path, user_cache())
        return self._index

    def candidates(self, name: str) -> Iterator[tuple[Types, int, b.BtfType]]:
        """(types, id, type) of all types called `name`; those of modules only if the kernel itself has none."""
        index = self.index
        found = [(index, number, t) for number, t in index.named(name) if getattr(t, "name", "") == name]
        found += [(index, number, index[number]) for number in self._numbers().get(name, ())]
        if not found:
            for module in self._other():
                found += [(module, number, t) for number, t in module.named(name) if getattr(t, "name", "") == name]
        yield from found

    def find(self, name: str, kind: type[b.BtfType], module: str = "") -> tuple[BtfIndex, int] | None:
        """(types, id) of the first type of that kind and name, functions and variables too: in the kernel, then in its modules.

        `module`: in that one only ("vmlinux": in the kernel itself).
        """
        for types in [] if module not in ("", "vmlinux") else [self.index]:
            if number := types.find(name, kind):
                return types, number
        for types in [] if module == "vmlinux" else self._other():
            if module in ("", os.path.basename(types.path)) and (number := types.find(name, kind)):
                return types, number
        return None

    def descriptor(self, types: BtfIndex) -> int:
        """What bpf(2) calls these types: 0 for the kernel's own, a descriptor for a module's. Raises `LoadError`."""
        if types.base is None:
            return 0
        found = self._descriptors.get(types.path)
        if found is None:
            found = self._descriptors[types.path] = module_descriptor(os.path.basename(types.path))
        return found

    def close(self) -> None:
        """Give the descriptors back."""
        for found in self._descriptors.values():
            os.close(found)
        self._descriptors.clear()

    def _numbers(self) -> dict[str, list[int]]:
        """The ids of integers and floating-point types, which the index has no names of."""
        if self._scalars is None:
            self._scalars = {}
            for number, t in self.index.of_kinds(b.Int, b.Float):
                assert isinstance(t, b.Int | b.Float)
                self._scalars.setdefault(t.name, []).append(number)
        return self._scalars

    def _other(self) -> list[BtfIndex]:
        """The modules' types; modules whose types cannot be read are left out."""
        if self._modules is None:
            self._modules = []
            names = sorted(os.listdir(self._folder)) if self._folder else []
            for name in names:
                path = os.path.join(self._folder, name)
                if path != KERNEL_BTF:
                    try:
                        self._modules.append(BtfIndex(read_btf(path), path, user_cache(), self.index))
                    except ObjectError:
                        continue
        return self._modules


def module_descriptor(name: str) -> int:
    """A descriptor of the types of the module `name`. Raises `LoadError`."""
    number = 0
    while True:
        attr = ctypes.create_string_buffer(struct.pack("=III", number, 0, 0), 12)
        try:
            bpf(Command.BTF_GET_NEXT_ID, attr)
            (number,) = struct.unpack_from("=I", attr.raw, 4)
            found = bpf(Command.BTF_GET_FD_BY_ID, struct.pack("=III", number, 0, 0))
        except OSError:
            raise error("L3036", f"the kernel tells no types of the module '{name}'", "load the module first") from None
        if _btf_name(found) == name:
            return found
        os.close(found)


def _btf_name(descriptor: int) -> str:
    """The name of kernel types by struct bpf_btf_info; "" for what a program brought."""
    name = ctypes.create_string_buffer(64)
    # btf, btf_size, id, name, name_len, kernel_btf
    info = ctypes.create_string_buffer(struct.pack("=QIIQII", 0, 0, 0, address(name), len(name), 0), 32)
    try:
        bpf(Command.OBJ_GET_INFO_BY_FD, struct.pack("=IIQ", descriptor, len(info), address(info)))
    except OSError:
        return ""
    return name.value.decode("utf-8", "replace") if struct.unpack_from("=I", info.raw, 28)[0] else ""
