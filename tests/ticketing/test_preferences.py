"""When a person's digest comes: by the clock on their wall, also in a night in which clocks change."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.people.preferences import Notice, Preferences, ZoneUnknown, next_digest, require_zone

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"])


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


class TestWhere:
    def test_what_they_chose_comes_before_their_profile_and_that_before_the_desk(self) -> None:
        chose = Preferences(zone="Asia/Tokyo", slack_zone="America/New_York")
        assert str(chose.where(BERLIN)) == "Asia/Tokyo"
        assert str(Preferences(slack_zone="America/New_York").where(BERLIN)) == "America/New_York"
        assert Preferences().where(BERLIN) is BERLIN

    @pytest.mark.parametrize("name", ["Nowhere/Land", "", "../../etc/passwd", "Europe", "x" * 300, "a\0b"])
    def test_a_zone_that_is_none_is_refused_and_passed_over_where_slack_names_it(self, name: str) -> None:
        with pytest.raises(ZoneUnknown):
            require_zone(name)
        assert Preferences(slack_zone=name).where(BERLIN) is BERLIN


class TestNextDigest:
    @pytest.mark.parametrize(
        ("after", "comes"),
        [
            (utc(2026, 11, 23, 7, 59), utc(2026, 11, 23, 8)),
            (utc(2026, 11, 23, 8), utc(2026, 11, 24, 8)),  # just now is not after now
            (utc(2026, 3, 28, 12), utc(2026, 3, 29, 7)),  # clocks go forward in between
            (utc(2026, 10, 24, 12), utc(2026, 10, 25, 8)),  # and back
        ],
    )
    def test_at_nine_in_berlin(self, after: datetime, comes: datetime) -> None:
        assert next_digest(Preferences(), BERLIN, after) == comes

    def test_a_time_that_clocks_leave_out_comes_an_hour_later(self) -> None:
        early = Preferences(digest_at=time(2, 30))
        assert next_digest(early, BERLIN, utc(2026, 3, 28, 12)) == utc(2026, 3, 29, 1, 30)

    def test_a_time_that_clocks_show_twice_comes_once(self) -> None:
        early = Preferences(digest_at=time(2, 30))
        first = next_digest(early, BERLIN, utc(2026, 10, 24, 12))
        assert first == utc(2026, 10, 25, 0, 30)
        assert next_digest(early, BERLIN, first) == utc(2026, 10, 26, 1, 30)

    def test_who_wants_none_gets_none(self) -> None:
        assert next_digest(Preferences(digest=False), BERLIN, utc(2026, 11, 23)) is None

    @given(
        seconds=st.integers(0, 3_000_000_000),
        at=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
        zone=ZONES,
    )
    def test_it_is_after_now_and_within_two_days(self, seconds: int, at: time, zone: str) -> None:
        after = datetime.fromtimestamp(seconds, UTC)
        comes = next_digest(Preferences(digest_at=at, zone=zone), UTC, after)
        assert comes is not None
        assert 0 < (comes - after).total_seconds() <= 50 * 3600


def test_everything_is_told_unless_it_was_silenced() -> None:
    assert all(Preferences().wants(each) for each in Notice)
    assert not Preferences(frozenset({Notice.WATCHED})).wants(Notice.WATCHED)
