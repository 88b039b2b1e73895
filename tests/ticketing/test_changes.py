"""The pure functions that change a ticket: status, assignee, priority."""

from itertools import product
from uuid import uuid4

import pytest

from tests.factories import NOW, a_person, a_ticket, after, an_actor
from tests.playbooks import CLOSED, IN_PROGRESS, LIFECYCLE, OPEN, PLAIN, RESOLVED, WAITING
from ticketing.people.actor import AI, SYSTEM, Actor, customer_acting, person_acting
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Role
from ticketing.tickets.changes import (
    ChangedMeanwhile,
    TransitionRefused,
    assign,
    move,
    require_unchanged,
    set_priority,
)
from ticketing.tickets.events import PriorityChanged, StatusChanged, TicketAssigned
from ticketing.triage.suggestion import Priority

STATUSES = [status.key for status in LIFECYCLE.statuses]
ARROWS = {
    (OPEN, IN_PROGRESS),
    (OPEN, WAITING),
    (OPEN, RESOLVED),
    (IN_PROGRESS, WAITING),
    (IN_PROGRESS, RESOLVED),
    (WAITING, IN_PROGRESS),
    (WAITING, RESOLVED),
    (RESOLVED, IN_PROGRESS),
    (RESOLVED, CLOSED),
}
CUSTOMER = customer_acting(uuid4(), "Ada")


class TestMove:
    @pytest.mark.parametrize(("here", "there"), list(product(STATUSES, STATUSES)))
    def test_an_admin_moves_along_the_arrows_and_nowhere_else(self, here: str, there: str) -> None:
        ticket = a_ticket(here)
        if here == there:
            assert move(ticket, there, by=an_actor(), at=after(1), playbook=PLAIN).record is None
        elif (here, there) in ARROWS:
            changed = move(ticket, there, by=an_actor(), at=after(1), playbook=PLAIN)
            assert (changed.ticket.status, changed.ticket.version) == (there, 2)
            assert changed.event == StatusChanged(ticket_id=ticket.id, at=after(1))
        else:
            with pytest.raises(TransitionRefused):
                move(ticket, there, by=an_actor(), at=after(1), playbook=PLAIN)

    @pytest.mark.parametrize(("here", "there"), sorted(ARROWS))
    def test_a_customer_answers_what_waits_and_reopens_what_is_resolved_and_nothing_else(
        self, here: str, there: str
    ) -> None:
        ticket = a_ticket(here)
        if (here, there) in {(WAITING, IN_PROGRESS), (RESOLVED, IN_PROGRESS)}:
            assert move(ticket, there, by=CUSTOMER, at=NOW, playbook=PLAIN).ticket.status == there
        else:
            with pytest.raises(PermissionRefused):
                move(ticket, there, by=CUSTOMER, at=NOW, playbook=PLAIN)

    @pytest.mark.parametrize(
        ("actor", "allowed"),
        [(an_actor(Role.AGENT), False), (an_actor(Role.SUPERVISOR), False), (AI, False), (SYSTEM, True)],
        ids=["somebody else", "a stranger's supervisor", "AI", "system"],
    )
    def test_others_move_only_what_is_granted_to_them(self, actor: Actor, allowed: bool) -> None:
        if allowed:
            assert move(a_ticket(), RESOLVED, by=actor, at=NOW, playbook=PLAIN).record is not None
        else:
            with pytest.raises(PermissionRefused):
                move(a_ticket(), RESOLVED, by=actor, at=NOW, playbook=PLAIN)

    def test_the_assignee_may(self) -> None:
        mia = a_person()
        changed = move(a_ticket(assignee_id=mia.id), RESOLVED, by=person_acting(mia), at=after(5), playbook=PLAIN)
        assert (changed.ticket.resolved_at, changed.ticket.updated_at) == (after(5), after(5))

    def test_a_reopened_ticket_forgets_when_it_was_resolved_and_a_closed_one_does_not(self) -> None:
        resolved = a_ticket(RESOLVED, resolved_at=NOW)
        reopened = move(resolved, IN_PROGRESS, by=an_actor(), at=after(9), playbook=PLAIN).ticket
        closed = move(resolved, CLOSED, by=an_actor(), at=after(9), playbook=PLAIN).ticket
        assert (reopened.resolved_at, closed.resolved_at) == (None, NOW)

    def test_the_record_holds_before_after_and_the_note(self) -> None:
        actor = an_actor()
        record = move(a_ticket(), RESOLVED, by=actor, at=after(1), playbook=PLAIN, note="Sent a new one.").record
        assert record is not None
        assert (record.kind, record.actor, record.at) == ("status.changed", actor, after(1))
        assert record.before == {"status": OPEN}
        assert record.after == {"status": RESOLVED, "note": "Sent a new one."}

    def test_a_refusal_names_where_the_ticket_can_go(self) -> None:
        with pytest.raises(TransitionRefused) as refused:
            move(a_ticket(RESOLVED), WAITING, by=an_actor(), at=NOW, playbook=PLAIN)
        assert refused.value.message == (
            "A ticket cannot go from Resolved to Waiting on customer. From Resolved it can go to: In progress, Closed."
        )

    def test_a_status_that_does_not_exist_is_refused_in_words(self) -> None:
        with pytest.raises(TransitionRefused):
            move(a_ticket(), "on_fire", by=an_actor(), at=NOW, playbook=PLAIN)


