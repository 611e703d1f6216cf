"""`Externs`: what programs name and the running kernel defines: kfuncs, addresses of symbols, its configuration.

Facts: libbpf's libbpf_internal conventions (src/libbpf.c, v1.x): the section .kconfig is a frozen array map of one value; a
weak extern that is not there is zero, and a call of one an unknown helper, which the verifier takes in code it never reaches.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

from ...compiler.diagnostics import Diagnostic, Severity
from ...compiler.object import btf as b
from ...compiler.object.btf_index import BtfIndex
from ...compiler.object.isa import LDDW, PSEUDO_BTF_ID, PSEUDO_KFUNC_CALL, Insn
from ...compiler.object.model import DataSection, Linkage, Object, Variable
from ...compiler.object.program import FlatProgram, MapRef
from .core_types import compatible
from .kernel_types import KernelTypes
from .syscall import LoadError, error

KCONFIG = ".kconfig"
_NO_HELPER = 2_002_000_000  # a helper that no kernel has
_TRISTATE = {"n": 0, "y": 1, "m": 2}  # enum libbpf_tristate


class Externs:
    """The externs of one object. What they are is looked up when a program that is loaded names them."""

    def __init__(self, obj: Object, kernel: KernelTypes) -> None:
        self.object = obj
        self.kernel = kernel
        self._offsets: dict[str, int] = {}  # in .kconfig
        self._symbols: dict[str, int] | None = None
        self.modules = [
            0
        ]  # descriptors of modules' types, by the number that calls of kfuncs give; 0 stands for the kernel

    def kconfig(self, flats: list[FlatProgram]) -> DataSection | None:
        """The configuration that `flats` ask for, as the value of a map. Raises `LoadError`."""
        names = {reference.symbol for flat in flats for reference in flat.externs.values()}
        wanted = [v for v in self.object.variables.values() if v.section == KCONFIG and v.name in names]
        if not wanted:
            return None
        data = bytearray()
        settings = _settings()
        for variable in wanted:
            data += bytes(-len(data) % 8)
            self._offsets[variable.name] = len(data)
            data += self._setting(variable, settings)
        return DataSection(KCONFIG, bytes(data))

    def resolve(self, flat: FlatProgram) -> None:
        """Put what the kernel has into the instructions of `flat`. Raises `LoadError` for what it has not."""
        for slot, reference in list(flat.externs.items()):
            variable = self.object.variables.get(reference.symbol)
            if variable is None or variable.section not in (KCONFIG, ".ksyms"):
                continue
            insn = flat.insns[slot]
            if variable.section == KCONFIG:
                offset = self._offsets[variable.name] + reference.addend
                flat.map_refs[slot] = MapRef(KCONFIG, offset)
                flat.insns[slot + 1] = flat.insns[slot + 1]._replace(imm=offset)
            elif insn.op != LDDW:
                number, descriptor = self._kfunc(variable, flat, slot)
                module = self._module(descriptor)
                flat.insns[slot] = (
                    Insn(insn.op, 0, PSEUDO_KFUNC_CALL, module, number) if number else Insn(insn.op, imm=_NO_HELPER)
                )
            elif self._is_function(variable):
                self._typed(flat, slot, *self._kfunc(variable, flat, slot))
            elif self._is_typeless(variable):
                address = self._address(variable, flat, slot)
                low = address & 0xFFFFFFFF
                high = address >> 32
                flat.insns[slot] = insn._replace(src=0, imm=low - (low >> 31 << 32))
                flat.insns[slot + 1] = flat.insns[slot + 1]._replace(imm=high - (high >> 31 << 32))
            else:
                self._typed(flat, slot, *self._variable(variable, flat, slot))
            del flat.externs[slot]

    # kernel symbols

    def _type(self, variable: Variable) -> b.BtfType | None:
        return self.object.btf[variable.btf_id] if self.object.btf is not None and variable.btf_id else None

    def _is_function(self, variable: Variable) -> bool:
        return isinstance(self._type(variable), b.Func)

    def _is_typeless(self, variable: Variable) -> bool:
        var, btf = self._type(variable), self.object.btf
        return isinstance(var, b.Var) and btf is not None and isinstance(btf.resolved(var.type), b.Void)

    @staticmethod
    def _typed(flat: FlatProgram, slot: int, number: int, descriptor: int) -> None:
        """An lddw of what has a type in the kernel; zero if it is not there."""
        flat.insns[slot] = flat.insns[slot]._replace(src=PSEUDO_BTF_ID if number else 0, imm=number)
        flat.insns[slot + 1] = flat.insns[slot + 1]._replace(imm=descriptor)

    def _module(self, descriptor: int) -> int:
        """The number by which calls name a module's types."""
        if descriptor not in self.modules:
            self.modules.append(descriptor)
        return self.modules.index(descriptor)

    def _kfunc(self, variable: Variable, flat: FlatProgram, slot: int) -> tuple[int, int]:
        """(id, descriptor of the module or 0) of a kfunc in the kernel's types; zeros if it is weak and not there."""
        name = variable.name.partition("___")[0]  # `___flavor` tells declarations of one kfunc apart
        found = next(((self.kernel.index, i) for i, t in self.kernel.index.named(name) if isinstance(t, b.Func)), None)
        found = found or self.kernel.find(name, b.Func)
        return self._fitting(variable, flat, slot, found, f"kfunc '{name}'")

    def _variable(self, variable: Variable, flat: FlatProgram, slot: int) -> tuple[int, int]:
        """Likewise, of a variable."""
        return self._fitting(
            variable, flat, slot, self.kernel.find(variable.name, b.Var), f"variable '{variable.name}'"
        )

    def _fitting(self, variable: Variable, flat: FlatProgram, slot: int, found: tuple[BtfIndex, int] | None,
                 what: str) -> tuple[int, int]:  # fmt: skip
        """What was found, if its type is the one that the program declares."""
        if found is None:
            self._missing(variable, flat, slot, f"the running kernel has no {what}")
            return 0, 0
        types, number = found
        mine, theirs = self._type(variable), types[number]
        if (
            isinstance(mine, b.Func | b.Var) and isinstance(theirs, b.Func | b.Var) and self.object.btf is not None
            and not compatible(self.object.btf, mine.type, types, theirs.type)
        ):  # fmt: skip
            self._missing(variable, flat, slot, f"the kernel's {what} has another type than declared here")
            return 0, 0
        return number, self.kernel.descriptor(types)

    def _address(self, variable: Variable, flat: FlatProgram, slot: int) -> int:
        if self._symbols is None:
            self._symbols = _addresses()
        found = self._symbols.get(variable.name, 0)
        if not found:
            self._missing(variable, flat, slot, f"/proc/kallsyms tells no address of '{variable.name}'")
        return found

    def _missing(self, variable: Variable, flat: FlatProgram, slot: int, message: str) -> None:
        """Raise `LoadError` unless the extern is weak."""
        if variable.linkage is Linkage.WEAK:
            return
        raise LoadError(Diagnostic(
            "L3035", Severity.ERROR, f"program '{flat.name}': {message}", flat.place_at(slot),
            fix=f"declare '{variable.name}' __weak, and use it only if bpf_ksym_exists({variable.name})",
        ))  # fmt: skip

    # configuration

    def _setting(self, variable: Variable, settings: dict[str, str]) -> bytes:
        """The bytes of one variable of .kconfig."""
        name, size = variable.name, variable.size
        text = settings.get(name)
        if text is None:
            if variable.linkage is not Linkage.WEAK:
                raise error("L3035", f"'{name}' is not set in the configuration of the running kernel",
                            f"declare '{name}' __weak: it is zero then")  # fmt: skip
            return bytes(size)
        var, btf = self._type(variable), self.object.btf
        kind = btf.resolved(var.type) if isinstance(var, b.Var) and btf is not None else None
        value: bytes | None = None
        match kind:
            case b.Array() if text.startswith('"'):
                value = text.strip('"').encode()[: size - 1].ljust(size, b"\0")
            case b.Int(encoding=b.BOOL) if text in ("y", "n"):
                value = bytes([text == "y"])
            case b.Int(size=1) if text in _TRISTATE:
                value = text.encode()
            case b.Enum() if text in _TRISTATE:
                value = _TRISTATE[text].to_bytes(size, "little")
            case b.Int() if text.lstrip("-")[:1].isdigit():
                value = (int(text, 0) & (1 << size * 8) - 1).to_bytes(size, "little")
        if value is None:
            raise error(
                "L3035",
                f"'{name}' is {text} in the kernel's configuration, which its type cannot hold",
                "use bool, enum libbpf_tristate or char for y, n and m, an integer for numbers, char[] for texts",
            )
        return value


