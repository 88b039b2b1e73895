"""The compiled form of a calendar: its open time as sorted spans in UTC, with what is open before each of them.

A year is compiled when it is first asked about. All instants here are whole microseconds since 1970 in UTC, so that no
sum of stretches ever differs from the whole.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EPOCH_DAY = EPOCH.toordinal()  # the day from which days are counted here
FIRST_YEAR, LAST_YEAR = 1900, 2400  # what is asked about before or after is a mistake
_SECOND = 1_000_000
_DAY = 86_400  # seconds
_FAR = 100  # years in which a calendar is searched

_Interval = tuple[int, int]


class CalendarError(ValueError):
    """A calendar as written, or a question to it, makes no sense. Says what, in words."""


class NeverOpens(CalendarError):
    """The calendar is not open (for so long) after that instant, in the hundred years that are looked at."""


class SpanKind(StrEnum):
    """What a stretch of time is on a calendar: open, or why not."""

    OPEN = "open"
    CLOSED = "closed"  # outside the hours of the week
    HOLIDAY = "holiday"
    OVERRIDE = "override"  # closed by what is written for this date


@dataclass(frozen=True, slots=True)
class Day:
    """One date. `shifts`: seconds from its midnight by the clock on the wall, beyond 86,400 on the next date."""

    shifts: tuple[_Interval, ...]
    kind: SpanKind | None = None  # HOLIDAY or OVERRIDE. None: a day of the week like any other
    name: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    begins: int
    ends: int
    kind: SpanKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Year:
    begins: Sequence[int]
    ends: Sequence[int]
    after: Sequence[int]  # open microseconds of the year by the end of each span
    special: Sequence[Piece]  # holidays and overrides, open or not
    total: int

    def counted(self, at: int) -> int:
        """Open microseconds of the year before `at`."""
        index = bisect_right(self.begins, at) - 1
        return self.after[index] - max(self.ends[index] - at, 0) if index >= 0 else 0


class OpenTime:
    """Answers in a few microseconds, however far the instants are apart."""

    def __init__(self, zone: tzinfo, day: Callable[[int], Day], last_opening: int | None) -> None:
        """`day`: a date by its ordinal. `last_opening`: the year after which it never opens, None if there is none."""
        self._zone, self._day, self._last = zone, day, last_opening
        self._years: dict[int, _Year] = {}

    def between(self, begins: int, ends: int) -> int:
        """Open microseconds. Not before `begins`."""
        first, last = _year_of(begins), _year_of(ends)
        years = sum(self._year(year).total for year in range(first, last))
        return years + self._year(last).counted(ends) - self._year(first).counted(begins)

    def reach(self, begins: int, wanted: int) -> int:
        """The first instant by which it was open for so long (above zero) since `begins`. Raises NeverOpens."""
        first = _year_of(begins)
        wanted += self._year(first).counted(begins)
        for number in self._search(first):
            year = self._year(number)
            if wanted <= year.total:
                index = bisect_left(year.after, wanted)
                return year.ends[index] - (year.after[index] - wanted)
            wanted -= year.total
        raise NeverOpens(f"The calendar is not open for so long after {_words(begins)}.")

    def opening(self, at: int) -> int:
        """The first open instant from `at` on. Raises NeverOpens."""
        for number in self._search(_year_of(at)):
            year = self._year(number)
            index = bisect_right(year.ends, at)
            if index < len(year.ends):
                return max(year.begins[index], at)
        raise NeverOpens(f"The calendar never opens after {_words(at)}.")

    def last_start(self, ends: int, worked: int) -> int:
        """The last instant from which it is open for `worked` until `ends`, if it is in this year or the one before."""
        year = _year_of(ends)
        left = self._year(year).counted(ends) - worked
        if left < 0:
            year -= 1
            left += self._year(year).total
        made = self._year(year)
        index = bisect_right(made.after, left)
        return made.ends[index] - (made.after[index] - left)

    def pieces(self, begins: int, ends: int) -> Iterator[Piece]:
        """All the time between, in order and without gaps; neighbours may be of the same kind."""
        while begins < ends:
            number = _year_of(begins)
            piece = self._piece(self._year(number), begins, min(ends, _year_begins(number + 1)))
            yield piece
            begins = piece.ends

    def _piece(self, year: _Year, at: int, most: int) -> Piece:
        index = bisect_right(year.ends, at)
        opens = year.begins[index] if index < len(year.begins) else most
        if opens <= at:
            return Piece(at, min(year.ends[index], most), SpanKind.OPEN)
        most = min(most, opens)
        index = bisect_right(year.special, at, key=lambda each: each.ends)
        if index == len(year.special) or year.special[index].begins >= most:
            return Piece(at, most, SpanKind.CLOSED)
        special = year.special[index]
        if special.begins > at:
            return Piece(at, special.begins, SpanKind.CLOSED)
        return Piece(at, min(special.ends, most), special.kind, special.name)

    def _search(self, first: int) -> range:
        last = first + _FAR if self._last is None else self._last
        return range(first, min(last, LAST_YEAR) + 1)

    def _year(self, number: int) -> _Year:
        made = self._years.get(number)
        if made is None:
            made = self._years[number] = self._compile(number)
        return made

    def _compile(self, number: int) -> _Year:
        begins, ends = _year_begins(number) // _SECOND, _year_begins(number + 1) // _SECOND
        # Dates begin up to a day earlier or later elsewhere, and yesterday's shift may run into today.
        days = [(day, self._day(day + EPOCH_DAY)) for day in range(begins // _DAY - 2, ends // _DAY + 2)]
        offsets = list(_offsets(self._zone, begins, ends))
        shifts = ((day * _DAY + begin, day * _DAY + end) for day, rules in days for begin, end in rules.shifts)
        open_ = _joined(_on_the_line(_joined(sorted(shifts)), offsets))
        after: list[int] = []
        for begin, end in open_:
            after.append((after[-1] if after else 0) + end - begin)
        special = [
            Piece(begin, end, rules.kind, rules.name)
            for day, rules in days
            if rules.kind is not None
            for begin, end in _on_the_line([(day * _DAY, (day + 1) * _DAY)], offsets)
        ]
        special.sort(key=lambda each: each.begins)
        total = after[-1] if after else 0
        return _Year([begin for begin, _ in open_], [end for _, end in open_], after, special, total)


def _joined(intervals: Iterable[_Interval]) -> list[_Interval]:
    """Sorted intervals, those that touch or overlap made one."""
    joined: list[_Interval] = []
    for begin, end in intervals:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif begin < end:
            joined.append((begin, end))
    return joined


def _on_the_line(wall: Sequence[_Interval], offsets: Sequence[tuple[int, int, int]]) -> Iterator[_Interval]:
    """What the clock on the wall shows, as instants: an hour that comes twice counts twice, one that is skipped never.

    `wall` in seconds as if the wall were UTC, sorted; the result in microseconds, sorted.
    """
    for begins, ends, offset in offsets:
        for begin, end in wall:
            first, last = max(begin - offset, begins), min(end - offset, ends)
            if first < last:
                yield first * _SECOND, last * _SECOND


def _offsets(zone: tzinfo, begins: int, ends: int) -> Iterator[tuple[int, int, int]]:
    """Stretches (from, to, offset to UTC), in seconds. Found by looking once a day: nowhere did clocks change twice."""
    since, offset = begins, _offset(zone, begins)
    for day in range(begins + _DAY, ends + _DAY, _DAY):
        if (changed := _offset(zone, min(day, ends))) != offset:
            before, after = day - _DAY, min(day, ends)
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (middle, after) if _offset(zone, middle) == offset else (before, middle)
            yield since, after, offset
            since, offset = after, changed
    if since < ends:
        yield since, ends, offset


def _offset(zone: tzinfo, at: int) -> int:
    offset = (EPOCH + timedelta(seconds=at)).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(seconds=1)


_YEARS_BEGIN = [(datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND for year in range(FIRST_YEAR, LAST_YEAR + 2)]


def _year_of(at: int) -> int:
    """Raises CalendarError."""
    year = FIRST_YEAR - 1 + bisect_right(_YEARS_BEGIN, at)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(f"Calendars reach from {FIRST_YEAR} to {LAST_YEAR}: {_words(at)} is outside.")
    return year


def _year_begins(year: int) -> int:
    return _YEARS_BEGIN[year - FIRST_YEAR]


def _words(at: int) -> str:
    try:
        return f"{EPOCH + timedelta(microseconds=at):%d %B %Y, %H:%M UTC}"
    except OverflowError:
        return "what is asked about"
