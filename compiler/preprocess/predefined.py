"""Macros defined before any text is read: what `clang-19 -target bpf -dM -E` prints.

Facts: the LP64 little-endian data model of the BPF target; the oracle is clang itself (tests/unit/preprocess).
"""

from __future__ import annotations

from ..target import Target
from .options import PreprocessOptions

VERSION = "19.1.7"  # of the clang we stand in for; headers test __clang_major__

#   macro suffix   type                  width  C suffix  formats
_TYPES = """
    INT8          signed char            8      .         hhd hhi
    INT16         short                  16     .         hd hi
    INT32         int                    32     .         d i
    INT64         long int               64     L         ld li
    INTMAX        long int               64     L         ld li
    INTPTR        long int               64     L         ld li
    PTRDIFF       long int               64     L         ld li
    INT_LEAST8    signed char            8      .         hhd hhi
    INT_LEAST16   short                  16     .         hd hi
    INT_LEAST32   int                    32     .         d i
    INT_LEAST64   long int               64     L         ld li
    INT_FAST8     signed char            8      .         hhd hhi
    INT_FAST16    short                  16     .         hd hi
    INT_FAST32    int                    32     .         d i
    INT_FAST64    long int               64     L         ld li
    UINT8         unsigned char          8      .         hho hhu hhx hhX
    UINT16        unsigned short         16     .         ho hu hx hX
    UINT32        unsigned int           32     U         o u x X
    UINT64        long unsigned int      64     UL        lo lu lx lX
    UINTMAX       long unsigned int      64     UL        lo lu lx lX
    UINTPTR       long unsigned int      64     UL        lo lu lx lX
    SIZE          long unsigned int      64     UL        lo lu lx lX
    UINT_LEAST8   unsigned char          8      .         hho hhu hhx hhX
    UINT_LEAST16  unsigned short         16     .         ho hu hx hX
    UINT_LEAST32  unsigned int           32     U         o u x X
    UINT_LEAST64  long unsigned int      64     UL        lo lu lx lX
    UINT_FAST8    unsigned char          8      .         hho hhu hhx hhX
    UINT_FAST16   unsigned short         16     .         ho hu hx hX
    UINT_FAST32   unsigned int           32     U         o u x X
    UINT_FAST64   long unsigned int      64     UL        lo lu lx lX
"""
_EXACT = ("INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64")  # have no __X_WIDTH__
_WITH_C_SUFFIX = (*_EXACT, "INTMAX", "UINTMAX")

