from datetime import UTC, datetime

import pytest

from emulators.twilio.ledger import sent_filter


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, microsecond, tzinfo=UTC)


class TestSentFilter:
    @pytest.mark.parametrize(
        ("params", "inside", "outside"),
        [
            ({"DateSent>": "2026-03-02T09:00:00Z"}, at(2, 9), at(2, 8, 59, 59)),
            ({"DateSent>": "2026-03-02"}, at(2), at(1, 23, 59, 59)),
            ({"DateSent<": "2026-03-02T09:00:00Z"}, at(2, 9, 0, 0, 999), at(2, 9, 0, 1)),
            ({"DateSent<": "2026-03-02"}, at(2, 23, 59, 59), at(3)),
            ({"DateSent": "2026-03-02"}, at(2, 12), at(3)),
            ({"DateSent": "2026-03-02T09:00:00Z"}, at(2, 1), at(1, 12)),
        ],
    )
    def test_bounds_are_inclusive_to_the_second(
        self, params: dict[str, str], inside: datetime, outside: datetime
    ) -> None:
        sent = sent_filter(params)
        assert sent is not None
        assert (sent(inside), sent(outside)) == (True, False)

    def test_without_dates_there_is_no_filter(self) -> None:
        assert sent_filter({"To": "whatsapp:+49151000111"}) is None
