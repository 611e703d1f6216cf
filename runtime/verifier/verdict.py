"""What the verifier gives back: verdicts, and the two ways judging can stop early."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...compiler.diagnostics import Diagnostic, PurebpfError


class VerifierError(PurebpfError):
    """The program is refused, or cannot be judged."""


@dataclass(slots=True)
class Verdict:
    """`verdict`: "accepted", "refused" or "unsupported" (something is not modelled: it is not said to be safe).

    `processed` counts instructions as the kernel does; `states` explored ones kept; `stack` the deepest use in bytes.
    """

    name: str
    verdict: str
    processed: int = 0
    states: int = 0
    stack: int = 0
    kernel: str = ""
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        """True if the program is safe to load."""
        return self.verdict == "accepted"

    def raise_for_refusal(self) -> None:
        """Raise `VerifierError` unless the program is accepted."""
        if not self.accepted:
            raise VerifierError(self.findings)

    def to_json(self) -> dict[str, Any]:
        """The verdict as `purebpf check --json` prints it."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "processed": self.processed,
            "findings": [item.to_json() for item in self.findings],
        }


class Refused(Exception):
    """The path shows a mistake. `slot`: the instruction; the rest becomes a Diagnostic."""

    def __init__(self, code: str, slot: int, message: str, fix: str = "", causes: list[tuple[int, str]] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.slot = slot
        self.message = message
        self.fix = fix
        self.causes = causes or []  # (slot, what happened there)


class Unsupported(Exception):
    """Something is not modelled."""

    def __init__(self, slot: int, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.slot = slot
        self.message = message
        self.fix = fix
