"""The section `calendars`: when the desk is open. Refuses one that never is."""

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from sla.calendar import Calendar, CalendarError, Holiday, NeverOpens, Override, Shift, next_opening
from sla.notation import DAYS, read_time
from ticketing.playbook.closest import closest
from ticketing.playbook.language import models
from ticketing.playbook.language.names import Known
from ticketing.playbook.language.problems import Path

_FROM = datetime(2026, 1, 1, tzinfo=UTC)  # any instant: a calendar that opens at all opens again after it


def calendars(known: Known) -> dict[str, Calendar]:
    """Every calendar, checked; broken ones are left out."""
    found = {}
    for key, entry in known.document.calendars.items():
        calendar = _calendar(("calendars", key), entry, known)
        if calendar is not None:
            found[key] = calendar
    return found


def _calendar(path: Path, entry: models.Calendar, known: Known) -> Calendar | None:
    before = len(known.report.problems)
    zone = _zone((*path, "zone"), entry.zone, known)
    week = _week((*path, "hours"), entry.hours, known) if entry.hours is not None else None
    country, _, subdivision = (entry.holidays or "").partition("-")
    overrides = tuple(
        Override(on, _shifts((*path, "other_hours", on.isoformat()), text, known))
        for on, text in entry.other_hours.items()
    )
    if zone is None or len(known.report.problems) > before:
        return None
    holidays = tuple(Holiday(on, name) for on, name in entry.closed.items())
    try:
        calendar = Calendar(zone, week, holidays, country or None, subdivision or None, overrides)
    except CalendarError as error:
        hint = "Write a country by its two letters, or with a part of it: PT, DE-BY."
        known.report.add((*path, "holidays"), str(error).rstrip("."), hint)
        return None
    try:
        next_opening(calendar, _FROM)
    except NeverOpens:
        known.report.add(
            (*path, "hours"), f"Calendar {path[-1]} is never open", "Write hours on some day.", at_key=True
        )
        return None
    return calendar


def _zone(path: Path, name: str, known: Known) -> tzinfo | None:
    if name in available_timezones():
        return ZoneInfo(name)
    known.report.add(path, f'"{name}" is no time zone', closest(name, sorted(available_timezones())))
    return None


def _week(path: Path, hours: dict[str, str], known: Known) -> tuple[tuple[Shift, ...], ...]:
    week: list[tuple[Shift, ...]] = [()] * 7
    named: dict[int, str] = {}
    for days, text in hours.items():
        shifts = _shifts((*path, days), text, known)
        for day in _days((*path, days), days, known):
            if day in named:
                message = f"{DAYS[day]} stands in {named[day]} and in {days}"
                known.report.add((*path, days), message, "Write its hours once.", at_key=True)
            named[day], week[day] = days, shifts
    return tuple(week)


def _days(path: Path, text: str, known: Known) -> Iterator[int]:
    first, _, last = text.partition("-")
    last = last or first
    if first not in DAYS or last not in DAYS:
        known.report.add(
            path, f'"{text}" is no day', f"Days are {', '.join(DAYS)}, or from one to another: mon-fri.", at_key=True
        )
        return
    begins, ends = DAYS.index(first), DAYS.index(last)
    yield from (day % 7 for day in range(begins, begins + (ends - begins) % 7 + 1))


def _shifts(path: Path, text: str, known: Known) -> tuple[Shift, ...]:
    if text.strip() == "closed":
        return ()
    found = []
    for part in text.split(","):
        shift = _shift(part)
        if shift is None:
            hint = "Write them like 09:00-13:00, 14:00-18:00, or closed."
            known.report.add(path, f'"{part.strip()}" are no hours', hint)
            return ()
        found.append(shift)
    _require_apart(path, found, known)
    return tuple(found)


def _shift(text: str) -> Shift | None:
    begins, dash, ends = (each.strip() for each in text.partition("-"))
    if not dash or begins.startswith("24"):
        return None
    try:
        return Shift(read_time(begins), read_time(ends))
    except CalendarError:
        return None


def _require_apart(path: Path, shifts: list[Shift], known: Known) -> None:
    ordered = sorted(shifts, key=lambda each: each.seconds)
    for one, other in pairwise(ordered):
        if other.seconds[0] < one.seconds[1]:
            message = f"{other.begins:%H:%M} is within the hours before it"
            known.report.add(path, message, "Hours of one day follow one another.")
