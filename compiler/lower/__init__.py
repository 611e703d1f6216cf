"""Lowering: typed tree to SSA."""

from .module import lower

__all__ = ["lower"]
