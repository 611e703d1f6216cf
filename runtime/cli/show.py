"""How maps are shown: lines for people, plain values for JSON."""

from __future__ import annotations

from typing import Any

from ..maps import TypedMap


def map_lines(maps: dict[str, TypedMap]) -> list[str]:
    """Every map's elements, a line each; of arrays only what is not zero."""
    lines = []
    for name, typed in maps.items():
        if not typed.has_elements:
            continue
        rows = list(typed.nonzero())
        count = f"{len(rows)} element{'' if len(rows) == 1 else 's'}"
        lines.append(f"{name}: {count}{' not zero' if typed.indexed else ''}")
        lines += [f"  {_text(key)}: {_text(_summed(typed, value))}" for key, value in rows]
    return lines


def maps_json(maps: dict[str, TypedMap]) -> dict[str, list[dict[str, Any]]]:
    """Every map's elements as a list of {"key", "value"}; per-CPU values are lists."""
    return {
        name: [{"key": plain(key), "value": plain(value)} for key, value in typed.nonzero()]
        for name, typed in maps.items()
        if typed.has_elements
    }


def plain(value: Any) -> Any:
    """A value as JSON can hold it: bytes as hex."""
    match value:
        case bytes():
            return value.hex()
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            return value


def _summed(typed: TypedMap, value: Any) -> Any:
    """Per-CPU counters are added up for people; other per-CPU values stay lists."""
    if not typed.per_cpu or not isinstance(value, list) or not value:
        return value
    if all(isinstance(item, int) for item in value):
        return sum(value)
    if all(isinstance(item, dict) and all(isinstance(part, int) for part in item.values()) for item in value):
        return {key: sum(item[key] for item in value) for key in value[0]}
    return value


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    return value.hex() if isinstance(value, bytes) else str(value)
