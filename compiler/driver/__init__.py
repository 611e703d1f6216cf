"""`purebpf-cc`: the compiler as a command that can stand in for clang (`make CLANG=purebpf-cc`)."""

from .command import main

__all__ = ["main"]
