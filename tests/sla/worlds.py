"""Random calendars and histories, mostly around the nights in which clocks change and the days that are holidays.

Strategies are made once: making them anew for every example takes longer than everything else.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from sla.calendar import Calendar, Holiday, Override, Pause, Shift
from sla.clock import Moment, What
from sla.target import Step, Target

# Zones with a date near which something happens there: hours skipped and repeated, by 60 and by 30 minutes, at midnight
# too, and one whole day that never was.
PLACES = [
    ("Europe/Berlin", date(2026, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 24)),
    ("America/New_York", date(2026, 3, 7)),
    ("America/New_York", date(2026, 10, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 4)),
    ("Australia/Lord_Howe", date(2026, 10, 3)),
    ("America/Havana", date(2025, 11, 1)),
    ("America/Havana", date(2026, 3, 7)),
    ("Asia/Beirut", date(2023, 10, 28)),
    ("America/St_Johns", date(2010, 11, 6)),
    ("Pacific/Apia", date(2011, 12, 29)),
    ("Asia/Kolkata", date(2026, 1, 25)),
    ("Asia/Kathmandu", date(2026, 12, 31)),
    ("Pacific/Chatham", date(2026, 4, 4)),
    ("America/Argentina/Buenos_Aires", date(2026, 12, 24)),
    ("UTC", date(2024, 2, 28)),
]
COUNTRIES = [(None, None), (None, None), ("DE", "BY"), ("US", None), ("IN", None), ("NZ", None)]


@cache
def times(step: timedelta) -> st.SearchStrategy[time]:
    """Of the day, mostly at quarters of an hour."""
    quarters = st.integers(0, 95).map(lambda number: time(number // 4, number % 4 * 15))
    if step < timedelta(minutes=1):
        return quarters | st.integers(0, 86_399).map(lambda at: time(at // 3600, at // 60 % 60, at % 60))
    return quarters | st.integers(0, 1439).map(lambda at: time(at // 60, at % 60))


@cache
def places() -> st.SearchStrategy[tuple[ZoneInfo, date]]:
    return st.sampled_from([(ZoneInfo(name), near) for name, near in PLACES])


@cache
def _shifts(step: timedelta) -> st.SearchStrategy[tuple[Shift, ...]]:
    return st.lists(st.builds(Shift, times(step), times(step)), max_size=3).map(tuple)


@cache
def _weeks(step: timedelta) -> st.SearchStrategy[tuple[tuple[Shift, ...], ...] | None]:
    return st.none() | st.tuples(*(_shifts(step) for _ in range(7)))


_days = st.integers(-2, 6)
_closed = st.lists(_days, max_size=2)
_places_with_holidays = st.sampled_from(COUNTRIES)


@cache
def _other_hours(step: timedelta) -> st.SearchStrategy[dict[int, tuple[Shift, ...]]]:
    return st.dictionaries(_days, _shifts(step), max_size=2)


@st.composite
def calendars(draw: st.DrawFn, zone: ZoneInfo, near: date, step: timedelta) -> Calendar:
    country, subdivision = draw(_places_with_holidays)
    return Calendar(
        zone,
        draw(_weeks(step)),
        tuple(Holiday(near + timedelta(days=days), "Ours") for days in draw(_closed)),
        country,
        subdivision,
        tuple(Override(near + timedelta(days=days), shifts) for days, shifts in draw(_other_hours(step)).items()),
    )


@st.composite
def begun(draw: st.DrawFn, near: date, step: timedelta) -> datetime:
    """An instant in the days before or around."""
    steps = draw(st.integers(0, timedelta(days=2) // step))
    return datetime(near.year, near.month, near.day, tzinfo=UTC) - timedelta(days=1) + steps * step


@cache
def lengths(most: timedelta, step: timedelta) -> st.SearchStrategy[timedelta]:
    """Above zero, often short."""
    return st.one_of(
        st.integers(1, timedelta(hours=2) // step).map(lambda number: number * step),
        st.integers(1, most // step).map(lambda number: number * step),
    )


@st.composite
def pauses(draw: st.DrawFn, start: datetime, most: timedelta, step: timedelta) -> list[Pause]:
    found: list[Pause] = []
    for _ in range(draw(st.integers(0, 3))):
        begins = start + draw(st.integers(-60, most // step)) * step
        found.append((begins, begins + draw(lengths(most, step))))
    return found


_percent = st.sampled_from([0, 50, 75, 100]) | st.integers(0, 100)


@cache
def targets(keys: tuple[str, ...], most: timedelta, step: timedelta) -> st.SearchStrategy[Target]:
    # A hundred steps, so that every percent of it is a whole step too.
    length = st.integers(1, max(most // (step * 100), 1)).map(lambda number: number * step * 100)
    offsets = lengths(timedelta(hours=3), step)
    at = st.one_of(st.integers(0, 200), offsets, offsets.map(lambda offset: -offset))
    steps = st.lists(st.builds(Step, st.sampled_from("abc"), at), max_size=3, unique_by=lambda each: each.key)
    return st.builds(Target, length, st.sampled_from(keys), _percent, _percent, steps.map(tuple))


@cache
def _new_targets(keys: tuple[str, ...], most: timedelta, step: timedelta) -> st.SearchStrategy[Target | None]:
    return st.none() | targets(keys, most, step) | targets(keys, most, step)


@cache
def _turns(happening: tuple[What, ...], most: timedelta, step: timedelta) -> st.SearchStrategy[list[tuple[int, What]]]:
    return st.lists(st.tuples(st.integers(0, most // step), st.sampled_from(happening)), max_size=8)


@st.composite
def histories(
    draw: st.DrawFn, keys: list[str], start: datetime, most: timedelta, step: timedelta, happening: list[What]
) -> list[Moment]:
    """Begins with STARTED; then anything, at any time: several things at once, and what makes no sense, too."""
    given = tuple(keys)
    found = [Moment(What.STARTED, start, "0", draw(targets(given, most, step)))]
    turns = sorted(draw(_turns(tuple(happening), most, step)), key=lambda turn: turn[0])
    for number, (instant, what) in enumerate(turns):
        target = draw(_new_targets(given, most, step)) if what is What.RETARGETED else None
        found.append(Moment(what, start + instant * step, str(number + 1), target))
    return found
