"""Code generation: SSA to BPF instructions."""

from .generate import generate, print_machine

__all__ = ["generate", "print_machine"]
