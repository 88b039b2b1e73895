"""Business hours: a week of intervals in the desk's own time zone. Knows calendars, neither tickets nor the present.

Written as people write them: "Mon-Fri 09:00-18:00, Sat 10:00-14:00". Nothing written: always open. An interval that
ends before it begins goes on into the next day.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_PART = re.compile(r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+(?P<from>\d{1,2}:\d\d)-(?P<to>\d{1,2}:\d\d)")
_EXAMPLE = "write it like “Mon-Fri 09:00-18:00, Sat 10:00-14:00”"


class HoursUnreadable(ValueError):
    """The words are no business hours. Says which part, and how it is written."""


@dataclass(frozen=True, slots=True)
class Interval:
    """On one day of the week (0 is Monday), by the clock on the wall. `ends` at or before `begins`: on the next day."""

    weekday: int
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When the desk is open. No intervals: always."""

    intervals: tuple[Interval, ...]
    zone: tzinfo

    def is_open(self, at: datetime) -> bool:
        """`at` is aware, in any zone."""
        if not self.intervals:
            return True
        return any(begins <= at < ends for begins, ends in self._spans(at.astimezone(self.zone).date(), days=1))

    def next_opening(self, at: datetime) -> datetime:
        """The first instant from `at` on at which the desk is open, in UTC: `at` itself if it is open then."""
        if self.is_open(at):
            return at.astimezone(UTC)
        today = at.astimezone(self.zone).date()
        # A day whose only opening falls into the hour that summer time skips opens a week later at the latest.
        return min(begins for begins, ends in self._spans(today, days=15) if begins > at)

    def worked_before(self, end: datetime, worked: timedelta) -> datetime:
        """The latest instant from which on the desk is open for `worked` until `end`, in UTC.

        A desk that is not open for so long in the two weeks before: when it opened first in them, or their beginning.
        """
        if not self.intervals:
            return end.astimezone(UTC) - worked
        left, edge = worked, end.astimezone(UTC)
        first = edge.astimezone(self.zone).date() - timedelta(days=14)
        for begins, ends in sorted(self._spans(first, days=15), key=lambda span: span[1], reverse=True):
            until = min(ends, edge)
            if begins >= until:
                continue
            if until - begins >= left:
                return until - left
            left, edge = left - (until - begins), begins
        return edge

    def _spans(self, around: date, *, days: int) -> Iterator[tuple[datetime, datetime]]:
        """From the day before to so many days after it, as instants in UTC; empty ones left out."""
        for offset in range(-1, days + 1):
            day = around + timedelta(days=offset)
            for each in self.intervals:
                if each.weekday == day.weekday():
                    last = day + _DAY if each.ends <= each.begins else day
                    begins, ends = self._instant(day, each.begins), self._instant(last, each.ends)
                    if begins < ends:
                        yield begins, ends

    def _instant(self, day: date, at: time) -> datetime:
        """A time that comes twice in a night counts from the first, one that never comes from when the clock jumps."""
        return datetime.combine(day, at, tzinfo=self.zone).astimezone(UTC)


ALWAYS_OPEN = BusinessHours((), UTC)


def parse_hours(text: str, zone: tzinfo) -> BusinessHours:
    """Raises HoursUnreadable."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return BusinessHours(tuple(each for part in parts for each in _intervals(part)), zone)


def _intervals(part: str) -> Iterator[Interval]:
    found = _PART.fullmatch(part.lower())
    if found is None:
        raise HoursUnreadable(f"{part!r} is no business hours: {_EXAMPLE}")
    first = _weekday(found["first"], part)
    last = _weekday(found["last"], part) if found["last"] else first
    begins, ends = _time(found["from"], part), _time(found["to"], part)
    for weekday in range(first, first + (last - first) % 7 + 1):
        yield Interval(weekday % 7, begins, ends)


def _weekday(name: str, part: str) -> int:
    if name not in _DAYS:
        raise HoursUnreadable(f"{name!r} in {part!r} is no day: use Mon, Tue, Wed, Thu, Fri, Sat or Sun")
    return _DAYS.index(name)


def _time(text: str, part: str) -> time:
    hour, minute = (int(number) for number in text.split(":"))
    if (hour, minute) == (24, 0):
        return time(0)
    if hour > 23 or minute > 59:
        raise HoursUnreadable(f"{text} in {part!r} is no time of day")
    return time(hour, minute)
