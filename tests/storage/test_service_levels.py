"""The clocks of tickets, over the database: set, paused, stopped and told in the transaction of what happens."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sla.clock import Kind, State, state
from storage.queries.activity import entries
from tests.playbooks import promising
from tests.storage.desk import DeskAtWork
from ticketing.activity.record import Entry, Stream
from ticketing.people.person import Person
from ticketing.playbook.playbook import Playbook
from ticketing.sla.history import recomputed
from ticketing.sla.service_level import ServiceLevel
from ticketing.sla.tick import tell_due
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # nine o'clock in Lisbon


async def level_of(desk: DeskAtWork, ticket_id: UUID) -> ServiceLevel:
    async with desk.start() as uow:
        level = await uow.service_levels.get(ticket_id)
    assert level is not None
    return level


async def history(desk: DeskAtWork, ticket_id: UUID) -> Sequence[Entry]:
    async with desk.engine.connect() as connection:
        return await entries(connection, Stream("ticket", ticket_id))


async def agrees(desk: DeskAtWork, ticket_id: UUID, playbook: Playbook) -> ServiceLevel:
    """The clocks, which are what their record says."""
    level = await level_of(desk, ticket_id)
    told = await history(desk, ticket_id)
    assert recomputed(told, playbook.sla_policy, playbook.calendars_by_key) == level
    return level


async def opened(desk: DeskAtWork, playbook: Playbook) -> tuple[Ticket, Person]:
    """On Monday at nine, by Mia and hers."""
    desk.now = MONDAY
    desk.follow(playbook)
    mia = await desk.person()
    return await desk.ticket(await desk.customer_writes(), mia), mia


async def test_a_new_ticket_has_both_clocks_in_open_time(desk: DeskAtWork) -> None:
    playbook = promising()
    ticket, _ = await opened(desk, playbook)
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].due_at == datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    # three days of eight hours each: the end of Wednesday
    assert level.clocks[Kind.RESOLUTION].due_at == datetime(2026, 11, 25, 18, 0, tzinfo=UTC)


async def test_waiting_pauses_an_answer_goes_on_and_settling_stops(desk: DeskAtWork) -> None:
    playbook = promising()
    ticket, mia = await opened(desk, playbook)
    desk.now += timedelta(hours=1)
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    level = await agrees(desk, ticket.id, playbook)
    assert state(level.clocks[Kind.RESOLUTION], desk.now) is State.PAUSED
    assert level.clocks[Kind.RESOLUTION].due_at is None
    desk.now += timedelta(days=1)
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.RESOLUTION].spent == timedelta(hours=1)
    assert level.clocks[Kind.RESOLUTION].due_at == datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
    await desk.desk.change_status(ticket.id, "resolved", by=mia)
    level = await agrees(desk, ticket.id, playbook)
    assert level.next_event_at is None
    assert state(level.clocks[Kind.RESOLUTION], desk.now) is State.MET
    desk.now += timedelta(days=2)
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.RESOLUTION].spent == timedelta(hours=1)


async def test_the_first_reply_or_comment_stops_the_first_response(desk: DeskAtWork) -> None:
    playbook = promising()
    ticket, mia = await opened(desk, playbook)
    desk.now += timedelta(minutes=20)
    await desk.reply(ticket, mia)
    level = await agrees(desk, ticket.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].met_at == desk.now
    other = await desk.ticket(await desk.customer_writes(sender="+15550000009"), mia)
    await desk.desk.comment(other.id, "Looking at it.", by=mia)
    level = await agrees(desk, other.id, playbook)
    assert level.clocks[Kind.FIRST_RESPONSE].met_at == desk.now


async def test_a_higher_priority_tightens_and_keeps_the_time_spent(desk: DeskAtWork) -> None:
    playbook = promising()
    ticket, mia = await opened(desk, playbook)
    desk.now += timedelta(hours=5)  # an hour of them at lunch
    await desk.desk.set_priority(ticket.id, Priority.URGENT, by=mia)
    level = await agrees(desk, ticket.id, playbook)
    clock = level.clocks[Kind.RESOLUTION]
    assert clock.spent == timedelta(hours=4)
    assert state(clock, desk.now) is State.BREACHED


async def test_what_comes_due_is_told_once_with_its_own_instant(desk: DeskAtWork) -> None:
    playbook = promising("always")
    ticket, _ = await opened(desk, playbook)
    assert await tell_due(start=desk.start, now=desk.now) == 0
    late = desk.now + timedelta(hours=4, seconds=7)
    assert await tell_due(start=desk.start, now=late) == 3
    assert await tell_due(start=desk.start, now=late) == 0
    await agrees(desk, ticket.id, playbook)
    fired = [each.after for each in await history(desk, ticket.id) if each.kind == "sla.fired"]
    assert [(each["event"], each["due"]) for each in fired] == [
        ("at_risk", "2026-11-23T12:00:00+00:00"),
        ("warning", "2026-11-23T12:00:00+00:00"),
        ("breached", "2026-11-23T13:00:00+00:00"),
    ]
    after = desk.now + timedelta(hours=30)
    assert await tell_due(start=desk.start, now=after) == 5  # the resolution's, and both of its steps
    await agrees(desk, ticket.id, playbook)
    async with desk.start() as uow:
        assert (await uow.tickets.lock(ticket.id)).priority is Priority.URGENT
    assert await desk.broken_chains() == []
