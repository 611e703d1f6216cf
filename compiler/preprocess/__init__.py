"""Preprocessing (C11 6.10): text to a stream of tokens."""
