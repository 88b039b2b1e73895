"""The days on which a digest comes, and of which it tells."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from sla.calendar import ALWAYS_OPEN, Calendar, Holiday, Override, Shift
from ticketing.digests.days import WorkingDays, bounds, days_before

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = (Shift(time(9), time(17)),)
WEEK = ((NINE_TO_FIVE,) * 5) + ((), ())
MONDAY, FRIDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 27), date(2026, 11, 28)


class TestWorkingDays:
    @pytest.mark.parametrize(("day", "works"), [(MONDAY, True), (FRIDAY, True), (SATURDAY, False)])
    def test_without_business_hours_monday_to_friday(self, day: date, works: bool) -> None:
        assert (day in WorkingDays(ALWAYS_OPEN)) is works

    def test_with_business_hours_the_days_on_which_they_open(self) -> None:
        weekend = Calendar(BERLIN, ((), (), (), (), (), NINE_TO_FIVE, NINE_TO_FIVE))
        assert [day in WorkingDays(weekend) for day in (FRIDAY, SATURDAY)] == [False, True]

    def test_a_holiday_of_every_promise_is_none(self) -> None:
        shop = Calendar(BERLIN, WEEK, holidays=(Holiday(MONDAY),))
        closed = Calendar(BERLIN, WEEK, overrides=(Override(MONDAY),))
        assert MONDAY not in WorkingDays(ALWAYS_OPEN, [shop, closed])
        assert MONDAY in WorkingDays(ALWAYS_OPEN, [shop, Calendar(BERLIN)])


def test_the_days_before_are_working_days_oldest_first() -> None:
    assert days_before(MONDAY, WorkingDays(ALWAYS_OPEN), most=3) == [date(2026, 11, day) for day in (18, 19, 20)]
    assert days_before(MONDAY, WorkingDays(Calendar(BERLIN, ((),) * 7))) == []


def test_a_day_is_as_long_as_its_clocks_make_it() -> None:
    begins, ends = bounds(date(2026, 10, 25), BERLIN)
    assert (begins, ends) == (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
