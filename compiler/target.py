"""What the generated code may use: the BPF instruction set version and byte order.

| -mcpu | adds                                                                    | kernel |
|-------|-------------------------------------------------------------------------|--------|
| v1    | the base set                                                            | 3.18   |
| v2    | JLT JLE JSLT JSLE                                                       | 4.14   |
| v3    | 32-bit ALU and jumps (w registers), fetching atomics                    | 5.1    |
| v4    | sign-extending loads and moves, bswap, gotol, signed division, ST imm   | 6.6    |
"""

from __future__ import annotations

from .records import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A code generation target."""

    cpu: int = 3
    big_endian: bool = False
