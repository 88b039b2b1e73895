"""The order of what somebody has on their desk, and the reason that each ticket stands where it stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.clock import Kind
from tests.examples import tried
from tests.factories import NOW
from tests.playbooks import WAITING
from tests.ticketing.home.works import HOUR, a_clock, a_work, works
from ticketing.home.urgency import Reason, Urgency, ranked, urgency
from ticketing.home.work import Work
from ticketing.triage.suggestion import Priority

MINUTE = timedelta(minutes=1)
AGO, AHEAD = NOW - 20 * MINUTE, NOW + 20 * MINUTE
LATE, AT_RISK, ON_TRACK = a_clock(AGO), a_clock(AHEAD), a_clock(NOW + 3 * HOUR)


class TestUrgency:
    @pytest.mark.parametrize(
        ("work", "reason", "at"),
        [
            ({"clocks": {Kind.RESOLUTION: LATE}}, Reason.LATE, AGO),
            ({"due_at": AGO}, Reason.OVERDUE, AGO),
            ({"due_at": NOW}, Reason.OVERDUE, NOW),
            ({"undelivered_at": AGO}, Reason.UNDELIVERED, AGO),
            ({"clocks": {Kind.RESOLUTION: AT_RISK}}, Reason.AT_RISK, AHEAD),
            ({"clocks": {Kind.RESOLUTION: ON_TRACK}}, Reason.IN_HAND, NOW - 2 * HOUR),
            ({"unanswered_since": AGO}, Reason.WAITS, AGO),
            ({"priority": Priority.URGENT}, Reason.URGENT, NOW - 2 * HOUR),
            ({"due_at": AHEAD}, Reason.DUE_SOON, AHEAD),
            ({"due_at": NOW + 25 * HOUR}, Reason.IN_HAND, NOW - 2 * HOUR),
            ({"priority": Priority.HIGH}, Reason.IN_HAND, NOW - 2 * HOUR),
            ({"approval_since": AGO}, Reason.APPROVAL, AGO),
            ({"status": WAITING}, Reason.PENDING, NOW - HOUR),
            # What waits for others presses all the same where there is something to do about it …
            ({"status": WAITING, "unanswered_since": AGO}, Reason.WAITS, AGO),
            ({"status": WAITING, "undelivered_at": AGO}, Reason.UNDELIVERED, AGO),
            ({"status": WAITING, "due_at": AHEAD}, Reason.DUE_SOON, AHEAD),
            ({"approval_since": AGO, "clocks": {Kind.RESOLUTION: LATE}}, Reason.LATE, AGO),
            # … which its priority is not, nor a promise whose clock stands still.
            ({"status": WAITING, "priority": Priority.URGENT}, Reason.PENDING, NOW - HOUR),
            ({"status": WAITING, "clocks": {Kind.RESOLUTION: a_clock(AGO, paused=True)}}, Reason.PENDING, NOW - HOUR),
        ],
    )
    def test_the_reason_is_the_first_that_holds(self, work: dict[str, Any], reason: Reason, at: datetime) -> None:
        found = urgency(a_work(**work), NOW)
        assert (found.reason, found.at) == (reason, at)

    def test_of_two_promises_the_soonest_due_is_named(self) -> None:
        clocks = {Kind.RESOLUTION: a_clock(AGO), Kind.FIRST_RESPONSE: a_clock(AGO - HOUR, Kind.FIRST_RESPONSE)}
        assert urgency(a_work(clocks=clocks), NOW) == Urgency(Reason.LATE, AGO - HOUR, Kind.FIRST_RESPONSE)


# What would make a ticket stand under each reason, from the one that presses least.
_CAUSES: list[dict[str, Any]] = [
    {"status": WAITING},
    {"approval_since": AGO},
    {},
    {"due_at": AHEAD},
    {"priority": Priority.URGENT},
    {"unanswered_since": AGO},
    {"clocks": {Kind.RESOLUTION: AT_RISK}},
    {"undelivered_at": AGO},
    {"due_at": AGO},
    {"clocks": {Kind.RESOLUTION: LATE}},
]


# What takes a reason away.
_CURES: dict[Reason, Callable[[Work], dict[str, Any]]] = {
    Reason.LATE: lambda _: {"clocks": {}},
    Reason.OVERDUE: lambda _: {"due_at": None},
    Reason.UNDELIVERED: lambda _: {"undelivered_at": None},
    Reason.AT_RISK: lambda _: {"clocks": {}},
    Reason.WAITS: lambda _: {"unanswered_since": None},
    Reason.URGENT: lambda _: {"priority": Priority.HIGH},
    Reason.DUE_SOON: lambda _: {"due_at": None},
}


def _some(numbers: list[int]) -> st.SearchStrategy[list[Work]]:
    return st.tuples(*(works(number) for number in numbers)).map(list)


class TestRanked:
    def test_what_presses_most_comes_first(self) -> None:
        found = ranked([a_work(number, **each) for number, each in enumerate(_CAUSES)], NOW)
        assert [each.work.number for each in found] == list(reversed(range(len(_CAUSES))))
        assert [each.urgency.reason for each in found] == list(Reason)

    def test_with_one_reason_the_higher_priority_comes_first_then_the_longest_then_the_lower_number(self) -> None:
        low = a_work(1, priority=Priority.LOW, unanswered_since=AGO - HOUR)
        high = a_work(2, priority=Priority.HIGH, unanswered_since=AGO)
        longer = a_work(3, unanswered_since=AGO - MINUTE)
        later, same = a_work(5, unanswered_since=AGO), a_work(4, unanswered_since=AGO)
        found = ranked([low, later, same, longer, high], NOW)
        assert [each.work.number for each in found] == [2, 3, 4, 5, 1]

    @given(st.lists(st.integers(1, 30), unique=True, max_size=12).flatmap(_some), st.randoms())
    @tried(100)
    def test_every_ticket_has_exactly_one_place_whatever_the_order_they_come_in(
        self, given_: list[Work], chance: Any
    ) -> None:
        found = ranked(given_, NOW)
        assert sorted(each.work.number for each in found) == sorted(each.number for each in given_)
        shuffled = list(given_)
        chance.shuffle(shuffled)
        assert ranked(shuffled, NOW) == found

    @given(works())
    @tried(200)
    def test_without_what_decided_it_would_stand_elsewhere(self, work: Work) -> None:
        """The reason is the one that decided: taken away, the ticket has another, which presses less."""
        order, reason = list(Reason), urgency(work, NOW).reason
        cure = _CURES.get(reason)
        if cure is not None:
            after = urgency(replace(work, **cure(work)), NOW).reason
            assert order.index(after) > order.index(reason)
