"""The kernel loader over bpf(2)."""

from .load import Loaded, load
from .syscall import LoadError

__all__ = ["LoadError", "Loaded", "load"]
