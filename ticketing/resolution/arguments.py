"""What an action would be called with: a brain's choices where they are of the right kind, and policy's own values."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from math import isfinite
from typing import Any

from threadline import Shape, Sort
from ticketing.playbook.conditions import Context
from ticketing.playbook.resolving import Calling
from ticketing.resolution.run import Json

LONGEST = 4000  # characters of one text
MOST = 200  # things in one list or map
WHOLE = 2**53  # beyond, numbers are not exact in conditions


@dataclass(frozen=True, slots=True)
class Selected:
    """`wrong`: in words, what was proposed and cannot be an argument."""

    values: Mapping[str, Json]
    wrong: tuple[str, ...]


def select(proposed: Mapping[str, Json], takes: Shape) -> Selected:
    """What of a proposal can be an argument of an action that takes this."""
    values: dict[str, Json] = {}
    wrong: list[str] = []
    for name, value in sorted(proposed.items()):  # a record does not keep their order
        shape = takes.members.get(name)
        if shape is None:
            wrong.append(f"it takes no {_named(name)}")
        elif not fits(value, shape):
            wrong.append(f"{name} is not of the right kind")
        else:
            values[name] = value
    return Selected(values, tuple(wrong))


def _named(name: object) -> str:
    """A brain makes up names as well."""
    said = str(name)[:40]
    return said if said.isidentifier() else "such thing"


def fits(value: Json, shape: Shape) -> bool:
    """Whether a value as JSON can be of this shape, and conditions would see exactly what the action gets."""
    if value is None:
        return shape.optional or shape.sort is Sort.NOTHING
    match shape.sort:
        case Sort.TEXT:
            return _is_text(value) and (shape.options is None or value in shape.options)
        case Sort.NUMBER:
            return exact(value) is not None
        case Sort.YES_NO:
            return isinstance(value, bool)
        case Sort.INSTANT:
            return isinstance(value, str) and len(value) <= 40 and _is_instant(value)
        case Sort.LIST:
            return isinstance(value, list) and len(value) <= MOST and all(_fits(each, shape.item) for each in value)
        case Sort.MAP:
            return isinstance(value, dict) and len(value) <= MOST and all(_pairs(value, shape.item))
        case Sort.GROUP:
            return isinstance(value, dict) and value.keys() <= shape.members.keys() and all(_members(value, shape))
    return False


def _fits(value: Json, shape: Shape | None) -> bool:
    return shape is not None and fits(value, shape)


def _pairs(value: Mapping[str, Json], shape: Shape | None) -> Iterator[bool]:
    return (_is_text(name) and _fits(each, shape) for name, each in value.items())


def _members(value: Mapping[str, Json], shape: Shape) -> Iterator[bool]:
    return (fits(each, shape.members[name]) for name, each in value.items())


def _is_text(value: object) -> bool:
    """One that can be kept: PostgreSQL takes no NUL, and UTF-8 no half of a pair."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return False
    return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _is_instant(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def exact(value: Json) -> Decimal | None:
    """The number that a value stands for, where conditions see the very same one. None: they would not.

    So 99.99999999999999999 does not pass as 100, nor anything as infinity.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, str) and (len(value) > 40 or not value.isascii() or "_" in value or value != value.strip()):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
        seen = float(number)
    except (ArithmeticError, ValueError):
        return None
    if not isfinite(seen) or abs(seen) > WHOLE or Decimal(repr(seen)) != number:
        return None
    return number


def given(calling: Calling, names: Context, takes: Shape) -> dict[str, Json] | None:
    """The arguments of a call, as JSON. None: one has no value, or not of the kind that the action takes."""
    values: dict[str, Json] = {}
    for name, expression in calling.arguments.items():
        shape = takes.members.get(name)
        value = as_argument(expression.value(names))
        if shape is None or value is None or not fits(value, shape):
            return None
        values[name] = value
    return values


def confirmation(action: str, values: Mapping[str, Json]) -> str:
    """What a customer's yes is bound to: this action with exactly these arguments."""
    said = json.dumps([action, values], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(said.encode("ascii")).hexdigest()


def currency_of(values: Mapping[str, Json]) -> str:
    """That a call is made in, as "USD". "": it names none."""
    said = values.get("currency")
    return said.strip().upper() if isinstance(said, str) else ""


def as_argument(value: Any) -> Json:
    """What an expression gave, as actions take it: whole numbers as such, others exactly, as text. None: nothing."""
    match value:
        case bool() | int() | str():
            return value
        case float():
            return _number(value)
        case datetime():
            return value.isoformat()
        case list() | tuple():
            return [as_argument(each) for each in value]
        case Mapping():
            return {str(name): as_argument(each) for name, each in value.items()}
    return None


def _number(value: float) -> Json:
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() else format(Decimal(repr(value)), "f")
