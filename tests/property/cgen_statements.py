"""Random C statements: what is in scope, scalars and control flow. (cgen_memory has the others.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cgen_expressions import TYPES, Expressions, Place

Kinds = list[tuple[Callable[[int], None], int]]


@dataclass(frozen=True)
class Record:
    """A struct or union type: `places` are (".member", type, cast, addressable)."""

    name: str
    places: list[tuple[str, str, str, bool]]
    initializer: str
    flat: bool  # no padding: its bytes can be looked at


@dataclass(frozen=True)
class Array:
    """An array object of `count` elements."""

    name: str
    type: str
    count: int
    writable: bool = True
    atomic: bool = True


@dataclass(frozen=True)
class Impure:
    """A function that changes what its pointers point to, or globals.

    Parameters: (kind, type), the kind "value", "pointer", "array" (4 elements), "record" (a pointer) or "copy" (a struct).
    """

    name: str
    parameters: list[tuple[str, str]]
    result: str


@dataclass(frozen=True)
class MapType:
    """A map with u32 keys and a record as value."""

    name: str
    kind: int
    count: int
    record: Record


class Statements(Expressions):
    """Emits statements over what is in scope."""

    def __init__(self, seed: int, cpu: int) -> None:
        super().__init__(seed, cpu)
        self.lines: list[str] = []
        self.indent = 1
        self.writable: list[Place] = []
        self.arrays: list[Array] = []
        self.records: list[tuple[str, Record]] = []  # objects of record type that can be written
        self.impure: list[Impure] = []
        self.record_types: list[Record] = []
        self.maps: list[MapType] = []
        self.steps: list[tuple[str, Record]] = []
        self.in_packet = False
        self.in_map = False
        self.in_function = False
        self.loops = 0
        self.kinds: Kinds = []

    # --- scopes -----------------------------------------------------------------------------------------------------

    def emit(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A block: what is declared in it is gone behind it."""
        kept = self.readable[:], self.writable[:], self.arrays[:], self.records[:]
        self.indent += 1
        yield
        self.indent -= 1
        self.readable, self.writable, self.arrays, self.records = kept

    def block(self, depth: int, count: int = 0) -> None:
        with self.scope():
            self.statements(count or self.r.randint(1, 2), depth)

    def declare(self, name: str, t: str, *, addressable: bool = True, written: bool = True, atomic: bool = True) -> None:
        place = Place(name, t, addressable=addressable, atomic=atomic)
        self.readable.append(place)
        if written:
            self.writable.append(place)

    def add_record(self, name: str, record: Record, *, atomic: bool = True, arrow: bool = False) -> None:
        """Make the members of an object known."""
        for path, t, cast, addressable in record.places:
            member = f"{name}->{path[1:]}" if arrow else f"{name}{path}"
            place = Place(member, t, cast, addressable, atomic and addressable)
            self.readable.append(place)
            self.writable.append(place)
        self.records.append((f"*{name}" if arrow else name, record))

    # --- statements -------------------------------------------------------------------------------------------------

    def statements(self, count: int, depth: int) -> None:
        for _ in range(count):
            self.statement(depth)

    def choose(self, features: set[str]) -> None:
        """Which statements this program has, and how often."""
        self.features = features
        always: Kinds = [
            (self.assign, 5), (self.compound, 4), (self.increment, 2), (self.if_, 4), (self.for_, 2), (self.local, 3),
        ]  # fmt: skip
        optional = self.optional_statements()
        self.kinds = always + [kind for name in sorted(features & optional.keys()) for kind in optional[name]]

    def optional_statements(self) -> dict[str, Kinds]:
        """The statements of each feature, with their weights."""
        return {
            "switch": [(self.switch, 3)],
            "goto": [(self.goto, 2)],
            "loops": [(self.while_, 2)],
            "volatile": [(self.volatile, 2)],
            "early": [(self.early, 1)],
        }

    def statement(self, depth: int) -> None:
        kinds, weights = zip(*self.kinds, strict=True)
        self.r.choices(kinds, weights)[0](depth)

    def target(self) -> Place:
        return self.r.choice(self.writable[-6:] if self.r.random() < 0.3 else self.writable)

    def assign(self, depth: int) -> None:
        self.emit(f"{self.target().name} = {self.expression(self.r.choice([1, 2, 2, 3, 3, 4]))};")

    def compound(self, depth: int) -> None:
        r, place = self.r, self.target()
        bits, _ = TYPES.get(place.type, (1, False))
        if bits >= 32 and not place.cast and r.random() < 0.25:
            self.emit(f"{place.name} {r.choice(['<<', '>>'])}= {self.expression(1)} & {bits - 1};")
        elif bits >= 8 and not place.cast and r.random() < 0.15:
            self.emit(f"{place.name} {r.choice('/%')}= {r.choice([f'(u8){self.leaf()} | 1', '3', '10', '7u'])};")
        else:
            self.emit(f"{place.name} {r.choice('+-*&|^')}= {self.expression(2)};")

    def increment(self, depth: int) -> None:
        name, op = self.target().name, self.r.choice(["++", "--"])
        self.emit(f"{name}{op};" if self.r.random() < 0.5 else f"{op}{name};")

    def local(self, depth: int) -> None:
        t, name = self.r.choice([*TYPES, *TYPES, "_Bool", "enum sign", "enum size"]), self.new("v")
        self.emit(f"{t} {name} = {self.expression(2)};")
        self.declare(name, t, atomic=t in TYPES)

    def volatile(self, depth: int) -> None:
        t, name = self.any_type(), self.new("w")
        self.emit(f"volatile {t} {name} = {self.expression(2)};")
        self.declare(name, t, addressable=False, atomic=False)

    def if_(self, depth: int) -> None:
        if depth <= 0 or self.loops > 1:
            return self.assign(depth)
        self.emit(f"if ({self.condition(2)}) {{")
        self.block(depth - 1)
        while self.r.random() < 0.15:
            self.emit(f"}} else if ({self.condition(1)}) {{")
            self.block(depth - 1)
        if self.r.random() < 0.4:
            self.emit("} else {")
            self.block(depth - 1)
        self.emit("}")

    def for_(self, depth: int) -> None:
        if depth <= 0 or self.loops >= 2:
            return self.compound(depth)
        r, i = self.r, self.new("i")
        t = r.choice(["int", "u32", "u8", "s64", "u64", "s16", "u16"])
        low = r.randint(-2, 2) if t in ("int", "s64", "s16") else r.randint(0, 2)
        count, step = 2 if self.loops else r.randint(2, 5), r.choice([1, 1, 1, 2, 3])
        header = r.choice([
            f"for ({t} {i} = {low}; {i} < {low + count * step}; {i} += {step}) {{",
            f"for ({t} {i} = {low + count + 1}; {i} != {low + 1}; {i}--) {{",
            f"for ({t} {i} = {low}; {i} <= {low + count}; {i}++) {{",
        ])  # fmt: skip
        self.loop(header, i, "s32" if t == "int" else t, depth)
        self.emit("}")

    def loop(self, header: str, i: str, t: str, depth: int, *, jumps: bool = True) -> None:
        if self.r.random() < 0.1 and self.loops == 0 and jumps:
            self.emit("#pragma unroll")
        self.emit(header)
        self.loops += 1
        with self.scope():
            self.declare(i, t, addressable=False, written=False)
            self.statements(1 if self.loops > 1 else self.r.randint(1, 2), depth - 1)
            if self.r.random() < 0.3 and self.loops == 1:
                self.emit(f"if ({self.condition()}) {self.r.choice(['break', 'continue'])};")
                self.statements(1, 0)
        self.loops -= 1

    def while_(self, depth: int) -> None:
        if depth <= 0 or self.loops >= 2:
            return self.compound(depth)
        i = self.new("n")
        self.emit(f"u32 {i} = {2 if self.loops else self.r.randint(1, 4)};")
        if self.r.random() < 0.5:
            self.loop("do {", i, "u32", depth)
            self.emit(f"}} while ({i}-- > 0);" if self.r.random() < 0.5 else f"}} while (--{i});")
        elif self.r.random() < 0.3:
            self.emit(f"{self.r.choice(['while (1)', 'for (;;)'])} {{")
            self.emit(f"    if ({i}-- == 0) break;")
            self.loop("    {", i, "u32", depth, jumps=False)
            self.emit("    }")
            self.emit("}")
        else:
            self.loop(f"while ({i}-- > 0) {{", i, "u32", depth)
            self.emit("}")

    def goto(self, depth: int) -> None:
        label = self.new("l")
        self.emit(f"if ({self.condition()}) goto {label};")
        self.block_of_assignments()
        self.emit(f"{label}: ;")

    def block_of_assignments(self) -> None:
        for _ in range(self.r.randint(1, 2)):
            self.r.choice([self.assign, self.compound, self.increment])(0)

    def switch(self, depth: int) -> None:
        r = self.r
        if self.loops:  # many ways, many times
            return self.assign(depth)
        mask = r.choice([7, 15, 255])
        masked = r.choice([f"{self.expression(2)} & {mask}", f"{self.leaf()} % {mask}"])
        self.emit(f"switch ({masked if r.random() < 0.5 else self.leaf()}) {{")
        values = sorted(r.sample(range(mask + 1), r.randint(1, 6)))
        default = r.randrange(len(values)) if r.random() < 0.7 else -1
        for at, value in enumerate(values):
            last = values[at + 1] - 1 if at + 1 < len(values) else value + 9
            self.emit(f"case {value} ... {r.randint(value, last)}:" if r.random() < 0.3 and last > value else f"case {value}:")
            if at == default:
                self.emit("default:")
            if r.random() < 0.85:
                self.block(0, 1)
                self.emit(r.choice(["    break;", "    break;", "    ;"]))
        self.emit("    ;")
        self.emit("}")

    def early(self, depth: int) -> None:
        if self.indent == 1 or self.r.random() < 0.5:
            self.emit(f"if ({self.condition(2)} && {self.condition(0)})")
            self.emit(f"    return {self.expression(2)};")
