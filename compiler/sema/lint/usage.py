"""`check_usage`: what a file declares and does not use (-Wunused-variable and its kin).

Works on the syntax tree with scopes of its own, so that an ordinary compile need not count uses. What counts as one is clang's:
any mention of a name, but for those variables that an assignment of no further use, ++ or -- only sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ...parse import nodes as gnu
from ...parse.lean import c_ast
from ...parse.nodes import attributes_of
from ...source import Span
from .. import tree

if TYPE_CHECKING:
    from ..functions import Functions

_UNUSED = frozenset(("unused", "maybe_unused"))


class _Name:
    """A name of a scope. `reads`: mentions that do more than set it."""

    __slots__ = ("kind", "name", "named", "quiet", "reads", "span", "volatile")

    def __init__(self, name: str, kind: str, span: Span, quiet: bool, volatile: bool = False) -> None:
        self.name = name
        self.kind = kind  # "variable", "parameter", "typedef", "global", "function", "" (nothing to say about it)
        self.span = span
        self.quiet = quiet
        self.volatile = volatile
        self.named = False
        self.reads = 0


def check_usage(checker: Functions, nodes: Iterable[Any]) -> None:
    """Warn about what the external declarations `nodes` declare in vain."""
    usage = _Usage(checker)
    for node in nodes:
        if isinstance(node, c_ast.FuncDef):
            usage.function(node)
        else:
            usage.visit(node)
    usage.finish()


class _Usage:
    """The walk over a translation unit."""

    def __init__(self, checker: Functions) -> None:
        self.checker = checker
        self.sources = checker.sources
        self.main = [file for file in self.sources.files if file.included_from < 0][-1]
        self.scopes: list[dict[str, _Name]] = [{}]
        self.evaluated: set[str] = set()  # names of the file scope that are used where it counts
        self.mentioned: set[str] = set()
        self.unevaluated = 0
        self.current = ""  # the function we are in: calling itself does not count
        self.labels: dict[str, Any] = {}
        self.jumps: set[str] = set()
        self.files: list[tuple[str, Span, bool]] = []  # static ones: name, place, whether it is a function
        self.visitors: dict[type, Callable[[Any], None]] = {
            c_ast.ID: lambda node: self.mention(node.name),
            c_ast.IdentifierType: self._type,
            c_ast.Decl: self._declaration,
            c_ast.Typedef: self._typedef,
            c_ast.Typename: self._typename,
            c_ast.StructRef: lambda node: self.visit(node.name),
            c_ast.UnaryOp: self._unary,
            c_ast.TypeOf: lambda node: self._aside(node.expr),
            c_ast.GenericSelection: self._generic,
            c_ast.NamedInitializer: self._named,
            c_ast.Compound: self._compound,
            c_ast.For: self._for,
            c_ast.Label: self._label,
            c_ast.Goto: lambda node: self.jumps.add(node.name),
            c_ast.Cast: self._cast,
            c_ast.ExprList: self._all,
            c_ast.FuncDecl: self._prototype,
            c_ast.FuncCall: self._call,
            gnu.Struct: self._record,
            gnu.Union: self._record,
            c_ast.Struct: self._record,
            c_ast.Union: self._record,
            gnu.Asm: self._asm,
            gnu.LabelAddress: lambda node: self.jumps.add(node.name),
            gnu.OffsetOf: self._offset,
        }

    # --- walking --------------------------------------------------------------------------------------------------

    def visit(self, node: Any) -> None:
        """Count the mentions in `node`."""
        if node is None:
            return
        visitor = self.visitors.get(type(node))
        if visitor is not None:
            visitor(node)
            return
        while isinstance(node, c_ast.BinaryOp):  # rows of operators nest to the left
            self.visit(node.right)
            node = node.left
            visitor = self.visitors.get(type(node))
            if visitor is not None:
                visitor(node)
                return
        if isinstance(node, c_ast.If | c_ast.While | c_ast.DoWhile | c_ast.Switch | c_ast.Case | c_ast.Default):
            for name, child in node.children():
                if name in ("cond", "expr"):
                    self.visit(child)
                else:
                    self.statement(child)
            return
        for _, child in node.children():
            self.visit(child)

    def statement(self, node: Any) -> None:
        """A statement, or another child of one: an expression's value is not used."""
        if isinstance(node, c_ast.If):
            while isinstance(node, c_ast.If):  # chains of else if are long
                self.visit(node.cond)
                self.statement(node.iftrue)
                node = node.iffalse
            if node is not None:
                self.statement(node)
            return
        self.visit(node)
        self.discarded(node)

    def discarded(self, node: Any) -> None:
        """An expression whose value goes nowhere: what it sets is not read by that."""
        target: Any
        if isinstance(node, c_ast.Assignment):
            target, compound = node.lvalue, node.op != "="
        elif isinstance(node, c_ast.UnaryOp) and node.op in ("++", "--", "p++", "p--"):
            target, compound = node.expr, True
        else:
            return
        if isinstance(target, c_ast.ID) and node.coord.first in (target.coord.first, node.coord.point):
            if target.coord.first == target.coord.point:
                known = self.find(target.name)
                if known is not None and not (compound and known.volatile):
                    known.reads -= 1

    def find(self, name: str) -> _Name | None:
        """What a name means here."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None

    def mention(self, name: str) -> None:
        """A name is used."""
        for scope in reversed(self.scopes[1:]):
            known = scope.get(name)
            if known is not None:
                known.named = True
                known.reads += 1
                if known.kind == "global" and not self.unevaluated:
                    self.evaluated.add(name)
                return
        self.mentioned.add(name)
        if not self.unevaluated and name != self.current:
            self.evaluated.add(name)

    def _aside(self, node: Any) -> None:
        """What is not evaluated."""
        self.unevaluated += 1
        self.visit(node)
        self.unevaluated -= 1

    def _all(self, node: Any) -> None:
        for child in node.exprs:
            self.visit(child)
        for child in node.exprs[:-1]:
            self.discarded(child)

    def _call(self, node: Any) -> None:
        self.visit(node.name)
        for child in node.args.exprs if node.args is not None else ():
            self.visit(child)

    def _unary(self, node: Any) -> None:
        if node.op in ("sizeof", "_Alignof"):
            self._aside(node.expr)
        else:
            self.visit(node.expr)

    def _cast(self, node: Any) -> None:
        self.visit(node.to_type)
        self.visit(node.expr)
        inner = node.to_type.type
        if isinstance(inner, c_ast.TypeDecl) and isinstance(inner.type, c_ast.IdentifierType) and inner.type.names == ["void"]:
            self.discarded(node.expr)

    def _generic(self, node: Any) -> None:
        self._aside(node.expr)
        for association in node.associations:
            self.visit(association.type)
            self.visit(association.expr)

    def _named(self, node: Any) -> None:
        for designator in node.name:
            if not isinstance(designator, c_ast.ID):
                self.visit(designator)
        self.visit(node.expr)

    def _offset(self, node: Any) -> None:
        self.visit(node.type)
        designator = node.designator
        while not isinstance(designator, c_ast.ID):
            if isinstance(designator, c_ast.ArrayRef):
                self.visit(designator.subscript)
            designator = designator.name

    def _asm(self, node: Any) -> None:
        for operand in [*node.outputs, *node.inputs]:
            self.visit(operand.value)
        self.jumps.update(node.labels)

    # --- declarations ---------------------------------------------------------------------------------------------

    def _type(self, node: Any) -> None:
        if len(node.names) == 1:
            for scope in reversed(self.scopes[1:]):
                known = scope.get(node.names[0])
                if known is not None:
                    known.named = True
                    return

    def _attributes(self, node: Any) -> bool:
        """Visit a declaration's attributes; whether they say that it need not be used."""
        quiet = False
        for attribute in attributes_of(node):
            quiet |= attribute.name in _UNUSED or attribute.name in ("used", "cleanup")
            for argument in attribute.arguments or ():
                if attribute.name in ("cleanup", "aligned", "section"):
                    self.visit(argument)
        return quiet

    def _prototype(self, node: Any) -> None:
        """The parameters of a declaration are no variables."""
        self.visit(node.type)
        if node.args is not None:
            self.scopes.append({})
            for parameter in node.args.params:
                self.visit(getattr(parameter, "type", None))
                if getattr(parameter, "name", None):
                    self.scopes[-1][parameter.name] = _Name(parameter.name, "", parameter.coord, True)
            self.scopes.pop()

    def _record(self, node: Any) -> None:
        """Members are no variables."""
        for member in node.decls or ():
            if isinstance(member, c_ast.Decl):
                self.visit(member.type)
                self.visit(member.bitsize)
                self._attributes(member)
            else:
                self.visit(member)

    def _typename(self, node: Any) -> None:
        self.visit(node.type)

    def _typedef(self, node: Any) -> None:
        self.visit(node.type)
        quiet = self._attributes(node)
        if len(self.scopes) > 1:
            self.scopes[-1][node.name] = _Name(node.name, "typedef", node.coord, quiet)

    def _declaration(self, node: Any) -> None:
        """A declaration of a variable, function or member."""
        self.visit(node.type)
        quiet = self._attributes(node)
        for item in node.align or ():
            self.visit(item)
        if node.name is None or node.bitsize is not None:
            self.visit(node.bitsize)
            return
        if len(self.scopes) == 1:
            if "static" in node.storage and not quiet:
                function = isinstance(node.type, c_ast.FuncDecl)
                if self._ours(node, "inline" in node.funcspec or not function):
                    self.files.append((node.name, node.coord, function))
        elif isinstance(node.type, c_ast.FuncDecl) or "extern" in node.storage:
            self.scopes[-1][node.name] = _Name(node.name, "global", node.coord, True)
        else:
            self.scopes[-1][node.name] = _Name(node.name, "variable", node.coord, quiet, "volatile" in node.quals)
        if node.init is not None:
            self.visit(node.init)

    def _ours(self, node: Any, main: bool) -> bool:
        """Whether to warn about a static declaration: those of headers, if they are constants or inline, may be left unused."""
        file = self.sources.file_of(node.coord.point)
        return file is self.main or not (main or file.system)

    # --- functions and statements ---------------------------------------------------------------------------------

    def function(self, node: Any) -> None:
        """A function's definition."""
        decl = node.decl
        quiet = self._attributes(decl)
        if "static" in decl.storage and not quiet and self._ours(decl, "inline" in decl.funcspec):
            self.files = [item for item in self.files if item[0] != decl.name]
            self.files.append((decl.name, decl.coord, True))
        declarator = decl.type
        while not isinstance(declarator, c_ast.FuncDecl):
            declarator = declarator.type
        self.visit(declarator.type)
        self.scopes.append({})
        self.current, self.labels, self.jumps = decl.name, {}, set()
        for parameter in declarator.args.params if declarator.args is not None else ():
            self.visit(getattr(parameter, "type", None))
            if isinstance(parameter, c_ast.Decl) and parameter.name:
                quiet = self._attributes(parameter) or parameter.name == "_"
                self.scopes[-1][parameter.name] = _Name(parameter.name, "parameter", parameter.coord, quiet)
        self.items(node.body.block_items or ())
        if not any(attribute.name == "naked" for attribute in attributes_of(decl)):
            self._leave()
        else:
            self.scopes.pop()
        self.current = ""
        for name, label in self.labels.items():
            if name not in self.jumps:
                self.checker.warn("W0368", label.coord, f"unused label '{name}'", fix="remove it")

    def items(self, nodes: Iterable[Any]) -> None:
        """Block items in the current scope."""
        for node in nodes:
            self.statement(node)

    def _compound(self, node: Any) -> None:
        self.scopes.append({})
        self.items(node.block_items or ())
        self._leave()

    def _for(self, node: Any) -> None:
        self.scopes.append({})
        if isinstance(node.init, c_ast.DeclList):
            for decl in node.init.decls:
                self.visit(decl)
        else:
            self.statement(node.init)
        self.visit(node.cond)
        self.statement(node.next)
        self.statement(node.stmt)
        self._leave()

    def _label(self, node: Any) -> None:
        if not any(a.name in _UNUSED for a in getattr(node, "attributes", None) or ()):
            self.labels[node.name] = node
        self.statement(node.stmt)

    def _leave(self) -> None:
        """The end of a scope: tell what it has and nobody used."""
        warn = self.checker.warn
        for known in self.scopes.pop().values():
            if known.quiet or (known.named and known.reads):
                continue
            name, parameter = known.name, known.kind == "parameter"
            if known.kind == "typedef":
                if not known.named:
                    warn("W0369", known.span, f"unused typedef '{name}'", fix="remove it")
            elif known.named:
                warn("W0364" if parameter else "W0362", known.span,
                     f"{'parameter' if parameter else 'variable'} '{name}' set but not used",
                     fix="use its value, or remove it")  # fmt: skip
            elif parameter:
                warn("W0363", known.span, f"unused parameter '{name}'",
                     fix="mark it __attribute__((unused)), or write '(void)" + name + ";'")  # fmt: skip
            else:
                warn("W0361", known.span, f"unused variable '{name}'", fix="remove it, or mark it __attribute__((unused))")

    def finish(self) -> None:
        """Tell which static functions and variables of the file nothing uses."""
        names = self.checker.scopes[0].names
        for name, span, function in self.files:
            symbol = names.get(name)
            if name in self.evaluated or not isinstance(symbol, tree.Global | tree.FunctionSymbol) or _kept(symbol):
                continue
            what = "function" if function else "variable"
            if name in self.mentioned:
                self.checker.warn("W0367", span, f"{what} '{name}' is not needed and will not be emitted", fix="remove it")
            elif isinstance(symbol, tree.Global) and symbol.constant:
                self.checker.warn("W0365", span, f"unused variable '{name}'", fix="remove it")
            else:
                self.checker.warn("W0366" if function else "W0361", span, f"unused {what} '{name}'", fix="remove it")


def _kept(symbol: tree.Global | tree.FunctionSymbol) -> bool:
    return "used" in symbol.attributes or symbol.linkage != "static"
