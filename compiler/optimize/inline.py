"""Inlining: calls of functions of the module become their bodies.

    >>> print(before_and_after(inline_all, '''
    ... function @twice(i32 %0 "x") -> i32 linkage static inline always {
    ... .entry:
    ...   %1 = add i32 %0, %0
    ...   return %1
    ... }
    ... function @f(i32 %0 "x") -> i32 {
    ... .entry:
    ...   %1 = call i32 function @twice(%0)
    ...   return %1
    ... }'''))
    function @f(i32 %0 "x") -> i32 {
    .entry:
      jump .twice.entry
    .twice.entry from .entry:
      %1 = add i32 %0, %0
      jump .entry.after
    .entry.after from .twice.entry:
      return %1
    }

always_inline functions are always inlined, and programs that others call, since libbpf takes subprograms from .text only;
noinline and weak ones never; else a static function that is called once and is not huge, and
one that is about as small as clang -O2 takes it. Callees are done before callers, so a body is inlined in its final form.
Stack objects move to the caller's entry. A function that is not static stays in the module: it may be called from elsewhere,
and the kernel verifies it by itself.
"""

from __future__ import annotations

import copy
from collections import Counter

from ..ir.cfg import remove_unreachable
from ..ir.model import (
    Alloca,
    Block,
    Call,
    Function,
    Instr,
    Jump,
    Module,
    Phi,
    Return,
    SymbolAddr,
    Terminator,
    Ty,
    Undef,
    Unreachable,
    Value,
)
from .regions import captured_objects
from .simplify_cfg import replace

# instructions; clang -O2 inlines up to a cost of 225 (325 for `inline`) at 5 an instruction
_SMALL = {"": 45, "hint": 65}
_LARGE = 3000  # what is called once: a bonus of 15000; several such in one function are more than its jumps reach over
_MOST_ARGUMENTS = 5  # that BPF passes, in r1-r5


def inline_all(module: Module) -> None:
    """Inline everywhere, callees first, and drop what is not called any more."""
    inliner = Inliner(module)
    for function in inliner.bottom_up():
        inliner.inline(function)
    drop_unused(module)


