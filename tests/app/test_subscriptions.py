"""Every event is heard, and every consequence is a job of its own name that comes back as its event."""

from collections import Counter
from dataclasses import fields
from datetime import timedelta
from uuid import uuid4

import pytest

from app.consequences import review_approvals, understand_conversation
from app.processes.worker import given_up, handlers
from app.services import Services
from app.subscriptions import LOOKS, SUBSCRIPTIONS, job_name, route
from core.events import Event
from storage.jobs.codec import decode
from storage.jobs.enqueue import each_once
from tests.factories import NOW
from ticketing.tickets import events
from ticketing.tickets.events import (
    EventStored,
    MessageReceived,
    PriorityChanged,
    ReplyDue,
    StatusChanged,
    TicketEscalated,
    TicketEvent,
    TicketOpened,
)

NAMES = [job_name(kind, each) for kind, subscriptions in SUBSCRIPTIONS.items() for each in subscriptions]
KINDS = {
    kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind not in (Event, TicketEvent)
}


class TestSubscriptions:
    def test_every_event_is_heard(self) -> None:
        assert set(SUBSCRIPTIONS) == KINDS
        assert all(SUBSCRIPTIONS.values())

    def test_whatever_can_void_an_approval_has_it_looked_at(self) -> None:
        heard = {kind for kind, each in SUBSCRIPTIONS.items() if review_approvals in [one.run for one in each]}
        assert heard == {
            events.StatusChanged,
            events.TypeChanged,
            events.FieldsChanged,
            events.TicketDiscarded,
            events.TicketMerged,
            events.TicketMigrated,
            events.TicketCustomerChanged,
        }

    def test_no_two_jobs_share_a_name(self) -> None:
        assert len(NAMES) == len(set(NAMES))

    def test_a_job_is_named_for_what_happened_and_what_follows(self) -> None:
        assert job_name(TicketOpened, SUBSCRIPTIONS[TicketOpened][0]) == "TicketOpened.show_ticket"

    def test_the_worker_has_a_handler_for_every_job(self, services: Services) -> None:
        assert sorted(handlers(services)) == sorted(NAMES)

    def test_people_hear_of_a_run_whose_job_is_parked(self, services: Services) -> None:
        told = given_up(services)
        assert "RunDue.work_run" in told
        assert {name for name in NAMES if name.endswith(".wake_run")} < told.keys()


@pytest.fixture
def services() -> Services:
    """Never asked: handlers are only made here."""
    return object.__new__(Services)


def _kept(*happened: Event) -> Counter[str]:
    """The jobs of a transaction, by name."""
    return Counter(job.name for job in each_once(job for event in happened for job in route(timedelta())(event)))


class TestRoute:
    def test_each_consequence_is_a_job_of_its_own(self) -> None:
        event = TicketOpened(ticket_id=uuid4(), at=NOW)
        jobs = route(timedelta(seconds=3))(event)
        assert [job.name for job in jobs] == [job_name(TicketOpened, each) for each in SUBSCRIPTIONS[TicketOpened]]
        assert {decode(TicketOpened, job.payload) for job in jobs} == {event}

    def test_only_understanding_waits_for_the_customer_to_pause(self) -> None:
        waiting = {each.run for subscriptions in SUBSCRIPTIONS.values() for each in subscriptions if each.after_burst}
        assert waiting == {understand_conversation}
        (job,) = route(timedelta(seconds=3))(MessageReceived(conversation_id=uuid4(), message_id=uuid4(), at=NOW))
        assert job.delay == timedelta(seconds=3)

    def test_a_reply_can_be_undone_until_it_is_due(self) -> None:
        event = ReplyDue(message_id=uuid4(), due=NOW + timedelta(seconds=5), at=NOW)
        (job,) = route(timedelta(seconds=3))(event)
        assert job.delay == timedelta(seconds=5)
        assert decode(ReplyDue, job.payload) == event

    def test_what_a_customer_waits_for_comes_before_what_only_we_see(self) -> None:
        filing, showing = SUBSCRIPTIONS[EventStored][0], SUBSCRIPTIONS[TicketOpened][0]
        assert SUBSCRIPTIONS[ReplyDue][0].priority > filing.priority > showing.priority

    def test_however_much_one_transaction_did_to_a_ticket_it_is_looked_at_once_by_each(self) -> None:
        ticket, other = uuid4(), uuid4()
        told = [StatusChanged(ticket_id=each, at=NOW) for each in (ticket, ticket, other)]
        names = _kept(PriorityChanged(ticket_id=ticket, at=NOW), *told)
        assert names["PriorityChanged.show_ticket"] == names["StatusChanged.show_ticket"] == 1
        assert names["StatusChanged.wake_run"] == names["StatusChanged.tell_watchers"] == 2  # one for each ticket

    def test_the_most_urgent_of_the_same_stays_wherever_it_comes(self) -> None:
        ticket = uuid4()
        moved = StatusChanged(ticket_id=ticket, at=NOW)
        escalated = TicketEscalated(ticket_id=ticket, escalation_id=uuid4(), at=NOW)
        for names in (_kept(moved, escalated), _kept(escalated, moved)):
            assert (names["TicketEscalated.show_ticket"], names["StatusChanged.show_ticket"]) == (1, 0)

    def test_what_looks_asks_nothing_of_the_event_but_its_ticket(self) -> None:
        heard = [(kind, each) for kind, subscriptions in SUBSCRIPTIONS.items() for each in subscriptions]
        of = [kind for kind, each in heard if each.run in LOOKS]
        assert all("ticket_id" in {field.name for field in fields(kind)} for kind in of)
        assert all(not each.after_burst for _, each in heard if each.run in LOOKS)

    def test_an_event_that_nobody_hears_is_a_mistake(self) -> None:
        with pytest.raises(KeyError):
            route(timedelta())(Event(at=NOW))
