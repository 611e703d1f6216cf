"""The simulated helpers: `HELPERS` by number. Each module adds its own by `@helper`; others are not simulated."""

from __future__ import annotations

from . import checksum, maps, output, packet, probe, world
from .table import HELPERS

__all__ = ["HELPERS", "checksum", "maps", "output", "packet", "probe", "world"]
