"""When a customer has finished writing."""

from datetime import timedelta

import pytest

from tests.factories import a_burst, after
from ticketing.triage.understand import Pace

PACE = Pace(pause=timedelta(seconds=3), longest=timedelta(seconds=20))


class TestIsOver:
    @pytest.mark.parametrize(("seconds", "over"), [(0, False), (2.9, False), (3, True), (60, True)])
    def test_after_the_pause(self, seconds: float, over: bool) -> None:
        assert PACE.is_over(a_burst("hello").messages, after(seconds)) is over

    def test_the_pause_counts_from_the_last_message(self) -> None:
        messages = a_burst("one", "two", "three", pause=2).messages  # the last one 4 s after the first
        assert not PACE.is_over(messages, after(6.9))
        assert PACE.is_over(messages, after(7))

    def test_who_never_pauses_is_understood_in_the_end(self) -> None:
        messages = a_burst(*["and"] * 20, pause=1).messages
        assert not PACE.is_over(messages, after(19.9))
        assert PACE.is_over(messages, after(20))

    def test_no_pause_at_all_is_over_at_once(self) -> None:
        assert Pace(timedelta(), timedelta()).is_over(a_burst("hello").messages, after(0))
