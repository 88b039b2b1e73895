"""When a desk is open: a week of shifts in its own zone, holidays, and other hours on single dates.

It is open at an instant if the clock on its wall then shows a time within a shift, so a shift in a night in which
clocks change is as long as that night makes it. A shift belongs to the date on which it begins. For each date the first
of these says which shifts begin on it: its override, a holiday of its own, a holiday of its country, its week
(docs/sla.md).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property

from sla.opening import (
    EPOCH,
    MICROSECOND,
    CalendarError,
    Day,
    NeverOpens,
    OpenTime,
    Piece,
    SpanKind,
)
from sla.public_holidays import public_holidays

__all__ = ["ALWAYS_OPEN", "Calendar", "CalendarError", "Holiday", "NeverOpens", "Override", "Shift", "Span", "SpanKind"]

Pause = tuple[datetime, datetime | None]  # from, to (None: it lasts); aware, in any zone

_DAY = 86_400
_LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Shift:
    """By the clock on the wall. `ends` at or before `begins`: on the next date, so 00:00 is the midnight after."""

    begins: time
    ends: time

    @property
    def seconds(self) -> tuple[int, int]:
        """From the midnight of the date on which it begins."""
        begins, ends = _seconds(self.begins), _seconds(self.ends)
        return begins, ends if ends > begins else ends + _DAY


@dataclass(frozen=True, slots=True)
class Holiday:
    """A date on which no shift begins."""

    on: date
    name: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """The shifts that begin on this date, whatever else is written about it. None: closed."""

    on: date
    shifts: tuple[Shift, ...] = ()
    name: str = ""


WHOLE_DAY = Shift(time(0), time(0))
_EVERY_DAY = ((WHOLE_DAY,),) * 7


@dataclass(frozen=True)
class Calendar:
    """`week`: the shifts that begin on Monday, Tuesday, …; None: open day and night, but for holidays and overrides.

    `country` and `subdivision`: ISO codes, whose public holidays are closed. Raises CalendarError.
    """

    zone: tzinfo
    week: tuple[tuple[Shift, ...], ...] | None = None
    holidays: tuple[Holiday, ...] = ()
    country: str | None = None
    subdivision: str | None = None
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        if self.week is not None and len(self.week) != 7:
            raise CalendarError("A week has seven days.")
        if len({each.on for each in self.overrides}) < len(self.overrides):
            raise CalendarError("Two overrides are of the same date.")
        if self.country is not None:
            public_holidays(self.country, self.subdivision, 2026)
        elif self.subdivision is not None:
            raise CalendarError(f"{self.subdivision} is a part of which country?")

    @cached_property
    def fingerprint(self) -> str:
        """Equal calendars have the same one, in every process and for good."""
        parts = (str(self.zone), self.week, sorted(self.holidays, key=repr), self.country, self.subdivision)
        words = repr((*parts, sorted(self.overrides, key=repr)))
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    def opens_on(self, day: date) -> bool:
        """Whether a shift begins on this date, in the calendar's own zone."""
        return bool(self._day(day.toordinal()).shifts)

    @cached_property
    def open_time(self) -> OpenTime:
        """What the questions below are answered from; made once, year by year."""
        opens = any(self._week)
        last = max((each.on.year + 1 for each in self.overrides if each.shifts), default=0)
        return OpenTime(self.zone, self._day, None if opens else last)

    @cached_property
    def _week(self) -> tuple[tuple[Shift, ...], ...]:
        return _EVERY_DAY if self.week is None else self.week

    @cached_property
    def _days_of_the_week(self) -> tuple[Day, ...]:
        return tuple(Day(tuple(shift.seconds for shift in shifts)) for shifts in self._week)

    @cached_property
    def _own(self) -> dict[int, Day]:
        own = {each.on.toordinal(): Day((), SpanKind.HOLIDAY, each.name) for each in self.holidays}
        for each in self.overrides:
            shifts = tuple(shift.seconds for shift in each.shifts)
            own[each.on.toordinal()] = Day(shifts, SpanKind.OVERRIDE, each.name)
        return own

    def _day(self, ordinal: int) -> Day:
        if (own := self._own.get(ordinal)) is not None:
            return own
        if self.country is not None:
            found = public_holidays(self.country, self.subdivision, date.fromordinal(ordinal).year)
            if ordinal in found:
                return Day((), SpanKind.HOLIDAY, found[ordinal])
        return self._days_of_the_week[(ordinal - 1) % 7]


