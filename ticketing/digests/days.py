"""On which days a digest comes, and of which days it tells. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sla.calendar import Calendar

SHOWN = 7  # working days in a digest's picture
_LOOK_BACK = 60  # days in which they are looked for
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The desk's. `hours`: its business hours; where it names none, it works from Monday to Friday.

    `calendars`: those of its promises: on a day on which all of them are closed, a holiday say, nobody works.
    """

    hours: Calendar
    calendars: Collection[Calendar] = ()

    def __contains__(self, day: date) -> bool:
        usual = day.weekday() < _SATURDAY if self.hours.week is None else self.hours.opens_on(day)
        return usual and (not self.calendars or any(each.opens_on(day) for each in self.calendars))


def days_before(day: date, working: WorkingDays, *, most: int = SHOWN) -> list[date]:
    """The last so many working days before this one, the oldest first; fewer where there were no more lately."""
    before = (day - timedelta(days=ago) for ago in range(1, _LOOK_BACK + 1))
    found: list[date] = []
    for each in before:
        if each in working:
            found.append(each)
        if len(found) == most:
            break
    return found[::-1]


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From its midnight to the next one, in UTC: 23 or 25 hours where clocks change."""
    begins, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)
