"""Which bits a value may have set, as far as the kernel's verifier can tell on its own.

The last point is what makes it safe to drop a mask: had we used a fact of ours alone (what `%` leaves, what bytes were
swapped), a mask that bounds an index for the verifier would go, and the program with it.
"""

from __future__ import annotations

from ..ir.model import Binary, Compare, Constant, Load, Phi, Unary, Value

_DEPTH = 6


class KnownBits:
    """Answers `may` for the values of one function, with memory."""

    __slots__ = ("_memo",)

    def __init__(self) -> None:
        self._memo: dict[Value, int] = {}

    def may(self, value: Value, depth: int = 0) -> int:
        """A mask of the bits of `value` that can be 1."""
        if isinstance(value, Constant):
            return value.value
        known = self._memo.get(value)
        if known is None:
            if depth > _DEPTH:
                return value.type.mask
            self._memo[value] = value.type.mask  # while it is computed: loops through phis stay at "anything"
            known = self._memo[value] = self._compute(value, depth + 1) & value.type.mask
        return known

    def _compute(self, value: Value, depth: int) -> int:
        match value:
            case Load(size=size):
                return (1 << 8 * size) - 1
            case Compare():
                return 1
            case Unary(op="zext" | "trunc", operands=[a]):
                return self.may(a, depth)
            case Binary(op=op, operands=[a, b]):
                return self._binary(op, value, a, b, depth)
            case Phi(operands=operands):
                bits = 0
                for operand in operands:
                    bits |= self.may(operand, depth)
                    if bits == value.type.mask:
                        break
                return bits
        return value.type.mask

    def _binary(self, op: str, value: Value, a: Value, b: Value, depth: int) -> int:
        mask = value.type.mask
        match op:
            case "and":
                return self.may(a, depth) & self.may(b, depth)
            case "or" | "xor":
                return self.may(a, depth) | self.may(b, depth)
            case "shl" if isinstance(b, Constant):
                return self.may(a, depth) << (b.value % value.type.bits)
            case "lshr" if isinstance(b, Constant):
                return self.may(a, depth) >> (b.value % value.type.bits)
            case "add":
                x, y = self.may(a, depth), self.may(b, depth)
                top = (x + y).bit_length()
                low = min(_trailing_zeros(x), _trailing_zeros(y))
                return ((1 << top) - 1 if top <= value.type.bits else mask) & (-1 << low)
        return mask


def _trailing_zeros(mask: int) -> int:
    return (mask & -mask).bit_length() - 1 if mask else 64
