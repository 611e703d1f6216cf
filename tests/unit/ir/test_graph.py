"""Orders of blocks, dominators and critical edges, compared with their definitions."""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st
from ir_functions import make_function, outcome

from purebpf.compiler.ir.cfg import reverse_postorder, split_critical_edges
from purebpf.compiler.ir.check import check
from purebpf.compiler.ir.dominators import DominatorTree
from purebpf.compiler.ir.model import Block, Function, Jump, Return, Ty
from purebpf.compiler.ir.reader import read_function


def reachable(function: Function, without: Block | None) -> set[Block]:
    seen: set[Block] = set()
    stack = [function.blocks[0]]
    while stack:
        block = stack.pop()
        if block in seen or block is without:
            continue
        seen.add(block)
        stack += block.successors()
    return seen


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32))
def test_dominance_is_what_its_definition_says(seed: int) -> None:
    function = make_function(random.Random(seed), 16)
    tree = DominatorTree(function)
    everything = reachable(function, None)
    frontiers = tree.frontiers()
    for a in everything:
        lost = everything - reachable(function, a)
        assert {b for b in everything if tree.dominates(a, b)} == lost
        assert frontiers[a] == {b for b in everything for p in b.predecessors if p in lost and (b is a or b not in lost)}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(0, 2**32 - 1))
def test_splitting_critical_edges_keeps_the_program(seed: int, a: int) -> None:
    function = make_function(random.Random(seed), 16)
    before = outcome(function, a, a)
    split_critical_edges(function)
    check(function)
    assert all(len(b.successors()) < 2 or all(len(s.predecessors) < 2 for s in b.successors()) for b in function.blocks)
    assert outcome(function, a, a) == before


def test_reverse_postorder_puts_a_block_before_its_successors() -> None:
    function = read_function("function @f(i32 %0 \"\") -> none {\n.e:\n  branch %0, .a, .b\n.c from .a, .b:\n  return\n"
                             ".a from .e:\n  jump .c\n.b from .e:\n  jump .c\n.dead:\n  return\n}")  # fmt: skip
    assert [b.name for b in reverse_postorder(function)] == ["e", "a", "b", "c"]


def test_a_chain_of_fifty_thousand_blocks_is_no_problem() -> None:
    blocks = [Block(f"b{i}") for i in range(50_000)]
    for a, b in itertools.pairwise(blocks):
        a.terminator = Jump(b)
        b.predecessors = [a]
    blocks[-1].terminator = Return()
    tree = DominatorTree(Function("f", [], Ty.NONE, blocks=blocks))
    assert tree.dominates(blocks[0], blocks[-1])
    assert not tree.dominates(blocks[-1], blocks[0])
