"""Customers block us and come back, move to another address, and open a chat without writing anything."""

import asyncio
from datetime import datetime

import pytest

from core.errors import ChannelUnavailable, RecipientGone, RecipientMoved
from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.factories import a_suggestion, after
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork, Says, a_message
from ticketing.conversations.start import STARTED
from ticketing.tickets.ticket import Ticket

NEW = "+4917000000"


def reach(answer: str) -> dict[str, str]:
    return {"kind": "reach", "id": answer, "from": CUSTOMER, "to": OURS, "reachable": answer}


def a_move(to: str = NEW) -> dict[str, str]:
    return {"kind": "move", "id": "1", "from": CUSTOMER, "to": OURS, "new": to}


def a_start(payload: str) -> dict[str, str]:
    return a_message("/start") | {"start": payload}


async def since(desk: DeskAtWork) -> datetime | None:
    (row,) = await desk.rows("SELECT unreachable_since FROM conversation")
    found: datetime | None = row.unreachable_since
    return found


async def ticketed(desk: DeskAtWork) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), await desk.person())


class TestReachability:
    async def test_cards_say_so_until_the_customer_writes_again(self, desk: DeskAtWork) -> None:
        ticket = await ticketed(desk)
        rooms = SqlRooms(desk.database, Playbooks())
        desk.now = after(10)
        jobs = len(await desk.jobs())
        for _ in range(2):
            await desk.file(await desk.store(reach("no")))
        assert (await rooms.card(ticket.id)).unreachable_since == after(10)
        assert sorted((await desk.jobs())[jobs:]) == ["ConversationChanged", "CustomerReachChanged"]
        desk.now = after(20)
        await desk.customer_writes("I am back.")
        assert (await rooms.card(ticket.id)).unreachable_since is None
        kinds = [
            row.kind for row in await desk.rows("SELECT kind FROM activity WHERE kind LIKE 'conversation.%reach%'")
        ]
        assert sorted(kinds) == ["conversation.reachable", "conversation.unreachable"]
        assert await desk.broken_chains() == []

    async def test_old_news_change_nothing_in_whatever_order_they_are_filed(self, desk: DeskAtWork) -> None:
        conversation_id = await desk.customer_writes()
        desk.now = after(10)
        blocked = await desk.store(reach("no"))
        desk.now = after(20)
        back = await desk.store(reach("yes"))
        for inbox_id in (back, blocked):
            await desk.file(inbox_id)
        assert await since(desk) is None
        desk.now = after(30)
        blocked = await desk.store(reach("no"))
        desk.now = after(40)
        await desk.customer_writes("Still here.")
        await desk.file(blocked)
        assert await since(desk) is None
        card = await SqlLightCards(desk.database, sure_enough=0.75).card(conversation_id)
        assert card.unreachable_since is None

    async def test_who_is_found_gone_when_we_send_is_marked_too(self, desk: DeskAtWork) -> None:
        ticket = await ticketed(desk)
        desk.now = after(10)
        reply = await desk.reply(ticket, await desk.person("Ben"))
        desk.channel.fail_next = RecipientGone("They have blocked us.")
        await desk.deliver(reply)
        assert await desk.delivery(reply) == ("failed", "They have blocked us.")
        assert await since(desk) == after(10)

    async def test_of_somebody_who_never_wrote_it_is_ignored(self, desk: DeskAtWork) -> None:
        await desk.file(await desk.store(reach("no")))
        assert [await desk.count("conversation"), await desk.count("inbox WHERE outcome = 'ignored'")] == [0, 1]


