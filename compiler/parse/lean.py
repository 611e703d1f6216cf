"""pycparser's tree and parser without the rest of it.

`import pycparser` compiles the regular expressions of a lexer that we do not use and imports subprocess and dataclasses: a
tenth of a small compile. So its modules `c_ast`, `ast_transforms` and `c_parser` are loaded as copies of our own, with
stand-ins for what they import and we do not need. A pycparser that somebody else imports is another one and stays whole.
"""

from __future__ import annotations

import builtins
import sys
from importlib.util import find_spec, module_from_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from pycparser import c_ast as c_ast
    from pycparser.c_parser import CParser as CParser


class _NoLexer:
    """Stands for CLexer: our tokens come from the preprocessor."""

    filename = ""

    def __init__(self, **_: Any) -> None: ...

    def token(self) -> None:
        """There is none."""


def _load(folder: str, name: str, known: dict[str, Any]) -> ModuleType:
    """Our copy of pycparser's module `name`; modules in `known` are those that it imports."""

    def import_known(wanted: str, scope: Any = None, local: Any = None, names: Any = (), level: int = 0) -> Any:
        if level and not wanted:
            return SimpleNamespace(**known)
        return known[wanted] if wanted in known else builtins.__import__(wanted, scope, local, names, level)

    name = f"{__package__}.{name}"
    spec = next(spec for spec in (finder.find_spec(name, [folder]) for finder in sys.meta_path) if spec is not None)
    loader: Any = spec.loader
    module = sys.modules[name] = module_from_spec(spec)
    module.__dict__["__builtins__"] = {**vars(builtins), "__import__": import_known}
    exec(loader.get_code(name), module.__dict__)
    return module


def _parser() -> tuple[Any, Any]:
    package = find_spec("pycparser")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'pycparser'", name="pycparser")
    folder = package.submodule_search_locations[0]
    known: dict[str, Any] = {
        "dataclasses": SimpleNamespace(dataclass=lambda **_: lambda cls: cls),
        "c_lexer": SimpleNamespace(CLexer=_NoLexer, Dialect=str, Token=object),
    }
    for name in ("c_ast", "ast_transforms", "c_parser"):
        known[name] = _load(folder, name, known)
    return known["c_ast"], known["c_parser"].CParser


if not TYPE_CHECKING:
    c_ast, CParser = _parser()
