"""A filter as people type it: "status=open priority=high,urgent field.refund>=100". Values in, a value out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from ticketing.people.person import Person, Team
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.tickets.listing import (
    FieldBetween,
    FieldCondition,
    FieldGiven,
    FieldIs,
    FieldSort,
    FilterRefused,
    Order,
    Period,
    Sort,
    TicketFilter,
)
from ticketing.triage.suggestion import Priority

NOBODY = ("nobody", "none")
KNOWN = (
    "stage, status, type, category, channel, priority, assignee, team, owner, tag, number, escalated=yes, created>=,"
    " created<=, due>=, due<=, field.KEY, !field.KEY, field.KEY=, field.KEY>=, field.KEY<="
)
_CONDITION = re.compile(r"(!?)(field\.)?([A-Za-z0-9_-]+)(?:(>=|<=|=)(.*))?", re.DOTALL)
_PLAIN = {"status": "statuses", "type": "types", "category": "categories", "channel": "channels", "tag": "tags"}
_Name = TypeVar("_Name", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Directory:
    """Who can be meant by a name."""

    people: Sequence[Person] = ()
    teams: Sequence[Team] = ()

    def person(self, said: str) -> UUID:
        """By e-mail or name. Raises FilterRefused."""
        return _only([each.id for each in self.people if said.lower() in (each.email.lower(), each.name.lower())], said)

    def team(self, said: str) -> UUID:
        return _only([each.id for each in self.teams if each.name.lower() == said.lower()], said)

    def owner(self, said: str) -> UUID:
        """A person or a team is accountable."""
        try:
            return self.person(said)
        except FilterRefused:
            return self.team(said)


@dataclass(slots=True)
class _Read:
    """What has been read so far."""

    parts: dict[str, Any] = field(default_factory=dict)
    fields: list[FieldCondition] = field(default_factory=list)
    days: dict[str, dict[str, datetime]] = field(default_factory=lambda: {"created": {}, "due": {}})


def read_filter(conditions: Iterable[str], directory: Directory, *, text: str = "", zone: tzinfo = UTC) -> TicketFilter:
    """All the conditions together. `zone`: whose days begin at its midnights. Raises FilterRefused, saying which one
    makes no sense and what would.
    """
    read = _Read()
    for said in conditions:
        match = _CONDITION.fullmatch(said.strip())
        if match is None or (match[1] and not match[2]):
            raise FilterRefused(f"{said!r} is no condition. There are: {KNOWN}.")
        _, of_field, name, sign, value = match.groups()
        if of_field:
            read.fields.append(_field(said, name, sign, value, given=not match[1]))
        elif name in read.days and sign in (">=", "<="):
            end = "since" if sign == ">=" else "until"
            read.days[name][end] = _midnight(said, _day(value, said), zone, after=end == "until")
        elif sign == "=":
            read.parts |= _part(said, name, [each.strip() for each in value.split(",")], directory)
        else:
            raise FilterRefused(f"{said!r} is no condition. There are: {KNOWN}.")
    created, due = (Period(**read.days[name]) for name in ("created", "due"))
    return TicketFilter(**read.parts, created=created, due=due, fields=tuple(read.fields), text=text)


def read_order(said: str, *, reverse: bool = False) -> Order:
    """ "due", or "field.refund". Raises FilterRefused."""
    if said.startswith("field."):
        return Order(FieldSort(said.removeprefix("field.")), reverse)
    return Order(_one_of(Sort, said), reverse)


def _part(said: str, name: str, values: list[str], directory: Directory) -> Mapping[str, Any]:
    if name in _PLAIN:
        return {_PLAIN[name]: tuple(values)}
    people: dict[str, tuple[str, Callable[[str], UUID]]] = {
        "assignee": ("assignees", directory.person),
        "team": ("teams", directory.team),
        "owner": ("owners", directory.owner),
    }
    if name in people:
        part, find = people[name]
        return {part: tuple(None if each.lower() in NOBODY else find(each) for each in values)}
    match name:
        case "stage":
            return {"stages": tuple(_one_of(StatusCategory, each) for each in values)}
        case "priority":
            return {"priorities": tuple(_one_of(Priority, each) for each in values)}
        case "escalated" if values == ["yes"]:
            return {"escalated": True}
        case "number" if all(re.fullmatch(r"#?[0-9]{1,9}", each) for each in values):
            return {"numbers": tuple(int(each.removeprefix("#")) for each in values)}
    raise FilterRefused(f"{said!r} is no condition. There are: {KNOWN}.")


def _field(said: str, key: str, sign: str | None, value: str | None, *, given: bool) -> FieldCondition:
    if sign is None or value is None:
        return FieldGiven(key, given)
    if not given:
        raise FilterRefused(f"{said!r}: only whether a field has a value can be turned around, as in '!field.{key}'.")
    if sign == "=":
        return FieldIs(key, tuple(value.split(",")))
    bound = _bound(value, said)
    return FieldBetween(key, least=bound) if sign == ">=" else FieldBetween(key, most=bound)


def _bound(value: str, said: str) -> Decimal | date:
    try:
        if (number := Decimal(value)).is_finite():
            return number
    except InvalidOperation:
        pass
    return _day(value, said)


def _day(value: str, said: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise FilterRefused(f"{said!r}: {value!r} is no day like 2026-11-24.") from None


def _midnight(said: str, day: date, zone: tzinfo, *, after: bool) -> datetime:
    """With which this day begins there, or `after` it the next one: not every day has 24 hours."""
    try:
        return datetime.combine(day + timedelta(days=after), time(), zone).astimezone(UTC)
    except OverflowError:
        raise FilterRefused(f"{said!r}: that is too far away.") from None


def _one_of(kind: type[_Name], said: str) -> _Name:
    try:
        return kind(said)
    except ValueError:
        raise FilterRefused(f"{said!r} is none of: {', '.join(kind)}.") from None


def _only(found: Sequence[UUID], said: str) -> UUID:
    if len(found) != 1:
        raise FilterRefused(f"{said!r} is {'nobody here' if not found else 'the name of several: use the e-mail'}.")
    return found[0]
