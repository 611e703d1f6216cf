"""Lowering: typed tree to SSA."""
