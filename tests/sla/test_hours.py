"""Business hours: what can be written, when it is open, and the nights in which clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.hours import ALWAYS_OPEN, BusinessHours, HoursUnreadable, Interval, parse_hours
from tests.factories import unhurried

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = parse_hours("Mon-Fri 09:00-18:00, Sat 10:00-14:00", BERLIN)


def berlin(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """In November 2026 the 23rd is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


class TestParse:
    def test_days_and_ranges_in_any_case(self) -> None:
        nine, two = time(9), time(14)
        assert parse_hours(" sat 9:00-14:00 ", UTC).intervals == (Interval(5, nine, two),)
        assert [each.weekday for each in parse_hours("Fri-Mon 09:00-14:00", UTC).intervals] == [4, 5, 6, 0]
        assert parse_hours("Sun 09:00-24:00", UTC).intervals == (Interval(6, nine, time(0)),)

    def test_nothing_written_is_always_open(self) -> None:
        assert parse_hours(" ", UTC) == ALWAYS_OPEN
        assert ALWAYS_OPEN.is_open(berlin(22, 3))

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("9 to 5", "'9 to 5' is no business hours: write it like"),
            ("Mon-Fri 09:00-18:00, Sut 10:00-14:00", "'sut' in 'Sut 10:00-14:00' is no day"),
            ("Mon 09:00-25:00", "25:00 in 'Mon 09:00-25:00' is no time of day"),
            ("Mon 09:60-10:00", "09:60"),
            ("Mon-Fri", "is no business hours"),
        ],
    )
    def test_what_cannot_be_read_is_named(self, text: str, says: str) -> None:
        with pytest.raises(HoursUnreadable) as error:
            parse_hours(text, UTC)
        assert says in str(error.value)


class TestIsOpen:
    @pytest.mark.parametrize(
        ("at", "is_open"),
        [
            (berlin(23, 8, 59), False),
            (berlin(23, 9), True),
            (berlin(23, 17, 59), True),
            (berlin(23, 18), False),
            (berlin(28, 10), True),
            (berlin(29, 10), False),
        ],
    )
    def test_the_first_instant_counts_and_the_last_does_not(self, at: datetime, is_open: bool) -> None:
        assert WEEK.is_open(at) is is_open
        assert WEEK.is_open(at.astimezone(UTC)) is is_open

    def test_a_night_shift_goes_on_into_the_next_day(self) -> None:
        night = parse_hours("Sun 22:00-06:00", BERLIN)
        assert [night.is_open(berlin(day, hour)) for day, hour in ((22, 23), (23, 5), (23, 6), (23, 23))] == [
            True,
            True,
            False,
            False,
        ]

    def test_the_wall_clock_counts_when_the_clocks_change(self) -> None:
        sunday = parse_hours("Sun 09:00-10:00", BERLIN)
        before, after = berlin(18, 9, month=10), berlin(25, 9, month=10)  # summer time ends on the 25th
        assert sunday.is_open(before)
        assert sunday.is_open(after)
        assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(days=7, hours=1)


class TestNextOpening:
    @pytest.mark.parametrize(
        ("at", "opens"),
        [
            (berlin(23, 12), berlin(23, 12)),
            (berlin(23, 20), berlin(24, 9)),
            (berlin(27, 20), berlin(28, 10)),
            (berlin(28, 15), berlin(30, 9)),
        ],
    )
    def test_is_the_next_time_people_are_there(self, at: datetime, opens: datetime) -> None:
        assert WEEK.next_opening(at) == opens

    def test_an_hour_that_a_night_skips_opens_a_week_later(self) -> None:
        gap = parse_hours("Sun 02:00-03:00", BERLIN)  # summer time begins on 29 March 2026
        assert gap.next_opening(berlin(28, 12, month=3)) == berlin(5, 2, month=4)

    _interval = st.builds(
        Interval, st.integers(0, 6), st.times().map(lambda t: time(t.hour)), st.times().map(lambda t: time(t.hour))
    )

    @unhurried
    @given(st.lists(_interval, min_size=1, max_size=4), st.integers(0, 400 * 24))
    def test_is_open_and_no_hour_before_it_is(self, intervals: list[Interval], hours_later: int) -> None:
        hours = BusinessHours(tuple(intervals), BERLIN)
        at = datetime(2026, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hours_later)
        opens = hours.next_opening(at)
        assert opens >= at
        assert hours.is_open(opens)
        skipped = range(int((opens - at).total_seconds()) // 1800)
        assert not any(hours.is_open(at + timedelta(minutes=30 * step)) for step in skipped)
