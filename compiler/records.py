"""`dataclass` and `field` as in the module dataclasses with slots=True, `NamedTuple` as in typing, at a fifth of the price.

dataclasses compiles the methods of every class from text when the class is made, 0.1 to 0.25 ms each; for the classes of a
compile that is a good part of its time. Here `__init__` comes of a code object that all classes with as many fields share, and
the other methods are written once; the same goes for `__new__` of a named tuple. Type checkers see the usual things (PEP 681).
A frozen class is one for them and can be hashed; nothing stops an assignment at run time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter, itemgetter
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform, overload

from . import templates
from .templates import Factory

try:
    from _collections import _tuplegetter  # type: ignore[import-not-found,unused-ignore]
except ImportError:  # as in the module collections

    def _tuplegetter(index: int, doc: str) -> property:
        return property(itemgetter(index), doc=doc)


_Class = TypeVar("_Class", bound=type)
_Value = TypeVar("_Value")


@overload
def field(*, default_factory: Callable[[], _Value]) -> _Value: ...
@overload
def field(*, default: _Value) -> _Value: ...
def field(*, default_factory: Callable[[], Any] | None = None, default: Any = None) -> Any:
    """A field's default: a value, or what makes one."""
    return default if default_factory is None else Factory(default_factory)


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
    makes = any(isinstance(default, Factory) for default in defaults.values())
    template = _template("make" if makes else "keep", len(names))
    return _named(template, "__init__", names, tuple(defaults[name] for name in names if name in defaults))


@cache
def _template(kind: str, count: int) -> FunctionType:
    """The function of module `templates` for fields called _0, _1, ..., or one of its kind for more fields than are there."""
    made: FunctionType | None = getattr(templates, f"{kind}_{count}", None)
    if made is None:
        fields = [f"_{index}" for index in range(count)]
        body = {
            "keep": "; ".join(f"self.{name} = {name}" for name in fields),
            "make": "; ".join(f"self.{name} = {name}.make() if {name}.__class__ is Factory else {name}" for name in fields),
            "pack": f"return new(self, ({', '.join(fields)},))",
        }
        scope: dict[str, Any] = {"Factory": Factory, "new": tuple.__new__}
        exec(f"def made({', '.join(['self', *fields])}): {body[kind]}", scope)
        made = scope["made"]
    return made


def _named(template: FunctionType, name: str, names: tuple[str, ...], defaults: tuple[Any, ...]) -> FunctionType:
    """`template` as function `name`, with `names` for _0, _1, ..."""
    code = template.__code__
    renamed = {f"_{index}": name for index, name in enumerate(names)}
    code = code.replace(
        co_name=name,
        co_qualname=name,
        co_varnames=tuple(renamed.get(name, name) for name in code.co_varnames),
        co_names=tuple(renamed.get(name, name) for name in code.co_names),
    )
    return FunctionType(code, template.__globals__, name, defaults)


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


if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class _NamedTuples(type):
        """Makes the classes that are derived from `NamedTuple`."""

        def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(mcs, name, bases, body)
            names = tuple(body.get("__annotations__", ()))
            defaults = tuple(body[name] for name in names if name in body)
            body |= {field: _tuplegetter(index, field) for index, field in enumerate(names)}
            body["__new__"] = _named(_template("pack", len(names)), "__new__", names, defaults)
            body["_fields"] = body["__match_args__"] = names
            body["_replace"], body["__repr__"], body["__getnewargs__"] = _replaced, _repr, _plain
            body["__slots__"] = ()
            return type(name, (tuple,), body)

    class NamedTuple(metaclass=_NamedTuples):
        """typing.NamedTuple, as far as it is used here: fields with defaults, methods, `_replace`, `_fields`."""

    def _replaced(self: Any, **changes: object) -> Any:
        values = [changes.pop(name, value) for name, value in zip(self._fields, self, strict=True)]
        if changes:
            raise ValueError(f"Got unexpected field names: {list(changes)!r}")
        return tuple.__new__(self.__class__, values)

    def _plain(self: Any) -> tuple[Any, ...]:
        return tuple(self)
