"""Which shape the values of an annotation have."""

import dataclasses
import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Annotated, Any, Literal, NewType, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, RootModel
from typing_extensions import TypeAliasType, is_typeddict

from threadline.errors import DeclarationError
from threadline.shape import Shape, Sort
from threadline.values import Json, as_fact, as_stored

__all__ = ["Json", "Shape", "Sort", "as_fact", "as_stored", "shape_of"]

_PLAIN: Mapping[object, Sort] = {
    str: Sort.TEXT,
    UUID: Sort.TEXT,
    time: Sort.TEXT,
    timedelta: Sort.TEXT,
    bool: Sort.YES_NO,
    int: Sort.NUMBER,
    float: Sort.NUMBER,
    Decimal: Sort.NUMBER,
    datetime: Sort.INSTANT,
    date: Sort.INSTANT,
    None: Sort.NOTHING,
    type(None): Sort.NOTHING,
}
_LISTS = (list, tuple, set, frozenset, Sequence)
_MAPS = (dict, Mapping)
_MOST_DEEP = 12
_SAY = "Say what it holds: a dataclass, a pydantic model, a TypedDict, or str, Decimal, datetime, list[…], …."


def shape_of(annotation: object) -> Shape:
    """The shape of an annotation's values, made once.

    Raises DeclarationError where conditions and JSON cannot hold them: Any, bytes, unions of unlike things, ….
    """
    return _read(annotation, 0)


def _read(annotation: object, depth: int) -> Shape:
    if depth > _MOST_DEEP:
        raise DeclarationError(
            f"{_name(annotation)} holds itself, or is nested more than {_MOST_DEEP} deep.", hint=_FLAT
        )
    annotation = _bare(annotation)
    if isinstance(annotation, str):
        raise DeclarationError(f"{annotation!r} is no type that could be found.", hint="Import it in this module.")
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _union(arguments, depth)
    if origin is Literal:
        return _literal(arguments)
    if origin in _LISTS:
        return Shape(Sort.LIST, item=_item(annotation, origin, arguments, depth))
    if origin in _MAPS:
        return Shape(Sort.MAP, item=_value(annotation, arguments, depth))
    if annotation is None or annotation in _PLAIN:
        return Shape(_PLAIN[annotation])
    return _class(annotation, depth)


_FLAT = "Return a flatter value: what conditions and fields ask about, and not the whole system behind it."


def _bare(annotation: object) -> object:
    """Without what says nothing about the shape: Annotated[…], NewType, type aliases."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        elif isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        else:
            return annotation


def _class(annotation: object, depth: int) -> Shape:
    if not isinstance(annotation, type):
        raise DeclarationError(f"{_name(annotation)} is no value that can be kept and compared.", hint=_SAY)
    if issubclass(annotation, Enum):
        return _literal(tuple(each.value for each in annotation))
    if issubclass(annotation, RootModel):
        return _read(annotation.model_fields["root"].annotation, depth + 1)
    if issubclass(annotation, BaseModel):
        computed = {name: each.return_type for name, each in annotation.model_computed_fields.items()}
        return _group({name: each.annotation for name, each in annotation.model_fields.items()} | computed, depth)
    if is_typeddict(annotation) or dataclasses.is_dataclass(annotation):
        hints = _hints(annotation)
        if dataclasses.is_dataclass(annotation):
            hints = {each.name: hints[each.name] for each in dataclasses.fields(annotation)}
        return _group(hints, depth)
    for plain in (str, bool, int, float, Decimal):
        if issubclass(annotation, plain):
            return Shape(_PLAIN[plain])
    raise DeclarationError(f"{_name(annotation)} is no value that can be kept and compared.", hint=_SAY)


def _hints(annotation: type) -> dict[str, Any]:
    try:
        return get_type_hints(annotation)  # without Required[…] and NotRequired[…]
    except (NameError, TypeError) as error:
        raise DeclarationError(
            f"The annotations of {annotation.__name__} cannot be read: {error}.", hint="Import what they name."
        ) from error


def _group(members: Mapping[str, Any], depth: int) -> Shape:
    shapes = {name: _read(each, depth + 1) for name, each in members.items()}
    return Shape(Sort.GROUP, members=MappingProxyType(shapes))


def _union(arguments: tuple[object, ...], depth: int) -> Shape:
    """Of one sort, and possibly null."""
    given = [_read(each, depth) for each in arguments]
    shapes = [each for each in given if each.sort is not Sort.NOTHING]
    optional = len(shapes) < len(given) or any(each.optional for each in shapes)
    if not shapes:
        return Shape(Sort.NOTHING)
    first = dataclasses.replace(shapes[0], optional=optional)
    if len(shapes) == 1:
        return first
    if len({each.sort for each in shapes}) > 1 or first.sort in (Sort.GROUP, Sort.LIST, Sort.MAP):
        one_of = " | ".join(_name(each) for each in arguments)
        raise DeclarationError(f"{one_of} may be unlike things.", hint="Return one thing, or None beside it.")
    options = [option for each in shapes for option in each.options or ()]
    return dataclasses.replace(first, options=tuple(options) if all(each.options for each in shapes) else None)


def _literal(values: tuple[object, ...]) -> Shape:
    if any(value is None for value in values):
        return dataclasses.replace(_literal(tuple(value for value in values if value is not None)), optional=True)
    values = tuple(value.value if isinstance(value, Enum) else value for value in values)
    if values and all(isinstance(value, str) for value in values):
        return Shape(Sort.TEXT, options=tuple(str(value) for value in values))
    if values and all(isinstance(value, bool) for value in values):
        return Shape(Sort.YES_NO)
    if values and all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return Shape(Sort.NUMBER)
    raise DeclarationError("A choice has to be among texts, or among numbers.", hint='Write Literal["a", "b"].')


def _item(annotation: object, origin: object, arguments: tuple[object, ...], depth: int) -> Shape:
    if origin is tuple and (len(arguments) != 2 or arguments[1] is not Ellipsis):
        raise DeclarationError(
            f"{_name(annotation)} has parts without names.", hint="Use a dataclass, or tuple[…, ...]."
        )
    return _within(annotation, arguments[0], depth)


def _value(annotation: object, arguments: tuple[object, ...], depth: int) -> Shape:
    if arguments[0] is not str:
        raise DeclarationError(f"{_name(annotation)} has names that are no texts.", hint="Use dict[str, …].")
    return _within(annotation, arguments[1], depth)


def _within(annotation: object, inner: object, depth: int) -> Shape:
    if isinstance(inner, TypeVar):
        raise DeclarationError(f"{_name(annotation)} does not say what it holds.", hint=_SAY)
    return _read(inner, depth + 1)


def _name(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
