"""How maps and events are shown, as lines for people and plain values for JSON, and how `--set` writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ...compiler.object.btf import Btf, Struct
from ...compiler.object.values import decode_value
from ..maps import TypedMap
from .inputs import usage_error


def map_lines(maps: Mapping[str, TypedMap]) -> list[str]:
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


def maps_json(maps: Mapping[str, TypedMap]) -> dict[str, list[dict[str, Any]]]:
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


def event_text(value: Any) -> str:
    """An event as a line: `pid=1 comm=cat`."""
    if isinstance(value, dict):
        return " ".join(f"{name}={_text(item)}" for name, item in value.items())
    return _text(value)


def set_element(maps: Mapping[str, TypedMap], text: str) -> None:
    """Carry out `MAP[KEY]=VALUE`. Raises `PurebpfError`."""
    match = re.fullmatch(r"([\w.]+)\[(.*)\]=(.*)", text)
    if match is None:
        raise usage_error("E0708", f"--set {text}: this is not MAP[KEY]=VALUE", "for example --set 'blocked_ports[23]=1'")
    name, key, value = match.groups()
    if name not in maps:
        raise usage_error("E0709", f"--set {text}: there is no map '{name}'", f"the maps are: {', '.join(maps)}")
    maps[name][_literal(key)] = _literal(value)


def _literal(text: str) -> Any:
    """JSON if it is that (numbers, lists, objects), else a C number, else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return int(text, 0)
    except ValueError:
        return text


def decode_event(btf: Btf | None, record: bytes) -> Any:
    """A ring buffer record by the object's types, or as it is.

    Ring buffers have no value type in BTF. If exactly one struct of the object's own has the record's size, or one of
    those has a name with `event` in it, that is what it is taken for.
    """
    if btf is None:
        return record
    fitting = [(i, t) for i, t in btf.items() if isinstance(t, Struct) and t.size == len(record) and t.name]
    named = [entry for entry in fitting if "event" in entry[1].name]
    chosen = named if len(named) == 1 else fitting if len(fitting) == 1 else []
    return decode_value(btf, chosen[0][0], record) if chosen else record
