"""When a ticket's rules are to be looked at again because time has passed. Pure; `now` is given."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sla.calendar import Calendar, NeverOpens, due
from sla.clock import Phase
from ticketing.fields.surroundings import Surroundings
from ticketing.playbook.ai_policy import EscalationRule
from ticketing.playbook.conditions import Context
from ticketing.playbook.timing import Timing
from ticketing.tickets.ticket import Ticket

_JUST = timedelta(microseconds=1)  # "more than 48 hours" comes to hold just after them
_MOST_USED = 100  # times a target
_FARTHEST = 24 * 366 * 20  # hours: nobody waits longer, and dates end


def look_again(
    rules: Iterable[EscalationRule], ticket: Ticket, context: Context, around: Surroundings, now: datetime
) -> datetime | None:
    """The next instant at which one of them may come to hold, or to hold no more. None: time changes nothing.

    Raises KeyError: the calendar of a clock is not among those around.
    """
    found = (at for rule in rules for timing in rule.timings for at in _instants(timing, ticket, context, around, now))
    return min((at for at in found if at > now), default=None)


def _instants(
    timing: Timing, ticket: Ticket, context: Context, around: Surroundings, now: datetime
) -> Iterator[datetime]:
    if timing.bound is None:
        if (at := _instant(timing.name, context)) is not None:
            yield from (at, at + _JUST)
        return
    if timing.name == "sla.used":
        yield from _used(timing.bound, around, now)
        return
    if not 0 <= timing.bound <= _FARTHEST:
        return
    hours = timedelta(hours=timing.bound)
    for length in (hours, hours + _JUST):
        match timing.name:
            case "ticket.age_hours":
                yield ticket.created_at + length
            case "ticket.status_hours":
                yield ticket.status_since + length
            case _ if around.calendar is not None:
                yield from _open(around.calendar, ticket.created_at, length)


def _instant(name: str, context: Context) -> datetime | None:
    found: object = context
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, datetime) else None


def _used(share: float, around: Surroundings, now: datetime) -> Iterator[datetime]:
    """Of a clock that waits, nothing is used as time passes."""
    stands = around.standing(now)
    if stands is None or stands.clock.phase is not Phase.RUNNING or stands.clock.target is None:
        return
    clock, target = stands.clock, stands.clock.target
    if not 0 <= share <= _MOST_USED:
        return
    for more in (timedelta(), _JUST):
        yield from _open(around.calendars[target.calendar], clock.since, share * target.length - clock.spent + more)


def _open(calendar: Calendar, since: datetime, length: timedelta) -> Iterator[datetime]:
    try:
        if length > timedelta():
            yield due(calendar, since, length)
    except NeverOpens:
        return
