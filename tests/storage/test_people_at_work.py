"""Agents claim, reply and comment, at once and twice: one wins, nothing is doubled, every chain stays whole."""

import asyncio
from uuid import UUID

import pytest

from core.errors import AccountRefused, NotFound
from tests.playbooks import RESOLVED, WAITING
from tests.storage.desk import CUSTOMER, DeskAtWork
from ticketing.conversations.claim import AlreadyClaimed
from ticketing.people.person import Person, Role
from ticketing.tickets.changes import ChangedMeanwhile, TransitionRefused
from ticketing.tickets.comment import TextRefused
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ben(desk: DeskAtWork) -> Person:
    return await desk.person("Ben")


@pytest.fixture
async def conversation(desk: DeskAtWork) -> UUID:
    return await desk.customer_writes()


@pytest.fixture
async def ticket(desk: DeskAtWork, conversation: UUID) -> Ticket:
    """One that the AI opened and nobody has claimed."""
    await desk.understand(conversation)
    (row,) = await desk.rows("SELECT id FROM ticket")
    async with desk.start() as uow:
        return await uow.tickets.lock(row.id)


class TestClaim:
    @pytest.mark.usefixtures("ticket")
    async def test_of_two_at_once_one_wins_and_the_other_is_told_by_whom(
        self, desk: DeskAtWork, conversation: UUID, mia: Person, ben: Person
    ) -> None:
        results = await asyncio.gather(
            *(desk.desk.claim(conversation, by=person) for person in (mia, ben)), return_exceptions=True
        )
        (lost,) = [result for result in results if isinstance(result, BaseException)]
        (won,) = [result for result in results if not isinstance(result, BaseException)]
        winner, loser = (mia, ben) if won is results[0] else (ben, mia)
        assert isinstance(lost, AlreadyClaimed)
        assert (lost.holder, loser.name in lost.message) == (winner.name, False)
        assert [ticket.assignee_id for ticket in won] == [winner.id]

    async def test_claiming_what_is_yours_changes_nothing(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person
    ) -> None:
        await desk.desk.claim(conversation, by=mia)
        records, jobs = await desk.count("activity"), await desk.jobs()
        (again,) = await desk.desk.claim(conversation, by=mia)
        assert (again.assignee_id, again.version) == (mia.id, 2)
        assert (await desk.count("activity"), await desk.jobs()) == (records, jobs)

    @pytest.mark.usefixtures("ticket")
    async def test_taking_over_takes_the_tickets_too(
        self, desk: DeskAtWork, conversation: UUID, mia: Person, ben: Person
    ) -> None:
        await desk.desk.claim(conversation, by=mia)
        (taken,) = await desk.desk.claim(conversation, by=ben, take_over=True)
        assert taken.assignee_id == ben.id

    async def test_a_ticket_that_a_colleague_has_is_not_taken_without_asking(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person, ben: Person
    ) -> None:
        """Nobody claimed the conversation, but an admin gave its ticket to somebody."""
        admin = await desk.person("Ada", Role.ADMIN)
        await desk.desk.assign(ticket.id, mia.id, by=admin)
        with pytest.raises(AlreadyClaimed) as refused:
            await desk.desk.claim(conversation, by=ben)
        assert refused.value.holder == "Mia"
        (taken,) = await desk.desk.claim(conversation, by=ben, take_over=True)
        assert taken.assignee_id == ben.id

    async def test_settled_tickets_stay_with_whoever_had_them(
        self, desk: DeskAtWork, conversation: UUID, mia: Person, ben: Person
    ) -> None:
        done = await desk.ticket(conversation, mia)
        await desk.desk.change_status(done.id, RESOLVED, by=mia)
        assert await desk.desk.claim(conversation, by=ben) == []
        (row,) = await desk.rows("SELECT assignee_id FROM ticket")
        assert row.assignee_id == mia.id

    async def test_a_live_ticket_older_than_twenty_settled_ones_is_claimed_too(
        self, desk: DeskAtWork, conversation: UUID, mia: Person
    ) -> None:
        old = await desk.ticket(conversation, mia)
        for _ in range(21):
            done = await desk.ticket(conversation, mia)
            await desk.desk.change_status(done.id, RESOLVED, by=mia)
        claimed = await desk.desk.claim(conversation, by=mia)
        assert [ticket.number for ticket in claimed] == [old.number]

    async def test_there_is_no_such_conversation(self, desk: DeskAtWork, mia: Person) -> None:
        with pytest.raises(NotFound):
            await desk.desk.claim(UUID(int=1), by=mia)


