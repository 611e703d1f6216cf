"""`merge_tails`: blocks that end in the same instructions and go on to the same place share that end.

    a: r1 = 1          b: r1 = 2             a: r1 = 1     b: r1 = 2
       call f             call f       ->       goto s        goto s
       goto c             goto c                           s: call f;  goto c

It runs on real registers, from the ends backwards until nothing changes, so whole copies of inlined functions fold into
one. Two rules of the kernel's verifier limit what is the same instruction:
- a load or store must see one kind of pointer on all paths if that is the context, a socket or a kernel structure
  (reg_type_mismatch, kernel/bpf/verifier.c): accesses match only if their pointers have one origin;
- a helper call should see one map (it gets inlined only then): a call takes part only with what sets its arguments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from itertools import pairwise

from .machine import ARGUMENTS, CALL, EXIT, Instr, MachineBlock, MachineFunction

_ROUNDS = 20


def merge_tails(function: MachineFunction) -> None:
    """Share common ends between blocks of `function`, whose registers are real."""
    merger = _Merger(function)
    for _ in range(_ROUNDS):
        if not merger.round():
            return


class _Merger:
    def __init__(self, function: MachineFunction) -> None:
        self.function = function
        self.numbers: dict[Hashable, int] = {}  # instructions that are the same have the same number
        self.known: dict[Instr, int] = {}
        self.count = 0

    def number(self, instr: Instr) -> int:
        found = self.known.get(instr)
        if found is None:
            memory = instr.slot < 0 and instr.op & 7 in (1, 2, 3) and instr.op < 0x100
            key = (
                instr.op, instr.dst, instr.src, instr.off, instr.imm, instr.slot, instr.symbol, instr.ref, instr.left,
                instr.yes, instr.no, instr.arguments, instr.core, (instr.origin or id(instr)) if memory else 0,
                id(instr.asm),
            )  # fmt: skip
            found = self.known[instr] = self.numbers.setdefault(key, len(self.numbers))
        return found

    def round(self) -> bool:
        """Merge once everywhere; True if anything changed."""
        groups: dict[Hashable, list[MachineBlock]] = defaultdict(list)
        for block in _reachable(self.function.blocks[0]):
            end = self.number(block.branch) if block.branch is not None else -1
            last = self.number(block.instrs[-1]) if block.instrs else -1
            groups[end, last, tuple(id(target) for target in block.targets)].append(block)
        changed = False
        for blocks in groups.values():
            if len(blocks) > 1:
                changed |= self._merge_group(blocks)
        return changed

    def _merge_group(self, blocks: list[MachineBlock]) -> bool:
        """Blocks with one last instruction and the same way on: merge those that share the longest ends."""
        codes = {block: [self.number(instr) for instr in reversed(block.instrs)] for block in blocks}
        ordered = sorted(blocks, key=lambda block: codes[block])
        best, start = 0, 0
        shared = []
        for one, two in pairwise(ordered):
            same = 0
            for x, y in zip(codes[one], codes[two], strict=False):
                if x != y:
                    break
                same += 1
            shared.append(self._allowed(one, same))
        for index, length in enumerate(shared):
            if length > best:
                best, start = length, index
        entry = self.function.blocks[0]
        least = 2 if blocks[0].instrs and blocks[0].instrs[-1].op == EXIT else 1
        if any(len(block.instrs) == 1 for block in blocks):
            least = 1  # a block that is nothing but this end: the others need no jump more than they have
        whole = all(not block.instrs for block in blocks) and blocks[0].branch is not None
        if best < least and not whole:
            return False
        stop = start + 1
        while stop < len(shared) and shared[stop] >= best:
            stop += 1
        group = ordered[start : stop + 1]
        target = next((block for block in group if len(block.instrs) == best and block is not entry), None)
        if target is None:
            self.count += 1
            model = group[0]
            target = MachineBlock(f"{model.name}.tail{self.count}", depth=model.depth)
            target.instrs = model.instrs[len(model.instrs) - best :]
            target.branch, target.targets = model.branch, list(model.targets)
            self.function.blocks.append(target)
        for block in group:
            if block is not target:
                del block.instrs[len(block.instrs) - best :]
                block.branch, block.targets = None, [target]
        self._skip_to(group, target)
        return True

    def _skip_to(self, group: list[MachineBlock], target: MachineBlock) -> None:
        """Who went to a block that is now nothing but a jump goes to `target` at once."""
        empty = {block for block in group if block is not target and not block.instrs}
        if empty:
            for block in self.function.blocks:
                block.targets = [target if t in empty else t for t in block.targets]

    def _allowed(self, block: MachineBlock, length: int) -> int:
        """How much of an end of `length` instructions may be shared: no call without the code that sets its arguments."""
        instrs = block.instrs[len(block.instrs) - length :]
        wanted: set[int] = set()
        allowed = 0
        for count, instr in enumerate(reversed(instrs), 1):
            if instr.op == CALL:
                if wanted:
                    break
                wanted = set(ARGUMENTS[: instr.arguments])
            else:
                wanted.discard(instr.defines())
            if not wanted:
                allowed = count
        return allowed


def _reachable(entry: MachineBlock) -> list[MachineBlock]:
    seen = {entry: None}
    work = [entry]
    while work:
        for target in work.pop().targets:
            if target not in seen:
                seen[target] = None
                work.append(target)
    return list(seen)
