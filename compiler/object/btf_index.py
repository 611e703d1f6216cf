"""`BtfIndex`: a BTF section of which only a few types will be wanted, decoded when they are asked for.

A kernel's BTF has 120,000 types; decoding all takes half a second. One pass finds where each type begins and hashes the
names that C can use: types, enumerators, kfuncs (functions that carry the decl_tag `bpf_kfunc`). What the pass found is
two arrays of integers, which the cache keeps.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from zlib import crc32

from ..cache import Cache
from ..diagnostics import Diagnostic, ObjectError, Severity
from .btf import BtfType, DeclTag, Enum, Enum64, Func, Fwd, Struct, Typedef, TypeReader, Union, Void, btf_error, split

_FORMAT = f"btf1-{sys.byteorder}"

# kind -> words behind the three common ones: fixed, and for each of vlen (include/uapi/linux/btf.h)
_WORDS = {
    1: (1, 0), 2: (0, 0), 3: (3, 0), 4: (0, 3), 5: (0, 3), 6: (0, 2), 7: (0, 0), 8: (0, 0), 9: (0, 0), 10: (0, 0),
    11: (0, 0), 12: (0, 0), 13: (0, 2), 14: (1, 0), 15: (0, 3), 16: (0, 0), 17: (1, 0), 18: (0, 0), 19: (0, 3),
}  # fmt: skip
_NAMED = frozenset({Struct.kind, Union.kind, Enum.kind, Enum64.kind, Fwd.kind, Typedef.kind})
_BARE = frozenset({kind for kind, words in _WORDS.items() if words == (0, 0)} - _NAMED)  # only the common words, no name in C
_ENUMS = {Enum.kind: 2, Enum64.kind: 3}  # words of an enumerator
_KFUNC = b"bpf_kfunc\0"


class BtfIndex:
    """Types by id and by name. Raises `ObjectError` for what is broken, when it is come across."""

    def __init__(self, data: bytes, path: str, cache: Cache | None = None, base: BtfIndex | None = None) -> None:
        """`data` is a .BTF section, `path` what messages call it. `base`: the kernel's types, of which a module's go on."""
        self.path = path
        self.base = base
        self._first = len(base) if base is not None else 1
        cache = cache or Cache()
        try:
            parts = split(data)
        except ObjectError as error:
            raise self._broken(error) from None
        self._strings: bytes = parts.strings if base is None else base._strings + parts.strings
        self._reader = TypeReader(parts.types, parts.order, self._strings)
        self._types: dict[int, BtfType] = {0: Void()}
        entry = f"{_FORMAT}-{len(data):x}-{crc32(data):08x}-{self._first:x}"
        kept = cache.get(entry)
        if kept is not None:
            (count,) = struct.unpack_from("I", kept)
            self._offsets = array("I", kept[8 : 8 + 4 * count])  # of types, in words; that of the first id is at 0
            self._names = array("Q", kept[8 + 4 * count :])  # CRC-32 of a name << 32 | id, in order
            return
        try:
            self._offsets, self._names = _scan(parts.order, parts.types, self._strings, self._first)
        except ObjectError as error:
            raise self._broken(error) from None
        cache.put(entry, struct.pack("II", len(self._offsets), 0) + self._offsets.tobytes() + self._names.tobytes())

    def __len__(self) -> int:
        """How many ids there are, void included."""
        return self._first + len(self._offsets)

    def __getitem__(self, number: int) -> BtfType:
        """The type with that id."""
        found = self._types.get(number)
        if found is None:
            if self.base is not None and 0 < number < self._first:
                return self.base[number]
            if not self._first <= number < len(self):
                raise self.broken(f"there is no type {number}")
            self._reader.at = self._offsets[number - self._first] * 4
            try:
                found = self._types[number] = self._reader.type(number)
            except struct.error:
                raise self.broken(f"type {number} has no end") from None
            except ObjectError as error:
                raise self._broken(error) from None
        return found

    def named(self, name: str) -> Iterator[tuple[int, BtfType]]:
        """(id, type) of all types and kfuncs called `name`, and of the enums that have an enumerator of that name."""
        encoded = name.encode("utf-8", "surrogateescape")
        key = crc32(encoded)
        at = bisect_left(self._names, key << 32)
        while at < len(self._names) and self._names[at] >> 32 == key:
            number = self._names[at] & 0xFFFFFFFF
            found = self[number]
            constants = found.values if isinstance(found, Enum | Enum64) else ()
            if getattr(found, "name", "") == name or any(constant == name for constant, _ in constants):
                yield number, found
            at += 1

    def items(self) -> Iterator[tuple[int, BtfType]]:
        """(id, type) of all that `named` can find."""
        for number in sorted({entry & 0xFFFFFFFF for entry in self._names}):
            yield number, self[number]

    def of_kinds(self, *kinds: type[BtfType]) -> Iterator[tuple[int, BtfType]]:
        """(id, type) of all types of some kinds, those of `base` left out."""
        wanted = {kind.kind for kind in kinds}
        data, info = self._reader.data, struct.Struct(self._reader.order + "I")
        for number, offset in enumerate(self._offsets, self._first):
            if info.unpack_from(data, offset * 4 + 4)[0] >> 24 & 0x1F in wanted:
                yield number, self[number]

    def find(self, name: str, kind: type[BtfType]) -> int:
        """The id of the first type of that kind and name, functions and variables too; 0 if there is none here.

        Those of `base` are left out. One pass over all types: for the few names that a loader asks for.
        """
        encoded = b"\0" + name.encode("utf-8", "surrogateescape") + b"\0"
        wanted, at = set(), self._strings.find(encoded)
        while at >= 0:
            wanted.add(at + 1)
            at = self._strings.find(encoded, at + 1)
        if not name or not wanted:
            return 0
        data, info = self._reader.data, struct.Struct(self._reader.order + "II")
        for number, offset in enumerate(self._offsets, self._first):
            string, bits = info.unpack_from(data, offset * 4)
            if string in wanted and bits >> 24 & 0x1F == kind.kind:
                return number
        return 0

    def broken(self, message: str) -> ObjectError:
        """The exception for BTF that makes no sense."""
        return self._broken(btf_error(message))

    def _broken(self, error: ObjectError) -> ObjectError:
        message = error.message.replace("broken BTF", f"the BTF in '{self.path}' is broken", 1)
        fix = "give the BTF of a whole kernel with --btf, not that of a module"
        return ObjectError(Diagnostic(error.code, Severity.ERROR, message, fix=fix))


def _scan(order: str, types: bytes, strings: bytes, first: int) -> tuple[array[int], array[int]]:
    """Where types begin (in words), and the hashed names in order. `first` is the id of the first type."""
    shift = first - 1
    words = array("I")
    words.frombytes(types[: len(types) & ~3])
    if (order == "<") != (sys.byteorder == "little"):
        words.byteswap()
    sizes = {kind: fixed for kind, (fixed, _) in _WORDS.items()}
    steps = {kind: step for kind, (_, step) in _WORDS.items() if step}
    offsets: list[int] = []
    named: list[tuple[int, int]] = []  # offset of the name, id
    tagged: list[int] = []
    at, end = 0, len(words)
    kind = 0
    try:
        while at < end:
            offsets.append(at)
            info = words[at + 1]
            kind = info >> 24 & 0x1F
            if kind in _BARE:  # two thirds of a kernel's types
                at += 3
                continue
            if kind in _NAMED:
                if words[at]:
                    named.append((words[at], len(offsets) + shift))
                width = _ENUMS.get(kind)
                if width:
                    values = at + 3
                    number = len(offsets) + shift
                    named += [(words[i], number) for i in range(values, values + (info & 0xFFFF) * width, width)]
            elif kind == DeclTag.kind and strings.startswith(_KFUNC, words[at]) and words[at + 3] == 0xFFFFFFFF:
                tagged.append(words[at + 2])
            at += 3 + sizes[kind]
            if kind in steps:
                at += steps[kind] * (info & 0xFFFF)
        if at != end or len(types) & 3:
            raise btf_error(f"type {len(offsets)} has no end")
        for number in tagged:
            at = number - first
            if 0 <= at < len(offsets) and words[offsets[at] + 1] >> 24 & 0x1F == Func.kind:
                named.append((words[offsets[at]], number))
        find = strings.index
        keys = {crc32(strings[name : find(b"\0", name)]) << 32 | number for name, number in named}
    except IndexError:
        raise btf_error(f"type {len(offsets)} has no end") from None
    except KeyError:
        raise btf_error(f"type {len(offsets)} is of kind {kind}, which is unknown") from None
    except ValueError:
        raise btf_error("a name lies outside of the strings") from None
    return array("I", offsets), array("Q", sorted(keys))
