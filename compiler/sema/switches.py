"""Switches (C11 6.8.4.2) and their labels (6.8.1), ranges of GNU C among them."""

from __future__ import annotations

from typing import Any

from ..parse import nodes as gnu
from ..parse.lean import c_ast
from ..source import Span
from . import fold, tree
from . import types as ct
from .base import Poison
from .compare import is_integer
from .jumps import Jumps
from .spelling import quote


class Switches(Jumps):
    """Checks switch, case and default."""

    def _switch(self, node: Any) -> tree.Statement:
        value: tree.Expr = tree.Constant(0, ct.INT, node.coord)
        enum: ct.Type | None = None
        try:
            value = self.rvalue(node.cond)
            enum = ct.strip(value.type)
            if not is_integer(value.type):
                self.no_float(value)
                raise self.error(
                    "E0381", value.span, f"statement requires expression of integer type ({quote(value.type)} invalid)"
                )
            value = self.promote(value)
        except Poison:
            value = tree.Constant(0, ct.INT, node.coord)
        switch = tree.Switch(value, tree.Block([], node.coord), [], node.coord)
        seen: dict[int, Span] = {}
        self.body.switches.append((switch, value.type, seen, len(self.body.cleanups)))
        self.body.breakable += 1
        self.body.break_depth.append(len(self.body.cleanups))
        try:
            switch.body = self.statement(node.stmt)
        finally:
            self.body.switches.pop()
            self.body.breakable -= 1
            self.body.break_depth.pop()
        if isinstance(enum, ct.Enum):
            self._all_handled(switch, enum, seen)
        elif isinstance(value, tree.Compare | tree.Logical) or (isinstance(value, tree.Unary) and value.op == "!"):
            self.warn("W0327", node.coord, "switch condition has boolean value", fix="write an if")
        if "W0318" in self.asked:
            self.check_fallthrough(switch)
        return switch

    def _all_handled(self, switch: tree.Switch, enum: ct.Enum, seen: dict[int, Span]) -> None:
        """A switch on an enumeration has cases for enumerators only and, without a default, for all of them (-Wswitch)."""
        known = {value for _, value in enum.constants}
        for case in switch.cases:
            for end in {case.low, case.high} - {None}:
                if end not in known and end in seen and known:
                    self.warn("W0345", seen[end], f"case value not in enumerated type {quote(enum)}",
                              fix="add an enumerator, or convert the value to an integer")  # fmt: skip
        ranges = [(case.low, case.high) for case in switch.cases]
        if any(low is None for low, _ in ranges):
            return
        missing = [
            name
            for name, value in enum.constants
            if not any(low <= value <= (low if high is None else high) for low, high in ranges if low is not None)
        ]
        if missing:
            shown = ", ".join(f"'{name}'" for name in missing[:3])
            shown += f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            self.warn("W0345", switch.value.span, f"enumeration value{'s' if len(missing) > 1 else ''} {shown} not handled in "
                      "switch", fix="add the cases, or a default")  # fmt: skip

    def check_fallthrough(self, switch: tree.Switch) -> None:
        """-Wimplicit-fallthrough."""
        raise NotImplementedError

    def _case(self, node: Any) -> tree.Statement:
        """Rows of labels are walked in a loop."""
        if not self.body.switches:
            what = "case" if isinstance(node, c_ast.Case) else "default"
            raise self.error("E0382", node.coord, f"'{what}' statement not in switch statement")
        span: Span = node.coord
        row: list[tree.Case] = []
        while isinstance(node, c_ast.Case | c_ast.Default):
            try:
                low, high = self._case_range(node)
                case = tree.Case(low, high, tree.Block([], node.coord), node.coord)
                self.body.switches[-1][0].cases.append(case)
                row.append(case)
            except Poison:
                pass
            node = node.stmts[0]
        for local, _ in (pending for scope in self.body.cleanups[self.body.switches[-1][3] :] for pending in scope):
            self.error("E0387", span, f"this label is in the scope of '{local.name}', which has a cleanup, and the switch "
                       "jumps past its declaration", fix="declare the variable before the switch, or in a block of its own",
                       notes=[(f"'{local.name}' is declared here", local.span)])  # fmt: skip
        inner = self.statement(node)
        for case in reversed(row):
            case.body = inner
            inner = case
        return inner

    def _case_range(self, node: Any) -> tuple[int | None, int | None]:
        _, t, seen, _ = self.body.switches[-1]
        span: Span = node.coord
        if isinstance(node, c_ast.Default):
            if -(1 << 70) in seen:
                raise self.error("E0383", span, "multiple default labels in one switch",
                                 notes=[("previous case defined here", seen[-(1 << 70)])])  # fmt: skip
            seen[-(1 << 70)] = span
            return None, None
        if isinstance(node.expr, gnu.Range):
            low = self.integer_constant(node.expr.low, "a case label")
            high = self.integer_constant(node.expr.high, "a case label")
        else:
            low = high = self.integer_constant(node.expr, "a case label")
        first, last = fold.wrap(low, t), fold.wrap(high, t)
        if low > high or first > last:
            self.warn("W0343", span, "empty case range specified", fix="write the smaller value first")
            raise Poison
        for value in range(first, min(last, first + 4096) + 1):
            if value in seen:
                raise self.error("E0383", node.expr.coord, f"duplicate case value '{value}'",
                                 notes=[("previous case defined here", seen[value])])  # fmt: skip
            seen[value] = node.expr.coord
        return first, last
