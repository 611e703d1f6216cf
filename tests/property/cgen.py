"""Random restricted C programs that gcc runs natively and BPF runs as an XDP program.

`compute(data, data_end)` works on a packet of at least 64 bytes, on maps and globals, and gives 64 bits, which are written
over the packet's first 8 bytes; the whole packet is what is compared. Maps and globals keep what a run left in them for the
next, everywhere alike. Nothing is undefined in C (with -fwrapv -fno-strict-aliasing), nothing unspecified is looked at, and
the verifier sees every bound: divisors are odd or constants, shift amounts and indices are masked, every variable is
initialised, loops are bounded, pointers are checked.

Each program has a few of the features of the language, by chance: those it has then meet more often.
"""

from __future__ import annotations

from dataclasses import dataclass

from cgen_expressions import INTEGERS, TYPES, Place, Pure
from cgen_memory import Memory
from cgen_prelude import BPF, MAIN, NATIVE
from cgen_statements import Array, Impure, MapType, Record

_FEATURES = [
    "switch", "goto", "loops", "arrays", "records", "pointers", "calls", "maps", "packet", "atomics", "overflow", "volatile",
    "early", "builtins", "steps", "record_arrays", "statement_expressions", "globals", "bits", "unions", "pure",
]  # fmt: skip
_CPUS = (3, 3, 1, 3, 2, 3, 4, 3)


@dataclass(frozen=True)
class Program:
    """A random program: `text` is what both sides share; `bpf` is all of the BPF one."""

    seed: int
    cpu: int
    text: str

    @property
    def bpf(self) -> str:
        """The C text for BPF; its program is named "prog"."""
        return BPF + self.text


