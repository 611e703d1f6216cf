"""What a user can ask of the preprocessor."""

from __future__ import annotations

from ..cache import Cache
from ..journal import Journal
from ..records import dataclass, field
from ..target import Target


@dataclass(slots=True)
class PreprocessOptions:
    """Options, named as clang's command line names them.

    Headers are looked for in: the including file's folder and `quote` (only `#include "x"`), `include`, `system`, our own
    headers (stdlib/include), /usr/local/include and /usr/include, `after`. Those from `system` on are system headers:
    no warnings are shown for them.
    """

    include: list[str] = field(default_factory=list)  # -I
    quote: list[str] = field(default_factory=list)  # -iquote
    system: list[str] = field(default_factory=list)  # -isystem
    after: list[str] = field(default_factory=list)  # -idirafter
    macros: list[tuple[str, str]] = field(default_factory=list)  # ("D", "NAME=VALUE") and ("U", "NAME"), in order
    forced: list[str] = field(default_factory=list)  # -include
    imacros: list[str] = field(default_factory=list)  # -imacros
    builtin_headers: bool = True  # our own headers; False for -nostdinc and -nobuiltininc
    host_headers: bool = True  # /usr/include; False for -nostdinc and -nostdlibinc
    root: str = ""  # --sysroot: what /usr/include is relative to
    hosted: bool = True  # False for -ffreestanding: __STDC_HOSTED__ is 0
    target: Target = field(default_factory=Target)
    standard: str = "gnu17"  # -std
    ms_extensions: bool = False  # -fms-extensions: `struct tag;` in a struct is an anonymous member of that type
    short_enums: bool = False  # -fshort-enums: enums are as small as their values allow
    gnu_inline: bool = False  # -fgnu89-inline, of which only the macro is told
    undefined: bool = False  # -undef: only the macros of the standard are predefined
    missing: bool = False  # -MG: headers that are not there are dependencies that make will make
    keep_includes: bool = False  # -dI: #include directives stay in the output as tokens of kind "directive"
    optimize: bool = True  # whether __OPTIMIZE__ is defined
    optimize_size: bool = False  # __OPTIMIZE_SIZE__ (-Os, -Oz)
    keep_directives: bool = False  # -dD: definitions stay in the output as tokens of kind "directive"
    comments: bool = False  # -C: comments between the tokens stay in the output as tokens of kind "comment"
    chunks: bool = False  # large stretches of headers that no macro touches may become one token of kind "text"
    warnings: bool = True  # False for -w
    cache: Cache = field(default_factory=Cache)  # what is kept between compiles; nothing, unless it has a folder
    journal: Journal = field(default_factory=Journal)  # what is learned from the file system
    btf: str = ""  # --btf: the file whose types a vmlinux.h that is not there declares; "": the running kernel's
