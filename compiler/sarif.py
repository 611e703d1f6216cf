"""`sarif`: diagnostics in the Static Analysis Results Interchange Format 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from .diagnostics import Diagnostic, Replacement, Severity
from .source import Place

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(diagnostics: Iterable[Diagnostic], tool: str, version: str) -> dict[str, Any]:
    """One run of `tool` as a SARIF log: a result for each diagnostic, a rule for each code; the way out is in the message."""
    found: Sequence[Diagnostic] = list(diagnostics)
    codes = sorted({item.code for item in found})
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": tool, "version": version, "rules": [{"id": code} for code in codes]}},
            "columnKind": "unicodeCodePoints",
            "results": [_result(item, codes.index(item.code)) for item in found],
        }],
    }  # fmt: skip


def _result(item: Diagnostic, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": _LEVELS[item.severity],
        "message": {"text": f"{item.message}. Fix: {item.fix}" if item.fix else item.message},
        "locations": [_location(item.place)] if item.place is not None else [],
    }
    related = [
        {**_location(note.place), "id": number, "message": {"text": note.message}}
        for number, note in enumerate(item.notes) if note.place is not None
    ]  # fmt: skip
    if related:
        result["relatedLocations"] = related
    if item.replacements:
        result["fixes"] = [{"description": {"text": item.fix}, "artifactChanges": _changes(item.replacements)}]
    return result


def _changes(replacements: Iterable[Replacement]) -> list[dict[str, Any]]:
    """The edits of a fix, by file."""
    files: dict[str, list[dict[str, Any]]] = {}
    for item in replacements:
        at = item.place
        region = {"startLine": at.line, "startColumn": at.begin, "endLine": at.line, "endColumn": at.end}
        files.setdefault(at.file, []).append({"deletedRegion": region, "insertedContent": {"text": item.text}})
    return [{"artifactLocation": {"uri": _uri(file)}, "replacements": edits} for file, edits in files.items()]


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix().encode("utf-8", "surrogateescape"))


def _location(place: Place) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": place.line, "startColumn": place.column}
    if place.text:
        region["snippet"] = {"text": place.text}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.file)}, "region": region}}
