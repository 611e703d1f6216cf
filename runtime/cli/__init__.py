"""The `purebpf` command: one subcommand a file."""

from .main import main

__all__ = ["main"]
