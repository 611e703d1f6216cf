"""Semantic analysis: pycparser's tree to the typed tree."""

from .analyze import analyze

__all__ = ["analyze"]
