"""Optimization passes over SSA, one a file."""
