"""`written`: builtins that are functions of C: their text, by their name without `__builtin_`.

GCC manual, "Other Builtins", "Integer Overflow Builtins"; clang's "Language Extensions". They are always inlined.
"""

from __future__ import annotations

import re

_SIZES = {"8": "unsigned char", "16": "unsigned short", "32": "unsigned int", "64": "unsigned long"}
_SUFFIXES = {"": ("int", 32), "l": ("long", 64), "ll": ("long long", 64)}
_CARRY = {"b": "unsigned char", "s": "unsigned short", "": "unsigned int", "l": "unsigned long", "ll": "unsigned long long"}
_ROTATE = re.compile(r"rotate(left|right)(8|16|32|64)\Z")
_REVERSE = re.compile(r"bitreverse(8|16|32|64)\Z")
_COUNT = re.compile(r"(clrsb|parity)(l|ll)?\Z")
_ABS = re.compile(r"(l|ll)?abs\Z")
_WITH_CARRY = re.compile(r"(add|sub)c(b|s|l|ll)?\Z")
_TYPED = re.compile(r"([su])(add|sub|mul)(l|ll)?_overflow\Z")
# what `overflow` makes: operation, operands' and result's signs and bytes
_OVERFLOW = re.compile(r"(add|sub|mul)_overflow\.([su])([1248])\.([su])([1248])\.([su])([1248])\Z")
_INTEGERS = {"1": "char", "2": "short", "4": "int", "8": "long"}
_SIGNS = {"s": "signed", "u": "unsigned"}


def written(name: str) -> str | None:
    """The definition of `__builtin_NAME` as a static function of that name, dots in it made `_`; None if it has none."""
    for pattern, make in _MAKERS:
        match = pattern.match(name)
        if match is not None:
            result, parameters, body = make(*match.groups(default=""))
            plain = name.replace(".", "_")
            return f"static inline __attribute__((always_inline)) {result} __builtin_{plain}({parameters})\n{{\n{body}\n}}\n"
    return None


def typed_overflow(name: str) -> tuple[str, str] | None:
    """(`add_overflow`, C type) for `sadd_overflow` and the like, which say the type of all their operands."""
    match = _TYPED.match(name)
    if match is None:
        return None
    sign, op, suffix = match.groups(default="")
    return f"{op}_overflow", f"{_SIGNS[sign]} {_SUFFIXES[suffix][0]}"


def _rotate(way: str, bits: str) -> tuple[str, str, str]:
    t, mask = _SIZES[bits], int(bits) - 1
    there, back = ("<<", ">>") if way == "left" else (">>", "<<")
    return t, f"{t} x, {t} n", f"\treturn ({t})(x {there} (n & {mask}) | x {back} (-n & {mask}));"


def _reverse(bits: str) -> tuple[str, str, str]:
    t = _SIZES[bits]
    lines = [f"\tx = __builtin_bswap{bits}(x);"] if bits != "8" else []
    for shift, byte in ((4, "0f"), (2, "33"), (1, "55")):
        mask = f"0x{byte * (int(bits) // 8)}ul"
        lines.append(f"\tx = ({t})((x & {mask}) << {shift} | (x >> {shift} & {mask}));")
    return t, f"{t} x", "\n".join([*lines, "\treturn x;"])


def _count(what: str, suffix: str) -> tuple[str, str, str]:
    t, bits = _SUFFIXES[suffix]
    if what == "parity":
        return "int", f"unsigned {t} x", f"\treturn __builtin_popcount{suffix}(x) & 1;"
    return "int", f"{t} x", f"\treturn __builtin_clz{suffix}((unsigned {t})(x ^ x >> {bits - 1}) << 1 | 1);"


def _abs(suffix: str) -> tuple[str, str, str]:
    t = _SUFFIXES[suffix][0]
    return t, f"{t} x", "\treturn x < 0 ? -x : x;"


def _with_carry(op: str, suffix: str) -> tuple[str, str, str]:
    t = _CARRY[suffix]
    sign = "+" if op == "add" else "-"
    lines = [f"\t{t} first = ({t})(a {sign} b), second = ({t})(first {sign} carry);"]
    lost = "first < a | second < first" if op == "add" else "a < b | first < carry"
    return t, f"{t} a, {t} b, {t} carry, {t} *out", "\n".join([*lines, f"\t*out = ({lost});", "\treturn second;"])


def _overflow(op: str, sa: str, na: str, sb: str, nb: str, sr: str, nr: str) -> tuple[str, str, str]:
    """The true result as 128 bits, `high` above `low`; it must be what the stored one is when extended."""
    a, b, r = (f"{_SIGNS[s]} {_INTEGERS[n]}" for s, n in ((sa, na), (sb, nb), (sr, nr)))
    lines = ["\tunsigned long ua = a, ub = b, low;", "\tlong high;"]
    above_a = "(a < 0 ? -1L : 0)" if sa == "s" else "0"
    above_b = "(b < 0 ? -1L : 0)" if sb == "s" else "0"
    if op == "add":
        lines += ["\tlow = ua + ub;", f"\thigh = {above_a} + {above_b} + (low < ua);"]
    elif op == "sub":
        lines += ["\tlow = ua - ub;", f"\thigh = {above_a} - {above_b} - (ua < ub);"]
    elif na != "8" and nb != "8":
        lines += ["\tlow = ua * ub;", f"\thigh = {'0' if sa == sb == 'u' else '(long)low >> 63'};"]
    else:
        lines += [
            "\tunsigned long al = (unsigned int)ua, ah = ua >> 32, bl = (unsigned int)ub, bh = ub >> 32;",
            "\tunsigned long middle = ah * bl + (al * bl >> 32), other = al * bh + (unsigned int)middle;",
            "\tlow = ua * ub;",
            "\thigh = ah * bh + (middle >> 32) + (other >> 32);",
        ]
        lines += ["\tif (a < 0)", "\t\thigh -= ub;"] if sa == "s" else []
        lines += ["\tif (b < 0)", "\t\thigh -= ua;"] if sb == "s" else []
        lines += ["\thigh = high != 0;"] if sa == sb == "u" else []
    lines += [f"\t*out = ({r})low;"]
    if sr == "u":
        fits = "high == 0" if nr == "8" else f"high == 0 && low == ({r})low"
    else:
        fits = "high == (long)low >> 63" if nr == "8" else f"high == (long)low >> 63 && (long)low == ({r})low"
    return "_Bool", f"{a} a, {b} b, {r} *out", "\n".join([*lines, f"\treturn !({fits});"])


_MAKERS = (
    (_ROTATE, _rotate), (_REVERSE, _reverse), (_COUNT, _count), (_ABS, _abs), (_WITH_CARRY, _with_carry),
    (_OVERFLOW, _overflow),
)  # fmt: skip