ALWAYS_OPEN = Calendar(UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one kind. `name`: of the holiday or the override, if it has one."""

    begins: datetime
    ends: datetime
    kind: SpanKind
    name: str = ""

    @property
    def length(self) -> timedelta:
        return self.ends - self.begins


def elapsed(calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
    """Open time from `start` to `end` without the pauses, exact to the microsecond.

    Instants are aware, in any zone. Pauses may overlap and lie outside. Raises CalendarError: the end before the start.
    """
    begins, ends = _instant(start), _instant(end)
    if ends < begins:
        raise CalendarError(f"The end ({end.isoformat()}) lies before the start ({start.isoformat()}).")
    open_time = calendar.open_time
    open_ = open_time.between(begins, ends)
    for first, last in _in_order(pauses) if pauses else ():
        first, last = max(first, begins), min(ends if last is None else last, ends)
        if first < last:
            open_ -= open_time.between(first, last)
    return open_ * MICROSECOND


def due(calendar: Calendar, start: datetime, target: timedelta, pauses: Iterable[Pause] = ()) -> datetime:
    """The first instant, in UTC, by which `target` of open time has elapsed: closing time, if it is used up just then.

    Raises CalendarError: no target above zero; NeverOpens.
    """
    if target <= timedelta(0):
        raise CalendarError("A target is longer than nothing.")
    wanted, at = target // MICROSECOND, _instant(start)
    open_time = calendar.open_time
    for first, last in _in_order(pauses) if pauses else ():
        if first > at:
            before = open_time.between(at, first)
            if before >= wanted:
                break
            wanted -= before
        if last is None:
            raise NeverOpens("The last pause has no end, and the target is not reached before it.")
        at = max(at, last)
    return _datetime(open_time.reach(at, wanted))


def is_open(calendar: Calendar, at: datetime) -> bool:
    """The first instant of a shift counts, its last does not."""
    instant = _instant(at)
    return calendar.open_time.between(instant, instant + 1) == 1


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """The first open instant from `at` on, in UTC: `at` itself if it is open then. Raises NeverOpens."""
    return _datetime(calendar.open_time.opening(_instant(at)))


def worked_before(calendar: Calendar, end: datetime, worked: timedelta) -> datetime:
    """The last instant from which on the desk is open for `worked` until `end`, in UTC.

    A desk that is not open for so long in the two weeks before: when it first is in them, or `end`.
    """
    ends, earliest = _instant(end), _instant(end - _LOOK_BACK)
    wanted, open_time = worked // MICROSECOND, calendar.open_time
    if open_time.between(earliest, ends) >= wanted > 0:
        return _datetime(open_time.last_start(ends, wanted))
    if wanted <= 0:
        return _datetime(ends)
    opens = (piece.begins for piece in open_time.pieces(earliest, ends) if piece.kind is SpanKind.OPEN)
    return _datetime(next(opens, ends))


def spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Span]:
    """All the time between, in order and without gaps, each stretch of one kind as long as it lasts."""
    last: Piece | None = None
    for piece in calendar.open_time.pieces(_instant(start), _instant(end)):
        if last is not None and (last.kind, last.name) == (piece.kind, piece.name):
            last = Piece(last.begins, piece.ends, last.kind, last.name)
            continue
        if last is not None:
            yield _span(last)
        last = piece
    if last is not None:
        yield _span(last)


def _span(piece: Piece) -> Span:
    return Span(_datetime(piece.begins), _datetime(piece.ends), piece.kind, piece.name)


def _in_order(pauses: Iterable[Pause]) -> list[tuple[int, int | None]]:
    """By their beginnings, and none overlapping another."""
    ordered: list[tuple[int, int | None]] = []
    given = [(_instant(begin), None if end is None else _instant(end)) for begin, end in pauses]
    for first, last in sorted(given, key=lambda pause: pause[0]):
        if last is not None and last < first:
            raise CalendarError("A pause ends before it begins.")
        if ordered:
            before = ordered[-1][1]
            if before is None:
                break
            first = max(first, before)
            if last is not None and last <= first:
                continue
        ordered.append((first, last))
    return ordered


def _instant(at: datetime) -> int:
    if at.tzinfo is None:
        raise CalendarError(f"{at.isoformat()} has no zone.")
    since = at - EPOCH
    return (since.days * _DAY + since.seconds) * 1_000_000 + since.microseconds


def _datetime(instant: int) -> datetime:
    return EPOCH + timedelta(0, 0, instant)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
