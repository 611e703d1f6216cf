"""vmlinux.h where there is none: a header that says where the BTF is of which the checker makes the kernel's types.

`text` is that header. Its macros are those of the file that bpftool prints; instead of declarations it has a pragma, which
`wanted` finds again among the tokens. So `-E` shows it, and what `-E` printed can still be compiled.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..records import NamedTuple
from .options import PreprocessOptions
from .tokens import Token

if TYPE_CHECKING:
    from .headers import Found

KERNEL_BTF = "/sys/kernel/btf/vmlinux"
PATH = "<vmlinux.h>"  # what the header is called; it is no file
_PRAGMA = "purebpf vmlinux"
_ESCAPED = re.compile(r"\\(.)", re.S)


class Wanted(NamedTuple):
    """What the pragmas ask for: the file with the BTF, where that was said, and what else bpftool's macros may turn off."""

    path: str
    loc: int
    preserve_access_index: bool
    kfuncs: bool


def is_named(name: str) -> bool:
    """True if `#include` with this name means the kernel's types."""
    return os.path.basename(name) == "vmlinux.h"


def source(options: PreprocessOptions) -> str:
    """The file that holds the BTF, whether it is there or not."""
    return options.btf or KERNEL_BTF


def found(options: PreprocessOptions) -> Found | None:
    """The header, if there is a file to make it from."""
    from .headers import Found

    path = source(options)
    if not options.journal.is_file(path):
        return None
    options.journal.read(path, os.stat(path))
    return Found(PATH, -1, True)


def text(options: PreprocessOptions) -> str:
    """The header's text."""
    quoted = source(options).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f"""\
#ifndef __VMLINUX_H__
#define __VMLINUX_H__
#pragma {_PRAGMA} "{quoted}"
#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma {_PRAGMA} preserve_access_index
#endif
#ifndef BPF_NO_KFUNC_PROTOTYPES
#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
#ifndef __bpf_fastcall
#define __bpf_fastcall
#endif
#pragma {_PRAGMA} kfuncs
#endif
#endif
"""


def wanted(tokens: Iterable[Token]) -> Wanted | None:
    """What the pragmas among `tokens` ask for; None if there are none."""
    path, loc, words = "", 0, set()
    for token in tokens:
        if token.kind == "pragma" and token.text.startswith(_PRAGMA):
            word = token.text[len(_PRAGMA) :].strip()
            if word.startswith('"'):
                path, loc = _ESCAPED.sub(lambda m: "\n" if m[1] == "n" else m[1], word[1:-1]), token.loc
            words.add(word)
    return Wanted(path, loc, "preserve_access_index" in words, "kfuncs" in words) if path else None
