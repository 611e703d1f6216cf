"""`unify`: blocks that do the same with different values become one block; the values come through phis.

    a:  store.4 [%key], 1           b:  store.4 [%key], 2              m from .., ..:
        %1 = call lookup(@m, %key)      %2 = call lookup(@m, %key)  ->     %4 = phi [1, 2]
        branch %1, ...                  branch %2, ...                     store.4 [%key], %4 ...

This undoes the cost of inlining a function at several places, from its end backwards: first all returns are one block,
then the blocks before it that end alike, and so on. `tails.merge_tails` does the same later for equal code on registers.
A pointer is only exchanged for one that the same helper returned: an access must see one kind of pointer on all paths.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

from ..ir import cfg
from ..ir import model as ir
from ..ir.model import Ty

_ROUNDS = 12


def unify(function: ir.Function) -> None:
    """Merge blocks of `function` in place, where that makes it shorter."""
    _one_return(function)
    for _ in range(_ROUNDS):
        users = _uses_elsewhere(function)
        groups: dict[Hashable, list[ir.Block]] = defaultdict(list)
        for block in function.blocks[1:]:
            if block.instrs and block.predecessors and block not in users and _is_plain(block):
                groups[_shape(block)].append(block)
        changed = False
        for blocks in groups.values():
            if len(blocks) > 1:
                changed |= _merge(function, blocks)
        if not changed:
            break
    _drop_copies(function)


def _is_plain(block: ir.Block) -> bool:
    if isinstance(block.terminator, ir.AsmGoto):
        return False
    return not any(isinstance(instr, ir.Phi | ir.Asm | ir.AsmOutput) for instr in block.instrs)


def _one_return(function: ir.Function) -> None:
    returns = [block for block in function.blocks if isinstance(block.terminator, ir.Return)]
    if len(returns) < 2:
        return
    end = ir.Block("return")
    function.blocks.append(end)
    value: ir.Phi | None = None
    if function.result is not Ty.NONE:
        value = ir.Phi(function.result)
        value.block = end
        end.instrs = [value]
    end.terminator = ir.Return(value, returns[-1].terminator.span if returns[-1].terminator else None)
    end.terminator.block = end
    for block in returns:
        terminator = block.terminator
        assert terminator is not None
        result = terminator.operands[0] if terminator.operands else ir.Undef(function.result)
        sources = [block]
        if not block.instrs and block is not function.blocks[0]:
            # nothing but the return: who comes here goes to the one return at once, unless a branch would go there twice
            sources = [b for b in block.predecessors if b.successors().count(block) == 1 and end not in b.successors()]
            for before in sources:
                assert before.terminator is not None
                before.terminator.targets = [end if target is block else target for target in before.terminator.targets]
                block.predecessors.remove(before)
            if block.predecessors:
                sources.append(block)
            else:
                function.blocks.remove(block)
        if block in sources:
            block.terminator = ir.Jump(end, terminator.span)
            block.terminator.block = block
        end.predecessors += sources
        if value is not None:
            value.operands += [result] * len(sources)


def _uses_elsewhere(function: ir.Function) -> set[ir.Block]:
    """The blocks with a value that is used outside, other than by a successor's phi for the edge from there."""
    found: set[ir.Block] = set()
    for block in function.blocks:
        assert block.terminator is not None
        for instr in [*block.instrs, block.terminator]:
            for index, operand in enumerate(instr.operands):
                if isinstance(operand, ir.Instr):
                    place = block.predecessors[index] if isinstance(instr, ir.Phi) else block
                    if operand.block is not place:
                        found.add(operand.block)
    return found


def _shape(block: ir.Block) -> Hashable:
    """What blocks must have in common: the way on, and the instructions but for their operands."""
    terminator = block.terminator
    assert terminator is not None
    shapes = tuple(
        (len(i.operands), *ir.shape(i)) for i in block.instrs
    )
    return type(terminator), tuple(id(target) for target in terminator.targets), shapes


def _cost(instr: ir.Instr) -> int:
    """About how many slots an instruction takes."""
    match instr:
        case ir.SymbolAddr():
            return 2
        case ir.Call():
            return 1 + len(instr.operands)
        case ir.Unary(op="zext" | "inttoptr" | "ptrtoint" | "trunc"):
            return 0
        case ir.PtrAdd() if isinstance(instr.operands[1], ir.Constant):
            return 0
    return 1


