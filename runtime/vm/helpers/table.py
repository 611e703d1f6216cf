"""The table of simulated helpers: `@helper("map_lookup_elem")` puts a function into it under the helper's number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....stdlib import helpers as helper_table
from ..state import HelperFunction

HELPERS: dict[int, HelperFunction] = {}
Decorated = Callable[..., Any]


def helper(*names: str) -> Callable[[Decorated], Decorated]:
    """Register a function for the helpers of these C names without `bpf_`.

    It gets the `State` and as many arguments as the helper's prototype has, each a 64-bit unsigned number, and returns
    r0; negative numbers are errors. It raises `Fault` for what the kernel's verifier would not let happen.
    """

    def register(function: Decorated) -> Decorated:
        for name in names:
            row = helper_table.by_name(name)
            assert row is not None, name
            HELPERS[row.number] = function
        return function

    return register


def signed(value: int, bits: int = 64) -> int:
    """A register as a signed number of `bits`."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def u32(value: int) -> int:
    """The low 32 bits: what an `u32` parameter of a helper takes."""
    return value & 0xFFFF_FFFF
