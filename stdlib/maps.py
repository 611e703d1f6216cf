"""Map types: sizes of keys and values, flags, and which helpers may use them."""

from __future__ import annotations

from dataclasses import dataclass

from .helpers import HELPERS, Arg
from .map_rows import FLAG_GROUPS, FLAGS, HELPER_GROUPS, MAP_TYPES


@dataclass(frozen=True, slots=True)
class SizeRule:
    """Which sizes in bytes a key or value may have. `words` is the rule as diagnostics say it."""

    words: str
    sizes: frozenset[int] | None  # None: between low and high
    low: int
    high: int
    multiple: int

    def allows(self, size: int) -> bool:
        """True if the kernel creates a map with this size."""
        if self.sizes is not None:
            return size in self.sizes
        return self.low <= size <= self.high and size % self.multiple == 0


@dataclass(frozen=True, slots=True)
class MapType:
    """A map type (enum bpf_map_type). `short` is bpftool's name, `since` a kernel version."""

    number: int
    name: str
    short: str
    key: SizeRule
    value: SizeRule
    entries: str  # "any" (at least 1), "zero", "pages" (a power of two, a multiple of the page size)
    flags: int  # the create flags that are allowed
    needs: int  # the create flags that must be set
    per_cpu: bool
    since: str
    helpers: frozenset[str]  # C names of helpers that may take it as their map

    @property
    def has_elements(self) -> bool:
        """True if programs may look up, or loop over, elements by key."""
        return "bpf_map_lookup_elem" in self.helpers


def _size_rule(word: str) -> SizeRule:
    """`4`: only 4; `4,8`: one of these; `1..`: at least 1; `8..1016/8`: a range in steps of 8; `any`: not looked at."""
    if word == "any":
        return SizeRule("any size", None, 0, 1 << 31, 1)
    if ".." in word:
        span, _, step = word.partition("/")
        low, _, high = span.partition("..")
        multiple = int(step or 1)
        words = f"{low} to {high} bytes" if high else f"at least {low} byte{'s' * (low != '1')}"
        if multiple > 1:
            words += f", a multiple of {multiple}"
        return SizeRule(words, None, int(low), int(high or 1 << 31), multiple)
    sizes = frozenset(int(part) for part in word.split(","))
    words = "0: it has none" if sizes == {0} else " or ".join(str(size) for size in sorted(sizes)) + " bytes"
    return SizeRule(words, sizes, 0, 0, 1)


def _helpers(words: str) -> frozenset[str]:
    names: set[str] = set()
    for word in words.split():
        names.update(f"bpf_{name}" for name in HELPER_GROUPS.get(word, word).split())
    return frozenset(names - {"bpf_-"})


def _flags(words: list[str]) -> int:
    total = 0
    for group in words:
        for name in FLAG_GROUPS.get(group, group).split():
            total |= FLAGS[f"BPF_F_{name.upper()}"]
    return total


def _read_rows() -> dict[int, MapType]:
    rows = {}
    for line in MAP_TYPES.strip().splitlines():
        if line.startswith("#"):
            continue
        number, short, since, key, value, entries, flags, helpers = (part.strip() for part in line.split("|"))
        allowed = _flags(flags.replace("!", "").split())
        rows[int(number)] = MapType(
            number=int(number),
            name=f"BPF_MAP_TYPE_{short.upper()}",
            short=short,
            key=_size_rule(key),
            value=_size_rule(value),
            entries=entries,
            flags=allowed,
            needs=_flags([word[1:] for word in flags.split() if word.startswith("!")]),
            per_cpu="percpu" in short,
            since=since,
            helpers=_helpers(helpers),
        )
    return rows


MAPS = _read_rows()
_BY_NAME = {row.name: row for row in MAPS.values()} | {row.short: row for row in MAPS.values()}
_TAKE_A_MAP = frozenset(h.name for h in HELPERS.values() if any(a.kind is Arg.MAP for a in h.arguments))


def by_number(number: int) -> MapType | None:
    """The map type of a number of enum bpf_map_type, None if unknown."""
    return MAPS.get(number)


def by_name(name: str) -> MapType | None:
    """The map type of a C name (`BPF_MAP_TYPE_HASH`) or bpftool's name (`hash`), None if unknown."""
    return _BY_NAME.get(name)


def may_use(helper: str, map_type: int) -> bool:
    """True if helper `bpf_...` may take a map of this type (check_map_func_compatibility in kernel/bpf/verifier.c)."""
    row = MAPS.get(map_type)
    return helper not in _TAKE_A_MAP or (row is not None and helper in row.helpers)


def map_types_for(helper: str) -> list[MapType]:
    """The map types that helper `bpf_...` may take, for diagnostics."""
    return [row for row in MAPS.values() if helper in row.helpers]


def flag_names(flags: int) -> str:
    """C names of create flags, joined with ` | `; the rest as a hexadecimal number."""
    names = [name for name, bit in FLAGS.items() if flags & bit]
    rest = flags & ~sum(FLAGS.values())
    return " | ".join(names + ([hex(rest)] if rest else [])) or "0"
