"""`local_spec` and `match_spec`: what a CO-RE relocation is about, in the program's types and in the kernel's.

    p->in.arr[2]     access 0:1:1:2     elements 0 and 2 by number, members `in` and `arr` by name

Members of unnamed structs and unions are members of what is around them, so a name is looked for at any depth of those.
Facts: libbpf's relo_core.c.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...compiler.object import btf as b
from ...compiler.object.core_kinds import ENUMVAL_EXISTS, ENUMVAL_VALUE, FIELD_RSHIFT, TYPE_MATCHES, essential
from ...compiler.object.model import CoreRelocation
from .core_types import Types, bare, compatible, field_compatible, matches, size_of

_MAX_STEPS = 64  # BPF_CORE_SPEC_MAX_LEN


class BadRelocation(Exception):
    """A relocation that makes no sense in the object's own types; its text says why."""


class AmbiguousRelocation(BadRelocation):
    """A relocation that the kernel's types answer in several ways."""


@dataclass(frozen=True, slots=True)
class Step:
    """To member number `index` of `type`, called `name`; or, without a name, to element `index`, which is of `type`."""

    type: int
    index: int
    name: str = ""


@dataclass(slots=True)
class Spec:
    """What a relocation is about, in one set of types. `bit_offset` is where the last step ends, from the start of `root`."""

    types: Types
    root: int
    kind: int
    steps: list[Step] = field(default_factory=list)
    bit_offset: int = 0

    def text(self) -> str:
        """As C, for messages: `struct task_struct.comm[2]`."""
        words = _head(self.types[self.root])
        for step in self.steps[1:]:
            words += f".{step.name}" if step.name else f"[{step.index}]"
        if self.kind in (ENUMVAL_EXISTS, ENUMVAL_VALUE):
            t = bare(self.types, self.root)[1]
            if isinstance(t, b.Enum | b.Enum64) and self.steps and self.steps[0].index < len(t.values):
                words = f"{words}::{t.values[self.steps[0].index][0]}"
        return words


def _head(t: b.BtfType) -> str:
    name = getattr(t, "name", "") or "<unnamed>"
    match t:
        case b.Struct() | b.Fwd(union=False):
            return f"struct {name}"
        case b.Union() | b.Fwd():
            return f"union {name}"
        case b.Enum() | b.Enum64():
            return f"enum {name}"
        case _:
            return str(name)


def local_spec(types: Types, relocation: CoreRelocation) -> Spec:
    """What `relocation` is about in the object's own types. Raises `BadRelocation`."""
    spec = Spec(types, relocation.type_id, relocation.kind)
    try:
        numbers = [int(word) for word in relocation.access.split(":")]
    except ValueError:
        raise BadRelocation(f"its access '{relocation.access}' is not a list of numbers") from None
    if len(numbers) > _MAX_STEPS or min(numbers) < 0:
        raise BadRelocation(f"its access '{relocation.access}' is too long, or negative")
    root, t = bare(types, relocation.type_id)
    if relocation.kind > FIELD_RSHIFT and relocation.kind not in (ENUMVAL_EXISTS, ENUMVAL_VALUE):
        if numbers != [0]:
            raise BadRelocation(f"its access '{relocation.access}' should be 0, for a type")
        return spec
    spec.steps.append(Step(root, numbers[0]))
    if relocation.kind in (ENUMVAL_EXISTS, ENUMVAL_VALUE):
        if not isinstance(t, b.Enum | b.Enum64) or len(numbers) != 1 or numbers[0] >= len(t.values):
            raise BadRelocation(f"its access '{relocation.access}' names no enumerator")
        spec.steps[0] = Step(root, numbers[0], t.values[numbers[0]][0])
        return spec
    size = size_of(types, root)
    if size is None:
        raise BadRelocation("its type has no size")
    spec.bit_offset = numbers[0] * size * 8
    number = root
    for index in numbers[1:]:
        number, t = bare(types, number)
        match t:
            case b.Struct(members=members) | b.Union(members=members):
                if index >= len(members):
                    raise BadRelocation(f"{_head(t)} has no member number {index}")
                member = members[index]
                spec.bit_offset += member.bit_offset
                if member.name:
                    spec.steps.append(Step(number, index, member.name))
                number = member.type
            case b.Array(element=element, count=count):
                number = bare(types, element)[0]
                if index >= count and not _flexible(spec, count):
                    raise BadRelocation(f"element {index} is past the end of an array of {count}")
                spec.steps.append(Step(number, index))
                spec.bit_offset += index * (size_of(types, element) or 0) * 8
            case _:
                raise BadRelocation(f"its access '{relocation.access}' leads into what has no parts")
    return spec


def _flexible(spec: Spec, count: int) -> bool:
    """Whether the array that the last step led to is a flexible one: the last member of a struct, of no or of 0 elements."""
    last = spec.steps[-1]
    if count or not last.name:
        return False
    t = spec.types[last.type]
    return isinstance(t, b.Struct | b.Union) and last.index == len(t.members) - 1


def match_spec(local: Spec, target: Types, candidate: int) -> Spec | None:
    """The same in the kernel's types, starting at type `candidate` there; None if it has no such thing."""
    spec = Spec(target, candidate, local.kind)
    if local.kind in (ENUMVAL_EXISTS, ENUMVAL_VALUE):
        root, t = bare(target, candidate)
        for index, (name, _) in enumerate(t.values if isinstance(t, b.Enum | b.Enum64) else ()):
            if essential(name) == essential(local.steps[0].name):
                spec.steps.append(Step(root, index, name))
                return spec
        return None
    if local.kind > FIELD_RSHIFT:
        judge = matches if local.kind == TYPE_MATCHES else compatible
        return spec if judge(local.types, local.root, target, candidate) else None
    number = candidate
    for at, step in enumerate(local.steps):
        number, t = bare(target, number)
        if step.name:
            mine = local.types[step.type]
            assert isinstance(mine, b.Struct | b.Union)
            found = _member(local.types, mine.members[step.index], spec, number)
            if found is None:
                return None
            number = found
            continue
        if at:
            if not isinstance(t, b.Array) or (step.index >= t.count and not _flexible(spec, t.count)):
                return None
            number = bare(target, t.element)[0]
        size = size_of(target, number)
        if size is None:
            return None
        spec.steps.append(Step(number, step.index))
        spec.bit_offset += step.index * size * 8
    return spec


def _member(local: Types, mine: b.Member, spec: Spec, number: int, depth: int = 0) -> int | None:
    """Step to the member that is called as `mine` is; its type, None if there is none that fits."""
    number, t = bare(spec.types, number)
    if not isinstance(t, b.Struct | b.Union) or depth > _MAX_STEPS:
        return None
    for index, member in enumerate(t.members):
        before = spec.bit_offset
        spec.bit_offset += member.bit_offset
        if not member.name:
            found = _member(local, mine, spec, member.type, depth + 1)
            if found is not None:
                return found
        elif member.name == mine.name:
            if not field_compatible(local, mine.type, spec.types, member.type):
                spec.bit_offset = before
                return None
            spec.steps.append(Step(number, index, member.name))
            return member.type
        spec.bit_offset = before
    return None
