"""What the desk knows of a customer: tier, language, time zone, name, and attributes of its own, each with its type.

Attributes go by one set of names, in forms, files and commands: `name`, `tier`, `language`, `time_zone`, `attr.<name>`.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import Refused
from ticketing.activity.record import Record, Value
from ticketing.customers.customer import Custom, Customer
from ticketing.people.actor import Actor

OWN = "attr."  # before the name of an attribute that the desk made up
_PLAIN = ("name", "tier", "language", "time_zone")
_LONGEST = {"name": 200, "tier": 40}
MOST_OWN, LONGEST_TEXT = 50, 500  # attributes of a customer, characters of a text
_LARGEST = 2**53  # a whole number that JSON keeps exactly

_OWN_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?")


class AttributeRefused(Refused):
    """Not a value that this attribute can have. `attribute` is its name."""

    def __init__(self, message: str, attribute: str) -> None:
        super().__init__(message)
        self.attribute = attribute


@dataclass(frozen=True, slots=True)
class Change:
    """A customer after a change. No `record`: it already was so, and nothing has to be saved."""

    customer: Customer
    record: Record | None = None


def change(customer: Customer, to: Mapping[str, Custom | None], *, by: Actor, at: datetime) -> Change:
    """Give these attributes these values; None takes one away. Raises AttributeRefused, for the first that is wrong."""
    values = {name: checked(name, value) for name, value in to.items()}
    own = dict(customer.custom)
    for name, value in values.items():
        if name.startswith(OWN):
            own.pop(name.removeprefix(OWN), None)
            if value is not None:
                own[name.removeprefix(OWN)] = value
    if len(own) > MOST_OWN:
        raise AttributeRefused(f"A customer has {MOST_OWN} attributes at most: remove one first.", next(iter(to)))
    plain: dict[str, Any] = {name: value for name, value in values.items() if not name.startswith(OWN)}
    after = replace(customer, **plain, custom=own)
    record = _record(customer, after, by, at)
    return Change(replace(after, version=customer.version + 1), record) if record.after else Change(customer)


def _record(before: Customer, after: Customer, by: Actor, at: datetime) -> Record:
    """With the values of fixed vocabularies; of what may be personal, only that it changed (docs/decisions/0007)."""
    changed = [name for name in _PLAIN[1:] if getattr(before, name) != getattr(after, name)]
    names = {*before.custom, *after.custom}
    own = sorted(OWN + name for name in names if _differ(before.custom.get(name), after.custom.get(name)))
    silent: dict[str, Value] = {"changed": ["name", *own] if before.name != after.name else own}
    return Record(
        "customer.changed",
        by,
        at,
        {name: getattr(before, name) for name in changed},
        {name: getattr(after, name) for name in changed} | (silent if silent["changed"] else {}),
    )


def _differ(one: Custom | None, other: Custom | None) -> bool:
    return type(one) is not type(other) or one != other


def checked(name: str, value: Custom | None) -> Custom | None:
    """The value as it is kept. Raises AttributeRefused, with what to write instead."""
    if name in _PLAIN:
        return _plain(name, value)
    own = name.removeprefix(OWN)
    if own == name:
        known = ", ".join((*_PLAIN, f"{OWN}<name>"))
        raise AttributeRefused(f"There is no attribute {name!r}. There are: {known}.", name)
    if not _OWN_NAME.fullmatch(own):
        raise AttributeRefused(
            f"{own!r} is no name for an attribute: small letters, digits and _, a letter first, 40 at most.", name
        )
    return _own(name, value)


def _own(name: str, value: Custom | None) -> Custom | None:
    if isinstance(value, str):
        text = value.strip()
        if len(text) > LONGEST_TEXT or "\0" in text:
            raise AttributeRefused(f"{name} takes text of {LONGEST_TEXT} characters at most.", name)
        return text or None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and value is not None and not (math.isfinite(value) and abs(value) <= _LARGEST):
        raise AttributeRefused(f"{name} takes numbers up to {_LARGEST:,}.", name)
    return value


def _plain(name: str, value: Custom | None) -> str | None:
    text = str(value).strip() if value is not None else ""
    if not text:
        if name == "name":
            raise AttributeRefused("A customer needs a name.", name)
        return None
    if name == "language":
        return language(text)
    if name == "time_zone":
        return _time_zone(text)
    if len(text) > _LONGEST[name] or not text.isprintable():
        raise AttributeRefused(f"{name} takes {_LONGEST[name]} characters at most, on one line.", name)
    return text


def language(said: str) -> str:
    """A BCP 47 tag in its usual spelling: "PT-br" is "pt-BR". Raises AttributeRefused."""
    if not _LANGUAGE.fullmatch(said):
        raise AttributeRefused(f"{said[:40]!r} is no language: write its code, like de, en-GB or zh-Hant.", "language")
    first, *others = said.split("-")
    spelled = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in others]
    return "-".join((first.lower(), *spelled))


def language_or_none(said: str | None) -> str | None:
    """What a channel says, where it is one."""
    try:
        return language(said) if said else None
    except AttributeRefused:
        return None


def _time_zone(said: str) -> str:
    try:
        if _ZONE.fullmatch(said):
            return ZoneInfo(said).key
    except (KeyError, ValueError, OSError):
        pass
    raise AttributeRefused(
        f"{said[:64]!r} is no time zone: write one like Europe/Berlin or America/Sao_Paulo.", "time_zone"
    )


def typed(text: str) -> Custom | None:
    """What somebody typed for an attribute of the desk's own: true, false, a number, or text. Quotes make it text."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if number := _NUMBER.fullmatch(text):
        return float(text) if number[2] else int(text)
    return text or None


def as_typed(value: Custom) -> str:
    """The text that `typed` reads as this value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) and typed(value) != value else str(value)


def attributes_of(customer: Customer) -> dict[str, Custom]:
    """Everything known but the name, by its name."""
    plain: dict[str, Custom] = {}
    for name in _PLAIN[1:]:
        if (value := getattr(customer, name)) is not None:
            plain[name] = value
    return plain | {OWN + name: value for name, value in sorted(customer.custom.items())}