class TestAssign:
    def test_anybody_takes_a_ticket_for_themselves(self) -> None:
        mia, ticket = a_person(), a_ticket(assignee_id=uuid4())
        changed = assign(ticket, mia, by=person_acting(mia), at=after(1))
        assert (changed.ticket.assignee_id, changed.ticket.version) == (mia.id, 2)
        assert changed.event == TicketAssigned(ticket_id=ticket.id, at=after(1))
        assert changed.record is not None
        assert changed.record.before == {"assignee": str(ticket.assignee_id)}
        assert changed.record.after == {"assignee": str(mia.id), "name": "Mia"}

    def test_assigning_somebody_else_is_for_admins(self) -> None:
        mia, ben, ticket = a_person("Mia"), a_person("Ben"), a_ticket()
        with pytest.raises(PermissionRefused):
            assign(ticket, ben, by=person_acting(mia), at=NOW)
        assert assign(ticket, ben, by=an_actor(), at=NOW).ticket.assignee_id == ben.id
        hers = a_ticket(assignee_id=mia.id)
        with pytest.raises(PermissionRefused):
            assign(hers, ben, by=person_acting(mia), at=NOW)

    def test_giving_a_ticket_to_nobody_is_no_taking(self) -> None:
        mia, ticket = a_person(), a_ticket(assignee_id=uuid4())
        with pytest.raises(PermissionRefused):
            assign(ticket, None, by=person_acting(mia), at=NOW)
        assert assign(ticket, None, by=an_actor(), at=NOW).ticket.assignee_id is None

    def test_assigning_whoever_has_it_changes_nothing(self) -> None:
        mia = a_person()
        ticket = a_ticket(assignee_id=mia.id)
        changed = assign(ticket, mia, by=AI, at=NOW)
        assert (changed.ticket, changed.record, changed.event) == (ticket, None, None)


class TestSetPriority:
    def test_the_assignee_changes_it(self) -> None:
        mia = a_person()
        ticket = a_ticket(assignee_id=mia.id)
        changed = set_priority(ticket, Priority.URGENT, by=person_acting(mia), at=after(1))
        assert (changed.ticket.priority, changed.ticket.version) == (Priority.URGENT, 2)
        assert changed.event == PriorityChanged(ticket_id=ticket.id, at=after(1))
        assert changed.record is not None
        assert (changed.record.before, changed.record.after) == ({"priority": "normal"}, {"priority": "urgent"})

    @pytest.mark.parametrize("actor", [an_actor(Role.AGENT), AI, SYSTEM, CUSTOMER])
    def test_others_may_not(self, actor: Actor) -> None:
        with pytest.raises(PermissionRefused):
            set_priority(a_ticket(), Priority.URGENT, by=actor, at=NOW)

    def test_the_same_priority_changes_nothing(self) -> None:
        assert set_priority(a_ticket(), Priority.NORMAL, by=CUSTOMER, at=NOW).record is None


class TestRequireUnchanged:
    def test_a_form_of_another_version_is_refused(self) -> None:
        with pytest.raises(ChangedMeanwhile):
            require_unchanged(a_ticket(version=3), 2)

    def test_the_same_version_or_none_at_all_is_fine(self) -> None:
        require_unchanged(a_ticket(version=3), 3)
        require_unchanged(a_ticket(version=3), None)
