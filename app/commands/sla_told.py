"""The explanation of a ticket's clock as people read it: first why it is due when it is due, then every stretch."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table

from app.terminal import inert
from sla.clock import Calendars, Clock, Kind, Phase, State, left, state
from sla.explain import Explanation, Stretch, StretchKind
from ticketing.activity.record import Entry
from ticketing.sla.explain import TicketExplanation
from ticketing.sla.history import SET

_NAMES = {Kind.FIRST_RESPONSE: "First response", Kind.RESOLUTION: "Resolution", Kind.NEXT_RESPONSE: "Next response"}
_IDLE = {
    StretchKind.CLOSED: "closed",
    StretchKind.HOLIDAY: "closed for holidays",
    StretchKind.OVERRIDE: "closed on single dates",
    StretchKind.PAUSED: "paused",
    StretchKind.STOPPED: "stopped",
    StretchKind.UNMEASURED: "without a promise",
}


def tell(number: int, told: Explanation, found: TicketExplanation, calendars: Calendars, now: datetime) -> None:
    """On the terminal."""
    out, zone = Console(highlight=False), zone_of(told.clock, calendars)
    head, *lines = explanation(number, told, found, calendars, now)
    out.print(inert(head), style="bold", markup=False)
    for line in lines:
        out.print(inert(line), markup=False)
    table = Table("From", "To", "", "Length", "Since", box=box.SIMPLE_HEAD, pad_edge=False)
    for each in told.stretches:
        kind = f"{each.kind.value} ({each.name})" if each.name else each.kind.value
        row = (_at(each.begins, zone), _to(each, zone), kind, length(each.length), because(each, found))
        table.add_row(*map(inert, row), style=None if each.kind is StretchKind.RUNNING else "dim")
    out.print(table, markup=False)


def explanation(
    number: int, told: Explanation, found: TicketExplanation, calendars: Calendars, now: datetime
) -> Iterator[str]:
    """Sentences: when it is due, in the calendar's own time; how much is left; what was promised; what counted."""
    clock, level, zone = told.clock, found.level, zone_of(told.clock, calendars)
    yield f"{_NAMES[clock.kind]} of #{number} {_stands(clock, zone, now)}"
    if clock.target is None:
        yield "Nothing is promised any more."
    else:
        tier = f" and tier {level.tier}" if level.tier else ""
        calendar = clock.target.calendar.partition("@")[0]
        yield (
            f"Promised are {length(clock.target.length)} of open time: policy {level.policy} (playbook version "
            f"{level.playbook}), for priority {level.priority.value}{tier}, by calendar {calendar}."
        )
    spent = f"It began {_at(clock.started_at, zone)}, and {length(told.spent)} counted until now"
    idle = [f"{length(_sum(told, kind))} {name}" for kind, name in _IDLE.items() if _sum(told, kind)]
    yield f"{spent}; not counted: {', '.join(idle)}." if idle else f"{spent}."
    remaining = left(clock, now, calendars)
    if remaining is not None and clock.phase is not Phase.STOPPED:
        what = "are left" if remaining >= timedelta() else "of open time too late"
        yield f"{length(abs(remaining))} {what}."


def _stands(clock: Clock, zone: tzinfo, now: datetime) -> str:
    """ "is due Mon 23 Nov 2026 14:05:00 WET (at risk)"."""
    due, stands = clock.breached_at or clock.due_at, state(clock, now)
    if clock.stopped_at is not None:
        until = f", due {_moment(due, zone)}" if stands is State.BREACHED and due else ""
        word = {State.MET: "was met", State.BREACHED: "came too late"}.get(stands or State.PAUSED, "ended")
        return f"{word} {_moment(clock.stopped_at, zone)}{until}"
    if stands is State.BREACHED and due:
        return f"was due {_moment(due, zone)}, and is late"
    if stands is State.PAUSED:
        return "is paused: when it is due is known as soon as it goes on"
    if due is None:
        return "is not due"
    return f"is due {_moment(due, zone)}" + (" (at risk)" if stands is State.AT_RISK else "")


def zone_of(clock: Clock, calendars: Calendars) -> tzinfo:
    """That of its calendar."""
    calendar = calendars.get(clock.target.calendar) if clock.target else None
    return calendar.zone if calendar else UTC


def because(stretch: Stretch, found: TicketExplanation) -> str:
    """What happened, who did it, and the number of the record that says so."""
    entry = found.entries.get(stretch.cause)
    return f"{_happened(entry)} by {entry.actor_name} (record {entry.seq})" if entry else ""


def _happened(entry: Entry) -> str:
    if entry.kind == SET:
        return "promised"
    status = entry.after.get("status")
    return f"{entry.kind.replace('.', ' ')}: {status}" if isinstance(status, str) else entry.kind.replace(".", " ")


def _sum(told: Explanation, kind: StretchKind) -> timedelta:
    return sum((each.length for each in told.stretches if each.kind is kind), timedelta())


def length(time: timedelta) -> str:
    """ "1 h 20 min 5 s"."""
    seconds = int(time.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def _moment(at: datetime, zone: tzinfo) -> str:
    """With its year, and where that clock hangs; UTC beside it where that is another time."""
    local = at.astimezone(zone)
    utc = "" if local.utcoffset() == timedelta() else f", {at.astimezone(UTC):%H:%M:%S} UTC"
    name = zone.key if isinstance(zone, ZoneInfo) else "UTC"
    return f"{local:%a} {local.day} {local:%b %Y %H:%M:%S} ({name}{utc})"


def _at(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M:%S}"


def _to(stretch: Stretch, zone: tzinfo) -> str:
    """Without the date of its beginning."""
    begins, ends = stretch.begins.astimezone(zone), stretch.ends.astimezone(zone)
    return f"{ends:%H:%M:%S}" if begins.date() == ends.date() else _at(stretch.ends, zone)
