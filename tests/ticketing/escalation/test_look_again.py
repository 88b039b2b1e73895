"""A rule is looked at again just when it may come to hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import ALWAYS_OPEN
from sla.clock import Clock, Kind, Moment, What, advance, start
from sla.target import Target
from tests.factories import NOW, a_ticket, after, unhurried
from tests.playbooks import PLAIN, a_rule
from tests.ticketing.test_course import CALENDARS, OFFICE
from ticketing.escalation.look_again import look_again
from ticketing.fields.surroundings import NOT_ASKED, Surroundings
from ticketing.fields.visibility import in_view
from ticketing.tickets.ticket import Ticket

HOUR = 3600


def seen(ticket: Ticket, source: str, now: datetime, around: Surroundings = NOT_ASKED) -> tuple[bool, datetime | None]:
    """Whether it holds, and when it is looked at again."""
    rule = a_rule(source)
    context = in_view(ticket, PLAIN, now=now, around=around).context
    return rule.when.holds(context, otherwise=False), look_again([rule], ticket, context, around, now)


def test_what_says_nothing_of_time_is_not_waited_for() -> None:
    assert seen(a_ticket(), "ticket.exchanges >= 3", NOW) == (False, None)


def test_the_first_of_several_comes_first() -> None:
    _, at = seen(a_ticket(), "ticket.age_hours > 48 || ticket.status_hours > 4", NOW)
    assert at == after(4 * HOUR)


def test_what_is_over_is_not_waited_for() -> None:
    assert seen(a_ticket(), "ticket.age_hours > 48", after(49 * HOUR)) == (True, None)
    assert seen(a_ticket(), "ticket.age_hours > -3", NOW) == (True, None)


def test_a_date_comes_by_itself() -> None:
    ticket = a_ticket(due_at=after(HOUR))
    assert seen(ticket, "now >= ticket.due_at", NOW) == (False, after(HOUR))
    assert seen(ticket, "now >= ticket.due_at", after(HOUR))[0]
    assert seen(a_ticket(), "now >= ticket.due_at", NOW) == (False, None)


def test_lengths_beyond_all_reason_are_never() -> None:
    assert seen(a_ticket(), "ticket.age_hours > 1e300", NOW) == (False, None)
    assert seen(a_ticket(), "sla.used > 1e300", NOW, Surroundings(clocks=running(8), calendars=CALENDARS)) == (
        False,
        None,
    )


class TestPromises:
    def test_a_share_of_what_is_promised(self) -> None:
        around = Surroundings(clocks=running(8), calendars=CALENDARS)
        assert seen(a_ticket(), "sla.used >= 0.5", NOW, around) == (False, after(4 * HOUR))
        assert seen(a_ticket(), "sla.used >= 0.5", after(4 * HOUR), around)[0]
        assert seen(a_ticket(), "sla.used > 1.5", after(9 * HOUR), around) == (False, after(12 * HOUR))

    def test_while_it_waits_nothing_is_used(self) -> None:
        (clock,) = running(8).values()
        paused = advance(clock, Moment(What.PAUSED, after(HOUR)), CALENDARS)
        around = Surroundings(clocks={clock.kind: paused}, calendars=CALENDARS)
        assert seen(a_ticket(), "sla.used >= 0.5", after(2 * HOUR), around) == (False, None)


@unhurried
@given(
    st.sampled_from(["ticket.age_hours", "ticket.status_hours", "ticket.open_hours", "sla.used"]),
    st.sampled_from([">", ">=", "<", "<="]),
    st.floats(0.001, 30),
    st.integers(0, 14 * 24 * 60),
)
def test_between_two_looks_the_answer_does_not_change(name: str, sign: str, bound: float, minutes: int) -> None:
    """Wherever one begins to look, following the instants finds every change of the answer."""
    opened = datetime(2026, 11, 20, 15, 7, tzinfo=UTC)  # a Friday
    ticket = a_ticket(created_at=opened, status_since=opened)
    clocks = {Kind.RESOLUTION: replace_target(running(8, opened)[Kind.RESOLUTION])}
    around = Surroundings(calendar=OFFICE, clocks=clocks, calendars={"always": ALWAYS_OPEN, "office": OFFICE})
    source, until = f"{name} {sign} {bound!r}", opened + timedelta(minutes=minutes)
    answer, at = seen(ticket, source, opened, around)
    while at is not None and at <= until:
        answer, at = seen(ticket, source, at, around)
    assert seen(ticket, source, until, around)[0] == answer


def running(hours: float, since: datetime = NOW) -> dict[Kind, Clock]:
    target = Target(timedelta(hours=hours), "always")
    clock = start(Kind.RESOLUTION, Moment(What.STARTED, since, target=target), CALENDARS)
    assert clock is not None
    return {Kind.RESOLUTION: clock}


def replace_target(clock: Clock) -> Clock:
    assert clock.target is not None
    other = Moment(What.RETARGETED, clock.latest, target=replace(clock.target, calendar="office"))
    return advance(clock, other, {"always": ALWAYS_OPEN, "office": OFFICE})
