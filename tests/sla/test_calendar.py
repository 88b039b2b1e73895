"""When a desk is open: shifts, nights in which clocks change, holidays, overrides, and instants exactly on borders."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sla.calendar import (
    ALWAYS_OPEN,
    Calendar,
    CalendarError,
    Holiday,
    NeverOpens,
    Override,
    Shift,
    Span,
    SpanKind,
    due,
    elapsed,
    is_open,
    next_opening,
    spans,
    worked_before,
)
from sla.notation import parse_hours

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = parse_hours("Mon-Fri 09:00-18:00, Sat 10:00-14:00", BERLIN)
NIGHTS = parse_hours("Mon-Sun 22:00-06:00", BERLIN)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def berlin(day: int, hour: int = 0, minute: int = 0, month: int = 11, fold: int = 0) -> datetime:
    """In November 2026 the 23rd is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN, fold=fold).astimezone(UTC)


class TestIsOpen:
    @pytest.mark.parametrize(
        ("at", "open_"),
        [
            (berlin(23, 8, 59), False),
            (berlin(23, 9), True),
            (berlin(23, 17, 59), True),
            (berlin(23, 18), False),
            (berlin(28, 10), True),
            (berlin(29, 10), False),
        ],
    )
    def test_the_first_instant_counts_and_the_last_does_not(self, at: datetime, open_: bool) -> None:
        assert is_open(WEEK, at) is open_
        assert is_open(WEEK, at.astimezone(ZoneInfo("Asia/Kolkata"))) is open_

    def test_a_microsecond_before_it_was_not_yet_and_still(self) -> None:
        before = timedelta(microseconds=1)
        assert [is_open(WEEK, at - before) for at in (berlin(23, 9), berlin(23, 18))] == [False, True]

    def test_a_night_shift_goes_on_into_the_next_day(self) -> None:
        night = parse_hours("Sun 22:00-06:00", BERLIN)
        asked = [berlin(22, 23), berlin(23, 5), berlin(23, 6), berlin(23, 23)]
        assert [is_open(night, at) for at in asked] == [True, True, False, False]

    def test_without_a_week_it_is_open_day_and_night_but_on_holidays(self) -> None:
        assert is_open(ALWAYS_OPEN, berlin(22, 3))
        always = Calendar(BERLIN, holidays=(Holiday(date(2026, 11, 22)),))
        assert elapsed(always, berlin(21, 12), berlin(23, 12)) == timedelta(hours=24)

    def test_an_instant_without_a_zone_is_refused(self) -> None:
        with pytest.raises(CalendarError, match="has no zone"):
            is_open(WEEK, datetime(2026, 11, 23))  # noqa: DTZ001

    @pytest.mark.parametrize("year", [1, 1899, 2401, 9999])
    def test_an_instant_out_of_any_desks_reach_is_refused(self, year: int) -> None:
        with pytest.raises(CalendarError, match="Calendars reach from 1900 to 2400"):
            is_open(WEEK, datetime(year, 6, 1, tzinfo=UTC))


class TestNightsInWhichClocksChange:
    """In Berlin 02:00 to 03:00 is skipped on 29 March 2026, and comes twice on 25 October."""

    def test_a_night_shift_is_as_long_as_the_night(self) -> None:
        nights = [
            elapsed(NIGHTS, berlin(day, 12, month=month), berlin(day + 1, 12, month=month))
            for day, month in ((28, 3), (29, 3), (24, 10), (25, 10))
        ]
        assert nights == [7 * HOUR, 8 * HOUR, 9 * HOUR, 8 * HOUR]

    def test_a_shift_that_begins_in_the_skipped_hour_begins_after_it(self) -> None:
        gap = parse_hours("Sun 02:30-04:00", BERLIN)
        assert next_opening(gap, berlin(28, 12, month=3)) == berlin(29, 3, month=3)
        assert next_opening(parse_hours("Sun 02:00-03:00", BERLIN), berlin(28, 12, month=3)) == berlin(5, 2, month=4)

    def test_an_hour_that_comes_twice_is_open_twice(self) -> None:
        twice = parse_hours("Sun 02:00-02:30", BERLIN)
        opened = [span for span in spans(twice, berlin(25, month=10), berlin(26, month=10)) if span.kind == "open"]
        assert [(span.begins, span.length) for span in opened] == [
            (berlin(25, 2, month=10), 30 * MINUTE),
            (berlin(25, 2, month=10, fold=1), 30 * MINUTE),
        ]

    def test_a_day_that_never_was_has_no_hours(self) -> None:
        apia = Calendar(ZoneInfo("Pacific/Apia"))  # went from 29 to 31 December 2011
        closed = Calendar(apia.zone, holidays=(Holiday(date(2011, 12, 30)),))
        start, end = datetime(2011, 12, 29, tzinfo=apia.zone), datetime(2012, 1, 1, tzinfo=apia.zone)
        assert elapsed(apia, start, end) == elapsed(closed, start, end) == 48 * HOUR


