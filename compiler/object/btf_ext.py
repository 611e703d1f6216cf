""".BTF.ext: which function, which C line and which CO-RE relocation belongs to which instruction.

    header: magic u16, version u8, flags u8, hdr_len u32, (offset, length) of func_info, line_info[, core_relo]
    each part: record size u32, then by section: name_off u32, count u32, records

    func_info   insn_off u32, type_id u32
    line_info   insn_off u32, file_name_off u32, line_off u32, line << 10 | column
    core_relo   insn_off u32, type_id u32, access_str_off u32, kind u32

Instruction offsets are bytes within the section in the file, slots here. Strings are those of .BTF.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

from ..records import dataclass, field
from ..source import Place
from .btf_format import MAGIC, VERSION, StringTable, btf_error
from .btf_reader import string_at
from .model import CoreRelocation, Line

_HEADER_BYTES = 32
_MAX_LINE, _MAX_COLUMN = (1 << 22) - 1, (1 << 10) - 1


@dataclass(slots=True)
class BtfExt:
    """The records by section, in the order of their slots."""

    functions: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # (slot, FUNC id)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    core: dict[str, list[CoreRelocation]] = field(default_factory=dict)


def encode_ext(ext: BtfExt, strings: StringTable, *, big_endian: bool = False) -> bytes:
    """The .BTF.ext section; names go into `strings`, which .BTF is to be encoded with afterwards."""
    order = ">" if big_endian else "<"
    functions = {section: [(slot * 8, type_id) for slot, type_id in rows] for section, rows in ext.functions.items()}
    lines = {
        section: [(line.at * 8, *encode_place(line.place, strings)) for line in rows] for section, rows in ext.lines.items()
    }
    core = {
        section: [(row.at * 8, row.type_id, strings.add(row.access), row.kind) for row in rows]
        for section, rows in ext.core.items()
    }
    parts = [
        _encode_part(functions, 8, strings, order),
        _encode_part(lines, 16, strings, order),
        _encode_part(core, 16, strings, order),
    ]
    header, at = [], 0
    for part in parts:
        header += [at, len(part)]
        at += len(part)
    return struct.pack(order + "HBBI6I", MAGIC, VERSION, 0, _HEADER_BYTES, *header) + b"".join(parts)


def encode_place(place: Place, strings: StringTable) -> tuple[int, int, int]:
    """file_name_off, line_off and line_col of a line_info record."""
    line_col = min(place.line, _MAX_LINE) << 10 | min(place.column, _MAX_COLUMN)
    return strings.add(place.file), strings.add(place.text), line_col


def _encode_part(rows: Mapping[str, Sequence[tuple[int, ...]]], size: int, strings: StringTable, order: str) -> bytes:
    if not any(rows.values()):
        return b""  # a part with a record size but no records is refused by libbpf
    out = [struct.pack(order + "I", size)]
    for section, records in rows.items():
        if records:
            out.append(struct.pack(order + "II", strings.add(section), len(records)))
            out += [struct.pack(f"{order}{size // 4}I", *record) for record in records]
    return b"".join(out)


def decode_ext(data: bytes, strings: bytes) -> BtfExt:
    """Read a .BTF.ext section whose strings are in `strings` (see `Btf.strings`). Raises `ObjectError` if broken."""
    try:
        return _decode(data, strings)
    except struct.error:
        raise btf_error(".BTF.ext ends in the middle of a record") from None


def _decode(data: bytes, strings: bytes) -> BtfExt:
    order = "<" if data[:2] == b"\x9f\xeb" else ">"
    magic, version, _, header = struct.unpack_from(order + "HBBI", data)
    if magic != MAGIC or version != VERSION or header < 24:
        raise btf_error(f".BTF.ext has magic {magic:#x}, version {version}, a header of {header} bytes")
    function_off, function_len, line_off, line_len = struct.unpack_from(order + "4I", data, 8)
    core_off, core_len = struct.unpack_from(order + "2I", data, 24) if header >= _HEADER_BYTES else (0, 0)
    ext = BtfExt()
    names: dict[int, str] = {}

    def text(offset: int) -> str:
        if offset not in names:
            names[offset] = string_at(strings, offset)
        return names[offset]

    for section, (at, type_id) in _records(data, header + function_off, function_len, 2, order):
        ext.functions.setdefault(text(section), []).append((at // 8, type_id))
    for section, (at, file, line_text, line_col) in _records(data, header + line_off, line_len, 4, order):
        place = Place(text(file), line_col >> 10, max(line_col & _MAX_COLUMN, 1), text(line_text))
        ext.lines.setdefault(text(section), []).append(Line(at // 8, place))
    for section, (at, type_id, access, kind) in _records(data, header + core_off, core_len, 4, order):
        ext.core.setdefault(text(section), []).append(CoreRelocation(at // 8, type_id, text(access), kind))
    return ext


def _records(data: bytes, at: int, length: int, words: int, order: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(offset of the section's name, the first `words` words) of each record of a part."""
    if not length:
        return
    end = at + length
    if end > len(data):
        raise struct.error
    (size,) = struct.unpack_from(order + "I", data, at)
    if size < words * 4 or size % 4:
        raise btf_error(f".BTF.ext has records of {size} bytes")
    at += 4
    record = struct.Struct(f"{order}{words}I")
    while at < end:
        section, count = struct.unpack_from(order + "II", data, at)
        at += 8
        if at + count * size > end:
            raise struct.error
        for _ in range(count):
            yield section, record.unpack_from(data, at)
            at += size
