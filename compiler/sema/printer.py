"""`print_unit`: the typed tree as indented text, for `dump --stage ast` and tests.

    function count static always : int (u32, u64)                                            8:8
      parameter act : u32 (in memory)                                                        8:18
      block                                                                                  9:1
        declare s : struct stat *                                                            10:15
          [0] = cast : struct stat *                                                         10:19
            call : void *
              target: 1 : void *(*)(void *, const void *)

One node a line: what it is, `: type`, and line:column of its place where that changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..source import SourceMap, Span
from . import tree
from .spelling import show
from .walk import CHILDREN


def print_unit(unit: tree.Unit, sources: SourceMap | None = None) -> str:
    """The whole unit. With `sources` lines end in the node's line:column."""
    printer = _Printer(sources)
    for symbol in unit.externs:
        printer.line(0, f"extern {symbol.name} : {show(symbol.type)}{_section(symbol.section)}", symbol.span)
    for variable in unit.globals:
        printer.variable(variable)
    for function in unit.functions:
        printer.function(function)
    return "\n".join(printer.lines) + "\n"


def print_expression(e: tree.Expr) -> str:
    """One expression as a nested list on one line: for messages and tests."""
    return _inline(e)


def _section(section: str) -> str:
    return f" in {section}" if section else ""


class _Printer:
    def __init__(self, sources: SourceMap | None) -> None:
        self.sources = sources
        self.lines: list[str] = []
        self._last = ""

    def line(self, depth: int, text: str, span: Span | None) -> None:
        where = ""
        if self.sources is not None and span is not None:
            place = self.sources.place(span)
            where = f"{place.line}:{place.column}"
            if where == self._last:
                where = ""
            else:
                self._last = where
        text = "  " * depth + text
        self.lines.append(f"{text:<88} {where}" if where else text)

    def variable(self, g: tree.Global) -> None:
        words = [g.linkage, *(["const"] if g.constant else []), *sorted(g.attributes - {"used"})]
        self.line(0, f"variable {g.name} {' '.join(words)} : {show(g.type)} in {g.section} align {g.align}", g.span)
        if g.data is not None:
            self.line(1, f"data {g.data!r}" if g.data.isascii() and len(g.data) < 200 else f"data {g.data.hex()}", None)
        for r in g.references:
            self.line(1, f"at {r.at} address of {r.symbol.name} + {r.addend}", None)

    def function(self, f: tree.FunctionSymbol) -> None:
        words = [f.linkage, *([f.inline] if f.inline else []), *(["noreturn"] if f.noreturn else [])]
        self.line(0, f"function {f.name} {' '.join(words)} : {show(f.type)}{_section(f.section)}", f.span)
        for p in f.parameters:
            self.line(1, f"parameter {_local(p)}", p.span)
        if f.body is not None:
            self.node(1, f.body)

    def node(self, depth: int, node: Any, label: str = "") -> None:
        """A node and, below it, its children."""
        text = _head(node)
        self.line(depth, f"{label}{text}", getattr(node, "span", None))
        for name, child in _children(node):
            if isinstance(child, tree.InitStore):
                width = f":{child.bits}" if child.bits is not None else ""
                self.node(depth + 1, child.value,
                          f"[{child.offset // 8}{'.' + str(child.offset % 8) if child.offset % 8 else ''}{width}] = ")
            else:
                self.node(depth + 1, child, f"{name}: " if name else "")


def _local(local: tree.Local) -> str:
    flags = " (in memory)" if local.addressed else ""
    return f"{local.name or '(unnamed)'} : {show(local.type)}{flags}"


def _head(node: Any) -> str:
    """A node's own line, without its children."""
    kind = type(node).__name__.lower()
    t = getattr(node, "type", None)
    typed = f" : {show(t)}" if t is not None else ""
    match node:
        case tree.Constant(value=value):
            return f"{value}{typed}"
        case tree.LocalRef(symbol=symbol) | tree.GlobalRef(symbol=symbol) | tree.FunctionRef(symbol=symbol):
            return f"{symbol.name or '(unnamed)'}{typed}"
        case tree.Unary(op=op) | tree.Binary(op=op) | tree.Compare(op=op) | tree.Logical(op=op):
            return f"{kind} {op}{typed}"
        case tree.Member(field=field, offset=offset):
            bits = f", {field.bits} bits" if field.bits is not None else ""
            return f"member {field.name} at {offset // 8}{'.' + str(offset % 8) if offset % 8 else ''}{bits}{typed}"
        case tree.PointerAdd(scale=scale, negate=negate):
            return f"pointer {'-' if negate else '+'} * {scale}{typed}"
        case tree.PointerDifference(scale=scale):
            return f"pointer difference / {scale}{typed}"
        case tree.CompoundAssign(op=op, common=common, scale=scale):
            how = f" * {scale}" if scale else f" in {show(common)}"
            return f"assign {op}={how}{typed}"
        case tree.IncDec(delta=delta, post=post):
            return f"{'post' if post else 'pre'} {delta:+d}{typed}"
        case tree.Builtin(name=name):
            return f"builtin {name}{typed}"
        case tree.Atomic(op=op, fetch=fetch):
            return f"atomic {op}{' giving ' + fetch if fetch else ''}{typed}"
        case tree.Let(variable=variable):
            return f"let {_local(variable)}"
        case tree.Declare(symbol=symbol, initializer=initializer):
            zero = " zeroed" if initializer is not None and initializer.zero else ""
            return f"declare {_local(symbol)}{zero}"
        case tree.Loop(test_first=first, unroll=unroll):
            pragma = "" if unroll is None else " unroll" if unroll == 0 else f" unroll {unroll}"
            return f"loop{'' if first else ' test last'}{pragma}"
        case tree.Case(low=low, high=high):
            return "default" if low is None else f"case {low}" if low == high else f"case {low} ... {high}"
        case tree.Goto(label=name) | tree.Label(name=name):
            return f"{kind} {name}"
        case tree.Asm(template=template, volatile=volatile, clobbers=clobbers, labels=labels):
            extra = "".join(f" {word}" for word in [*(["volatile"] if volatile else []), *clobbers, *labels])
            return f"asm {template!r}{extra}"
        case tree.ExprStatement():
            return "evaluate"
        case _:
            return f"{kind}{typed}"


_LABELLED = {"condition", "then", "otherwise", "step", "target", "result"}

def _children(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, tree.Asm):
        for name, constraint, e in [*node.outputs, *node.inputs]:
            yield f"{name + ' ' if name else ''}{constraint!r}", e
        return
    for name in CHILDREN[type(node)]:
        child = getattr(node, name)
        if isinstance(child, tree.Initializer):
            for store in child.stores:
                yield "", store
        elif isinstance(child, list):
            for item in child:
                yield "", item
        elif child is not None:
            yield name if name in _LABELLED else "", child


def _inline(node: Any) -> str:
    inner = []
    for _, child in _children(node):
        if isinstance(child, tree.InitStore):
            inner.append(f"[{child.offset}] = {_inline(child.value)}")
        else:
            inner.append(_inline(child))
    head = _head(node)
    return f"({head} {' '.join(inner)})" if inner else f"({head})" if " " in head else head