class TestWhatADateSays:
    """Christmas Eve 2026 is a Thursday."""

    def test_an_override_wins_over_a_holiday_and_that_over_the_week(self) -> None:
        morning = Shift(time(9), time(12))
        calendar = Calendar(
            BERLIN,
            WEEK.week,
            (Holiday(date(2026, 12, 24), "Eve"), Holiday(date(2026, 12, 23), "Ours")),
            "DE",
            None,
            (
                Override(date(2026, 12, 24), (morning,), "Short day"),
                Override(date(2026, 12, 26), (morning,)),
                Override(date(2026, 12, 28), (), "Stocktaking"),
            ),
        )
        told = [
            (span.kind, span.name, span.begins.astimezone(BERLIN).strftime("%d %H"), span.length)
            for span in spans(calendar, berlin(23, month=12), berlin(29, month=12))
        ]
        assert told == [
            ("holiday", "Ours", "23 00", 24 * HOUR),
            ("override", "Short day", "24 00", 9 * HOUR),
            ("open", "", "24 09", 3 * HOUR),
            ("override", "Short day", "24 12", 12 * HOUR),
            ("holiday", "Christmas Day", "25 00", 24 * HOUR),
            ("override", "", "26 00", 9 * HOUR),
            ("open", "", "26 09", 3 * HOUR),
            ("override", "", "26 12", 12 * HOUR),
            ("closed", "", "27 00", 24 * HOUR),
            ("override", "Stocktaking", "28 00", 24 * HOUR),
        ]

    def test_a_shift_that_began_the_evening_before_runs_into_a_holiday_and_none_begins_on_it(self) -> None:
        calendar = Calendar(BERLIN, NIGHTS.week, (Holiday(date(2026, 11, 25)),))
        opened = [span for span in spans(calendar, berlin(24, 12), berlin(27, 12)) if span.kind is SpanKind.OPEN]
        assert [(span.begins, span.ends) for span in opened] == [
            (berlin(24, 22), berlin(25, 6)),
            (berlin(26, 22), berlin(27, 6)),
        ]

    def test_an_override_leaves_the_shift_that_began_before_and_may_run_on_itself(self) -> None:
        late = Override(date(2026, 11, 25), (Shift(time(23), time(3)),))
        calendar = Calendar(BERLIN, NIGHTS.week, overrides=(late,))
        assert elapsed(calendar, berlin(25), berlin(26)) == 7 * HOUR
        assert elapsed(calendar, berlin(26), berlin(26, 12)) == 3 * HOUR

    @pytest.mark.parametrize(
        ("country", "subdivision", "day"), [("DE", "BY", date(2026, 1, 6)), ("US", None, date(2021, 12, 31))]
    )
    def test_public_holidays_by_country_and_part_also_those_kept_in_another_year(
        self, country: str, subdivision: str | None, day: date
    ) -> None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        assert not is_open(Calendar(UTC, None, (), country, subdivision), noon)
        assert is_open(Calendar(UTC, None, (), "FR"), noon)

    def test_a_calendar_that_contradicts_itself_is_refused(self) -> None:
        with pytest.raises(CalendarError, match="Two overrides"):
            Calendar(UTC, None, overrides=(Override(date(2026, 1, 1)), Override(date(2026, 1, 1))))
        with pytest.raises(CalendarError, match="seven days"):
            Calendar(UTC, ((),))


class TestDue:
    def test_used_up_at_closing_time_it_is_due_then_and_not_at_the_next_opening(self) -> None:
        assert due(WEEK, berlin(23, 17), HOUR) == berlin(23, 18)
        assert due(WEEK, berlin(23, 17), HOUR + MINUTE) == berlin(24, 9, 1)

    def test_what_begins_at_closing_time_begins_with_the_next_opening(self) -> None:
        assert due(WEEK, berlin(23, 18), HOUR) == berlin(24, 10)

    def test_it_goes_on_over_new_year(self) -> None:
        assert due(WEEK, berlin(31, 17, month=12), 2 * HOUR) == datetime(2027, 1, 1, 10, tzinfo=BERLIN)
        assert due(ALWAYS_OPEN, berlin(31, month=12), timedelta(days=800)) == berlin(31, month=12) + timedelta(days=800)

    def test_a_microsecond_is_a_microsecond(self) -> None:
        start = berlin(23, 17) + timedelta(microseconds=1)
        assert due(WEEK, start, HOUR) == berlin(24, 9) + timedelta(microseconds=1)

    def test_pauses_cost_nothing_however_they_overlap(self) -> None:
        start = berlin(23, 10)
        pauses = [
            (berlin(23, 14), berlin(23, 15)),
            (berlin(23, 11), berlin(23, 12)),
            (berlin(23, 11, 30), berlin(23, 13)),
            (berlin(22, 9), berlin(23, 9)),
            (berlin(23, 11, 40), berlin(23, 11, 50)),
        ]
        assert due(WEEK, start, 3 * HOUR, pauses) == berlin(23, 16)
        assert elapsed(WEEK, start, berlin(23, 16), pauses) == 3 * HOUR

    def test_a_pause_that_lasts_is_no_matter_if_the_target_is_reached_before(self) -> None:
        lasts = [(berlin(23, 12), None)]
        assert due(WEEK, berlin(23, 10), 2 * HOUR, lasts) == berlin(23, 12)
        assert elapsed(WEEK, berlin(23, 10), berlin(30), lasts) == 2 * HOUR
        with pytest.raises(NeverOpens, match="no end"):
            due(WEEK, berlin(23, 10), 2 * HOUR + MINUTE, lasts)

    @pytest.mark.parametrize("target", [timedelta(0), -MINUTE])
    def test_a_target_of_nothing_is_refused(self, target: timedelta) -> None:
        with pytest.raises(CalendarError, match="longer than nothing"):
            due(WEEK, berlin(23, 10), target)

    @pytest.mark.parametrize(
        "calendar",
        [
            Calendar(BERLIN, ((),) * 7),
            Calendar(BERLIN, ((),) * 7, overrides=(Override(date(2026, 11, 20), (Shift(time(9), time(18)),)),)),
            Calendar(BERLIN, ((),) * 7, overrides=(Override(date(2026, 11, 24), (Shift(time(9), time(9, 30)),)),)),
        ],
        ids=["no hours", "only before", "not for so long"],
    )
    def test_a_calendar_that_is_never_open_for_so_long_says_so(self, calendar: Calendar) -> None:
        with pytest.raises(NeverOpens, match="after 23 November 2026"):
            due(calendar, berlin(23, 10), HOUR)

    def test_a_target_longer_than_a_century_of_hours_is_given_up(self) -> None:
        with pytest.raises(NeverOpens):
            due(parse_hours("Mon 09:00-09:01", UTC), berlin(23, 10), timedelta(days=400))


