"""What says that a ticket does not get on: exchanges, reopenings, hand-offs, and how its promises stand."""

from dataclasses import replace
from datetime import UTC, time, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import ALWAYS_OPEN, Calendar, Shift
from sla.clock import Clock, Kind, Moment, State, What, advance, start
from sla.target import Target
from tests.factories import NOW, a_person, a_ticket, an_actor, unhurried
from tests.playbooks import CLOSED, IN_PROGRESS, OPEN, PLAIN, RESOLVED, WAITING
from ticketing.collaboration.hand_off import pass_on
from ticketing.fields.surroundings import Surroundings
from ticketing.people.actor import AUTOMATION, SYSTEM, Actor, customer_acting
from ticketing.people.person import Role, Team
from ticketing.sla.standing import standing
from ticketing.tickets.changes import change_type, move
from ticketing.tickets.ticket import Ticket

ADMIN = an_actor()
CALENDARS = {"always": ALWAYS_OPEN}
DAY = (Shift(time(9), time(18)),)
OFFICE = Calendar(UTC, week=(DAY, DAY, DAY, DAY, DAY, (), ()))


def moved(ticket: Ticket, to: str, *, by: Actor = ADMIN) -> Ticket:
    return move(ticket, to, by=by, at=NOW, playbook=PLAIN).ticket


class TestExchanges:
    def test_a_move_by_the_desk_is_progress(self) -> None:
        for by in (ADMIN, SYSTEM):
            assert moved(a_ticket(exchanges=3), IN_PROGRESS, by=by).exchanges == 0

    def test_to_wait_for_the_customer_is_none(self) -> None:
        assert moved(a_ticket(exchanges=3), WAITING).exchanges == 3

    def test_what_the_customer_moves_is_none(self) -> None:
        customer = customer_acting(uuid4(), "Clara")
        assert moved(a_ticket(WAITING, exchanges=3), IN_PROGRESS, by=customer).exchanges == 3

    def test_asking_back_again_and_again_is_none(self) -> None:
        ticket, customer = a_ticket(IN_PROGRESS), customer_acting(uuid4(), "Clara")
        for _ in range(3):
            ticket = moved(replace(moved(ticket, WAITING), exchanges=ticket.exchanges + 1), IN_PROGRESS, by=customer)
        assert ticket.exchanges == 3


class TestReopenings:
    def test_taken_up_again_counts_once_each_time(self) -> None:
        ticket = a_ticket(OPEN)
        for to in (RESOLVED, IN_PROGRESS, WAITING, RESOLVED, IN_PROGRESS):
            ticket = moved(ticket, to)
        assert ticket.reopenings == 2

    def test_from_resolved_to_closed_is_none(self) -> None:
        assert moved(moved(a_ticket(), RESOLVED), CLOSED).reopenings == 0

    def test_another_type_is_none(self) -> None:
        ticket = a_ticket(RESOLVED, reopenings=1)
        other = change_type(ticket, "complaint", "other", by=ADMIN, at=NOW, playbook=PLAIN).ticket
        assert other.reopenings == 1


class TestHandOffs:
    TEAM = Team(uuid4(), "Returns", None)

    def test_people_who_hand_it_on_count(self) -> None:
        ticket = pass_on(a_ticket(), self.TEAM, by=ADMIN, at=NOW).ticket
        other = a_person("Ben", Role.AGENT, teams=(self.TEAM.id,))
        assert pass_on(ticket, self.TEAM, other, by=ADMIN, at=NOW).ticket.hand_offs == 2

    def test_the_same_again_and_the_desks_own_rules_do_not(self) -> None:
        ticket = pass_on(a_ticket(), self.TEAM, by=AUTOMATION, at=NOW).ticket
        assert pass_on(ticket, self.TEAM, by=ADMIN, at=NOW).ticket.hand_offs == 0


def a_clock(kind: Kind, hours: float) -> Clock:
    target = Target(timedelta(hours=hours), "always")
    clock = start(kind, Moment(What.STARTED, NOW, target=target), {"always": ALWAYS_OPEN})
    assert clock is not None
    return clock


class TestStanding:
    def test_of_the_clock_that_is_due_soonest(self) -> None:
        clocks = {each.kind: each for each in (a_clock(Kind.FIRST_RESPONSE, 4), a_clock(Kind.RESOLUTION, 8))}
        stands = standing(clocks, NOW + timedelta(hours=3), CALENDARS)
        assert stands is not None
        assert (stands.clock.kind, stands.state, stands.used) == (Kind.FIRST_RESPONSE, State.AT_RISK, 0.75)

    def test_one_that_has_stopped_says_nothing_any_more(self) -> None:
        clocks = {each.kind: each for each in (a_clock(Kind.FIRST_RESPONSE, 4), a_clock(Kind.RESOLUTION, 8))}
        answered = Moment(What.STOPPED, NOW + timedelta(hours=1))
        clocks[Kind.FIRST_RESPONSE] = advance(clocks[Kind.FIRST_RESPONSE], answered, CALENDARS)
        stands = standing(clocks, NOW + timedelta(hours=12), CALENDARS)
        assert stands is not None
        assert (stands.clock.kind, stands.state, stands.used) == (Kind.RESOLUTION, State.BREACHED, 1.5)
        clocks[Kind.RESOLUTION] = advance(clocks[Kind.RESOLUTION], answered, CALENDARS)
        assert standing(clocks, NOW + timedelta(hours=12), CALENDARS) is None

    def test_one_that_waits_has_used_what_it_had(self) -> None:
        waits = advance(a_clock(Kind.RESOLUTION, 8), Moment(What.PAUSED, NOW + timedelta(hours=2)), CALENDARS)
        stands = standing({Kind.RESOLUTION: waits}, NOW + timedelta(hours=50), CALENDARS)
        assert stands is not None
        assert (stands.state, stands.used) == (State.PAUSED, 0.25)

    @unhurried
    @given(st.integers(0, 400))
    def test_open_hours_never_outgrow_all_hours(self, hours: int) -> None:
        def open_for(calendar: Calendar) -> float:
            found = Surroundings(calendar=calendar).open_hours(a_ticket(), NOW + timedelta(hours=hours))
            assert found is not None
            return found

        assert open_for(ALWAYS_OPEN) == hours
        assert 0 <= open_for(OFFICE) <= hours * 9 / 24 + 9

    def test_a_weekend_has_none(self) -> None:
        friday = a_ticket(created_at=NOW + timedelta(days=4, hours=6))  # at 15:00
        found = Surroundings(calendar=OFFICE).open_hours(friday, NOW + timedelta(days=7))
        assert found == 3.0