def _settings() -> dict[str, str]:
    """The kernel's configuration (CONFIG_... -> what stands behind =), and what libbpf adds about the running kernel."""
    release = os.uname().release
    found: dict[str, str] = {}
    try:
        text = gzip.decompress(Path("/proc/config.gz").read_bytes()).decode("utf-8", "replace")
    except (OSError, EOFError):
        try:
            text = Path(f"/boot/config-{release}").read_text("utf-8", "replace")
        except OSError:
            text = ""
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and name.startswith("CONFIG_"):
            found[name] = value
    major, minor, patch = (*(int("".join(c for c in p if c.isdigit()) or 0) for p in
                             release.split("-")[0].split(".")), 0, 0, 0)[:3]  # fmt: skip
    version = (major << 16) + (minor << 8) + min(patch, 255)
    found["LINUX_KERNEL_VERSION"] = str(version)
    found["LINUX_HAS_BPF_COOKIE"] = "y" if version >= 0x050F00 else "n"
    found["LINUX_HAS_SYSCALL_WRAPPER"] = found.get("CONFIG_ARCH_HAS_SYSCALL_WRAPPER", "n")
    return found


def _addresses() -> dict[str, int]:
    """Address by symbol (proc(5), /proc/kallsyms); the first of a name counts."""
    found: dict[str, int] = {}
    with open("/proc/kallsyms", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            address, _, name = line.split()[:3]
            found.setdefault(name, int(address, 16))
    return found
