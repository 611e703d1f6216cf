"""`annotated_types`: a .BTF section as data directives, each with a comment that says what it is."""

from __future__ import annotations

import struct

from ..diagnostics import ObjectError
from . import btf as b
from .btf_format import HEADER_BYTES
from .btf_reader import TypeReader, split, string_at

_HEADER = ("bytes of the header", "where types begin", "bytes of types", "where strings begin", "bytes of strings")
_SHORT_LIMIT = 60


def annotated_types(data: bytes, big_endian: bool) -> list[str]:
    """The lines. What is no BTF is printed as bytes."""
    order = ">" if big_endian else "<"
    try:
        parts = split(data)
        usual = struct.unpack_from(order + "HBBIIIII", data)
        together = HEADER_BYTES + len(parts.types) + len(parts.strings) == len(data) and usual[4] == 0
        if (
            parts.order != order
            or usual[3] != HEADER_BYTES
            or usual[6] != usual[5]
            or not together
            or len(parts.types) % 4
        ):
            raise b.btf_error("another layout")
        types = _types(parts.types, parts.strings, order)
    except (ObjectError, struct.error):
        return [f"\t.byte\t{', '.join(map(str, data[at : at + 16]))}" for at in range(0, len(data), 16)]
    lines = [f"\t.short\t{usual[0]}\t# magic", f"\t.byte\t{usual[1]}\t# version", f"\t.byte\t{usual[2]}\t# flags"]
    lines += [f"\t.long\t{word}\t# {text}" for word, text in zip(usual[3:], _HEADER, strict=True)]
    return lines + types + _strings(parts.strings)


def _types(data: bytes, strings: bytes, order: str) -> list[str]:
    reader = TypeReader(data, order, strings)
    lines: list[str] = []
    number = 0
    while reader.at < len(data):
        number += 1
        start = reader.at
        t = reader.type(number)
        words = struct.unpack_from(f"{order}{(reader.at - start) // 4}I", data, start)
        name = getattr(t, "name", "")
        what = f"{number}: {type(t).__name__.lower()}" + (f" {name}" if name else "")
        lines.append(f"\t.long\t{words[0]}\t# {_comment(what)}")
        lines += [f"\t.long\t{words[1]:#x}", f"\t.long\t{words[2]}\t# {_rest(t)}"]
        lines += _tail(t, words[3:])
    return lines


def _rest(t: b.BtfType) -> str:
    """What the third word of a type is."""
    match t:
        case b.Int() | b.Float() | b.Struct() | b.Union() | b.Enum() | b.Enum64() | b.DataSec():
            return "bytes"
        case b.Array() | b.Fwd():
            return "nothing"
        case b.FuncProto():
            return "type of the result"
        case _:
            return "type"


def _tail(t: b.BtfType, words: tuple[int, ...]) -> list[str]:
    """The words that only this kind has."""
    match t:
        case b.Struct(members=members) | b.Union(members=members):
            labels = [[m.name or "unnamed", "its type", "at which bit"] for m in members]
        case b.Enum(values=values):
            labels = [[name, str(value)] for name, value in values]
        case b.Enum64(values=values):
            labels = [[name, str(value), ""] for name, value in values]
        case b.FuncProto(params=params):
            labels = [[p.name or "a parameter", "its type"] for p in params]
        case b.DataSec(vars=entries):
            labels = [["a variable", "at", "bytes"] for _ in entries]
        case b.Array():
            labels = [["type of an element", "type of the index", "elements"]]
        case b.Int():
            labels = [["encoding, offset, bits"]]
        case b.Var():
            labels = [["linkage"]]
        case b.DeclTag():
            labels = [["member or parameter, or -1"]]
        case _:
            labels = []
    texts = [text for row in labels for text in row]
    return [
        f"\t.long\t{word}" + (f"\t# {_comment(text)}" if text else "") for word, text in zip(words, texts, strict=True)
    ]


def _strings(strings: bytes) -> list[str]:
    lines = []
    at = 0
    while at < len(strings):
        end = strings.find(b"\0", at)
        stop = len(strings) if end < 0 else end
        text = string_at(strings, at).encode("utf-8", "surrogateescape")
        plain = end >= 0 and all(32 <= byte < 127 and byte not in b'"\\' for byte in text)
        if plain and text:
            lines.append(f'\t.asciz\t"{text.decode()}"\t# at {at}')
        else:
            lines.append(f"\t.byte\t{', '.join(map(str, strings[at : stop + (end >= 0)]))}\t# at {at}")
        at = stop + 1
    return lines


def _comment(text: str) -> str:
    printable = "".join(c if c.isprintable() else "?" for c in text)
    return printable if len(printable) <= _SHORT_LIMIT else printable[: _SHORT_LIMIT - 3] + "..."