class Generator(Memory):
    """Makes one program; all choices come from `seed`."""

    def __init__(self, seed: int, cpu: int) -> None:
        super().__init__(seed, cpu)
        self.prefix = f"x{seed}_"
        self.global_arrays: list[Array] = []
        self.global_places: list[Place] = []
        self.global_records: list[tuple[str, Record]] = []

    def program(self) -> str:
        """The text without a prelude."""
        r = self.r
        features = {name for name in _FEATURES if r.random() < 0.4}
        self.choose(features)
        if features & {"records", "maps", "bits", "unions"}:
            for _ in range(r.randint(1, 2)):
                self.record()
        if "unions" in features:
            self.union()
        if "globals" in features:
            self.globals()
        if "pure" in features:
            for _ in range(r.randint(1, 2)):
                self.pure_function()
        if features & {"steps"}:
            self.step_function()
        if "calls" in features:
            for _ in range(r.randint(1, 3)):
                self.impure_function()
        if "maps" in features:
            for _ in range(r.randint(1, 2)):
                kind, name = r.choice([1, 2, 2]), self.prefix + self.new("map")
                record = r.choice([record for record in self.record_types if record.flat] or [self.record(flat=True)])
                self.maps.append(MapType(name, kind, r.choice([4, 5, 8]), record))
                self.lines.append(f"MAP({name}, {kind}, {self.maps[-1].count}, u32, {record.name});")
        self.compute()
        return "\n".join(self.lines) + f"\nENTRY({self.prefix}prog, {self.prefix}compute)\n"

    def record(self, *, flat: bool = False) -> Record:
        """A struct: scalars, bit-fields, arrays; packed or not. A flat one has neither padding nor bit-fields."""
        r, name = self.r, f"struct {self.prefix}{self.new('r')}"
        flat = flat or "maps" in self.features
        packed = r.random() < 0.25 and not flat
        lines: list[str] = []
        places: list[tuple[str, str, str, bool]] = []
        if flat:  # falling sizes leave no holes; the last member fills it up
            for i, t in enumerate(sorted((self.any_type() for _ in range(r.randint(2, 4))), key=lambda t: -TYPES[t][0])):
                lines.append(f"{t} m{i};")
                places.append((f".m{i}", t, "", True))
            used = sum(TYPES[t][0] for _, t, *_ in places) // 8
            if used % 8:
                lines.append(f"u8 fill[{8 - used % 8}];")
        else:
            for i in range(r.randint(1, 4)):
                t = self.any_type()
                if r.random() < 0.15:
                    count = r.randint(2, 4)
                    lines.append(f"{t} m{i}[{count}];")
                    places += [(f".m{i}[{at}]", t, "", not packed) for at in range(count)]
                else:
                    lines.append(f"{t} m{i};")
                    places.append((f".m{i}", t, "", not packed))
            if "bits" in self.features:
                for i in range(r.randint(1, 5)):
                    t = r.choice([*INTEGERS, "u32", "u64"])
                    width = r.randint(1, TYPES[t][0])
                    lines.insert(r.randint(0, len(lines)), f"{t} b{i} : {width};")
                    places.append((f".b{i}", t, t if width > 31 else "", False))
                    if r.random() < 0.1:
                        lines.append(f"{t} : {r.choice([0, width])};")
                if r.random() < 0.3:
                    lines.append("_Bool o : 1;")
                    places.append((".o", "_Bool", "", False))
            if r.random() < 0.25 and self.record_types and self.record_types[-1].name.startswith("struct") and not packed:
                inner = self.record_types[-1]
                lines.append(f"{inner.name} in;")
                places += [(f".in{path}", t, cast, addressable) for path, t, cast, addressable in inner.places]
        self.lines.append(f"{name[:6]} {'PACKED ' if packed else ''}{name[7:]} {{ {' '.join(lines)} }};")
        self.record_types.append(Record(name, places, "", flat))
        return self.record_types[-1]

    def union(self) -> None:
        """Eight bytes seen in several ways."""
        r, name = self.r, f"union {self.prefix}{self.new('u')}"
        lines = ["u64 q;", "u32 d[2];", "s16 h[4];", "u8 c[8];", "struct { u8 o; s8 p; u16 q; s32 r; } s;"]
        members = [(".q", "u64"), (f".d[{r.randrange(2)}]", "u32"), (f".h[{r.randrange(4)}]", "s16"),
                   (f".c[{r.randrange(8)}]", "u8"), (".s.p", "s8"), (".s.r", "s32")]  # fmt: skip
        places = [(path, t, "", True) for path, t in members]
        if "bits" in self.features:
            t, rest = r.choice(["u64", "s64"]), 64
            fields: list[str] = []
            while rest and len(fields) < 5:
                width = r.randint(1, rest) if len(fields) < 4 else rest
                fields.append(f"{t} f{len(fields)} : {width};")
                places.append((f".b.f{len(fields) - 1}", t, t if width > 31 else "", False))
                rest -= width
            lines.append(f"struct {{ {' '.join(fields)} }} b;")
        self.lines.append(f"{name} {{ {' '.join(lines)} }};")
        self.record_types.append(Record(name, places, ".q", True))

    def globals(self) -> None:
        """Variables in .data, .bss and .rodata."""
        r = self.r
        for _ in range(r.randint(1, 3)):
            name, t = self.prefix + self.new("g"), self.any_type()
            value = r.choice(["", " = 0", f" = ({t}){self.literal()}", f" = ({t}){self.literal()}"])
            kind = r.choice(["static ", "static ", "", "volatile ", "static const volatile ", "const "]) if value else "static "
            self.lines.append(f"{kind}{t} {name}{value};")
            place = Place(name, t, addressable="volatile" not in kind and "const" not in kind)
            self.readable.append(place)
            if "const" not in kind:
                self.writable.append(place)
        for _ in range(r.randint(0, 2)):
            name, t, count = self.prefix + self.new("g"), r.choice(["u8", "u16", "s32", "u64"]), r.choice([4, 5, 8])
            kind = r.choice(["static ", "static ", "static const ", ""])
            values = [str(r.randrange(100)) for _ in range(r.randint(1, count))]
            self.lines.append(f"{kind}{t} {name}[{count}] = {{{', '.join(values)}}};")
            self.add_array(Array(name, t, count, "const" not in kind, "const" not in kind))
        if self.record_types and r.random() < 0.5:
            record, name = self.record_types[0], self.prefix + self.new("g")
            self.lines.append(f"static {record.name} {name};")
            self.add_record(name, record)
        self.global_places, self.global_arrays, self.global_records = self.writable[:], self.arrays[:], self.records[:]
        self.global_readable = self.readable[:]

    # --- functions --------------------------------------------------------------------------------------------------

    def body(self, header: str, count: int, result: str, last: str = "") -> None:
        """A function of random statements."""
        self.lines += [header, "{"]
        self.in_function = True
        self.statements(count, 1)
        if result != "void":
            self.emit(f"return {last or self.expression(2)};")
        self.in_function = False
        self.lines.append("}")

    def enter(self, *, pure: bool) -> tuple[list[Place], list[Place], list[Array], list[tuple[str, Record]]]:
        kept = self.readable, self.writable, self.arrays, self.records
        self.readable, self.writable, self.arrays, self.records = [], [], [], []
        if not pure:
            self.readable, self.writable, self.arrays, self.records = (part[:] for part in kept)  # type: ignore[assignment]
        return kept

    def pure_function(self) -> None:
        r, name = self.r, self.prefix + self.new("f")
        kept, features = self.enter(pure=True), self.features
        impure, self.impure = self.impure, []
        parameters = [self.any_type() for _ in range(r.randint(1, 4))]
        for i, t in enumerate(parameters):
            self.declare(f"q{i}", t)
        result = r.choice([*INTEGERS, "_Bool"])
        self.choose(features - {"early", "maps", "packet"})
        listed = ", ".join(f"{t} q{i}" for i, t in enumerate(parameters))
        kind = r.choice(["static NOINLINE", "static INLINE", "static NOINLINE", "NOINLINE"])
        self.body(f"{kind} {result} {name}({listed})", r.randint(1, 3), result)
        self.choose(features)
        self.readable, self.writable, self.arrays, self.records = kept
        self.impure = impure
        self.pure.append(Pure(name, parameters))

    def step_function(self) -> None:
        """A function that bpf_loop calls, with a record to work on."""
        r, name = self.r, self.prefix + self.new("f")
        record = r.choice(self.record_types) if self.record_types else self.record()
        kept, features = self.enter(pure=False), self.features
        impure, self.impure = self.impure, []
        self.declare("q0", "u32")
        self.add_record("q1", record, arrow=True)
        self.choose(features - {"early", "maps", "packet", "loops"})
        last = r.choice(["0", "0", f"{self.condition()} ? 1 : 0"])
        self.body(f"static long {name}(u32 q0, {record.name} *q1)", r.randint(1, 3), "long", last)
        self.choose(features)
        self.readable, self.writable, self.arrays, self.records = kept
        self.impure = impure
        self.steps.append((name, record))

    def impure_function(self) -> None:
        r, name = self.r, self.prefix + self.new("f")
        kept, features = self.enter(pure=False), self.features
        impure, self.impure = self.impure, (self.impure[-1:] if r.random() < 0.3 else [])
        inline = r.random() < 0.35
        parameters: list[tuple[str, str]] = []
        listed: list[str] = []
        for i in range(r.randint(1, 4)):
            t, kind = self.any_type(), r.choice(["value", "pointer", "array", "record", "copy"])
            record = r.choice(self.record_types) if self.record_types else None
            match kind:
                case "pointer":
                    listed.append(f"{t} *q{i}")
                    self.declare(f"(*q{i})", t, addressable=False)
                case "array":
                    listed.append(f"{t} *q{i}")
                    self.add_array(Array(f"q{i}", t, 4))
                case "record" if record:
                    listed.append(f"{record.name} *q{i}")
                    self.add_record(f"q{i}", record, arrow=True)
                    t = record.name
                case "copy" if record and inline:
                    listed.append(f"{record.name} q{i}")
                    self.add_record(f"q{i}", record)
                    t = record.name
                case _:
                    kind = "value"
                    listed.append(f"{t} q{i}")
                    self.declare(f"q{i}", t)
            parameters.append((kind, t))
        result, last = r.choice([*INTEGERS, "void", "_Bool"]), ""
        own = [(n, record) for n, record in self.records if record.name.startswith("struct")]
        if inline and own and r.random() < 0.4:
            last, result = own[-1][0], own[-1][1].name
        self.choose(features - ({"early"} if result == "void" or last else set()) - {"maps", "packet"})
        kind = "INLINE" if inline else r.choice(["NOINLINE", "NOINLINE", ""])
        self.body(f"static {kind} {result} {name}({', '.join(listed)})", r.randint(1, 4), result, last)
        self.choose(features)
        self.readable, self.writable, self.arrays, self.records = kept
        self.impure = [*impure, Impure(name, parameters, result)]

    def compute(self) -> None:
        r = self.r
        kind = r.choice(["INLINE", "INLINE", "NOINLINE"])
        self.lines += [f"static {kind} u64 {self.prefix}compute(u8 *data, u8 *data_end)", "{"]
        self.emit("if (data + 64 > data_end)")
        self.emit("    return 0;")
        self.emit("struct head *in = (struct head *)data;")
        for member, t in r.sample(list(zip("abcdefgh", INTEGERS, strict=True)), r.randint(3, 8)):
            self.readable.append(Place(f"in->{member}", t))
        self.readable += [Place(f"data[{r.randrange(30, 64)}]", "u8") for _ in range(2)]
        for _ in range(r.choice([1, 2, 3, 4, 9])):  # many at times: they do not fit into the registers
            self.local(1)
        if self.record_types:
            self.local_record(1)
        self.statements(r.randint(4, 9), 2)
        total = r.choice(["+", "^"])
        rest = self.writable[:]
        while len(rest) > 12:
            rest.remove(r.choice(rest))
        self.emit(f"u64 total = {f' {total} '.join(f'((u64){p.read} * {r.randrange(1, 1 << 20, 2)}u)' for p in rest) or '0'};")
        for array in self.arrays[:2]:
            if array.writable:
                i = self.new("i")
                self.emit(f"for (int {i} = 0; {i} < {array.count}; {i}++) total = total * 7 + {array.name}[{i}];")
        self.emit("return total;")
        self.lines.append("}")


def cpu_of(seed: int) -> int:
    """The -mcpu a seed's program is for: v3 mostly."""
    return _CPUS[seed % len(_CPUS)]


def random_program(seed: int) -> Program:
    """The program of a seed."""
    return Program(seed, cpu_of(seed), Generator(seed, cpu_of(seed)).program())


def random_inputs(seed: int, count: int) -> list[bytes]:
    """Packets: random ones, and some of extreme bytes."""
    import random

    r = random.Random(seed)
    extremes = [b"\xff" * 64, bytes(64), b"\x80" * 65, b"\x7f" * 100, bytes(range(96)), b"\x01\x00" * 40]
    r.shuffle(extremes)
    return [*(r.randbytes(r.choice([64, 66, 80, 120])) for _ in range(count - 2)), *extremes[:2]][:count]


def native_text(programs: list[Program]) -> str:
    """One C program that runs all of them natively."""
    table = ", ".join(f"x{program.seed}_prog" for program in programs)
    texts = "".join(program.text for program in programs)
    return f"{NATIVE}{texts}static int (*programs[])(u8 *, u8 *) = {{ {table} }};\n{MAIN}"
