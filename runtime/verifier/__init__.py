"""The bundled verifier."""

from .verdict import Verdict, VerifierError
from .verify import verify

__all__ = ["Verdict", "VerifierError", "verify"]