class TestReply:
    async def test_pressing_send_twice_is_one_message(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        await asyncio.gather(
            *(desk.desk.reply(ticket.id, f"Hello {number}", by=mia, request="view-1") for number in range(5))
        )
        assert await desk.count("message WHERE direction = 'out'") == 1
        assert (await desk.jobs()).count("ReplyWritten") == 1
        assert await desk.count("activity WHERE kind = 'reply.written'") == 1

    async def test_a_reply_and_its_status_stand_and_fall_together(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        with pytest.raises(TransitionRefused):
            await desk.desk.reply(ticket.id, "Closed for good.", by=await desk.person("Ada", Role.ADMIN),
                                  request="1", then="closed")  # fmt: skip
        assert await desk.count("message WHERE direction = 'out'") == 0
        await desk.desk.claim(ticket.conversation_id, by=mia)
        await desk.desk.reply(ticket.id, "Which colour?", by=mia, request="2", then=WAITING)
        (row,) = await desk.rows("SELECT id FROM message WHERE direction = 'out'")
        assert (await desk.rows("SELECT status FROM ticket"))[0].status == "open"
        await desk.deliver(row.id)
        (row,) = await desk.rows("SELECT status, version FROM ticket")
        assert (row.status, row.version) == (WAITING, 3)

    @pytest.mark.parametrize("words", ["", "  \n ", "\x00", "x" * 1001])
    async def test_what_cannot_be_sent_is_refused(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, words: str
    ) -> None:
        with pytest.raises(TextRefused):
            await desk.desk.reply(ticket.id, words, by=mia, request="1")

    async def test_a_channel_that_is_switched_off_is_said_in_words(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        desk.desk.limits.pop("fake")  # type: ignore[attr-defined]  # a dict here
        with pytest.raises(AccountRefused, match="fake"):
            await desk.desk.reply(ticket.id, "Hello", by=mia, request="1")


class TestReplyToConversation:
    async def test_without_a_ticket_it_is_sent_and_stands_in_no_room(
        self, desk: DeskAtWork, conversation: UUID, mia: Person
    ) -> None:
        await asyncio.gather(
            *(desk.desk.reply_to_conversation(conversation, "You're welcome!", by=mia, request="r") for _ in range(3))
        )
        (row,) = await desk.rows("SELECT id, author_name FROM message WHERE direction = 'out'")
        await desk.deliver(row.id)
        assert [(sent.text, sent.recipient) for sent in desk.channel.sent] == [("You're welcome!", CUSTOMER)]
        assert (row.author_name, await desk.delivery(row.id)) == ("Mia", ("sent", None))
        assert await desk.count("room_entry") == 0
        said = ["ConversationChanged", "ReplyDue", "ConversationChanged"]
        assert [job for job in await desk.jobs() if job != "MessageReceived"] == said
        (record,) = await desk.rows("SELECT stream_kind, stream_id FROM activity WHERE kind = 'reply.written'")
        assert (record.stream_kind, record.stream_id) == ("conversation", conversation)
        assert await desk.broken_chains() == []

    async def test_where_tickets_are_open_it_stands_in_all_their_rooms(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person
    ) -> None:
        done, other = [await desk.ticket(conversation, mia) for _ in range(2)]
        await desk.desk.change_status(done.id, RESOLVED, by=mia)
        await desk.desk.reply_to_conversation(conversation, "You're welcome!", by=mia, request="r")
        rows = await desk.rows(
            "SELECT ticket_id, concerns FROM room_entry JOIN message ON message.id = message_id"
            " JOIN ticket ON ticket.id = ticket_id WHERE direction = 'out' ORDER BY number"
        )
        assert [(row.ticket_id, row.concerns) for row in rows] == [(ticket.id, False), (other.id, False)]
        (row,) = await desk.rows("SELECT id FROM message WHERE direction = 'out'")
        before = (await desk.jobs()).count("DeliveryChanged")
        await desk.deliver(row.id)
        assert (await desk.jobs()).count("DeliveryChanged") == before + 2

    async def test_what_cannot_be_sent_is_refused(self, desk: DeskAtWork, conversation: UUID, mia: Person) -> None:
        with pytest.raises(TextRefused):
            await desk.desk.reply_to_conversation(conversation, " ", by=mia, request="1")
        with pytest.raises(NotFound):
            await desk.desk.reply_to_conversation(UUID(int=1), "Hello", by=mia, request="1")


class TestComment:
    async def test_the_same_source_twice_is_one_comment(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        await asyncio.gather(
            *(desk.desk.comment(ticket.id, "Ask Ben.", by=mia, source="slack:C1:1.0", in_thread=True) for _ in range(5))
        )
        assert (await desk.count("comment"), await desk.count("room_entry WHERE comment_id IS NOT NULL")) == (1, 1)
        assert (await desk.jobs()).count("CommentAdded") == 1

    async def test_one_written_elsewhere_is_still_to_be_shown_in_the_thread(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        await desk.desk.comment(ticket.id, "From a form.", by=mia)
        await desk.desk.comment(ticket.id, "From the thread.", by=mia, source="slack:C1:1.0", in_thread=True)
        rows = await desk.rows("SELECT needs_showing FROM room_entry WHERE comment_id IS NOT NULL ORDER BY id")
        assert [row.needs_showing for row in rows] == [True, False]


class TestForms:
    async def test_a_form_of_an_older_version_changes_nothing(
        self, desk: DeskAtWork, conversation: UUID, ticket: Ticket, mia: Person
    ) -> None:
        (claimed,) = await desk.desk.claim(conversation, by=mia)
        assert claimed.version == ticket.version + 1
        with pytest.raises(ChangedMeanwhile):
            await desk.desk.set_priority(ticket.id, Priority.LOW, by=mia, seen=ticket.version)
        with pytest.raises(ChangedMeanwhile):
            await desk.desk.change_status(ticket.id, RESOLVED, by=mia, seen=ticket.version)
        assert (await desk.rows("SELECT version FROM ticket"))[0].version == claimed.version


class TestNumbers:
    async def test_tickets_opened_at_once_have_different_numbers(self, desk: DeskAtWork, mia: Person) -> None:
        conversations = [await desk.customer_writes(sender=f"+49{number:08}") for number in range(5)]
        tickets = await asyncio.gather(*(desk.ticket(each, mia) for each in conversations * 4))
        assert sorted(ticket.number for ticket in tickets) == list(range(1, 21))
        assert await desk.broken_chains() == []
