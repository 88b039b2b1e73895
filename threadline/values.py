"""The three forms of a value.

Python's is what an action takes and returns. Stored is JSON: decimals and instants as text. A fact is what conditions
compare: numbers are floats, instants aware datetimes, and a group has every member.
"""

from datetime import UTC, datetime
from math import isfinite
from typing import Any, Union

from pydantic import TypeAdapter

from threadline.shape import Shape, Sort

Json = Union[str, int, float, bool, None, list["Json"], dict[str, "Json"]]  # noqa: UP007 - it names itself
Fact = Union[str, float, bool, datetime, None, list["Fact"], dict[str, "Fact"]]  # noqa: UP007


def as_stored(value: object, adapter: TypeAdapter[Any]) -> Json:
    """A value as JSON: decimals and instants as text. Raises ValueError where it is not what `adapter` says."""
    checked = adapter.validate_python(value)
    stored: Json = adapter.dump_python(checked, mode="json", warnings="error")
    _finite(stored)
    return stored


def _finite(stored: Json) -> None:
    match stored:
        case float() if not isfinite(stored):
            raise ValueError(f"{stored} is no number that can be kept")
        case list():
            for each in stored:
                _finite(each)
        case dict():
            for each in stored.values():
                _finite(each)


def as_fact(shape: Shape, stored: Json) -> Fact:
    """A stored value as conditions compare it. What is missing, or not of its shape (any more), is null.

    A group always has all its members, so that a condition may ask about each. A date is its first instant in UTC.
    """
    match shape.sort:
        case Sort.GROUP:
            known = stored if isinstance(stored, dict) else {}
            return {name: as_fact(member, known.get(name)) for name, member in shape.members.items()}
        case Sort.NUMBER:
            return _number(stored)
        case Sort.INSTANT:
            return _instant(stored)
        case Sort.TEXT:
            return stored if isinstance(stored, str) else None
        case Sort.YES_NO:
            return stored if isinstance(stored, bool) else None
        case Sort.LIST if isinstance(stored, list) and shape.item:
            return [as_fact(shape.item, each) for each in stored]
        case Sort.MAP if isinstance(stored, dict) and shape.item:
            return {name: as_fact(shape.item, each) for name, each in stored.items()}
    return None


def _number(stored: Json) -> float | None:
    if isinstance(stored, bool) or not isinstance(stored, str | int | float):
        return None
    try:
        number = float(stored)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _instant(stored: Json) -> datetime | None:
    if not isinstance(stored, str):
        return None
    try:
        read = datetime.fromisoformat(stored)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
