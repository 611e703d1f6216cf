"""Literals (C11 6.4.4, 6.4.5): the values behind the spellings of numbers, characters and strings."""

from __future__ import annotations

import re
from typing import Literal

from . import types as ct

_INTEGER = re.compile(r"(0[xX][\da-fA-F]+|0[bB][01]+|\d+)([uUlL]*)\Z")
_SUFFIXES = {"", "u", "l", "ul", "lu", "ll", "ull", "llu"}
_SIMPLE = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27, "E": 27, "\\": 92, "'": 39, '"': 34, "?": 63}
_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[\da-fA-F]+|u[\da-fA-F]{4}|U[\da-fA-F]{8}|\r?\n|.)|([^\\])", re.S)

# bytes a character of each prefix takes, and its type (stddef.h of this target: wchar_t is int)
ELEMENTS = {"": ct.CHAR, "u8": ct.CHAR, "L": ct.INT, "u": ct.USHORT, "U": ct.UINT}

Order = Literal["little", "big"]


class LiteralError(ValueError):
    """What is wrong with a literal, in the user's words."""


def integer(text: str) -> tuple[int, ct.Int]:
    """The value and type of an integer constant (C11 6.4.4.1p5). Raises `LiteralError`."""
    text = text.replace("'", "")
    match = _INTEGER.match(text)
    if match is None:
        raise LiteralError(f"invalid number '{text}'")
    digits, suffix = match[1], match[2].lower()
    if suffix not in _SUFFIXES or "lL" in text or "Ll" in text:
        raise LiteralError(f"invalid suffix '{match[2]}' on integer constant")
    if len(digits) > 80:
        raise LiteralError("integer constant is larger than 64 bits")
    decimal = False
    if digits[:2] in ("0x", "0X"):
        value = int(digits, 16)
    elif digits[:2] in ("0b", "0B"):
        value = int(digits, 2)
    elif digits[0] == "0" and len(digits) > 1:
        try:
            value = int(digits, 8)
        except ValueError:
            raise LiteralError(f"invalid digit in octal constant '{digits}'") from None
    else:
        value, decimal = int(digits), True
    unsigned = "u" in suffix
    longs = suffix.count("l")
    ladder = [ct.INT, ct.UINT, ct.LONG, ct.ULONG][2 * (longs == 1) :] if longs < 2 else [ct.LLONG, ct.ULLONG]
    for t in ladder:
        if unsigned and t.signed:
            continue
        if decimal and not unsigned and not t.signed:
            continue
        if value < 1 << t.size * 8 - t.signed:
            return value, t
    if value < 1 << 64:
        return value, ct.ULLONG if longs == 2 else ct.ULONG
    raise LiteralError("integer constant is larger than 64 bits")


def _split(text: str, quote: str) -> tuple[str, str]:
    start = text.index(quote)
    return text[:start], text[start + 1 : -1]


def _units(body: str, size: int) -> list[int]:
    """The code units of a literal's inside; source characters count as UTF-8 in byte strings."""
    units: list[int] = []
    limit = 1 << size * 8
    for match in _ESCAPE.finditer(body):
        escape, plain = match[1], match[2]
        if plain is not None:
            units += plain.encode("utf-8", "surrogateescape") if size == 1 else [ord(plain)]
        elif escape[0] in "01234567" or (escape[0] == "x" and len(escape) > 1):
            value = int(escape[1:], 16) if escape[0] == "x" else int(escape, 8)
            if value >= limit:
                raise LiteralError(f"escape '\\{escape}' is out of range for a {size}-byte character")
            units.append(value)
        elif escape[0] in "uU" and len(escape) > 1:
            char = int(escape[1:], 16)
            if char > 0x10FFFF or 0xD800 <= char < 0xE000:
                raise LiteralError(f"'\\{escape}' is not a character")
            units += chr(char).encode() if size == 1 else [char % limit]
        elif escape in _SIMPLE:
            units.append(_SIMPLE[escape])
        elif escape.strip("\r\n"):
            if escape in "xuU":
                raise LiteralError(f"escape '\\{escape}' needs hexadecimal digits")
            units.append(ord(escape) % limit)
    return units


def unknown_escapes(text: str) -> list[tuple[int, str]]:
    """(offset, character) of the escape sequences in a literal that C does not have: they stand for the character."""
    found = []
    for match in _ESCAPE.finditer(text):
        escape = match[1]
        if escape is not None and len(escape) == 1 and escape not in _SIMPLE and escape not in "01234567xuU\r\n":
            found.append((match.start(), escape))
    return found


def character(text: str) -> tuple[int, ct.Int]:
    """The value and type of a character constant (C11 6.4.4.4). Raises `LiteralError`."""
    prefix, body = _split(text, "'")
    element = ELEMENTS[prefix]
    units = _units(body, element.size)
    if not units:
        raise LiteralError("empty character constant")
    if element is not ct.CHAR:
        return units[-1], element
    if prefix:  # u8, C23 6.4.4.5p12
        return units[-1], ct.UCHAR
    if len(units) == 1:
        return units[0] - (units[0] >> 7 << 8), ct.INT
    if len(units) > 4:
        raise LiteralError("character constant too long for its type")
    value = int.from_bytes(bytes(units), "big")
    return value - (value >> 31 << 32), ct.INT


def string(texts: tuple[str, ...], order: Order = "little") -> tuple[bytes, ct.Int]:
    """The bytes (terminating null included) and element type of adjacent string literals. Raises `LiteralError`."""
    element = ct.CHAR
    for text in texts:
        prefix = _split(text, '"')[0]
        if prefix:
            element = ELEMENTS[prefix]
    data = b"".join(
        unit.to_bytes(element.size, order) for text in texts for unit in _units(_split(text, '"')[1], element.size)
    )
    return data + bytes(element.size), element
