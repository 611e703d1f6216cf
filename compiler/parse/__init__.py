"""Parsing: tokens to pycparser's tree, with GNU C."""

from .parse import parse

__all__ = ["parse"]
