"""Values: what a frozen dataclass is, for much less time, and classes of facts that change.

A frozen dataclass takes four times as long to make an object. To make the class itself takes eight
times as long, and `dataclasses` and what it imports a tenth of all that `smtplab send` takes;
every start of the program pays that, for each of a hundred classes. So the few things that are
needed of it are done here. `dataclasses.fields` and `replace` work with these classes all the same.
"""

import sys
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")

ABSENT: Any = object()
"""Stands for a default that is not there."""


class Field:
    """What is said of a field besides its type: at run time `field` is this."""

    __slots__ = ("default", "default_factory", "repr")

    def __init__(
        self,
        *,
        default: Any = ABSENT,
        default_factory: Any = ABSENT,
        repr: bool = True,  # noqa: A002  # as dataclasses call it
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.repr = repr


if TYPE_CHECKING:
    from dataclasses import field as field
    from dataclasses import replace as replace
else:
    field = Field

    def replace(one: object, /, **changes: object) -> object:
        """The same with some fields changed."""
        for name in one.__slots__:
            if name not in changes:
                changes[name] = getattr(one, name)
        return one.__class__(**changes)


@overload
def value(cls: type[T]) -> type[T]: ...
@overload
def value(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T] | None = None, *, kw_only: bool = False) -> Any:
    """Makes a class of values: its objects are compared and hashed by their fields.

    It is the type checker that sees to it that nobody changes a value.
    """
    if cls is None:
        return lambda cls: _made(cls, kw_only=kw_only, hashable=True)
    return _made(cls, kw_only=False, hashable=True)


@dataclass_transform(field_specifiers=(field,))
def mutable(cls: type[T]) -> type[T]:
    """Makes a class whose objects change: they are compared by their fields, and not hashed."""
    return _made(cls, kw_only=False, hashable=False)


def _made(cls: type[Any], *, kw_only: bool, hashable: bool) -> type[Any]:
    annotations = _annotations(cls)
    fields = {name: _field_of(cls, name) for name in annotations}
    left_out = {"__dict__", "__weakref__", *fields}  # slots take their place
    body = {name: each for name, each in cls.__dict__.items() if name not in left_out}
    body["__slots__"] = body["__match_args__"] = tuple(fields)
    body["__init__"] = _initializer(fields, kw_only=kw_only)
    body["__dataclass_fields__"] = _DataclassFields(annotations, fields)
    for name, method in _methods(fields, hashable=hashable).items():
        if body.get(name) is None:
            body[name] = method
    maker: Any = type(cls)
    made: type[Any] = maker(cls.__name__, cls.__bases__, body)
    made.__qualname__ = cls.__qualname__
    return made


def _annotations(cls: type[Any]) -> dict[str, Any]:
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations

        return get_annotations(cls, format=Format.FORWARDREF)
    annotations: dict[str, Any] = cls.__dict__.get("__annotations__", {})  # noqa: RUF063  # fast
    return annotations


def _field_of(cls: type[Any], name: str) -> Field:
    default = cls.__dict__.get(name, ABSENT)
    if isinstance(default, Field):
        return default
    if type(default).__qualname__ == "Field":
        raise TypeError(f"{cls.__qualname__}.{name}: take `field` from here, not from dataclasses")
    return Field(default=default)


def _initializer(fields: dict[str, Field], *, kw_only: bool) -> Callable[..., None]:
    """`__init__`, which has to be a function of just these arguments to be fast."""
    names: dict[str, Any] = {"_absent": ABSENT}
    parameters, lines = ["self", "*"] if kw_only and fields else ["self"], []
    for name, each in fields.items():
        given = name
        if each.default_factory is not ABSENT:
            names[f"_make_{name}"] = each.default_factory
            parameters.append(f"{name}=_absent")
            given = f"_make_{name}() if {name} is _absent else {name}"
        elif each.default is not ABSENT:
            names[f"_default_{name}"] = each.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f" self.{name} = {given}")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines or [" pass"]), names)
    made: Callable[..., None] = names["__init__"]
    return made


def _methods(fields: dict[str, Field], *, hashable: bool) -> dict[str, Any]:
    contents: Callable[[object], object] = attrgetter(*fields) if fields else lambda self: ()
    shown = [name for name, each in fields.items() if each.repr]

    def equals(self: object, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return contents(self) == contents(other)

    def hashed(self: object) -> int:
        return hash(contents(self))

    def written(self: object) -> str:
        listed = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({listed})"

    return {"__eq__": equals, "__hash__": hashed if hashable else None, "__repr__": written}


class _DataclassFields:
    """Where `dataclasses` looks: it is there once somebody has asked."""

    def __init__(self, annotations: dict[str, Any], fields: dict[str, Field]) -> None:
        self._annotations = annotations
        self._fields = fields

    def __get__(self, one: object, cls: type[Any]) -> Any:
        import dataclasses

        listed = [
            (name, self._annotations[name], dataclasses.field(**_told(each)))
            for name, each in self._fields.items()
        ]
        same: Any = dataclasses.make_dataclass(cls.__name__, listed, kw_only=True)
        cls.__dataclass_fields__ = same.__dataclass_fields__
        return cls.__dataclass_fields__


def _told(each: Field) -> dict[str, Any]:
    told = {"default": each.default, "default_factory": each.default_factory}
    return {"repr": each.repr} | {name: what for name, what in told.items() if what is not ABSENT}