_FIXED = """
_LP64 1
__ATOMIC_ACQUIRE 2
__ATOMIC_ACQ_REL 4
__ATOMIC_CONSUME 1
__ATOMIC_RELAXED 0
__ATOMIC_RELEASE 3
__ATOMIC_SEQ_CST 5
__BIGGEST_ALIGNMENT__ 8
__BITINT_MAXWIDTH__ 128
__BOOL_WIDTH__ 8
__BPF__ 1
__CHAR16_TYPE__ unsigned short
__CHAR32_TYPE__ unsigned int
__CHAR_BIT__ 8
__CONSTANT_CFSTRINGS__ 1
__DECIMAL_DIG__ __LDBL_DECIMAL_DIG__
__ELF__ 1
__FINITE_MATH_ONLY__ 0
__FLT_RADIX__ 2
__FPCLASS_NEGINF 0x0004
__FPCLASS_NEGNORMAL 0x0008
__FPCLASS_NEGSUBNORMAL 0x0010
__FPCLASS_NEGZERO 0x0020
__FPCLASS_POSINF 0x0200
__FPCLASS_POSNORMAL 0x0100
__FPCLASS_POSSUBNORMAL 0x0080
__FPCLASS_POSZERO 0x0040
__FPCLASS_QNAN 0x0002
__FPCLASS_SNAN 0x0001
__GCC_ATOMIC_TEST_AND_SET_TRUEVAL 1
__GCC_CONSTRUCTIVE_SIZE 32
__GCC_DESTRUCTIVE_SIZE 32
__GNUC_MINOR__ 2
__GNUC_PATCHLEVEL__ 1
__GNUC__ 4
__GXX_ABI_VERSION 1002
__INT_MAX__ 2147483647
__INT_WIDTH__ 32
__LLONG_WIDTH__ 64
__LONG_LONG_MAX__ 9223372036854775807LL
__LONG_MAX__ 9223372036854775807L
__LONG_WIDTH__ 64
__LP64__ 1
__MEMORY_SCOPE_DEVICE 1
__MEMORY_SCOPE_SINGLE 4
__MEMORY_SCOPE_SYSTEM 0
__MEMORY_SCOPE_WRKGRP 2
__MEMORY_SCOPE_WVFRNT 3
__OBJC_BOOL_IS_BOOL 0
__OPENCL_MEMORY_SCOPE_ALL_SVM_DEVICES 3
__OPENCL_MEMORY_SCOPE_DEVICE 2
__OPENCL_MEMORY_SCOPE_SUB_GROUP 4
__OPENCL_MEMORY_SCOPE_WORK_GROUP 1
__OPENCL_MEMORY_SCOPE_WORK_ITEM 0
__ORDER_BIG_ENDIAN__ 4321
__ORDER_LITTLE_ENDIAN__ 1234
__ORDER_PDP_ENDIAN__ 3412
__POINTER_WIDTH__ 64
__PRAGMA_REDEFINE_EXTNAME 1
__SCHAR_MAX__ 127
__SHRT_MAX__ 32767
__SHRT_WIDTH__ 16
__SIG_ATOMIC_MAX__ 2147483647
__SIG_ATOMIC_WIDTH__ 32
__SIZEOF_DOUBLE__ 8
__SIZEOF_FLOAT__ 4
__SIZEOF_INT128__ 16
__SIZEOF_INT__ 4
__SIZEOF_LONG_DOUBLE__ 8
__SIZEOF_LONG_LONG__ 8
__SIZEOF_LONG__ 8
__SIZEOF_POINTER__ 8
__SIZEOF_PTRDIFF_T__ 8
__SIZEOF_SHORT__ 2
__SIZEOF_SIZE_T__ 8
__SIZEOF_WCHAR_T__ 4
__SIZEOF_WINT_T__ 4
__STDC_EMBED_EMPTY__ 2
__STDC_EMBED_FOUND__ 1
__STDC_EMBED_NOT_FOUND__ 0
__STDC_UTF_16__ 1
__STDC_UTF_32__ 1
__STDC__ 1
__USER_LABEL_PREFIX__
__WCHAR_MAX__ 2147483647
__WCHAR_TYPE__ int
__WCHAR_WIDTH__ 32
__WINT_MAX__ 2147483647
__WINT_TYPE__ int
__WINT_WIDTH__ 32
__bpf__ 1
__clang__ 1
__clang_literal_encoding__ "UTF-8"
__clang_wide_literal_encoding__ "UTF-32"
__llvm__ 1
"""

#   macro infix  suffix of literals  decimal digits, digits, mantissa bits, denormal, epsilon, least, greatest
_FLOATS = (
    ("FLT", "F", 9, 6, 24, "1.40129846e-45", "1.19209290e-7", "1.17549435e-38", "3.40282347e+38", 38, 128, -37, -125),
    ("DBL", "", 17, 15, 53, "4.9406564584124654e-324", "2.2204460492503131e-16", "2.2250738585072014e-308",
     "1.7976931348623157e+308", 308, 1024, -307, -1021),
    ("LDBL", "L", 17, 15, 53, "4.9406564584124654e-324", "2.2204460492503131e-16", "2.2250738585072014e-308",
     "1.7976931348623157e+308", 308, 1024, -307, -1021),
)  # fmt: skip

_CPU_FEATURES = (  # feature, the first -mcpu that has it
    ("ADDR_SPACE_CAST", 1),
    ("JMP_EXT", 2),
    ("MAY_GOTO", 2),
    ("ALU32", 3),
    ("JMP32", 3),
    ("BSWAP", 4),
    ("GOTOL", 4),
    ("LDSX", 4),
    ("MOVSX", 4),
    ("SDIV_SMOD", 4),
    ("ST", 4),
)

# -std: __STDC_VERSION__
STANDARDS = {
    "89": "", "90": "", "99": "199901L", "9x": "199901L", "11": "201112L", "1x": "201112L",
    "17": "201710L", "18": "201710L", "23": "202311L", "2x": "202311L", "2y": "202400L",
}  # fmt: skip


def predefined_text(options: PreprocessOptions) -> str:
    """The text of `#define`s that every translation unit starts with."""
    rows = [line for line in _FIXED.splitlines() if line]
    if options.undefined:
        rows += _language(options)
        return "".join(f"#define {row}\n" for row in rows if row.startswith("__STDC"))
    modern = options.standard[-2:] in ("23", "2x", "2y")
    rows += _types(modern) + _floats() + _atomics() + _target(options.target) + _language(options)
    return "".join(f"#define {row}\n" for row in rows)


