"""Semantic analysis: pycparser's tree to the typed tree."""
