"""Values of conditions as JSON, and back: exactly, so that a verdict can be reached again from the record alone.

JSON in PostgreSQL knows no instants, turns 1e16 into a whole number, and refuses NUL and lone surrogates. What it would
change is written as a group with one name that begins with `$`.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from threadline import Shape, Sort
from ticketing.resolution.run import Json
from ticketing.resolution.verdict import PolicyVerdict, RuleSaid, Ruling

_AT, _NUMBER, _TEXT, _MAP = "$at", "$number", "$text", "$map"


def as_json(value: Any) -> Json:
    """A value that a condition may meet. Raises TypeError for anything else."""
    match value:
        case None | bool() | int():
            return value
        case float():
            said = repr(value)
            # Written with an exponent, or no number at all, it would come back as something else.
            return value if said.lstrip("-").replace(".", "").isdecimal() else {_NUMBER: said}
        case str():
            return value if _is_plain(value) else {_TEXT: value.encode("unicode_escape", "surrogatepass").decode()}
        case datetime():
            return {_AT: value.isoformat()}
        case Mapping():
            if all(isinstance(key, str) and _is_plain(key) and not key.startswith("$") for key in value):
                return {key: as_json(each) for key, each in value.items()}
            return {_MAP: [[as_json(key), as_json(each)] for key, each in value.items()]}
        case list() | tuple() | frozenset():
            return [as_json(each) for each in value]
    raise TypeError(f"{type(value).__name__} is nothing that conditions know")


def from_json(stored: Json) -> Any:
    match stored:
        case {"$at": str(at)}:
            return datetime.fromisoformat(at)
        case {"$number": str(number)}:
            return float(number)
        case {"$text": str(text)}:
            return (
                text.encode()
                .decode("unicode_escape")
                .encode("utf-16", "surrogatepass")
                .decode("utf-16", "surrogatepass")
            )
        case {"$map": list(pairs)}:
            return {from_json(key): from_json(each) for key, each in pairs}
        case dict():
            return {key: from_json(each) for key, each in stored.items()}
        case list():
            return [from_json(each) for each in stored]
    return stored


def _is_plain(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def shape_as_json(shape: Shape) -> Json:
    """Only what is said of it."""
    said: dict[str, Json] = {"sort": shape.sort.value}
    if shape.options is not None:
        said["options"] = list(shape.options)
    if shape.members:
        said["members"] = {name: shape_as_json(each) for name, each in shape.members.items()}
    if shape.item is not None:
        said["item"] = shape_as_json(shape.item)
    if shape.optional:
        said["optional"] = True
    return said


def shape_from_json(said: Json) -> Shape:
    return Shape(
        Sort(said["sort"]),
        tuple(said["options"]) if "options" in said else None,
        {name: shape_from_json(each) for name, each in said.get("members", {}).items()},
        shape_from_json(said["item"]) if "item" in said else None,
        said.get("optional", False),
    )


def verdict_as_json(verdict: PolicyVerdict) -> dict[str, Json]:
    return {
        "ruling": verdict.ruling.value,
        "because": verdict.because,
        "arguments": as_json(verdict.arguments),
        "amount": str(verdict.amount) if verdict.amount is not None else None,
        "decided_by": verdict.decided_by,
        "approval": verdict.approval,
        "tell": verdict.tell,
        "rules": [{"rule": each.rule, "held": each.held, "because": each.because} for each in verdict.rules],
    }


def verdict_from_json(said: Mapping[str, Json]) -> PolicyVerdict:
    """Raises KeyError, ValueError or TypeError: it is of another form."""
    return PolicyVerdict(
        Ruling(said["ruling"]),
        said["because"],
        from_json(said["arguments"]),
        tuple(RuleSaid(each["rule"], each["held"], each["because"]) for each in said["rules"]),
        Decimal(said["amount"]) if said["amount"] is not None else None,
        said["decided_by"],
        said["approval"],
        said["tell"],
    )