class Inliner:
    """Inlines into the functions of one module; knows how often each is called."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.calls: Counter[str] = Counter()
        self.taken: set[str] = set()  # functions whose address is used
        self.recursive: set[str] = set()
        self.homes: dict[str, dict[Value, Alloca]] = {}  # of a function: what stands there for objects of functions inlined
        for function in module.functions.values():
            self._count(function)

    def _count(self, function: Function) -> None:
        for block in function.blocks:
            for instr in block.instrs:
                if isinstance(instr, Call) and instr.kind == "function":
                    self.calls[instr.symbol] += 1
                elif isinstance(instr, SymbolAddr) and instr.kind == "function":
                    self.taken.add(instr.symbol)

    def bottom_up(self) -> list[Function]:
        """The functions, callees before callers. Those that call themselves through others are noted as recursive."""
        order: list[Function] = []
        state: dict[str, int] = {}
        for start in self.module.functions:
            stack: list[tuple[str, list[str]]] = []
            if start not in state:
                state[start] = 1
                stack.append((start, self._callees(start)))
            while stack:
                name, rest = stack[-1]
                if not rest:
                    state[name] = 2
                    order.append(self.module.functions[name])
                    stack.pop()
                    continue
                callee = rest.pop()
                if state.get(callee) == 1:
                    self.recursive.add(callee)
                elif callee not in state:
                    state[callee] = 1
                    stack.append((callee, self._callees(callee)))
        return order

    def _callees(self, name: str) -> list[str]:
        names: dict[str, None] = {}
        for block in self.module.functions[name].blocks:
            for instr in block.instrs:
                if isinstance(instr, Call) and instr.kind == "function" and instr.symbol in self.module.functions:
                    names[instr.symbol] = None
        return list(names)[::-1]

    def wanted(self, call: Instr, caller: Function) -> Function | None:
        """The function to inline for `call`, if any."""
        if not isinstance(call, Call) or call.kind != "function":
            return None
        callee = self.module.functions.get(call.symbol)
        if callee is None or callee is caller or callee.inline == "never" or callee.name in self.recursive:
            return None
        if call.type is not callee.result or [o.type for o in call.operands] != [p.type for p in callee.parameters]:
            return None
        if callee.linkage == "weak":
            return None
        if len(callee.parameters) > _MOST_ARGUMENTS:
            return callee  # there is no other way to call it
        if callee.inline == "always" or (callee.section and not callee.section.startswith(".text")):
            return callee
        size = sum(1 for block in callee.blocks for i in block.instrs if not isinstance(i, Phi | Alloca)) + len(callee.blocks)
        own = callee.linkage == "static" or callee.inline == "hint"  # or asked for
        if own and self.calls[callee.name] == 1 and callee.name not in self.taken:
            return callee if size <= _LARGE else None
        return callee if size <= _SMALL.get(callee.inline, 0) else None

    def inline(self, function: Function) -> bool:
        """Inline what is wanted into `function`; True if anything was."""
        result: list[Block] = []
        replaced: dict[Value, Value] = {}
        for block in function.blocks:
            work = block
            result.append(work)
            index = 0
            while index < len(work.instrs):
                call = work.instrs[index]
                callee = self.wanted(call, function)
                if callee is None:
                    index += 1
                    continue
                after = _split(work, index)
                body, value = _body(call, callee, after, function, self.homes.setdefault(function.name, {}))
                self._count_body(body)
                if call.type is not Ty.NONE:
                    replaced[call] = value if value is not None else Undef(call.type)
                jump = Jump(body[0], call.span)
                jump.block = work
                work.terminator = jump
                body[0].predecessors = [work]
                result += [*body, after]
                work, index = after, 0
        if len(result) == len(function.blocks):
            return False
        function.blocks = result
        replace(function, replaced)
        remove_unreachable(function)
        return True

    def _count_body(self, body: list[Block]) -> None:
        for block in body:
            for instr in block.instrs:
                if isinstance(instr, Call) and instr.kind == "function":
                    self.calls[instr.symbol] += 1


def drop_unused(module: Module) -> None:
    """Remove static functions that nothing refers to any more. Programs and functions in sections of their own stay.

    Those whose address is left somewhere are noted as exposed."""
    kept = [f.name for f in module.functions.values() if f.linkage != "static" or f.section not in ("", ".text")]
    seen = set(kept)
    while kept:
        for block in module.functions[kept.pop()].blocks:
            for instr in block.instrs:
                if isinstance(instr, Call | SymbolAddr) and instr.kind == "function":
                    named = module.functions.get(instr.symbol)
                    if named is not None and isinstance(instr, SymbolAddr):
                        named.exposed = True
                    if named is not None and instr.symbol not in seen:
                        kept.append(instr.symbol)
                    seen.add(instr.symbol)
    for name in [name for name in module.functions if name not in seen]:
        del module.functions[name]


def _split(block: Block, index: int) -> Block:
    """Cut `block` before instruction `index`, which goes; what is behind it becomes a block of its own."""
    after = Block(f"{block.name}.after")
    after.instrs = block.instrs[index + 1 :]
    after.terminator = block.terminator
    for instr in [*after.instrs, *([after.terminator] if after.terminator else [])]:
        instr.block = after
    for successor in dict.fromkeys(after.successors()):
        successor.predecessors = [after if before is block else before for before in successor.predecessors]
    del block.instrs[index:]
    return after


def _body(call: Instr, callee: Function, after: Block, caller: Function, homes: dict[Value, Alloca],
          ) -> tuple[list[Block], Value | None]:  # fmt: skip
    """A copy of `callee` for `call` that goes on in `after`, and the value it returns there.

    What the callee passes on the address of is the same object in every copy, as `homes` has it: it is dead when the callee
    returns, which nobody could tell of one of its own, and the stack is small."""
    captured = captured_objects(callee) if any(isinstance(instr, Alloca) for instr in callee.blocks[0].instrs) else ()
    values: dict[Value, Value] = dict(zip(callee.parameters, call.operands, strict=True))
    blocks = {block: Block(f"{callee.name}.{block.name}") for block in callee.blocks}
    entry = caller.blocks[0]
    allocas: list[Instr] = []
    returned: list[Value] = []
    copies: list[Instr] = []
    for block, made in blocks.items():
        made.predecessors = [blocks[before] for before in block.predecessors]
        made.unroll = block.unroll
        for instr in block.instrs:
            if instr in homes:
                values[instr] = homes[instr]
                continue
            new = copy.copy(instr)
            values[instr] = new
            if isinstance(new, Alloca):
                new.block = entry
                allocas.append(new)
                if instr in captured:
                    homes[instr] = new
            else:
                new.block = made
                new.operands = list(instr.operands)
                made.instrs.append(new)
                copies.append(new)
        end: Terminator
        match block.terminator:
            case Return():
                returned += block.terminator.operands
                end = Jump(after, block.terminator.span)
                after.predecessors.append(made)
            case None:
                end = Unreachable(call.span)
            case _:
                end = copy.copy(block.terminator)
                end.operands = list(block.terminator.operands)
                end.targets = [blocks[target] for target in block.terminator.targets]
                copies.append(end)
        end.block = made
        made.terminator = end
    for new in copies:
        new.operands = [values.get(operand, operand) for operand in new.operands]
    entry.instrs[:0] = allocas
    returned = [values.get(value, value) for value in returned]
    value: Value | None = None
    if len(returned) == 1:
        (value,) = returned
    elif returned:
        phi = Phi(call.type, returned, callee.name, call.span)
        phi.block = after
        after.instrs.insert(0, phi)
        value = phi
    return list(blocks.values()), value
