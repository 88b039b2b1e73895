"""What a condition says of time is read off, or it is told that it cannot be."""

import pytest

from ticketing.playbook.expressions import parse
from ticketing.playbook.timing import Timing, Untimed, timings


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("ticket.age_hours > 48", [Timing("ticket.age_hours", 48)]),
        ("48.5 <= ticket.open_hours", [Timing("ticket.open_hours", 48.5)]),
        ("ticket.status_hours > 1 && sla.used >= 0.8", [Timing("ticket.status_hours", 1), Timing("sla.used", 0.8)]),
        ("sla.used != null && sla.used > 1", [Timing("sla.used", 1)]),
        ("ticket.age_hours > -1", [Timing("ticket.age_hours", -1)]),
        ("now > ticket.due_at", [Timing("ticket.due_at")]),
        ("!(fields.checkout >= now)", [Timing("fields.checkout")]),
        ('ticket.priority == "high" ? ticket.age_hours > 4 : ticket.age_hours > 8', [4, 8]),
        ('ticket.sentiment == "upset"', []),
    ],
)
def test_what_it_says_of_time(source: str, found: list[Timing | int]) -> None:
    wanted = [each if isinstance(each, Timing) else Timing("ticket.age_hours", each) for each in found]
    assert list(timings(parse(source))) == wanted


@pytest.mark.parametrize(
    ("source", "name", "at"),
    [
        ("ticket.age_hours + 1.0 > 4.0", "ticket.age_hours", 7),
        ("ticket.age_hours > ticket.status_hours", "ticket.age_hours", 7),
        ("sla.used > (ticket.assigned ? 0.5 : 0.9)", "sla.used", 4),
        ("now > ticket.due_at - duration('2h')", "now", 0),
        ("ticket.age_hours in [1.0, 2.0]", "ticket.age_hours", 7),
    ],
)
def test_what_nobody_can_wait_for(source: str, name: str, at: int) -> None:
    with pytest.raises(Untimed) as told:
        list(timings(parse(source)))
    assert (told.value.name, told.value.at) == (name, at)
