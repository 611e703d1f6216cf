"""What a BPF object holds once compiled or read: functions, maps, data sections, BTF.

The compiler makes it, `write` turns it into ELF, `read` gets it back (from clang's files too), `program.flatten` makes
of it what the kernel takes, and the verifier, the machine and the loader use nothing else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from ..records import dataclass, field
from ..source import Place
from .isa import Insn

if TYPE_CHECKING:
    from .btf import Btf


ARENA = ".addr_space.1"  # where libbpf (1.5 on) looks for the variables of the object's arena


class Linkage(StrEnum):
    """Who may see a symbol."""

    STATIC = "static"
    GLOBAL = "global"
    WEAK = "weak"


class RefKind(StrEnum):
    """What an instruction or a data word refers to."""

    MAP = "map"  # lddw: the map itself
    DATA = "data"  # lddw or a data word: symbol + addend inside a data section
    FUNCTION = "function"  # lddw: address of a subprogram (callback)
    CALL = "call"  # call: a subprogram
    EXTERN = "extern"  # a symbol that another object or the kernel defines (kfunc, ksym, kconfig)


@dataclass(slots=True)
class Reference:
    """A place to be filled in when the object is loaded.

    `at` is a slot index in a function or a byte offset in a data section. `symbol` names a function, a map, a variable
    or (for unnamed data) a section. `addend` is in bytes for data and in slots, relative to the symbol, for calls.
    """

    at: int
    kind: RefKind
    symbol: str
    addend: int = 0


@dataclass(slots=True)
class Line:
    """From slot `at` on, instructions come from `place`."""

    at: int
    place: Place


@dataclass(slots=True)
class Function:
    """A function's code. One in a section that `stdlib.programs` knows, and not `.text`, is a program."""

    name: str
    section: str
    insns: list[Insn]
    references: list[Reference] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    linkage: Linkage = Linkage.GLOBAL
    btf_id: int = 0  # its FUNC in Object.btf; 0: none
    core: list[CoreRelocation] = field(default_factory=list)
    hidden: bool = False  # visibility hidden: not for other objects; libbpf has the kernel verify it as a static one


@dataclass(slots=True)
class CoreRelocation:
    """A CO-RE relocation (include/uapi/linux/bpf.h, struct bpf_core_relo) on slot `at` of a function."""

    at: int
    type_id: int
    access: str
    kind: int


@dataclass(slots=True)
class Variable:
    """A named piece of a data section; or an extern, function or variable, in `.ksyms`, `.kconfig` or "" (another object)."""

    name: str
    section: str
    offset: int
    size: int
    linkage: Linkage = Linkage.GLOBAL
    btf_id: int = 0  # its VAR (or the extern's FUNC) in Object.btf
    hidden: bool = False


@dataclass(slots=True)
class DataSection:
    """`.data*`, `.rodata*`, `.bss*` or a custom section: bytes that become an array map of one value."""

    name: str
    data: bytes  # for .bss: zeros
    align: int = 8
    references: list[Reference] = field(default_factory=list)

    @property
    def read_only(self) -> bool:
        """True if the program may not write it."""
        return self.name.startswith((".rodata", ".kconfig"))


@dataclass(slots=True)
class Map:
    """A map definition. Sizes in bytes; `type` is the number of enum bpf_map_type."""

    name: str
    type: int
    key_size: int = 0
    value_size: int = 0
    max_entries: int = 0
    flags: int = 0
    pinning: int = 0
    numa_node: int = 0
    map_extra: int = 0
    btf_key_id: int = 0
    btf_value_id: int = 0
    inner: Map | None = None
    values: list[tuple[int, str]] = field(default_factory=list)  # (slot, symbol): `.values` of map-in-map, prog arrays
    place: Place | None = None
    offset: int = 0  # in section .maps
    linkage: Linkage = Linkage.GLOBAL
    hidden: bool = False


@dataclass(slots=True)
class Object:
    """One compiled or read object file. Names are unique within each table."""

    name: str
    functions: dict[str, Function] = field(default_factory=dict)
    maps: dict[str, Map] = field(default_factory=dict)
    data: dict[str, DataSection] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    btf: Btf | None = None
    license: str = ""
    version: int = 0
    big_endian: bool = False

    def programs(self) -> list[Function]:
        """The functions that can be loaded on their own, in the order of the source."""
        return [f for f in self.functions.values() if f.section != ".text"]