class TestElapsed:
    def test_an_end_before_the_start_is_refused(self) -> None:
        with pytest.raises(CalendarError, match="lies before the start"):
            elapsed(WEEK, berlin(23, 10), berlin(23, 9))

    def test_a_pause_that_ends_before_it_begins_is_refused(self) -> None:
        with pytest.raises(CalendarError, match="ends before it begins"):
            elapsed(WEEK, berlin(23, 9), berlin(23, 10), [(berlin(23, 12), berlin(23, 11))])

    def test_hours_that_are_written_twice_count_once(self) -> None:
        twice = parse_hours("Mon-Fri 09:00-18:00, Mon 12:00-20:00", UTC)
        day = datetime(2026, 11, 23, tzinfo=UTC)
        assert elapsed(twice, day, day + timedelta(days=1)) == 11 * HOUR


class TestNextOpening:
    @pytest.mark.parametrize(
        ("at", "opens"),
        [
            (berlin(23, 12), berlin(23, 12)),
            (berlin(23, 18), berlin(24, 9)),
            (berlin(27, 20), berlin(28, 10)),
            (berlin(28, 15), berlin(30, 9)),
        ],
    )
    def test_is_the_next_time_people_are_there(self, at: datetime, opens: datetime) -> None:
        assert next_opening(WEEK, at) == opens

    def test_a_calendar_that_never_opens_says_so(self) -> None:
        with pytest.raises(NeverOpens, match="never opens after"):
            next_opening(Calendar(UTC, ((),) * 7), berlin(23))


class TestWorkedBefore:
    @pytest.mark.parametrize(
        ("end", "worked", "begins"),
        [
            (berlin(24, 10), 2 * HOUR, berlin(23, 17)),
            (berlin(24, 10), HOUR, berlin(24, 9)),  # … not an hour before the evening's closing, which is as good
            (berlin(24, 9), HOUR, berlin(23, 17)),
            (datetime(2027, 1, 1, 10, tzinfo=BERLIN), 2 * HOUR, berlin(31, 17, month=12)),
            (berlin(24, 10), timedelta(0), berlin(24, 10)),
            (berlin(24, 10), timedelta(days=30), berlin(10, 10)),
        ],
    )
    def test_is_the_last_instant_with_so_much_work_left(
        self, end: datetime, worked: timedelta, begins: datetime
    ) -> None:
        assert worked_before(WEEK, end, worked) == begins

    def test_a_desk_that_never_opens_has_no_time_before(self) -> None:
        assert worked_before(Calendar(UTC, ((),) * 7), berlin(23), HOUR) == berlin(23)


def test_spans_leave_no_gap_and_join_what_is_alike() -> None:
    found = list(spans(Calendar(BERLIN), berlin(31, 12, month=12), datetime(2028, 2, 1, tzinfo=UTC)))
    assert found == [Span(berlin(31, 12, month=12), datetime(2028, 2, 1, tzinfo=UTC), SpanKind.OPEN)]


def test_equal_calendars_have_one_fingerprint_and_others_another() -> None:
    again = parse_hours("Mon-Fri 09:00-18:00, Sat 10:00-14:00", ZoneInfo("Europe/Berlin"))
    assert again.fingerprint == WEEK.fingerprint == "7f76c4bfdc8faae4"
    assert Calendar(BERLIN, WEEK.week, (Holiday(date(2026, 12, 24)),)).fingerprint != WEEK.fingerprint
