"""When a target is due 300 days and their holidays away: a compiled calendar against walking day by day."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sla.calendar import Calendar, due
from sla.notation import parse_hours
from sla.public_holidays import public_holidays

_ZONE = ZoneInfo("Europe/Berlin")
_WEEK = parse_hours("Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00, Sat 10:00-14:00", _ZONE).week
_START, _TARGET = datetime(2026, 3, 3, 10, tzinfo=UTC), timedelta(hours=1_850)
_BATCHES, _EACH = 30, 100


@dataclass(frozen=True, slots=True)
class Due:
    """Microseconds of processor time for one due instant; `first` compiles the years it asks about."""

    days: int
    ours: float
    first: float
    walking: float


def measure() -> Due:
    public_holidays("DE", "BY", 2026)  # loading a country's holidays is not the question
    calendar = _calendar()
    first = _took(lambda: due(calendar, _START, _TARGET), 1)
    found = due(calendar, _START, _TARGET)
    if (walked := _walk(calendar, _START, _TARGET)) != found:
        raise AssertionError(f"{walked} is not {found}")
    ours = median(_took(lambda: due(calendar, _START, _TARGET), _EACH) for _ in range(_BATCHES))
    walking = median(_took(lambda: _walk(calendar, _START, _TARGET), 1) for _ in range(_BATCHES))
    return Due((found - _START).days, ours, first, walking)


def rows(measured: Due) -> list[tuple[str, str, str]]:
    return [
        (f"a target due in {measured.days} days with holidays, µs", f"{measured.ours:,.1f}", "at most 50"),
        ("… walking day by day, µs", f"{measured.walking:,.0f}", ""),
        ("… the first time, which compiles two years, µs", f"{measured.first:,.0f}", ""),
    ]


def _calendar() -> Calendar:
    return Calendar(_ZONE, _WEEK, country="DE", subdivision="BY")


def _took(work: Callable[[], object], times: int) -> float:
    """Processor time: the machine's other work is not ours."""
    begun = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begun) / times * 1_000_000


def _walk(calendar: Calendar, start: datetime, left: timedelta) -> datetime:
    """Date after date, shift after shift, as one would without thinking of it twice."""
    assert calendar.week is not None
    day = start.astimezone(_ZONE).date()
    while True:
        if day.toordinal() not in public_holidays("DE", "BY", day.year):
            for shift in calendar.week[day.weekday()]:
                begins = max(datetime.combine(day, shift.begins, tzinfo=_ZONE).astimezone(UTC), start)
                ends = datetime.combine(day, shift.ends, tzinfo=_ZONE).astimezone(UTC)
                if ends - begins >= left:
                    return begins + left
                left -= max(ends - begins, timedelta(0))
        day += timedelta(days=1)
