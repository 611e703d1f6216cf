"""`KernelTypes`: the types of a kernel, and of its modules, by name."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ...compiler.cache import user_cache
from ...compiler.diagnostics import ObjectError
from ...compiler.object import btf as b
from ...compiler.object.btf_file import KERNEL_BTF, read_btf
from ...compiler.object.btf_index import BtfIndex
from .core_types import Types


class KernelTypes:
    """The running kernel's types, or those in a file. Nothing is read before somebody asks."""

    def __init__(self, path: str = "") -> None:
        """`path`: a file with BTF; "" is the running kernel's, with its modules'."""
        self.path = path or KERNEL_BTF
        self._folder = "" if path else os.path.dirname(KERNEL_BTF)
        self._index: BtfIndex | None = None
        self._scalars: dict[str, list[int]] | None = None
        self._modules: list[BtfIndex] | None = None

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
