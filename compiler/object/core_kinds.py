"""CO-RE: the kinds of relocations (include/uapi/linux/bpf.h, enum bpf_core_relo_kind), and names with a flavor."""

from __future__ import annotations

import re

(
    FIELD_BYTE_OFFSET, FIELD_BYTE_SIZE, FIELD_EXISTS, FIELD_SIGNED, FIELD_LSHIFT, FIELD_RSHIFT,
    TYPE_ID_LOCAL, TYPE_ID_TARGET, TYPE_EXISTS, TYPE_SIZE, ENUMVAL_EXISTS, ENUMVAL_VALUE, TYPE_MATCHES,
) = range(13)  # fmt: skip

_FLAVOR = re.compile(r".*[^_](?=___[^_])", re.DOTALL)


def essential(name: str) -> str:
    """A type's name without its flavor: `task_struct___old` is another look at `task_struct` (libbpf's convention)."""
    found = _FLAVOR.match(name)
    return found[0] if found else name
