"""`Bundle`: the code of the modules that a compile imports, and of their regular expressions, in one file of the user's cache.

Python looks for each of some 160 modules in the file system, opens its .pyc and translates its patterns anew: a sixth of a
small compile. A module whose source has changed since (by time of modification and size, as in a .pyc) is imported as always.
What every compile imports is loaded in a row, each module behind those that it needs, without the ceremony of an import.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from importlib.machinery import ModuleSpec, SourceFileLoader

from ..cache import Cache

_Module = type(sys)
TYPE_CHECKING = False  # as in files
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType
    from typing import Any

_PACKAGE = __name__.partition(".")[0] + "."
_HEAD = 16  # bytes of a .pyc before the code (PEP 552)


class Bundle:
    """A finder for `sys.meta_path`: what `cache` has of this package, at this place and for this Python."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        place = f"{sys.version}\n{__file__}".encode("utf-8", "surrogateescape")
        self._name = f"modules-{sys.implementation.cache_tag}-{sys.flags.optimize}-{zlib.crc32(place):08x}"
        self._modules: dict[str, tuple[str, int, int, bytes]] = {}  # source, its ns and bytes, code as marshal has it
        self._order: list[str] = []  # what every compile imports, in the order in which it is ready
        self._ready: list[str] = []  # what this process has imported from here, in that order
        kept = cache.get(self._name)
        if kept is not None:
            try:
                self._modules, self._order, patterns = marshal.loads(kept)
                _take(patterns)
            except (ValueError, EOFError, TypeError):
                self._modules = {}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """How to load module `name`, if it is here and its source unchanged (importlib.abc.MetaPathFinder)."""
        entry = self._modules.get(name)
        if entry is None:
            return None
        source, *known, code = entry
        try:
            status = os.stat(source)
        except OSError:
            return None
        if [status.st_mtime_ns, status.st_size] != known:
            return None
        loader = _Loader(name, source)
        loader.code, loader.ready = code, self._ready
        spec = ModuleSpec(name, loader, origin=source)
        spec.has_location = True
        if source.endswith("__init__.py"):
            spec.submodule_search_locations = [os.path.dirname(source)]
        return spec

    def load(self) -> None:
        """Import what every compile does, all of it or, if a source has changed, nothing."""
        specs = [self.find_spec(name) for name in self._order if name not in sys.modules]
        modules = [_module(spec) for spec in specs if spec is not None]
        if len(modules) < len(specs):
            return
        known = sys.modules
        for module in modules:
            known[module.__name__] = module
        for index, module in enumerate(modules):
            name = module.__name__
            try:
                exec(marshal.loads(self._modules[name][3]), module.__dict__)
            except Exception:  # no source is to blame: they are imported as always, which tells
                for rest in modules[index:]:
                    del known[rest.__name__]
                return
            package, _, last = name.rpartition(".")
            setattr(known[package], last, module)

    def keep(self, *, whole: bool) -> None:
        """Write down what was imported from elsewhere, if there was something: the next process finds it here.

        `whole`: whether this was a compile from source to object, and a good one.
        """
        found = {}
        for name, module in list(sys.modules.items()):
            if name.startswith(_PACKAGE) and type(getattr(module, "__loader__", None)) is SourceFileLoader:
                entry = _entry(module)
                if entry is not None and entry != self._modules.get(name):
                    found[name] = entry
        if found:
            self._cache.put(self._name, marshal.dumps((self._modules | found, self._order, _patterns())))
        elif whole and not self._order:
            self._cache.put(self._name, marshal.dumps((self._modules, self._ready, _patterns())))


class _Loader(SourceFileLoader):
    """Loads a module of the bundle; all else about it comes of its source, as always."""

    code: bytes
    ready: list[str]

    def exec_module(self, module: ModuleType) -> None:
        """Run the module (importlib.abc.Loader), and note that it is there."""
        super().exec_module(module)
        self.ready.append(module.__name__)

    def get_code(self, fullname: str) -> CodeType:
        """The module's code (importlib.abc.InspectLoader)."""
        code: CodeType = marshal.loads(self.code)
        return code


def _module(spec: ModuleSpec) -> ModuleType:
    """An empty module as importlib makes it."""
    module = _Module(spec.name)
    module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    module.__package__ = spec.parent
    return module


def _entry(module: ModuleType) -> tuple[str, int, int, bytes] | None:
    """What the bundle has of a module that was loaded from its source, if there is a .pyc that is as new."""
    try:
        status = os.stat(module.__file__ or "")
        with open(module.__cached__ or "", "rb") as file:
            data = file.read()
    except OSError:
        return None
    stamp = b"".join((number & 0xFFFFFFFF).to_bytes(4, "little") for number in (0, int(status.st_mtime), status.st_size))
    if data[4:_HEAD] != stamp:
        return None
    return module.__file__ or "", status.st_mtime_ns, status.st_size, data[_HEAD:]


def _patterns() -> list[Any]:
    """What `re` keeps of the patterns compiled so far, as its matching engine takes them. [] if `re` is another here."""
    try:
        import re
        from re import _compiler, _parser  # type: ignore[attr-defined]

        found = []
        for kind, text, flags in list(re._cache):  # type: ignore[attr-defined]
            if kind is str:
                tree = _parser.parse(text, flags)
                names = tree.state.groupdict
                groups: list[str | None] = [None] * tree.state.groups
                for name, number in names.items():
                    groups[number] = name
                code = [int(word) for word in _compiler._code(tree, flags)]
                found.append((flags, (text, int(flags | tree.state.flags), code, len(groups) - 1, names, tuple(groups))))
        return found
    except (ImportError, AttributeError, TypeError, ValueError):
        return []


def _take(patterns: list[Any]) -> None:
    """Give `re` the patterns of `_patterns`, so that it need not translate them."""
    import _sre  # type: ignore[import-not-found]
    import re

    for flags, program in patterns:
        re._cache[str, program[0], flags] = _sre.compile(*program)  # type: ignore[attr-defined]