def _types(binary: bool) -> list[str]:
    rows = []
    for line in _TYPES.strip().splitlines():
        name, *words = line.split()
        at = next(i for i, word in enumerate(words) if word.isdigit())
        kind, width, suffix = " ".join(words[:at]), int(words[at]), words[at + 1].replace(".", "")
        signed = not name.startswith(("U", "SIZE"))
        biggest = (1 << (width - signed)) - 1
        rows.append(f"__{name}_TYPE__ {kind}")
        rows.append(f"__{name}_MAX__ {biggest}{suffix}")
        if binary and "x" in (form[-1] for form in words[at + 2 :]):  # %b of C23
            words += [words[-1][:-1] + "B", words[-1][:-1] + "b"]
        rows += [f"__{name}_FMT{form[-1]}__ \"{form}\"" for form in words[at + 2 :]]
        if name in _WITH_C_SUFFIX:
            rows.append(f"__{name}_C_SUFFIX__ {suffix}".rstrip())
        if name not in _EXACT and "UINT_" not in name:
            rows.append(f"__{name}_WIDTH__ {width}")
    return rows


def _floats() -> list[str]:
    rows = []
    for name, suffix, decimal, digits, bits, denormal, epsilon, least, most, max10, max2, min10, min2 in _FLOATS:
        rows += [
            f"__{name}_DECIMAL_DIG__ {decimal}", f"__{name}_DENORM_MIN__ {denormal}{suffix}", f"__{name}_DIG__ {digits}",
            f"__{name}_EPSILON__ {epsilon}{suffix}", f"__{name}_HAS_DENORM__ 1", f"__{name}_HAS_INFINITY__ 1",
            f"__{name}_HAS_QUIET_NAN__ 1", f"__{name}_MANT_DIG__ {bits}", f"__{name}_MAX_10_EXP__ {max10}",
            f"__{name}_MAX_EXP__ {max2}", f"__{name}_MAX__ {most}{suffix}", f"__{name}_MIN_10_EXP__ ({min10})",
            f"__{name}_MIN_EXP__ ({min2})", f"__{name}_MIN__ {least}{suffix}", f"__{name}_NORM_MAX__ {most}{suffix}",
        ]  # fmt: skip
    return rows


def _atomics() -> list[str]:
    kinds = ("BOOL", "CHAR16_T", "CHAR32_T", "CHAR", "INT", "LLONG", "LONG", "POINTER", "SHORT", "WCHAR_T")
    return [f"__{who}_ATOMIC_{kind}_LOCK_FREE 2" for who in ("CLANG", "GCC") for kind in kinds]


def _target(target: Target) -> list[str]:
    order = "BIG" if target.big_endian else "LITTLE"
    return [
        f"__BPF_CPU_VERSION__ {target.cpu}",
        *(f"__BPF_FEATURE_{feature} 1" for feature, cpu in _CPU_FEATURES if target.cpu >= cpu),
        f"__BYTE_ORDER__ __ORDER_{order}_ENDIAN__",
        f"__{order}_ENDIAN__ 1",
    ]


def _language(options: PreprocessOptions) -> list[str]:
    major, minor, patch = VERSION.split(".")
    rows = [
        f"__clang_major__ {major}", f"__clang_minor__ {minor}", f"__clang_patchlevel__ {patch}",
        f'__clang_version__ "{VERSION} (purebpf)"', f'__VERSION__ "purebpf, in place of Clang {VERSION}"',
    ]  # fmt: skip
    version = STANDARDS.get(options.standard[-2:], STANDARDS["17"])
    if version:
        rows.append(f"__STDC_VERSION__ {version}")
    if options.standard[-2:] in ("23", "2x", "2y"):
        rows += ["__CHAR8_TYPE__ unsigned char", *(f"__{who}_ATOMIC_CHAR8_T_LOCK_FREE 2" for who in ("CLANG", "GCC"))]
    rows.append(f"__STDC_HOSTED__ {int(options.hosted)}")
    rows.append("__GNUC_STDC_INLINE__ 1" if version and not options.gnu_inline else "__GNUC_GNU_INLINE__ 1")
    if not options.standard.startswith("gnu"):
        rows.append("__STRICT_ANSI__ 1")
    if options.optimize:
        rows.append("__OPTIMIZE__ 1")
    else:
        rows.append("__NO_INLINE__ 1")
    if options.optimize_size:
        rows.append("__OPTIMIZE_SIZE__ 1")
    return rows
