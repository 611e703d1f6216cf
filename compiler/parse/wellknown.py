"""Types that programs expect and a header should have given, and which: for "unknown type name" and the like."""

from __future__ import annotations

TYPES: dict[str, str] = {
    **{
        f"{sign}{bits}": f"add 'typedef __{sign}{bits} {sign}{bits};' after including <linux/types.h>"
        for sign in "us" for bits in (8, 16, 32, 64)
    },
    **{
        f"__{sign}{bits}": "add '#include <linux/types.h>' (or <linux/bpf.h>)"
        for sign in ("u", "s", "be", "le") for bits in (8, 16, 32, 64)
    },
    **{f"{sign}int{bits}_t": "add '#include <stdint.h>'" for sign in ("", "u") for bits in (8, 16, 32, 64)},
    "class": "C has no classes: write struct, and functions that take a pointer to it",
    "string": "C has no string type: use a char array",
    "bool": "add '#include <stdbool.h>', or write _Bool",
    "size_t": "add '#include <stddef.h>', or write unsigned long",
}  # fmt: skip
