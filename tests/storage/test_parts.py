"""A reply that is several messages: in order, once, and undone as one."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.errors import ChannelUnavailable, MessageRefused, OutcomeUnknown
from core.messages import Delivery, Limits
from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.factories import RULES
from tests.fakes.channels import FakeConnector
from tests.playbooks import WAITING
from tests.storage.desk import DeskAtWork
from ticketing.conversations.withdraw import TooLate
from ticketing.people.person import Person
from ticketing.tickets.ticket import Ticket

LONG = "One two three four. Five six seven eight. Nine ten."
PIECES = ["One two three four. ", "Five six seven ", "eight. Nine ten."]
UNDO = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def _a_channel_that_splits(desk: DeskAtWork) -> None:
    desk.use(FakeConnector(limits=Limits(text=20, splits=True)))
    desk.undo(UNDO)


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ticket(desk: DeskAtWork, mia: Person) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), mia)


async def test_its_parts_leave_in_order_whichever_is_due_first_and_the_status_follows_with_the_first(
    desk: DeskAtWork, ticket: Ticket, mia: Person
) -> None:
    first = await desk.reply(ticket, mia, LONG, then=WAITING)
    rows = await desk.rows("SELECT id, part_of, next_status FROM message WHERE direction = 'out' ORDER BY at")
    assert [row.part_of for row in rows] == [None, first, first]
    assert [row.next_status for row in rows] == [WAITING, None, None]
    assert (await desk.jobs()).count("ReplyDue") == 3
    assert await desk.count("activity WHERE kind = 'reply.written'") == 1
    assert await desk.count("room_entry WHERE ticket_id IS NOT NULL AND message_id IS NOT NULL") >= 3
    desk.now += UNDO

    with pytest.raises(ChannelUnavailable, match="An earlier reply"):
        await desk.deliver(rows[1].id)
    for row in rows:
        await desk.deliver(row.id)

    assert [message.text for message in desk.channel.sent] == PIECES
    assert (await desk.rows("SELECT status FROM ticket"))[0].status == WAITING


async def test_the_same_form_twice_is_one_reply(desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
    both = (desk.desk.reply(ticket.id, LONG, by=mia, request="the form") for _ in range(2))
    await asyncio.gather(*both)
    assert await desk.count("message WHERE direction = 'out'") == 3


@pytest.mark.parametrize("pressed", [0, 2], ids=["on-the-first", "on-the-last"])
async def test_undone_at_any_part_all_come_back(desk: DeskAtWork, ticket: Ticket, mia: Person, pressed: int) -> None:
    await desk.reply(ticket, mia, LONG)
    parts = [row.id for row in await desk.rows("SELECT id FROM message WHERE direction = 'out' ORDER BY at")]
    withdrawn = await asyncio.gather(*(desk.desk.withdraw(part, by=mia) for part in (parts[pressed], *parts)))
    assert {each.text for each in withdrawn} == {LONG}
    assert {(await desk.delivery(part))[0] for part in parts} == {"withdrawn"}
    assert await desk.count("activity WHERE kind = 'reply.withdrawn'") == 1


async def test_undoing_does_not_wait_in_a_circle_with_whoever_shows_the_room(
    desk: DeskAtWork, ticket: Ticket, mia: Person
) -> None:
    """Its entries are locked in one order by both: here by hand, the first one a good while before the last."""
    first = await desk.reply(ticket, mia, LONG)
    locking = text("SELECT id FROM room_entry WHERE message_id = :message FOR NO KEY UPDATE")
    parts = [row.id for row in await desk.rows("SELECT id FROM message WHERE direction = 'out' ORDER BY at")]
    async with asyncio.timeout(30), desk.engine.begin() as showing:
        await showing.execute(locking, {"message": parts[0]})
        undoing = asyncio.create_task(desk.desk.withdraw(first, by=mia))
        await desk.somebody_waits()
        await showing.execute(locking, {"message": parts[-1]})
    assert (await undoing).text == LONG


async def test_once_a_part_has_left_none_comes_back(desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
    first = await desk.reply(ticket, mia, LONG)
    desk.now += UNDO
    await desk.deliver(first)
    last = (await desk.rows("SELECT id FROM message WHERE direction = 'out' ORDER BY at DESC"))[0].id
    with pytest.raises(TooLate, match="has been sent"):
        await desk.desk.withdraw(last, by=mia)
    assert (await desk.delivery(last))[0] == "pending"


async def test_sent_again_it_is_the_one_part(desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
    await desk.reply(ticket, mia, LONG)
    second = (await desk.rows("SELECT id FROM message WHERE direction = 'out' ORDER BY at"))[1].id
    await desk.rows("UPDATE message SET delivery = 'failed' WHERE id = :id RETURNING id", id=second)
    await desk.desk.send_again(second, by=mia)
    (again,) = await desk.rows("SELECT text, part_of FROM message WHERE request = :again", again=f"again:{second}")
    assert (again.text, again.part_of) == (PIECES[1], None)


async def parts(desk: DeskAtWork) -> list[UUID]:
    return [row.id for row in await desk.rows("SELECT id FROM message WHERE direction = 'out' ORDER BY at, id")]


async def trouble(desk: DeskAtWork, ticket: Ticket) -> tuple[UUID, str] | None:
    found = (await SqlRooms(desk.database, Playbooks()).card(ticket.id)).trouble
    return (found.message_id, found.words) if found else None


async def test_once_a_part_has_failed_the_rest_fails_too_and_each_can_be_sent_again(
    desk: DeskAtWork, ticket: Ticket, mia: Person
) -> None:
    await desk.reply(ticket, mia, LONG)
    desk.now += UNDO
    first, *rest = await parts(desk)
    desk.channel.fail_next = MessageRefused("It has bad words.", resendable=True)
    for part in (first, *rest):
        await desk.deliver(part)
    assert desk.channel.sent == []
    rows = await desk.rows("SELECT delivery, resendable FROM message WHERE direction = 'out'")
    assert {(row.delivery, row.resendable) for row in rows} == {("failed", True)}
    assert "An earlier part of this reply did not arrive" in str((await desk.delivery(rest[-1]))[1])
    assert await trouble(desk, ticket) == (first, "It has bad words.")

    for at, part in enumerate((first, *rest)):  # the card tells of what is still missing, until nothing is
        assert (await trouble(desk, ticket) or (None,))[0] == part
        await desk.desk.send_again(part, by=mia)
        desk.now += UNDO
        await desk.deliver((await parts(desk))[-1])
        assert [message.text for message in desk.channel.sent] == PIECES[: at + 1]
    assert await trouble(desk, ticket) is None


async def test_a_part_that_may_have_arrived_holds_back_nothing_and_the_card_tells_of_it(
    desk: DeskAtWork, ticket: Ticket, mia: Person
) -> None:
    await desk.reply(ticket, mia, LONG)
    desk.now += UNDO
    first, *rest = await parts(desk)
    desk.channel.fail_next = OutcomeUnknown("The connection broke.")
    for part in (first, *rest):
        await desk.deliver(part)
    assert [message.text for message in desk.channel.sent] == PIECES[1:]
    assert (await trouble(desk, ticket) or (None,))[0] == first
    desk.now += UNDO
    await desk.reply(ticket, mia, "Did you get that?")
    assert await trouble(desk, ticket) is None


async def test_a_light_card_tells_of_the_part_that_did_not_arrive(desk: DeskAtWork, mia: Person) -> None:
    conversation = await desk.customer_writes()
    await desk.rows("UPDATE conversation SET awaiting_since = created_at RETURNING id")
    await desk.desk.reply_to_conversation(conversation, LONG, by=mia, request="r")
    first = (await parts(desk))[0]
    cards = SqlLightCards(desk.database, sure_enough=RULES.sure_enough)
    for state, told in ((Delivery.SENT, PIECES[2]), (Delivery.UNKNOWN, PIECES[0])):
        await desk.rows("UPDATE message SET delivery = :to WHERE id = :id RETURNING id", to=state.value, id=first)
        reply = (await cards.card(conversation)).reply
        assert reply is not None
        assert reply.text == told
