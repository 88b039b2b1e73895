"""A reply that is undone within its seconds answered nobody: what it stopped goes on as if it had never stopped."""

from datetime import UTC, datetime, timedelta

import pytest

from sla.clock import Clock, Kind, State, state
from storage.clock_history import ClockHistories
from tests.playbooks import promising
from tests.storage.desk import DeskAtWork
from tests.storage.test_holding_to_promises import doubled
from tests.storage.test_service_levels import MONDAY, agrees, history, level_of, opened
from ticketing.conversations.outbox import request_to_repeat
from ticketing.people.person import Person
from ticketing.sla.explain import explained
from ticketing.sla.hold import hold_all
from ticketing.sla.tick import tell_due
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority

SECONDS = timedelta(seconds=10)
PLAYBOOK = promising()


@pytest.fixture
async def opened_at_nine(desk: DeskAtWork) -> tuple[Ticket, Person]:
    desk.undo(SECONDS)
    return await opened(desk, PLAYBOOK)


async def first_response(desk: DeskAtWork, ticket: Ticket) -> Clock:
    return (await agrees(desk, ticket.id, PLAYBOOK)).clocks[Kind.FIRST_RESPONSE]


async def test_the_first_response_goes_on_and_the_time_in_between_counts(
    desk: DeskAtWork, opened_at_nine: tuple[Ticket, Person]
) -> None:
    ticket, mia = opened_at_nine
    untouched = await first_response(desk, ticket)
    desk.now = MONDAY + timedelta(minutes=20)
    reply = await desk.reply(ticket, mia)
    assert (await first_response(desk, ticket)).met_at == desk.now
    desk.now += timedelta(seconds=5)
    await desk.desk.withdraw(reply, by=mia)
    assert await first_response(desk, ticket) == untouched
    await desk.desk.withdraw(reply, by=mia)  # again
    assert await first_response(desk, ticket) == untouched
    async with desk.database.single() as session:
        found = await ClockHistories(session, desk.playbooks).of(ticket.id)
    told = explained(found.entries, found.policy, found.calendars, desk.now)
    assert told is not None
    assert told.clocks[Kind.FIRST_RESPONSE].spent == timedelta(minutes=20, seconds=5)
    assert [each.kind for each in (told.entries[str(seq)] for seq in told.withdrawn)] == ["reply.written"]
    assert await desk.broken_chains() == []


async def test_of_two_answers_the_one_that_stays_is_the_first_response(
    desk: DeskAtWork, opened_at_nine: tuple[Ticket, Person]
) -> None:
    ticket, mia = opened_at_nine
    desk.now = MONDAY + timedelta(minutes=20)
    reply = await desk.reply(ticket, mia)
    desk.now += timedelta(seconds=3)
    second = await desk.reply(ticket, mia, "And a voucher.")
    commented = desk.now = desk.now + timedelta(seconds=1)
    await desk.desk.comment(ticket.id, "She is a regular.", by=mia)
    await desk.desk.withdraw(reply, by=mia)
    assert (await first_response(desk, ticket)).met_at == MONDAY + timedelta(minutes=20, seconds=3)
    await desk.desk.withdraw(second, by=mia)
    assert (await first_response(desk, ticket)).met_at == commented


async def test_what_was_settled_meanwhile_stays_answered_by_that(
    desk: DeskAtWork, opened_at_nine: tuple[Ticket, Person]
) -> None:
    ticket, mia = opened_at_nine
    desk.now = MONDAY + timedelta(minutes=20)
    reply = await desk.reply(ticket, mia)
    settled = desk.now = desk.now + timedelta(seconds=2)
    await desk.desk.change_status(ticket.id, "resolved", by=mia)
    await desk.desk.withdraw(reply, by=mia)
    assert (await first_response(desk, ticket)).met_at == settled


async def test_what_came_due_while_it_seemed_answered_is_told_late_with_its_own_instant(
    desk: DeskAtWork, opened_at_nine: tuple[Ticket, Person]
) -> None:
    ticket, mia = opened_at_nine
    due = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
    desk.now = due - timedelta(seconds=2)
    reply = await desk.reply(ticket, mia)
    desk.now = due + timedelta(seconds=3)
    await tell_due(start=desk.start, now=desk.now)
    assert [each for each in await history(desk, ticket.id) if each.after.get("clock") == "first_response"] == []
    await desk.desk.withdraw(reply, by=mia)
    await tell_due(start=desk.start, now=desk.now)
    fired = [each.after for each in await history(desk, ticket.id) if each.after.get("clock") == "first_response"]
    assert [each["event"] for each in fired] == ["at_risk", "warning", "breached"]
    assert fired[-1]["due"] == due.isoformat()
    assert state(await first_response(desk, ticket), desk.now) is State.BREACHED


async def test_a_reply_about_two_tickets_is_taken_back_for_both_under_whatever_playbook(
    desk: DeskAtWork, opened_at_nine: tuple[Ticket, Person]
) -> None:
    ticket, mia = opened_at_nine
    other = await desk.ticket(ticket.conversation_id, mia, "And a plate")
    desk.now = MONDAY + timedelta(minutes=20)
    await desk.desk.reply_to_conversation(ticket.conversation_id, "Both are on their way.", by=mia, request="lost")
    both = [ticket.id, other.id]
    for each in both:  # it stands in both rooms, and is about the conversation
        assert (await agrees(desk, each, PLAYBOOK)).clocks[Kind.FIRST_RESPONSE].stopped_at is None
    lost = await desk.message("lost")
    await desk.rows_changed("UPDATE message SET delivery = 'failed' WHERE id = :id", id=lost)
    await desk.desk.send_again(lost, by=mia)
    again = await desk.message(request_to_repeat(lost))
    for each in both:  # and so is its repetition
        assert (await agrees(desk, each, PLAYBOOK)).clocks[Kind.FIRST_RESPONSE].stopped_at is None
    await desk.rows_changed("UPDATE room_entry SET concerns = true WHERE message_id = :id", id=again)
    await desk.rows_changed("UPDATE message SET delivery = 'failed' WHERE id = :id", id=again)
    await desk.desk.send_again(again, by=mia)
    again = await desk.message(request_to_repeat(again))
    answered = [(await level_of(desk, each)).clocks[Kind.FIRST_RESPONSE].met_at for each in both]
    assert answered == [desk.now, desk.now]
    desk.now += timedelta(seconds=1)
    await desk.desk.set_priority(ticket.id, Priority.URGENT, by=mia)
    desk.follow(doubled(PLAYBOOK))
    assert await hold_all(4, 0, start=desk.start, clock=desk.clock) == 2
    await desk.desk.withdraw(again, by=mia)
    clocks = [(await level_of(desk, each)).clocks[Kind.FIRST_RESPONSE] for each in both]
    assert [each.stopped_at for each in clocks] == [None, None]
    # an hour, and eight, of which none are at lunch until then
    assert [each.due_at for each in clocks] == [
        datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
        datetime(2026, 11, 23, 18, 0, tzinfo=UTC),
    ]
    async with desk.database.single() as session:
        for each in both:
            found = await ClockHistories(session, desk.playbooks).of(each)
            assert found.level() == await level_of(desk, each)
