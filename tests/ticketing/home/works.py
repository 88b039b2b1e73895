"""Work with defaults, so that a test names only what it is about."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st

from sla.calendar import ALWAYS_OPEN
from sla.clock import Clock, Kind, Moment, What, advance, start
from sla.target import Target
from tests.factories import NOW
from tests.playbooks import LIFECYCLE, OPEN
from ticketing.home.work import Work
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority

CALENDARS = {"always": ALWAYS_OPEN}
HOUR = timedelta(hours=1)


def a_work(number: int = 1, *, status: str = OPEN, **changes: Any) -> Work:
    values: dict[str, Any] = {
        "ticket_id": uuid4(),
        "conversation_id": uuid4(),
        "number": number,
        "version": 3,
        "subject": "Broken mug",
        "customer": "Anna",
        "priority": Priority.NORMAL,
        "status": LIFECYCLE.status(status),
        "status_since": NOW - HOUR,
        "opened_at": NOW - 2 * HOUR,
    }
    return Work(**values | changes)


def a_clock(due: datetime, kind: Kind = Kind.RESOLUTION, *, paused: bool = False) -> Clock:
    """Of four hours; at risk in the last one. `paused`: half an hour ago."""
    target = Target(4 * HOUR, "always")
    clock = start(kind, Moment(What.STARTED, due - 4 * HOUR, target=target), CALENDARS)
    assert clock is not None
    return advance(clock, Moment(What.PAUSED, NOW - HOUR / 2), CALENDARS) if paused else clock


_instants = st.integers(-3000, 3000).map(lambda minutes: NOW + timedelta(minutes=minutes))
_past = st.integers(1, 3000).map(lambda minutes: NOW - timedelta(minutes=minutes))
_clocks = st.dictionaries(st.sampled_from(list(Kind)), st.tuples(_instants, st.booleans()), max_size=2).map(
    lambda given: {kind: a_clock(due, kind, paused=paused) for kind, (due, paused) in given.items()}
)


@st.composite
def works(draw: st.DrawFn, number: int = 1, assignee: UUID | None = None) -> Work:
    return a_work(
        number,
        ticket_id=UUID(int=number),
        status=draw(st.sampled_from([each.key for each in LIFECYCLE.statuses if each.category.is_live])),
        priority=draw(st.sampled_from(list(Priority))),
        status_since=draw(_past),
        opened_at=draw(_past),
        assignee_id=assignee,
        due_at=draw(st.none() | _instants),
        clocks=draw(_clocks),
        unanswered_since=draw(st.none() | _past),
        undelivered_at=draw(st.none() | _past),
        approval_since=draw(st.none() | _past),
        trigger=draw(st.none() | st.sampled_from(list(Trigger))),
    )
