"""Parsing: tokens to pycparser's tree, with GNU C."""
