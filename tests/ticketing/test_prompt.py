"""When people are told that a window is closing: early enough to answer while the desk is open."""

from datetime import UTC, datetime, timedelta

import pytest

from sla.calendar import ALWAYS_OPEN, worked_before
from sla.notation import parse_hours
from ticketing.conversations.prompt import prompt_at

OFFICE = parse_hours("Mon-Fri 09:00-18:00", UTC)
LEAD = timedelta(hours=2)


def day(number: int, hour: int, minute: int = 0) -> datetime:
    """In the week of Monday, 23 November 2026."""
    return datetime(2026, 11, 22 + number, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wrote", "told"),
    [
        (day(1, 15), day(2, 13)),  # the window closes while the desk is open: two hours before
        (day(1, 19), day(2, 16)),  # … an hour after it closed: two hours before it does
        (day(1, 9, 30), day(1, 16, 30)),  # … half an hour into the morning: the rest of the evening before counts
        (day(5, 10), day(5, 16)),  # Friday: the window closes on Saturday
        (day(5, 17, 30), day(5, 17, 30)),  # two hours of work are not left before it closes: at once
        (day(6, 10), day(6, 10)),  # Saturday: nobody works before it closes, so whoever looks is told at once
    ],
    ids=["open", "evening", "morning", "friday", "late-friday", "saturday"],
)
def test_two_hours_of_work_before_the_end(wrote: datetime, told: datetime) -> None:
    assert prompt_at(wrote + timedelta(hours=24), OFFICE, wrote, LEAD) == told


def test_a_desk_that_is_always_open_is_told_two_hours_before() -> None:
    assert prompt_at(day(2, 10), ALWAYS_OPEN, day(1, 10), LEAD) == day(2, 8)


def test_of_a_window_that_has_closed_nobody_is_told() -> None:
    assert prompt_at(day(1, 10), OFFICE, day(1, 10), LEAD) is None


def test_hours_that_are_written_twice_count_once() -> None:
    twice = parse_hours("Mon-Fri 09:00-18:00, Mon 12:00-18:00", UTC)
    assert worked_before(twice, day(1, 18), timedelta(hours=4)) == day(1, 14)
