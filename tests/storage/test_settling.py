"""A reply of unknown fate, or one that failed: a person says that it arrived, or sends it again, once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from core.errors import AccountRefused, ChannelError, MessageRefused, NotFound, OutcomeUnknown
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.storage.desk import DeskAtWork
from ticketing.conversations.settle import SettledMeanwhile
from ticketing.people.person import Person
from ticketing.tickets.ticket import Ticket

WORDS = "A new one is on its way."


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ben(desk: DeskAtWork) -> Person:
    return await desk.person("Ben")


@pytest.fixture
async def ticket(desk: DeskAtWork, mia: Person) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), mia)


async def tried(desk: DeskAtWork, ticket: Ticket, by: Person, error: ChannelError) -> UUID:
    """A reply whose sending ended so."""
    reply = await desk.reply(ticket, by, WORDS)
    desk.channel.fail_next = error
    await desk.deliver(reply)
    return reply


@pytest.fixture
async def unknown(desk: DeskAtWork, ticket: Ticket, mia: Person) -> UUID:
    return await tried(desk, ticket, mia, OutcomeUnknown("Broke off."))


class TestItArrived:
    async def test_counts_as_sent_with_the_name_of_who_said_so(
        self, desk: DeskAtWork, unknown: UUID, ben: Person
    ) -> None:
        await desk.desk.confirm_arrival(unknown, by=ben)
        assert await desk.delivery(unknown) == ("sent", None)
        (row,) = await desk.rows("SELECT note FROM message WHERE id = :id", id=unknown)
        assert row.note == "Ben says that it arrived"
        (record,) = await desk.rows("SELECT actor_name, after FROM activity WHERE kind = 'reply.confirmed'")
        assert (record.actor_name, record.after) == ("Ben", {"message": str(unknown)})
        assert (await desk.jobs())[-1] == "DeliveryChanged"
        assert await desk.broken_chains() == []

    @pytest.mark.parametrize("report", ["delivered", "failed"])
    async def test_a_later_report_knows_better(self, desk: DeskAtWork, unknown: UUID, mia: Person, report: str) -> None:
        await desk.desk.confirm_arrival(unknown, by=mia)
        await desk.provider_reports(report, provider_id="SM1", message=unknown)
        assert (await desk.delivery(unknown))[0] == report

    @pytest.mark.parametrize(
        ("report", "words"),
        [("delivered", "It has been delivered meanwhile."), ("read", "read it"), ("failed", "has failed meanwhile")],
    )
    async def test_a_click_after_the_report_is_refused_with_the_truth(
        self, desk: DeskAtWork, unknown: UUID, mia: Person, report: str, words: str
    ) -> None:
        await desk.provider_reports(report, provider_id="SM1", message=unknown)
        with pytest.raises(SettledMeanwhile, match=words):
            await desk.desk.confirm_arrival(unknown, by=mia)
        assert (await desk.delivery(unknown))[0] == report


class TestSendAgain:
    async def test_is_a_new_reply_of_the_same_words_and_the_old_one_keeps_its_state(
        self, desk: DeskAtWork, ticket: Ticket, unknown: UUID, ben: Person
    ) -> None:
        await desk.desk.send_again(unknown, by=ben)
        new = await desk.message(f"again:{unknown}")
        await desk.deliver(new)
        assert [(sent.message_id, sent.text) for sent in desk.channel.sent] == [(new, WORDS)]
        assert ((await desk.delivery(unknown))[0], (await desk.delivery(new))[0]) == ("unknown", "sent")
        (row,) = await desk.rows("SELECT ticket_id FROM room_entry WHERE message_id = :id", id=new)
        assert row.ticket_id == ticket.id
        (record,) = await desk.rows("SELECT actor_name, before, after FROM activity WHERE kind = 'reply.repeated'")
        assert (record.actor_name, record.before, record.after) == (
            "Ben",
            {"message": str(unknown)},
            {"message": str(new)},
        )
        assert await desk.broken_chains() == []

    async def test_two_clicks_by_two_people_are_one_and_the_second_is_told(
        self, desk: DeskAtWork, unknown: UUID, mia: Person, ben: Person
    ) -> None:
        results = await asyncio.gather(
            *(desk.desk.send_again(unknown, by=person) for person in (mia, ben) * 3), return_exceptions=True
        )
        refused = [result for result in results if result is not None]
        assert len(refused) == 5
        (row,) = await desk.rows("SELECT author_name FROM message WHERE request LIKE 'again:%'")
        assert {str(each) for each in refused} == {f"{row.author_name} has sent it again already."}
        assert await desk.count("message WHERE direction = 'out'") == 2

    async def test_a_late_report_on_the_old_one_is_shown_honestly(
        self, desk: DeskAtWork, unknown: UUID, mia: Person
    ) -> None:
        await desk.desk.send_again(unknown, by=mia)
        await desk.provider_reports("delivered", provider_id="SM1", message=unknown)
        assert (await desk.delivery(unknown))[0] == "delivered"

    async def test_what_was_delivered_meanwhile_is_not_sent_again(
        self, desk: DeskAtWork, unknown: UUID, mia: Person
    ) -> None:
        await desk.provider_reports("delivered", provider_id="SM1", message=unknown)
        with pytest.raises(SettledMeanwhile) as refused:
            await desk.desk.send_again(unknown, by=mia)
        assert refused.value.message == "It has been delivered meanwhile. It was not sent again."
        assert await desk.count("message WHERE direction = 'out'") == 1

    async def test_against_a_report_one_comes_first_and_nothing_is_half_done(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        for number in range(4):
            reply = await tried(desk, ticket, mia, OutcomeUnknown("Broke off."))
            again, _ = await asyncio.gather(
                desk.desk.send_again(reply, by=mia),
                desk.provider_reports("delivered", provider_id=f"SM{number}", message=reply),
                return_exceptions=True,
            )
            repeated = await desk.count(f"message WHERE request = 'again:{reply}'")
            assert repeated == (0 if isinstance(again, SettledMeanwhile) else 1)
            assert (await desk.delivery(reply))[0] == "delivered"
            if repeated:
                await desk.deliver(await desk.message(f"again:{reply}"))

    @pytest.mark.parametrize(
        ("error", "resendable"),
        [
            (MessageRefused("Busy.", resendable=True), True),
            (MessageRefused("The 24-hour window is closed."), False),
            (AccountRefused("Bad token."), True),
        ],
    )
    async def test_a_failed_one_knows_whether_that_may_help(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, error: ChannelError, resendable: bool
    ) -> None:
        failed = await tried(desk, ticket, mia, error)
        (row,) = await desk.rows("SELECT resendable FROM message WHERE id = :id", id=failed)
        assert row.resendable is resendable
        await desk.desk.send_again(failed, by=mia)
        await desk.deliver(await desk.message(f"again:{failed}"))
        assert len(desk.channel.sent) == 1

    async def test_the_old_ones_entry_is_shown_anew(self, desk: DeskAtWork, unknown: UUID, mia: Person) -> None:
        await desk.rows("UPDATE room_entry SET needs_showing = false RETURNING id")
        await desk.desk.send_again(unknown, by=mia)
        (row,) = await desk.rows("SELECT needs_showing FROM room_entry WHERE message_id = :id", id=unknown)
        assert row.needs_showing

    async def test_undone_it_may_be_sent_again_after_all_and_the_old_one_says_so(
        self, desk: DeskAtWork, ticket: Ticket, unknown: UUID, mia: Person, ben: Person
    ) -> None:
        desk.undo(timedelta(seconds=5))
        await desk.desk.send_again(unknown, by=mia)
        undone = await desk.message(f"again:{unknown}")
        rooms = SqlRooms(desk.database, Playbooks())
        await rooms.begin_entries(ticket.id, now=desk.now)
        for _ in range(2):
            assert (await desk.desk.withdraw(undone, by=mia)).text == WORDS
        entries = await rooms.begin_entries(ticket.id, now=desk.now)
        assert {(each.message_id, each.resent_by) for each in entries} == {(unknown, None), (undone, None)}
        desk.undo(timedelta())
        await desk.desk.send_again(unknown, by=ben)
        new = await desk.message(f"again:{unknown}")
        for each in (undone, new):
            await desk.deliver(each)
        assert [sent.message_id for sent in desk.channel.sent] == [new]

    async def test_a_customers_message_is_no_reply(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        (row,) = await desk.rows("SELECT id FROM message")
        for act in (desk.desk.send_again, desk.desk.confirm_arrival):
            with pytest.raises(NotFound):
                await act(row.id, by=mia)
