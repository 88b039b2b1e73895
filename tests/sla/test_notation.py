"""What can be written as business hours and as a calendar, and what is said of the rest."""

from datetime import UTC, date, time
from zoneinfo import ZoneInfo

import pytest

from sla.calendar import ALWAYS_OPEN, Calendar, CalendarError, Holiday, Override, Shift
from sla.notation import HoursUnreadable, parse_hours, read_calendar

MORNING = Shift(time(9), time(14))


class TestParseHours:
    def test_days_and_ranges_in_any_case(self) -> None:
        assert parse_hours(" sat 9:00-14:00 ", UTC).week == ((), (), (), (), (), (MORNING,), ())
        assert parse_hours("Fri-Mon 09:00-14:00", UTC).week == ((MORNING,), (), (), (), *[(MORNING,)] * 3)
        assert parse_hours("Sun 09:00-24:00", UTC).week == (*[()] * 6, (Shift(time(9), time(0)),))

    def test_nothing_written_is_always_open(self) -> None:
        assert parse_hours(" ", UTC) == ALWAYS_OPEN

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


class TestReadCalendar:
    def test_everything_that_can_be_written(self) -> None:
        read = read_calendar(
            {
                "tz": "Europe/Berlin",
                "hours": {"mon": [["09:00", "14:00"], ["22:00", "24:00"]], "Sunday": []},
                "holidays": ["2026-12-25", {"date": "2026-12-26", "name": "Boxing Day"}],
                "date_overrides": {"2026-12-24": [["09:00", "14:00"]], "2026-12-31": []},
                "country": "DE",
                "subdivision": "BY",
            }
        )
        assert read == Calendar(
            ZoneInfo("Europe/Berlin"),
            ((MORNING, Shift(time(22), time(0))), *[()] * 6),
            (Holiday(date(2026, 12, 25)), Holiday(date(2026, 12, 26), "Boxing Day")),
            "DE",
            "BY",
            (Override(date(2026, 12, 24), (MORNING,)), Override(date(2026, 12, 31))),
        )

    def test_always_is_every_hour_of_the_week(self) -> None:
        assert read_calendar({"tz": "UTC", "always": True, "hours": {}}) == Calendar(ZoneInfo("UTC"))

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (None, "A calendar is no object"),
            ({}, "None is no time zone"),
            ({"tz": "Europe/Atlantis"}, "'Europe/Atlantis' is no time zone"),
            ({"tz": "../../etc/passwd"}, "is no time zone"),
            ({"tz": "Europe"}, "is no time zone"),
            ({"tz": "UTC", "always": "yes"}, "always is true or false"),
            ({"tz": "UTC", "hours": []}, None),
            ({"tz": "UTC", "hours": {"tue": [["25:00", "17:00"]]}}, "25:00 (tue) is no time of day"),
            ({"tz": "UTC", "hours": {"tue": [["09:00", "18:60"]]}}, "18:60"),
            ({"tz": "UTC", "hours": {"tue": [["24:00", "09:00"]]}}, "24:00 begins no shift"),
            ({"tz": "UTC", "hours": {"tue": [["09:00"]]}}, "pairs of times"),
            ({"tz": "UTC", "hours": {"tue": [[9, 17]]}}, "9 (tue) is no time of day"),
            ({"tz": "UTC", "hours": {"tuesd": []}}, "'tuesd' is no day"),
            ({"tz": "UTC", "holidays": ["25.12.2026"]}, "'25.12.2026' is no date"),
            ({"tz": "UTC", "holidays": "2026-12-25"}, "holidays is no list"),
            ({"tz": "UTC", "country": "XX"}, "No holidays are known for XX"),
            ({"tz": "UTC", "country": "DE", "subdivision": "ZZ"}, "No holidays are known for ZZ in DE"),
            ({"tz": "UTC", "subdivision": "BY"}, "BY is a part of which country?"),
            ({"tz": "UTC", "country": 49}, "country is a code"),
        ],
    )
    def test_what_cannot_be_read_is_named(self, data: object, says: str | None) -> None:
        if says is None:  # an empty list is as good as nothing
            assert read_calendar(data).week == ((),) * 7
            return
        with pytest.raises(CalendarError) as error:
            read_calendar(data)
        assert says in str(error.value)
