"""purebpf: restricted C to eBPF with no LLVM, and the tools around it.

The public names below are imported when first used (PEP 562), so ``import purebpf`` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it; importing that takes longer than `import purebpf` without it
if TYPE_CHECKING:
    from .compiler.api import compile as compile
    from .compiler.api import compile_file as compile_file
    from .compiler.diagnostics import CompileError as CompileError
    from .compiler.diagnostics import Diagnostic as Diagnostic
    from .compiler.diagnostics import PurebpfError as PurebpfError
    from .compiler.object.model import Object as Object
    from .compiler.object.read import read_object as open

__version__ = "0.1.0"

_PUBLIC = {
    "compile": (".compiler.api", "compile"),
    "compile_file": (".compiler.api", "compile_file"),
    "CompileError": (".compiler.diagnostics", "CompileError"),
    "Diagnostic": (".compiler.diagnostics", "Diagnostic"),
    "PurebpfError": (".compiler.diagnostics", "PurebpfError"),
    "Object": (".compiler.object.model", "Object"),
    "open": (".compiler.object.read", "read_object"),
}

__all__ = [*_PUBLIC, "__version__"]


def __getattr__(name: str) -> object:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'purebpf' has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _PUBLIC[name]
    value: object = getattr(import_module(module, __name__), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
