"""Random C statements about memory: arrays, structs, pointers, calls, maps, packets, atomics, all within bounds."""

from __future__ import annotations

import re

from cgen_expressions import TYPES, Place, below
from cgen_statements import Array, Kinds, Record, Statements

_HEAD = [("a", "u8"), ("b", "s8"), ("c", "u16"), ("d", "s16"), ("e", "u32"), ("f", "s32"), ("g", "u64"), ("h", "s64")]
# The kernel's verifier (6.18) loses track of what a fetching atomic operation takes from the stack: it may drop branches
# on that which are taken. So results are only looked at where memory is a map's or a global's.
_NOT_STACK = re.compile(r"x\d+_|m\d+->")


class Memory(Statements):
    """Adds the statements about memory."""

    def optional_statements(self) -> dict[str, Kinds]:
        return super().optional_statements() | {
            "loops": [(self.while_, 2), (self.long_loop, 2), (self.walk, 2)],
            "arrays": [(self.local_array, 3), (self.store_element, 4), (self.guarded_element, 2), (self.move_bytes, 3)],
            "records": [(self.local_record, 4), (self.copy_record, 4), (self.compare_bytes, 1)],
            "pointers": [(self.pointer, 4), (self.swap_by_pointer, 1)],
            "calls": [(self.call, 5)],
            "steps": [(self.repeat, 2)],
            "record_arrays": [(self.record_array, 3)],
            "maps": [(self.use_map, 4), (self.change_map, 2)],
            "packet": [(self.use_packet, 4), (self.parse, 1)],
            "atomics": [(self.atomic, 4)],
            "overflow": [(self.overflow, 2)],
        }

    def long_loop(self, depth: int) -> None:
        """Too long to unroll: what it does has no branches, or the verifier has too much to look at."""
        if self.loops:
            return self.assign(depth)
        i, total, t = self.new("i"), self.new("t"), self.any_type()
        self.emit(f"{t} {total} = {self.leaf()};")
        self.emit(f"for (u32 {i} = 0; {i} < {self.r.choice([20, 33, 50])}; {i}++) {{")
        self.loops += 1
        with self.scope():
            self.declare(total, t)
            self.declare(i, "u32", addressable=False, written=False)
            self.emit(f"{total} = {total} * {self.r.choice([3, 31, 33])} + {self.leaf()};")
            for array in self.r.sample(self.arrays, min(1, len(self.arrays))):
                at = f"{array.name}[{i} & {below(array.count)}]"
                self.emit(f"{total} += {at};")
                if array.writable:
                    self.emit(f"{at} {self.r.choice(['=', '+=', '^='])} {self.leaf()};")
        self.loops -= 1
        self.emit("}")
        self.declare(total, t)

    def walk(self, depth: int) -> None:
        """A pointer that walks over an array."""
        if not self.arrays or self.loops:
            return self.assign(depth)
        array, p, i = self.r.choice(self.arrays), self.new("p"), self.new("i")
        self.emit(f"{'' if array.writable else 'const '}{array.type} *{p} = {array.name};")
        self.emit(f"for (u32 {i} = 0; {i} < {array.count}; {i}++, {p}++) {{")  # the verifier compares no pointers to memory
        self.loops += 1
        with self.scope():
            self.declare(f"(*{p})", array.type, addressable=False, written=array.writable, atomic=array.atomic)
            self.statements(1, 0)
            if array.writable and self.r.random() < 0.5:
                self.emit(f"*{p} {self.r.choice(['=', '+=', '^=', '-='])} {self.leaf()};")
        self.loops -= 1
        self.emit("}")

    # --- memory -----------------------------------------------------------------------------------------------------

    def local_array(self, depth: int) -> None:
        r, name = self.r, self.new("a")
        t, count = r.choice(["u8", "u8", "u16", "s16", "u32", "s32", "u64", "s8"]), r.choice([2, 3, 4, 5, 8])
        values = [self.leaf() if r.random() < 0.3 else str(r.randrange(60)) for _ in range(r.randint(1, count))]
        if r.random() < 0.2:
            values[-1] = f"[{count - 1}] = {values[-1]}"
        kind = r.choice(["", "", "", "const ", "static const "])
        if kind.startswith("static"):
            values = [str(r.randrange(60)) for _ in range(count)]
        self.emit(f"{kind}{t} {name}[{count}] = {{{', '.join(values)}}};")
        self.add_array(Array(name, t, count, not kind, not kind))

    def add_array(self, array: Array) -> None:
        self.arrays.append(array)
        self.readable.append(Place(f"{array.name}[{self.index(array.count)}]", array.type))
        if array.writable:
            at = f"{array.name}[{self.r.randrange(array.count)}]"
            self.writable.append(Place(at, array.type, addressable=True, atomic=array.atomic))
            self.readable.append(self.writable[-1])

    def store_element(self, depth: int) -> None:
        if not self.arrays:
            return self.local_array(depth)
        array = self.r.choice(self.arrays)
        at = f"{array.name}[{self.index(array.count)}]"
        if not array.writable:
            return self.emit(f"{self.target().name} ^= {at};")
        self.emit(f"{at} {self.r.choice(['=', '=', '+=', '^=', '|='])} {self.expression(2)};")

    def guarded_element(self, depth: int) -> None:
        """An index that an `if` bounds, and a count that is no power of two."""
        if not self.arrays:
            return self.local_array(depth)
        array, i = self.r.choice(self.arrays), self.new("i")
        self.emit(f"{self.r.choice(['u32', 'u64', 'u8', 'u16'])} {i} = {self.leaf()};")
        self.emit(f"if ({i} {self.r.choice([f'< {array.count}', f'<= {array.count - 1}'])})")
        at = f"{array.name}[{i}]"
        self.emit(f"    {at} += {self.leaf()};" if array.writable else f"    {self.target().name} -= {at};")

    def move_bytes(self, depth: int) -> None:
        r = self.r
        arrays = [a for a in self.arrays if a.writable]
        if not arrays:
            return self.local_array(depth)
        to, source = r.choice(arrays), r.choice(self.arrays)
        size = min(to.count * TYPES[to.type][0], source.count * TYPES[source.type][0]) // 8
        count = size if r.random() < 0.5 else r.randint(1, size)
        at = r.randint(0, size - count)
        match r.randrange(4):
            case 0:
                self.emit(f"__builtin_memset({to.name}, {r.choice(['0', '255', '0x5a', '1'])}, {count});")
            case 1:
                first = r.randint(0, size - count)
                self.emit(f"__builtin_memmove((u8 *){to.name} + {at}, (u8 *){to.name} + {first}, {count});")
            case 2 if source.name != to.name:
                self.emit(f"__builtin_memcpy({to.name}, (const u8 *){source.name} + {at}, {count});")
            case _ if source.name != to.name:
                self.emit(f"__builtin_memcpy((u8 *){to.name} + {at}, {source.name}, {count});")
            case _:
                self.emit(f"__builtin_memset((u8 *){to.name} + {at}, {r.choice(['0', '7', '0xff'])}, {count});")

    def compare_bytes(self, depth: int) -> None:
        arrays = [a for a in self.arrays if a.type == self.arrays[-1].type]
        if len(arrays) < 2:
            return self.assign(depth)
        one, two = self.r.sample(arrays, 2)
        size = self.r.randint(1, min(one.count, two.count) * TYPES[one.type][0] // 8)
        test = self.r.choice(["== 0", "!= 0", "< 0", "> 0"])
        self.emit(f"{self.target().name} += __builtin_memcmp({one.name}, {two.name}, {size}) {test};")

    def value_of(self, record: Record) -> str:
        """An initializer in braces."""
        r = self.r
        if record.initializer:  # a union: the member that covers it all
            return f"{{ {record.initializer} = {self.expression(1)} }}"
        plain = [path for path, *_ in record.places if path.count(".") == 1 and "[" not in path]
        chosen = [path for path in plain if r.random() < 0.6]
        return f"{{ {', '.join(f'{path} = {self.expression(1)}' for path in chosen) or '0'} }}"

    def local_record(self, depth: int) -> None:
        if not self.record_types:
            return self.local(depth)
        record, name = self.r.choice(self.record_types), self.new("st")
        same = [other for other, t in self.records if t is record]
        source = self.r.choice(same) if same and self.r.random() < 0.3 else self.value_of(record)
        self.emit(f"{record.name} {name} = {source};")
        self.add_record(name, record)

    def record_array(self, depth: int) -> None:
        """An array of structs: elements by number, by variable index, through a pointer, copied."""
        if not self.record_types or self.loops:
            return self.local_record(depth)
        r, record, name = self.r, self.r.choice(self.record_types), self.new("st")
        count = r.choice([2, 3, 4])
        values = ", ".join(self.value_of(record) for _ in range(r.randint(1, count)))
        self.emit(f"{record.name} {name}[{count}] = {{{values}}};")
        for at in r.sample(range(count), min(count, 2)):
            self.add_record(f"{name}[{at}]", record)
        path, t, cast, _ = r.choice(record.places)
        self.emit(f"{name}[{self.index(count)}]{path} {r.choice(['=', '+=', '^='])} {self.expression(1)};")
        self.readable.append(Place(f"{name}[{self.index(count)}]{path}", t, cast))
        if r.random() < 0.5:
            p = self.new("p")
            self.emit(f"{record.name} *{p} = &{name}[{self.index(count)}];")
            self.add_record(p, record, arrow=True, atomic=False)  # nor where a variable says
        if r.random() < 0.5:
            self.emit(f"{name}[{self.index(count)}] = {name}[{self.index(count)}];")

    def copy_record(self, depth: int) -> None:
        if not self.records:
            return self.local_record(depth)
        name, record = self.r.choice(self.records)
        same = [other for other, t in self.records if t is record and other != name]
        match self.r.randrange(4):
            case 0 | 1 if same:
                self.emit(f"{name} = {self.r.choice(same)};")
            case 2 if same and self.r.random() < 0.5:
                self.emit(f"__builtin_memcpy(&{name}, &{self.r.choice(same)}, sizeof({record.name}));".replace("&*", ""))
            case 2 if same:
                self.emit(f"{name} = {self.condition()} ? {same[0]} : {self.r.choice(same)};")
            case _:
                self.emit(f"{name} = ({record.name}){self.value_of(record)};")

    def addressable(self, t: str = "") -> list[Place]:
        return [p for p in self.writable if p.addressable and p.type in TYPES and (not t or p.type == t)]

    def pointer(self, depth: int) -> None:
        """A pointer to one of two objects."""
        places = self.addressable()
        if not places or self.in_packet:
            return self.assign(depth)
        one = self.r.choice(places)
        same, p = self.addressable(one.type), self.new("p")
        if self.r.random() < 0.5:
            self.emit(f"{one.type} *{p} = {self.condition()} ? &{one.name} : &{self.r.choice(same).name};")
        else:
            self.emit(f"{one.type} *{p} = &{one.name};")
            self.emit(f"if ({self.condition()}) {p} = &{self.r.choice(same).name};")
        self.declare(f"(*{p})", one.type, addressable=False, atomic=False)
        self.emit(f"*{p} {self.r.choice(['=', '+=', '^=', '-='])} {self.expression(2)};")

    def swap_by_pointer(self, depth: int) -> None:
        places = self.addressable()
        if not places or self.in_packet:
            return self.assign(depth)
        one = self.r.choice(places)
        two, p, q, t = self.r.choice(self.addressable(one.type)), self.new("p"), self.new("p"), self.new("t")
        self.emit(f"{{ {one.type} *{p} = &{one.name}, *{q} = &{two.name}, {t} = *{p}; *{p} = *{q}; *{q} = {t}; }}")

    # --- calls ------------------------------------------------------------------------------------------------------

    def call(self, depth: int) -> None:
        """A call as a statement of its own: what it changes is read before or behind it."""
        r = self.r
        if not self.impure or self.in_packet:
            return self.assign(depth)
        function, arguments = r.choice(self.impure), []
        for kind, t in function.parameters:
            match kind:
                case "value":
                    arguments.append(self.expression(1))
                case "pointer":
                    places = self.addressable(t)
                    if not places:
                        name = self.new("v")
                        self.emit(f"{t} {name} = {self.leaf()};")
                        self.declare(name, t)
                        places = [self.writable[-1]]
                    arguments.append(f"&{r.choice(places).name}")
                case "array":
                    arrays = [a.name for a in self.arrays if a.type == t and a.writable and a.count >= 4]
                    if not arrays:
                        name = self.new("a")
                        self.emit(f"{t} {name}[4] = {{{self.leaf()}, {self.leaf()}}};")
                        self.add_array(Array(name, t, 4))
                        arrays = [name]
                    arguments.append(r.choice(arrays))
                case _:
                    record = next(record for record in self.record_types if record.name == t)
                    same = [name for name, other in self.records if other is record]
                    if not same:
                        name = self.new("st")
                        self.emit(f"{record.name} {name} = {self.value_of(record)};")
                        self.add_record(name, record)
                        same = [name]
                    name = r.choice(same)
                    arguments.append(name if kind == "copy" else f"&{name}".replace("&*", ""))
        text = f"{function.name}({', '.join(arguments)})"
        if function.result.startswith("struct"):
            name = self.new("st")
            self.emit(f"{function.result} {name} = {text};")
            self.add_record(name, next(record for record in self.record_types if record.name == function.result))
        elif function.result == "void" or r.random() < 0.1:
            self.emit(f"{text};")
        else:
            name, t = self.new("v"), self.any_type()
            self.emit(f"{t} {name} = {text};")
            self.declare(name, t)

    def repeat(self, depth: int) -> None:
        """bpf_loop."""
        if not self.steps or self.in_packet or self.loops or self.in_map:
            return self.assign(depth)
        name, record = self.r.choice(self.steps)
        same = [other for other, t in self.records if t is record]
        if not same or same[0][0] == "*" or not same[0].startswith("st"):
            same = [self.new("st")]
            self.emit(f"{record.name} {same[0]} = {self.value_of(record)};")
            self.add_record(same[0], record)
        result = self.new("v")
        self.emit(f"s64 {result} = repeat({self.r.choice(['1', '3', '20', f'{self.leaf()} & 7'])}, {name}, &{same[0]}, 0);")
        self.declare(result, "s64")

    # --- maps, packets ----------------------------------------------------------------------------------------------

    def use_map(self, depth: int) -> None:
        """Look a value up, and work on it if it is there."""
        if not self.maps or self.in_map or self.in_packet or self.loops or self.in_function:
            return self.assign(depth)
        made, p, key = self.r.choice(self.maps), self.new("m"), self.new("k")
        mask = self.r.choice([1, 3]) if made.kind == 1 else self.r.choice([0, 1, 3, 7])
        self.emit(f"u32 {key} = {self.leaf()} & {mask};")
        self.emit(f"{made.record.name} *{p} = lookup(&{made.name}, &{key});")
        if self.r.random() < 0.3 and not self.loops:
            other = self.r.choice(["", f"{self.target().name} += 3;"])
            self.emit(f"if (!{p}) {{ {other} }} else {{")
        else:
            self.emit(f"if ({p}) {{")
        self.in_map = True
        with self.scope():
            self.add_record(p, made.record, arrow=True)
            self.statements(self.r.randint(1, 3), min(depth - 1, 1))
        self.in_map = False
        self.emit("}")

    def change_map(self, depth: int) -> None:
        made = self.r.choice(self.maps) if self.maps else None
        if made is None or self.in_map or self.in_packet or self.loops or self.in_function:
            return self.assign(depth)
        key, value, result = self.new("k"), self.new("st"), self.new("v")
        self.emit(f"u32 {key} = {self.leaf()} & 3;")
        if self.r.random() < 0.3:
            self.emit(f"s64 {result} = delete(&{made.name}, &{key});")
        else:
            self.emit(f"{made.record.name} {value};")
            self.emit(f"__builtin_memset(&{value}, 0, sizeof {value});")
            self.emit(f"{value} = ({made.record.name}){self.value_of(made.record)};")
            self.emit(f"s64 {result} = update(&{made.name}, &{key}, &{value}, {self.r.choice([0, 0, 1, 2])});")
            self.add_record(value, made.record)
        self.declare(result, "s64")

    def use_packet(self, depth: int) -> None:
        """A cursor at a variable offset, checked against the end."""
        if self.in_packet or self.in_map or self.loops or self.in_function:
            return self.assign(depth)
        r, p = self.r, self.new("c")
        size = r.choice([1, 4, 8, 16, 30])
        offset = str(r.randint(8, 34)) if r.random() < 0.5 else f"({self.expression(1)} & {r.choice([7, 15, 63])}) + 8"
        self.emit(f"u8 *{p} = data + {offset};")
        self.emit(f"if ({p} + {size} <= data_end) {{" if r.random() < 0.7 else f"if (data_end >= {p} + {size}) {{")
        self.in_packet = True
        with self.scope():
            if size == 30:
                h = self.new("h")
                self.emit(f"struct head *{h} = (struct head *){p};")
                for member, t in r.sample(_HEAD, 4):
                    self.declare(f"{h}->{member}", t, addressable=False, atomic=False)
            else:
                for _ in range(2):
                    self.declare(f"{p}[{r.randrange(size)}]", "u8", addressable=False, atomic=False)
            self.statements(r.randint(1, 3), min(depth - 1, 1))
            if r.random() < 0.3 and size >= 4:
                self.emit(f"__builtin_memset({p}, {r.randrange(256)}, {r.randint(1, size)});")
        self.in_packet = False
        self.emit("}")

    def parse(self, depth: int) -> None:
        """Steps of a length that the packet says."""
        if self.in_packet or self.in_map or self.loops or self.in_function:
            return self.assign(depth)
        c, i, total = self.new("c"), self.new("i"), self.new("t")
        self.emit(f"u8 *{c} = data + 8;")
        self.emit(f"u32 {total} = 0;")
        self.emit(f"for (int {i} = 0; {i} < {self.r.randint(2, 8)}; {i}++) {{")
        self.emit(f"    if ({c} + 4 > data_end) break;")
        self.emit(f"    {total} = {total} * 3 + {c}[{self.r.randrange(4)}];")
        if self.r.random() < 0.5:
            self.emit(f"    if ({c}[1] == {self.r.randrange(4)}) {{ {total} ^= {self.leaf()}; }}")
        self.emit(f"    {c} += 1 + ({c}[{self.r.randrange(4)}] & {self.r.choice([1, 3, 15])});")
        self.emit("}")
        self.declare(total, "u32")

    # --- atomics, overflow ------------------------------------------------------------------------------------------

    def atomic(self, depth: int) -> None:
        r = self.r
        places = [p for p in self.addressable() if p.atomic and TYPES[p.type][0] >= 32]
        if not places:
            name = self.new("v")
            t = r.choice(["u32", "u64", "s32", "s64"])
            self.emit(f"{t} {name} = {self.expression(1)};")
            self.declare(name, t)
            places = [self.writable[-1]]
        place = r.choice(places)
        at, value = f"&{place.name}", self.expression(1)
        if self.cpu < 3:
            return self.emit(f"__sync_fetch_and_add({at}, {value});")
        op, name = r.choice(["add", "sub", "or", "and", "xor"]), self.new("v")
        call = r.choice([
            *[f"__sync_fetch_and_{op}({at}, {value})"] * 2, f"__sync_{op}_and_fetch({at}, {value})",
            f"__atomic_fetch_{op}({at}, {value}, __ATOMIC_SEQ_CST)", f"__atomic_{op}_fetch({at}, {value}, __ATOMIC_RELAXED)",
            f"__sync_val_compare_and_swap({at}, {self.leaf()}, {value})",
            f"__sync_val_compare_and_swap({at}, {place.name}, {value})",
            f"__sync_bool_compare_and_swap({at}, {self.leaf()}, {value})",
            f"__atomic_exchange_n({at}, {value}, __ATOMIC_SEQ_CST)", f"__sync_lock_test_and_set({at}, {value})",
        ])  # fmt: skip
        if r.random() < 0.3 or not _NOT_STACK.match(place.name):
            return self.emit(f"{call};")
        t = place.type if r.random() < 0.6 else self.any_type()
        self.emit(f"{t} {name} = {call};")
        self.declare(name, t)

    def overflow(self, depth: int) -> None:
        t, result, flag = self.r.choice(["u32", "s32", "u64", "s64"]), self.new("v"), self.new("v")
        op = self.r.choice(["add", "sub", "mul"])
        if op == "mul" and t[1:] == "64":  # there is no product of 128 bits
            t = self.r.choice(["u32", "s32"])
        self.emit(f"{t} {result} = 0;")
        self.emit(f"_Bool {flag} = __builtin_{op}_overflow(({t}){self.expression(1)}, ({t}){self.expression(1)}, &{result});")
        self.declare(result, t)
        self.declare(flag, "_Bool", atomic=False)
