"""`usage_error`: what is wrong with a command line."""

from __future__ import annotations

from ..diagnostics import Diagnostic, Severity, UsageError


def usage_error(code: str, message: str, fix: str) -> UsageError:
    """The exception for a command line: E0702 an option, E0703 the inputs and outputs, E0704 what is not supported."""
    return UsageError(Diagnostic(code, Severity.ERROR, message, fix=fix))