class TestMove:
    async def test_the_conversation_goes_on_at_the_new_address(self, desk: DeskAtWork) -> None:
        conversation_id = await desk.customer_writes()
        stored = [await desk.store(a_move()) for _ in range(5)]
        await asyncio.gather(*(desk.file(each) for each in stored))
        assert await desk.customer_writes(sender=NEW) == conversation_id
        assert [await desk.count(table) for table in ("conversation", "customer", "identity")] == [1, 1, 1]
        assert await desk.count("activity WHERE kind = 'conversation.moved'") == 1
        assert NEW not in str(await desk.rows("SELECT before, after FROM activity"))

    async def test_a_reply_that_finds_them_moved_is_sent_there_once(self, desk: DeskAtWork) -> None:
        reply = await desk.reply(await ticketed(desk), await desk.person("Ben"))
        desk.channel.fail_next = RecipientMoved("The group is a supergroup now.", to=NEW)
        with pytest.raises(ChannelUnavailable):
            await desk.deliver(reply)
        await desk.deliver(reply)
        await desk.deliver(reply)
        assert [each.recipient for each in desk.channel.sent] == [NEW]
        assert (await desk.delivery(reply))[0] == "sent"

    async def test_a_death_before_the_new_address_is_kept_sends_it_all_the_same(self, desk: DeskAtWork) -> None:
        reply = await desk.reply(await ticketed(desk), await desk.person("Ben"))
        async with desk.start() as holding:  # so that whoever keeps the address waits, and is killed there
            await holding.conversations.lock_all_of("fake", CUSTOMER)
            desk.channel.fail_next = RecipientMoved("The group is a supergroup now.", to=NEW)
            killed = asyncio.create_task(desk.deliver(reply))
            async with asyncio.timeout(30):
                await desk.somebody_waits()
            killed.cancel()
            with pytest.raises(asyncio.CancelledError):
                await killed
        assert (await desk.delivery(reply))[0] == "pending"
        await desk.deliver(reply)
        assert (await desk.delivery(reply))[0] == "sent"

    async def test_where_they_wrote_from_there_already_both_stay_and_both_reach_them(self, desk: DeskAtWork) -> None:
        ticket = await ticketed(desk)
        newer = await desk.customer_writes("Hello again.", sender=NEW)
        for _ in range(2):
            await desk.file(await desk.store(a_move()))
        assert await desk.customer_writes(sender=NEW) == newer != ticket.conversation_id
        ben = await desk.person("Ben")
        await desk.deliver(await desk.reply(ticket, ben))
        await desk.desk.reply_to_conversation(newer, "Hi!", by=ben, request="r")
        await desk.deliver(await desk.message("r"))
        assert [each.recipient for each in desk.channel.sent] == [NEW, NEW]
        assert await desk.count("activity WHERE kind = 'conversation.moved'") == 1

    async def test_nobody_we_know(self, desk: DeskAtWork) -> None:
        await desk.file(await desk.store(a_move()))
        assert [await desk.count(table) for table in ("conversation", "identity")] == [0, 0]


class TestStart:
    async def test_nobody_has_to_understand_it_and_the_customer_is_welcomed_once(self, desk: DeskAtWork) -> None:
        desk.welcome = "Welcome! What can we do for you?"
        for _ in range(3):
            await desk.file(await desk.store(a_start("")))
        rows = await desk.rows("SELECT text, triaged, direction FROM message ORDER BY direction, at")
        assert [tuple(row) for row in rows] == [(STARTED, True, "in")] * 3 + [(desk.welcome, True, "out")]
        assert "MessageReceived" not in await desk.jobs()
        assert await desk.count("conversation WHERE awaiting_since IS NOT NULL") == 0

    async def test_no_welcome_unless_there_is_one_and_what_the_link_carried_is_kept(self, desk: DeskAtWork) -> None:
        await desk.file(await desk.store(a_start("spring_sale\x00")))
        await desk.file(await desk.store(a_start("")))
        desk.now = after(5)
        conversation_id = await desk.customer_writes("Hello?")
        await desk.understand(conversation_id, Says(a_suggestion(worthy=False, awaits_answer=True)))
        card = await SqlLightCards(desk.database, sure_enough=0.75).card(conversation_id)
        assert (card.came_from, card.last_words) == ("spring_sale", "Hello?")
        assert await desk.count("message WHERE direction = 'out'") == 0
