"""The passes in the order they run, each with the reason for its place, and `optimize`, which runs them."""

from __future__ import annotations

from collections.abc import Callable

from ..ir.model import Function, Module
from ..records import NamedTuple
from ..target import Target
from .combine_loads import combine_loads
from .dce import dce
from .dse import dse
from .fold_loads import fold_loads
from .gvn import gvn
from .inline import Inliner, drop_unused
from .memops import expand_memory
from .merge_blocks import merge_blocks
from .merge_copies import merge_copies
from .merge_stores import merge_stores
from .promote import promote
from .resolve_calls import resolve_calls
from .scalars import split_objects
from .settle import settle, settle_all
from .share_objects import share_objects
from .simplify import simplify
from .simplify_cfg import simplify_cfg
from .sink import sink
from .thread import thread
from .unroll import unroll


class Pass(NamedTuple):
    """A pass over one function."""

    name: str
    run: Callable[[Function], object]
    reason: str


# fmt: off
PASSES = (
    Pass("simplify_cfg", simplify_cfg,  "joins what inlining cut; everything behind is linear in the blocks"),
    Pass("scalars",      split_objects, "pieces of structs, before promote looks for whole accesses"),
    Pass("promote",      promote,       "memory to values, which everything behind works on"),
    Pass("simplify",     simplify,      "rewrites values, so that later passes see fewer forms"),
    Pass("thread",       thread,        "constants and phis are known now; makes branches that simplify_cfg can drop"),
    Pass("simplify_cfg", simplify_cfg,  "after threading"),
    Pass("simplify",     simplify,      "phis have lost operands; unroll needs constants"),
    Pass("unroll",       unroll,        "makes constants of counters, and of indices of arrays, which can be split then"),
    Pass("simplify",     simplify,      "decides the branches of unrolled loops"),
    Pass("simplify_cfg", simplify_cfg,  "drops what they do not reach"),
    Pass("scalars",      split_objects, "again: pointers have lost their phis, so copies know their memory; unrolled arrays"),
    Pass("promote",      promote,       "their pieces"),
    Pass("memops",       expand_memory, "what promote left of copies, so that their loads and stores are seen by all behind"),
    Pass("settle",       settle,        "inlining and unrolling have shown what is constant; its answers decide branches"),
    Pass("simplify",     simplify,      "after these four"),
    Pass("dce",          dce,           "gvn would put to use what stands before the test that bounds it"),
    Pass("gvn",          gvn,           "on simplified values, of which more are equal"),
    Pass("simplify",     simplify,      "what gvn brought together"),
    Pass("thread",       thread,        "phis whose operands gvn made constant"),
    Pass("simplify_cfg", simplify_cfg,  "branches that gvn and threading decided"),
    Pass("dse",          dse,           "loads that kept stores alive were forwarded by gvn"),
    Pass("dce",          dce,           "uses are counted behind"),
    Pass("combine_loads", combine_loads, "of values without other uses"),
    Pass("merge_copies", merge_copies,  "of the loads and stores that remain"),
    Pass("merge_stores", merge_stores,  "of the stores that remain"),
    Pass("dce",          dce,           "drops what the others left without use, so that more blocks are equal"),
    Pass("sink",         sink,          "behind what joins neighbouring loads; dce has left no values without use"),
    Pass("share_objects", share_objects, "behind all that tells objects apart; equal blocks use the same ones then"),
    Pass("merge_blocks", merge_blocks,  "last, on final blocks"),
    Pass("simplify_cfg", simplify_cfg,  "branches whose ways became one block"),
    Pass("dce",          dce,           "conditions of such branches"),
)
# fmt: on

_MOST_ROUNDS = 4  # of finding out which function a pointer is, and inlining it


def optimize(module: Module, target: Target, *, checked: bool = False) -> None:
    """Improve `module` in place. With `checked`, the IR checker runs before the first and after every pass (`IRError`).

    Functions are done callees first, so that what is inlined is in its final form. Static functions that nothing
    refers to afterwards are removed.
    """
    if checked:
        from ..ir.check import check
    inliner = Inliner(module)
    for function in inliner.bottom_up():
        if checked:
            check(function, module)
        inliner.inline(function)
        fold_loads(function, module)
        if checked:
            check(function, module)
        for _ in range(_MOST_ROUNDS):
            _run(function, module, checked)
            if not resolve_calls(function, module):
                break
            inliner.inline(function)
    drop_unused(module)
    for function in module.functions.values():
        if settle_all(function):
            _run(function, module, checked)


def _run(function: Function, module: Module, checked: bool) -> None:
    if checked:
        from ..ir.check import check
    for step in PASSES:
        step.run(function)
        if checked:
            check(function, module)
