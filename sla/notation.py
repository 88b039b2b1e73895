"""Calendars as people and files write them.

In words, for a setting: "Mon-Fri 09:00-18:00, Sat 10:00-14:00"; nothing written is always open. As data, from JSON:
`{"tz": "Europe/Berlin", "hours": {"mon": [["09:00", "17:00"]]}, "holidays": ["2026-12-25"], "date_overrides":
{"2026-12-24": [["09:00", "12:00"]]}}`, with `"always": true` for every hour of the week, and `country` and
`subdivision` for public holidays.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sla.calendar import Calendar, CalendarError, Holiday, Override, Shift

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PART = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+(?P<from>\d{1,2}:\d\d)-(?P<to>\d{1,2}:\d\d)")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_EXAMPLE = "write it like “Mon-Fri 09:00-18:00, Sat 10:00-14:00”"


class HoursUnreadable(CalendarError):
    """The words are no business hours. Says which part, and how it is written."""


def parse_hours(text: str, zone: tzinfo) -> Calendar:
    """Raises HoursUnreadable."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return Calendar(zone)
    shifts = [each for part in parts for each in _shifts(part)]
    return Calendar(zone, tuple(tuple(shift for day, shift in shifts if day == weekday) for weekday in range(7)))


def _shifts(part: str) -> Iterator[tuple[int, Shift]]:
    found = _PART.fullmatch(part.lower())
    if found is None:
        raise HoursUnreadable(f"{part!r} is no business hours: {_EXAMPLE}")
    first = _weekday(found["first"], part)
    last = _weekday(found["last"], part) if found["last"] else first
    shift = Shift(read_time(found["from"], f"in {part!r}"), read_time(found["to"], f"in {part!r}"))
    for weekday in range(first, first + (last - first) % 7 + 1):
        yield weekday % 7, shift


def _weekday(name: str, part: str) -> int:
    if name not in DAYS:
        raise HoursUnreadable(f"{name!r} in {part!r} is no day: use Mon, Tue, Wed, Thu, Fri, Sat or Sun")
    return DAYS.index(name)


def read_time(text: object, where: str = "") -> time:
    """A time of day; 24:00 is the midnight that ends it, told from 00:00 by standing at a shift's end.

    Raises HoursUnreadable.
    """
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    hour, minute, second = (int(each or 0) for each in found.groups()) if found else (99, 0, 0)
    if (hour, minute, second) == (24, 0, 0):
        return time(0)
    if hour > 23 or minute > 59 or second > 59:
        raise HoursUnreadable(f"{text} {where} is no time of day".replace("  ", " "))
    return time(hour, minute, second)


def read_calendar(data: object) -> Calendar:
    """A calendar from data. Raises CalendarError for whatever does not fit, and in words."""
    given = _mapping(data, "A calendar")
    zone = _zone(given.get("tz"))
    hours = _mapping(given.get("hours") or {}, "hours")
    for name in hours:
        if str(name).lower() not in (*DAYS, *_NAMES):
            raise CalendarError(f"{name!r} is no day: use mon, tue, wed, thu, fri, sat or sun.")
    by_day = {str(name).lower()[:3]: _read_shifts(each, str(name)) for name, each in hours.items()}
    always = given.get("always", False)
    if not isinstance(always, bool):
        raise CalendarError("always is true or false.")
    overrides = _mapping(given.get("date_overrides") or {}, "date_overrides")
    return Calendar(
        zone,
        None if always else tuple(by_day.get(day, ()) for day in DAYS),
        tuple(_read_holiday(each) for each in _sequence(given.get("holidays") or (), "holidays")),
        _code(given.get("country"), "country"),
        _code(given.get("subdivision"), "subdivision"),
        tuple(Override(_date(on), _read_shifts(each, str(on))) for on, each in overrides.items()),
    )


def calendar_data(calendar: Calendar) -> dict[str, Any]:
    """What `read_calendar` makes the same calendar of. Its zone has a name."""
    data: dict[str, Any] = {"tz": str(calendar.zone)}
    if calendar.week is None:
        data["always"] = True
    else:
        data["hours"] = {day: _shift_data(each) for day, each in zip(DAYS, calendar.week, strict=True) if each}
    data["holidays"] = [{"date": each.on.isoformat(), "name": each.name} for each in calendar.holidays]
    data["country"], data["subdivision"] = calendar.country, calendar.subdivision
    data["date_overrides"] = {each.on.isoformat(): _shift_data(each.shifts) for each in calendar.overrides}
    return data


def _shift_data(shifts: Sequence[Shift]) -> list[list[str]]:
    return [[each.begins.isoformat(), each.ends.isoformat()] for each in shifts]


def _zone(name: object) -> ZoneInfo:
    try:
        if isinstance(name, str):
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, or nothing that could be one: "", "../etc", a folder's name
        pass
    raise CalendarError(f"{name!r} is no time zone: use a name like Europe/Berlin.")


def _read_shifts(data: object, where: str) -> tuple[Shift, ...]:
    return tuple(_read_shift(each, where) for each in _sequence(data or (), where))


def _read_shift(data: object, where: str) -> Shift:
    pair = _sequence(data, where)
    if len(pair) != 2:
        raise CalendarError(f"{where}: hours are pairs of times, from and to.")
    if isinstance(pair[0], str) and pair[0].startswith("24"):
        raise HoursUnreadable(f"{where}: {pair[0]} begins no shift: write 00:00 of the next day")
    return Shift(read_time(pair[0], f"({where})"), read_time(pair[1], f"({where})"))


def _read_holiday(data: object) -> Holiday:
    if isinstance(data, Mapping):
        return Holiday(_date(data.get("date")), str(data.get("name") or ""))
    return Holiday(_date(data))


def _date(text: object) -> date:
    try:
        if isinstance(text, str):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise CalendarError(f"{text!r} is no date: write it like 2026-12-25.")


def _code(text: object, where: str) -> str | None:
    if text is None or isinstance(text, str):
        return text or None
    raise CalendarError(f"{where} is a code of ISO 3166, like DE and BY.")


def _mapping(data: object, where: str) -> Mapping[Any, Any]:
    if not isinstance(data, Mapping):
        raise CalendarError(f"{where} is no object of names and values.")
    return data


def _sequence(data: object, where: str) -> Sequence[Any]:
    if not isinstance(data, list | tuple):
        raise CalendarError(f"{where} is no list.")
    return data
