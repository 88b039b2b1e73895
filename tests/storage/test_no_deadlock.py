"""Everybody works on one conversation at once: all of them finish, and what they leave is whole."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.errors import ChannelError, ChannelUnavailable, MessageRefused, RecipientGone, Refused
from core.ids import new_id
from core.messages import Delivery, Outbound, Receipt
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.factories import RULES
from tests.fakes.channels import FakeConnector
from tests.playbooks import IN_PROGRESS, RESOLVED, VOCABULARY, WAITING, gated, promising
from tests.storage.desk import DeskAtWork
from ticketing.approvals.approval import Verdict
from ticketing.approvals.carry_on import carry_on
from ticketing.approvals.end import expire_due, review
from ticketing.collaboration.due import remind_due
from ticketing.collaboration.link import LinkKind
from ticketing.conversations.conversation import Direction, Message
from ticketing.conversations.fallback import replan
from ticketing.conversations.follow_tickets import follow_tickets
from ticketing.people.person import Person, Role
from ticketing.sla.hold import hold_all, hold_to_tier
from ticketing.sla.tick import tell_due
from ticketing.tickets.by_itself import move_on_due
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority

ROUNDS = 4


async def _allowing_refusals(work: Awaitable[Any]) -> str | None:
    """What our rules refuse is an answer too; a deadlock, a timeout or a bug is not."""
    try:
        await work
    except (Refused, ChannelUnavailable) as refused:
        return refused.code
    return None


GONE, CLOSED = RecipientGone("They have blocked us."), MessageRefused("The window is closed.", window_closed=True)


class RefusesAll(FakeConnector):
    """A provider that refuses whatever is sent, for one reason after the other."""

    async def send(self, message: Outbound) -> Receipt:
        self.sent.append(message)
        raise (GONE, CLOSED)[len(self.sent) % 2]


@pytest.fixture
async def admins(desk: DeskAtWork) -> list[Person]:
    return [await desk.person(name, Role.ADMIN) for name in ("Mia", "Ben")]


@pytest.fixture
async def conversation(desk: DeskAtWork) -> UUID:
    playbook = promising("always")
    desk.follow(playbook)
    async with desk.start() as uow:  # as where a playbook is applied: its clocks outlive it
        await uow.service_levels.keep_calendars(playbook.calendars_by_key)
    return await desk.customer_writes()


@pytest.fixture
async def tickets(desk: DeskAtWork, conversation: UUID, admins: list[Person]) -> list[Ticket]:
    return [await desk.ticket(conversation, admins[0]) for _ in range(2)]


def time_passes(desk: DeskAtWork, hours: int, ticket: Ticket) -> list[Awaitable[Any]]:
    """The clocks tell what is due by then, and are held to what is promised."""
    return [
        tell_due(start=desk.start, now=desk.now + timedelta(hours=1 + 9 * hours)),
        hold_all(3, 0, start=desk.start, clock=desk.clock),
        hold_to_tier(ticket.id, uow=desk.start(), now=desk.now),
    ]


async def test_thirty_tasks_on_one_conversation_all_finish(
    desk: DeskAtWork, conversation: UUID, admins: list[Person], tickets: list[Ticket]
) -> None:
    mia, ben = admins
    first, second = tickets
    work: list[Awaitable[Any]] = []
    for number in range(ROUNDS):
        reply = await desk.reply(second, mia, f"Before {number}")
        regretted = await desk.reply(first, ben, f"Regretted {number}")
        moving = await desk.reply(second, ben, "Which colour?", then=WAITING)
        work += [
            desk.customer_writes(f"And another thing, {number}"),
            desk.understand(conversation),
            desk.desk.claim(conversation, by=(mia, ben)[number % 2], take_over=True),
            desk.reply(first, mia, f"Reply {number}"),
            desk.desk.reply(second.id, "Which colour?", by=ben, request=f"r{number}", then=WAITING),
            desk.desk.withdraw(regretted, by=ben),
            desk.deliver(regretted),
            desk.deliver(moving),
            desk.desk.comment(first.id, f"Comment {number}", by=ben, source=f"s{number}"),
            desk.desk.set_priority(first.id, list(Priority)[number], by=mia),
            desk.deliver(reply),
            *time_passes(desk, number, first),
        ]
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(*(_allowing_refusals(each) for each in work))
    assert set(outcomes) <= {None, "TransitionRefused", "StillMoving", "ChannelUnavailable", "TooLate"}
    await desk.understand(conversation)
    assert await desk.count("message WHERE direction = 'in' AND NOT triaged") == 0
    assert await desk.count("message WHERE direction = 'in'") == 1 + ROUNDS
    assert await desk.count("message WHERE direction = 'out'") == 5 * ROUNDS
    assert await desk.count("comment") == ROUNDS
    assert await desk.broken_chains() == []


async def test_corrections_in_the_middle_of_it_all_finish_too(
    desk: DeskAtWork, conversation: UUID, admins: list[Person], tickets: list[Ticket]
) -> None:
    mia, ben = admins
    first, second = tickets
    await desk.understand(conversation)  # a third one, with the message
    (entry,) = await desk.rows("SELECT id, ticket_id FROM room_entry")
    rooms = SqlRooms(desk.database, Playbooks())
    work: list[Awaitable[Any]] = []
    for number in range(ROUNDS):
        who = (mia, ben)[number % 2]
        work += [
            desk.customer_writes(f"And another thing, {number}"),
            desk.understand(conversation),
            desk.desk.claim(conversation, by=who, take_over=True),
            desk.reply(first, mia, f"Reply {number}"),
            desk.desk.discard(first.id, by=who),
            desk.desk.restore(first.id, by=who),
            desk.desk.change_type(second.id, list(VOCABULARY.types)[number], "other", by=who),
            desk.desk.move_message(entry.id, (first.id, second.id)[number % 2], by=who),
            desk.desk.release_message(entry.id, by=who),
            desk.desk.split_message(entry.id, by=who),
            *(rooms.begin_entries(each, now=desk.now) for each in (first.id, second.id, entry.ticket_id)),
            *time_passes(desk, number, first),
        ]
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(*(_allowing_refusals(each) for each in work))
    assert set(outcomes) <= {None, "CorrectionRefused", "TicketIsDiscarded", "StillMoving"}
    gone = await desk.rows("SELECT moved_to FROM room_entry WHERE id = :id", id=entry.id)
    assert gone[0].moved_to is not None
    # Whatever came first, the message is one ticket's own, or nobody's.
    (own,) = await desk.rows(
        "SELECT count(*) AS rooms FROM room_entry WHERE concerns AND moved_to IS NULL"
        " AND message_id = (SELECT message_id FROM room_entry WHERE id = :id)",
        id=entry.id,
    )
    assert own.rooms == 1
    assert await desk.broken_chains() == []


@pytest.mark.long
async def test_working_together_in_the_middle_of_it_all_finishes_too(
    desk: DeskAtWork, conversation: UUID, admins: list[Person], tickets: list[Ticket]
) -> None:
    desk.follow(gated(when=None))
    mia, ben = admins
    first, second = tickets
    third = await desk.ticket(await elsewhere(desk), mia)
    teams = [await desk.desk.add_team(name, None) for name in ("Support", "Refunds")]
    later = desk.now + timedelta(hours=1)
    await desk.rows_changed("UPDATE ticket SET moves_on_at = :now, remind_at = :now", now=desk.now)
    await desk.desk.change_status(first.id, IN_PROGRESS, by=mia)
    work: list[Awaitable[Any]] = []
    for number in range(ROUNDS):
        who, other = ((mia, ben), (ben, mia))[number % 2]
        leaving = await desk.reply(second, mia, f"Which colour, {number}?", then=WAITING)
        desk.now += timedelta(seconds=1)
        work += [
            desk.customer_writes(f"And another thing, {number}"),
            desk.understand(conversation),
            desk.desk.claim(conversation, by=who, take_over=True),
            desk.deliver(leaving),
            desk.desk.merge_tickets(first.id, second.id, by=who),
            desk.desk.merge_tickets(third.id, first.id, by=other),
            desk.desk.unmerge_ticket(second.id, by=other),
            desk.desk.unmerge_ticket(first.id, by=who),
            desk.desk.link(first.id, LinkKind.BLOCKS, third.id, by=who),
            desk.desk.link(third.id, LinkKind.BLOCKS, second.id, by=other),
            desk.desk.unlink(first.id, LinkKind.BLOCKS, third.id, by=other),
            desk.desk.hand_off(second.id, teams[number % 2].id, by=who),
            desk.desk.comment(second.id, f"@Ben, {number}", by=mia, source=f"s{number}"),
            desk.desk.tag(third.id, add=[f"tag {number}"], by=who),
            desk.desk.set_due(first.id, later, by=other),
            desk.desk.change_status_many([third.id, first.id, second.id], IN_PROGRESS, by=who),
            asked_and_decided(desk, first, who, other),
            remind_due(start=desk.start, now=desk.now),
            move_on_due(start=desk.start, now=desk.now),
            expire_due(start=desk.start, now=desk.now + timedelta(days=9)),
            follow_tickets(second.id, rules=RULES, start=desk.start, now=desk.now),
            review(first.id, uow=desk.start(), now=desk.now),
        ]
    async with asyncio.timeout(60):
        outcomes = await asyncio.gather(*(_allowing_refusals(each) for each in work))
    refused = {"AlreadyDecided", "ApprovalVoid", "NothingToApprove", "TicketIsMerged", "TicketMergeRefused"}
    assert set(outcomes) <= {None, *refused, "ChannelUnavailable", "StillMoving", "TransitionRefused"}
    assert await desk.count("comment") == ROUNDS
    assert await desk.broken_chains() == []


async def elsewhere(desk: DeskAtWork) -> UUID:
    """Another conversation of the same customer."""
    other = await desk.customer_writes(sender="+4915199999999")
    await desk.rows_changed("UPDATE conversation SET customer_id = (SELECT customer_id FROM ticket LIMIT 1)")
    return other


async def asked_and_decided(desk: DeskAtWork, ticket: Ticket, by: Person, other: Person) -> None:
    """One asks and the other agrees, and what was held back goes on."""
    asked = await desk.desk.request_approval(ticket.id, RESOLVED, "Broken.", by=by)
    await desk.desk.decide(asked.id, Verdict.APPROVE, by=other)
    await carry_on(asked.id, start=desk.start, now=desk.now)


async def test_a_reply_does_not_wait_in_a_circle_with_triage(
    desk: DeskAtWork, conversation: UUID, tickets: list[Ticket]
) -> None:
    """Triage holds the conversation and wants its tickets; a reply holds its ticket and refers to the conversation."""
    async with asyncio.timeout(10), desk.start() as uow:
        await uow.tickets.lock(tickets[0].id)
        holding = asyncio.Event()

        async def triage() -> None:
            async with desk.start() as other:
                await other.conversations.lock(conversation)
                holding.set()
                await other.tickets.lock_recent(conversation)

        waiting = asyncio.create_task(triage())
        await holding.wait()
        reply = Message(new_id(), conversation, Direction.OUTBOUND, "Hello", desk.now, Delivery.PENDING)
        assert await uow.messages.add(reply)
    await waiting


@pytest.mark.parametrize("refusal", [GONE, CLOSED], ids=["gone", "window"])
async def test_what_a_refusal_says_of_the_conversation_waits_for_it_before_the_message(
    desk: DeskAtWork, conversation: UUID, admins: list[Person], tickets: list[Ticket], refusal: ChannelError
) -> None:
    reply = await desk.reply(tickets[0], admins[0])
    desk.channel.fail_next = refusal
    async with asyncio.timeout(30), desk.start() as uow:
        await uow.conversations.lock(conversation)
        delivering = asyncio.create_task(desk.deliver(reply))
        while not await desk.count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"):  # noqa: ASYNC110 - it is another process that waits
            await asyncio.sleep(0.01)
        assert (await uow.messages.lock(reply)).delivery is Delivery.SENDING
    await delivering
    assert (await desk.delivery(reply))[0] == "failed"


async def test_refused_deliveries_beside_everything_else_all_finish(
    desk: DeskAtWork, conversation: UUID, admins: list[Person], tickets: list[Ticket]
) -> None:
    mia, ben = admins
    desk.use(RefusesAll())
    other = "+4917000000"
    await desk.customer_writes(sender=other)
    customers = {row.address: row.customer_id for row in await desk.rows("SELECT address, customer_id FROM identity")}
    mias, theirs = next(v for k, v in customers.items() if k != other), customers[other]
    limits = {"fake": desk.channel.limits}
    replies = [await desk.reply(tickets[0], mia, f"Failed {number}") for number in range(ROUNDS)]
    for failed in replies:
        await desk.deliver(failed)
    work: list[Awaitable[Any]] = []
    for number, failed in enumerate(replies):
        await desk.desk.send_again(failed, by=mia)
        again = await desk.message(f"again:{failed}")
        leaving = await desk.reply(tickets[1], ben, f"Leaving {number}", then=WAITING)
        work += [
            desk.customer_writes(f"And another thing, {number}"),
            desk.understand(conversation),
            desk.desk.claim(conversation, by=(mia, ben)[number % 2], take_over=True),
            desk.desk.withdraw(again, by=mia),
            desk.desk.send_again(failed, by=ben),
            desk.deliver(again),
            desk.deliver(leaving),
            desk.deliver(leaving),
            replan(failed, limits=limits, outside=desk.outside, uow=desk.start(), now=desk.now),
            desk.desk.merge_customers(mias, theirs),
            desk.desk.merge_customers(theirs, mias),
        ]
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(*(_allowing_refusals(each) for each in work))
    allowed = {"TransitionRefused", "ChannelUnavailable", "TooLate", "SettledMeanwhile", "MergeRefused", "StillMoving"}
    assert set(outcomes) <= {None, *allowed}
    states = {row.delivery for row in await desk.rows("SELECT delivery FROM message WHERE direction = 'out'")}
    assert states <= {"failed", "withdrawn", "pending"}
    assert "failed" in states
    assert await desk.count("customer WHERE merged_into IS NULL") == 1
    assert await desk.broken_chains() == []