def _merge(function: ir.Function, blocks: list[ir.Block]) -> bool:
    """Merge the largest set of `blocks` that the first can stand for; False if it does not pay."""
    first = blocks[0]
    blocks = [first, *(block for block in blocks[1:] if _compatible(first, block))]
    if len(blocks) < 2:
        return False
    # results of the same call arrive in the same register; other values need a move on each way
    moves = [values for values in _differences(blocks) if not isinstance(values[0], ir.Call)]
    gain = (len(blocks) - 1) * sum(_cost(instr) for instr in first.instrs)
    if gain <= len(blocks) * len(moves):
        return False
    _part_edges(function, blocks)
    phis: dict[tuple[ir.Value, ...], ir.Phi] = {}
    sources = [list(block.predecessors) for block in blocks]

    def common(values: tuple[ir.Value, ...]) -> ir.Value:
        """The one value for what is `values[i]` in block i."""
        if all(_same(value, values[0]) for value in values) or _inside(values[0], first):
            return values[0]
        if values not in phis:
            phi = ir.Phi(values[0].type)
            phi.block = first
            phi.operands = [value for value, before in zip(values, sources, strict=True) for _ in before]
            phis[values] = phi
        return phis[values]

    lists = [_code(block) for block in blocks]
    for row in zip(*lists, strict=True):
        row[0].operands = [common(operands) for operands in zip(*(instr.operands for instr in row), strict=True)]
    assert first.terminator is not None
    for which, target in enumerate(first.terminator.targets):
        edges = [cfg.edge_index(block, which) for block in blocks]
        for phi in target.phis():
            phi.operands[edges[0]] = common(tuple(phi.operands[edge] for edge in edges))
        for edge in sorted(edges[1:], reverse=True):
            cfg.remove_edge(target, edge)
    for block in blocks[1:]:
        for before in block.predecessors:
            assert before.terminator is not None
            before.terminator.targets = [first if target is block else target for target in before.terminator.targets]
            first.predecessors.append(before)
        function.blocks.remove(block)
    first.instrs = [*phis.values(), *first.instrs]
    return True


def _code(block: ir.Block) -> list[ir.Instr]:
    assert block.terminator is not None
    return [*block.instrs, block.terminator]


def _inside(value: ir.Value, block: ir.Block) -> bool:
    return isinstance(value, ir.Instr) and value.block is block


def _same(one: ir.Value, two: ir.Value) -> bool:
    return one is two or (isinstance(one, ir.Constant) and one == two)


def _pairs(one: ir.Block, two: ir.Block) -> list[tuple[ir.Value, ir.Value]]:
    """What `two` has in the places where `one` has something: operands, and values for the successors' phis."""
    pairs: list[tuple[ir.Value, ir.Value]] = []
    for a, b in zip(_code(one), _code(two), strict=True):
        pairs += zip(a.operands, b.operands, strict=True)
    assert one.terminator is not None
    for which, target in enumerate(one.terminator.targets):
        here, there = cfg.edge_index(one, which), cfg.edge_index(two, which)
        pairs += [(phi.operands[here], phi.operands[there]) for phi in target.phis()]
    return pairs


def _compatible(one: ir.Block, two: ir.Block) -> bool:
    targets = one.successors()
    if len(set(targets)) < len(targets) or one in targets or two in targets:
        return False
    places = {instr: index for block in (one, two) for index, instr in enumerate(block.instrs)}
    for a, b in _pairs(one, two):
        inside = _inside(a, one), _inside(b, two)
        if any(inside):
            if not all(inside) or places[a] != places[b]:  # type: ignore[index]
                return False
        elif not _same(a, b) and not _exchangeable(a, b):
            return False
    # numbers that arithmetic works with stay numbers: offsets of accesses, and masks that bound an index
    return all(
        _same(a, b)
        for one_instr, two_instr in zip(one.instrs, two.instrs, strict=True)
        if isinstance(one_instr, ir.Binary | ir.PtrAdd | ir.Compare)
        for a, b in zip(one_instr.operands, two_instr.operands, strict=True)
        if isinstance(a, ir.Constant) or isinstance(b, ir.Constant)
    )


def _exchangeable(a: ir.Value, b: ir.Value) -> bool:
    """Whether a phi of both is as good to the verifier as each on its own path."""
    if a.type is not b.type:
        return False
    if a.type is not Ty.PTR:
        return True
    if isinstance(a, ir.Call) and isinstance(b, ir.Call) and a.kind == b.kind == "helper" and a.symbol == b.symbol:
        return bool(a.operands) and _same_symbol(a.operands[0], b.operands[0])
    return False


def _same_symbol(a: ir.Value, b: ir.Value) -> bool:
    return a is b or (
        isinstance(a, ir.SymbolAddr) and isinstance(b, ir.SymbolAddr) and (a.kind, a.symbol) == (b.kind, b.symbol)
    )


def _differences(blocks: list[ir.Block]) -> set[tuple[ir.Value, ...]]:
    """The values that would need a phi."""
    columns = [_pairs(blocks[0], block) for block in blocks]
    found = set()
    for row in zip(*columns, strict=True):
        values = tuple(pair[1] for pair in row)
        if not _inside(values[0], blocks[0]) and not all(_same(value, values[0]) for value in values):
            found.add(values)
    return found


def _part_edges(function: ir.Function, blocks: list[ir.Block]) -> None:
    """Put blocks on the edges from one branch to two of `blocks`, which will be one."""
    seen: set[ir.Block] = set()
    for block in blocks:
        for before in list(block.predecessors):
            if before in seen:
                cfg.split_edge(function, before, before.successors().index(block))
            seen.add(before)


def _drop_copies(function: ir.Function) -> None:
    """Replace phis that have one value only."""
    values: dict[ir.Value, ir.Value] = {}
    for block in function.blocks:
        kept = []
        for instr in block.instrs:
            if isinstance(instr, ir.Phi) and instr.operands and all(o is instr.operands[0] for o in instr.operands):
                values[instr] = instr.operands[0]
            else:
                kept.append(instr)
        block.instrs = kept

    def final(value: ir.Value) -> ir.Value:
        while value in values:
            value = values[value]
        return value

    if values:
        for block in function.blocks:
            assert block.terminator is not None
            for instr in [*block.instrs, block.terminator]:
                instr.operands = [final(operand) for operand in instr.operands]
