"""`dataclass` and `field`, as in the module dataclasses with slots=True, at a tenth of its price.

dataclasses compiles the methods of every class from text when the class is made, 0.1 to 0.25 ms each; for the classes of a
compile that is a good part of its time. Here `__init__` comes of a code object that all classes with as many fields share, and
the other methods are written once. Type checkers see the usual thing (PEP 681). A frozen class is one for them and can be
hashed; nothing stops an assignment at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from types import FunctionType
from typing import Any, TypeVar, dataclass_transform, overload

_Class = TypeVar("_Class", bound=type)
_Value = TypeVar("_Value")


class _Factory:
    """A field's default that is made anew for every object."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


@overload
def field(*, default_factory: Callable[[], _Value]) -> _Value: ...
@overload
def field(*, default: _Value) -> _Value: ...
def field(*, default_factory: Callable[[], Any] | None = None, default: Any = None) -> Any:
    """A field's default: a value, or what makes one."""
    return default if default_factory is None else _Factory(default_factory)


@overload
def dataclass(cls: _Class, /) -> _Class: ...
@overload
def dataclass(*, slots: bool = True, frozen: bool = False, eq: bool = True) -> Callable[[_Class], _Class]: ...
@dataclass_transform(field_specifiers=(field,))
def dataclass(cls: Any = None, /, *, slots: bool = True, frozen: bool = False, eq: bool = True) -> Any:
    """Make a class of its annotations: fields, `__init__`, `__repr__`, `__match_args__`, `__eq__` (if `eq`) by all fields,
    `__hash__` by all fields if `frozen`. There are always slots."""
    if cls is None:
        return lambda decorated: _make(decorated, frozen, eq)
    return _make(cls, frozen, eq)


def replace(record: _Value, **changes: object) -> _Value:
    """The same with other values in the fields that `changes` names."""
    names = type(record).__match_args__  # type: ignore[attr-defined]
    return type(record)(**{name: getattr(record, name) for name in names} | changes)


def _make(cls: Any, frozen: bool, eq: bool) -> Any:
    body = dict(cls.__dict__)
    own = [name for name, hint in body.get("__annotations__", {}).items() if not hint.startswith("ClassVar")]
    inherited = tuple(getattr(cls, "__match_args__", ()))
    names = (*inherited, *(name for name in own if name not in inherited))
    defaults = dict(getattr(cls, "__field_defaults__", {}))
    defaults.update({name: body.pop(name) for name in own if name in body})
    for name in ("__dict__", "__weakref__"):
        body.pop(name, None)
    body["__slots__"] = tuple(name for name in own if name not in inherited)
    body["__match_args__"] = names
    body["__field_defaults__"] = defaults
    body["__qualname__"] = cls.__qualname__
    body.setdefault("__init__", _initializer(names, defaults))
    body.setdefault("__repr__", _repr)
    if eq:
        body.setdefault("__eq__", _equal)
        body["_values"] = staticmethod(attrgetter(*names) if names else _nothing)
        if body.get("__hash__") is None:
            body["__hash__"] = _hash if frozen else None
    return type(cls)(cls.__name__, cls.__bases__, body)


def _initializer(names: tuple[str, ...], defaults: dict[str, Any]) -> FunctionType:
    factories = tuple(index for index, name in enumerate(names) if isinstance(defaults.get(name), _Factory))
    template = _template(len(names), factories)
    code = template.__code__
    renamed = {f"_{index}": name for index, name in enumerate(names)}
    code = code.replace(
        co_varnames=tuple(renamed.get(name, name) for name in code.co_varnames),
        co_names=tuple(renamed.get(name, name) for name in code.co_names),
    )
    values = tuple(defaults[name] for name in names if name in defaults)
    return FunctionType(code, template.__globals__, "__init__", values)


@cache
def _template(count: int, factories: tuple[int, ...]) -> FunctionType:
    """`__init__` for `count` fields called _0, _1, ...; those in `factories` may get a `_Factory`, whose product they keep."""
    lines = [
        f" self._{index} = _{index}.make() if _{index}.__class__ is Factory else _{index}"
        if index in factories
        else f" self._{index} = _{index}"
        for index in range(count)
    ]
    parameters = ", ".join(["self", *(f"_{index}" for index in range(count))])
    scope: dict[str, Any] = {"Factory": _Factory}
    exec(f"def __init__({parameters}):\n" + "\n".join(lines or [" pass"]), scope)
    made: FunctionType = scope["__init__"]
    return made


def _repr(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__match_args__)})"


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._values(self) == self._values(other)


def _hash(self: Any) -> int:
    return hash((self.__class__, self._values(self)))


def _nothing(self: Any) -> tuple[()]:
    return ()
