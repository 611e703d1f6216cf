"""The header of helper declarations, written from the helper table: `python -m purebpf.stdlib.generate` renews it."""

from __future__ import annotations

import re
from pathlib import Path

from .helpers import HELPERS, Helper

HEADER = Path(__file__).parent / "include" / "bpf" / "bpf_helper_defs.h"


def _remarks(helper: Helper) -> str:
    """What a reader should know of a helper, from its row."""
    parts = [f"{helper.number}, since Linux {helper.since}"]
    if helper.gpl:
        parts.append("GPL only")
    if helper.result.endswith("?"):
        parts.append("test the result for NULL")
    if helper.acquires:
        parts.append("the result must be released")
    if helper.invalidates_packet:
        parts.append("check packet pointers again after it")
    if helper.sleeps:
        parts.append("sleepable programs only")
    return "; ".join(parts)


def helper_definitions() -> str:
    """The text of bpf/bpf_helper_defs.h: each helper as a constant pointer whose value is its number."""
    structs = sorted({name for row in HELPERS.values() for name in re.findall(r"struct (\w+)", row.prototype)})
    lines = [
        "/* The kernel's helpers: each a function pointer whose value is the helper's number.",
        "   Written by `python -m purebpf.stdlib.generate` from stdlib/helper_rows.py: change that, not this.",
        "   SPDX-License-Identifier: Apache-2.0 */",
        "#ifndef __BPF_HELPER_DEFS__",
        "#define __BPF_HELPER_DEFS__",
        "",
        "#include <linux/types.h>",
        "",
        *(f"struct {name};" for name in structs),
    ]
    for row in HELPERS.values():
        match = re.fullmatch(r"(.*?)(bpf_\w+)(\(.*\))", row.prototype)
        assert match is not None
        result, name, parameters = match.groups()
        lines += ["", f"/* {_remarks(row)} */", f"static {result}(*const {name}){parameters} = (void *) {row.number};"]
    return "\n".join([*lines, "", "#endif", ""])


def main() -> None:
    """Write the header beside the others."""
    HEADER.write_text(helper_definitions())


if __name__ == "__main__":
    main()
