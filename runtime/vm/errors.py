"""What can go wrong in the machine: traps of the running program, bad requests, and faults on their way to become traps.

    R200x memory        R201x registers, control flow, budget     R202x helpers
    R203x what a program must give back before it ends            R204x what `Machine` was asked     R205x packet files
"""

from __future__ import annotations

from ...compiler.diagnostics import Diagnostic, PurebpfError, Severity


class Trap(PurebpfError):
    """The running program did something that the kernel's verifier forbids, or that is not simulated."""


class MachineError(PurebpfError):
    """The machine was asked for something that it cannot do, or was given something malformed."""


class Fault(Exception):
    """A trap that does not know its place yet: raised by memory and helpers, caught by the interpreter."""

    def __init__(self, code: str, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


def refuse(code: str, message: str, fix: str = "") -> MachineError:
    """A `MachineError` with one diagnostic."""
    return MachineError(Diagnostic(code, Severity.ERROR, message, None, (), fix))
