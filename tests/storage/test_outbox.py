"""The outbox: a reply can be undone until it leaves, leaves after those before it, and is given up after a day."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import ChannelUnavailable, NotFound, OutcomeUnknown
from core.messages import Limits, Outbound, Receipt
from tests.playbooks import RESOLVED, WAITING
from tests.storage.desk import DeskAtWork
from ticketing.conversations.hindrance import PATIENCE, SENDING_AT_MOST, MayBeUndone
from ticketing.conversations.withdraw import TooLate, Withdrawn
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person, Role
from ticketing.tickets.ticket import Ticket

UNDO = timedelta(seconds=5)


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def ticket(desk: DeskAtWork, mia: Person) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), mia)


@pytest.fixture
def _slowly(desk: DeskAtWork) -> None:
    """Replies leave after UNDO."""
    desk.undo(UNDO)


async def status(desk: DeskAtWork) -> str:
    return str((await desk.rows("SELECT status FROM ticket"))[0].status)


class Dying:
    """Kills its process, before the provider has the message or after."""

    limits = Limits(text=1000)

    async def send(self, message: Outbound) -> Receipt:
        raise KeyboardInterrupt


class Slow:
    """Says that it has a message, and answers when it is told to."""

    limits = Limits(text=1000)

    def __init__(self) -> None:
        self.begun, self.go_on, self.sent = asyncio.Event(), asyncio.Event(), 0

    async def send(self, message: Outbound) -> Receipt:
        self.sent += 1
        self.begun.set()
        await self.go_on.wait()
        return Receipt("slow-1")


@pytest.mark.usefixtures("_slowly")
class TestUndo:
    async def test_a_reply_leaves_when_it_is_due_and_not_before(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        reply = await desk.reply(ticket, mia)
        desk.now += UNDO - timedelta(seconds=1)
        with pytest.raises(MayBeUndone) as early:
            await desk.deliver(reply)
        assert early.value.retry_after == 1
        assert await desk.delivery(reply) == ("pending", None)
        desk.now += timedelta(seconds=1)
        await desk.deliver(reply)
        assert await desk.delivery(reply) == ("sent", None)

    async def test_undone_it_never_leaves_and_its_words_come_back(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        reply = await desk.reply(ticket, mia, "Which colour?", then=WAITING)
        withdrawn = await desk.desk.withdraw(reply, by=mia)
        assert withdrawn == Withdrawn(ticket.id, ticket.conversation_id, "Which colour?", WAITING)
        desk.now += UNDO
        await desk.deliver(reply)
        assert (desk.channel.sent, await desk.delivery(reply)) == ([], ("withdrawn", None))
        assert await status(desk) == "open"
        (record,) = await desk.rows("SELECT actor_name, after FROM activity WHERE kind = 'reply.withdrawn'")
        assert (record.actor_name, record.after) == ("Mia", {"message": str(reply)})
        assert (await desk.jobs())[-1] == "DeliveryChanged"
        assert await desk.broken_chains() == []

    async def test_undone_twice_is_undone_once(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        reply = await desk.reply(ticket, mia)
        both = await asyncio.gather(*(desk.desk.withdraw(reply, by=mia) for _ in range(2)))
        assert both[0] == both[1]
        assert await desk.count("activity WHERE kind = 'reply.withdrawn'") == 1

    async def test_a_report_moves_it_no_more(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        reply = await desk.reply(ticket, mia)
        await desk.desk.withdraw(reply, by=mia)
        await desk.provider_reports("delivered", provider_id="SM1", message=reply)
        assert (await desk.delivery(reply))[0] == "withdrawn"

    @pytest.mark.parametrize(
        ("reached", "words"),
        [
            ("sending", "on its way just now"),
            ("sent", "has been sent"),
            ("read", "has been sent"),
            ("unknown", "may have reached the customer"),
            ("failed", "was tried already, and failed"),
        ],
    )
    async def test_too_late_is_said_in_words(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, reached: str, words: str
    ) -> None:
        reply = await desk.reply(ticket, mia)
        await desk.rows("UPDATE message SET delivery = :state WHERE id = :id RETURNING id", state=reached, id=reply)
        with pytest.raises(TooLate, match=words):
            await desk.desk.withdraw(reply, by=mia)
        assert (await desk.delivery(reply))[0] == reached

    async def test_against_sending_one_wins_and_the_other_is_told(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        for _ in range(5):
            reply = await desk.reply(ticket, mia)
            desk.now += UNDO
            undone, _ = await asyncio.gather(
                desk.desk.withdraw(reply, by=mia), desk.deliver(reply), return_exceptions=True
            )
            left = reply in {sent.message_id for sent in desk.channel.sent}
            assert isinstance(undone, TooLate if left else Withdrawn)
            assert (await desk.delivery(reply))[0] == ("sent" if left else "withdrawn")

    async def test_a_colleagues_is_for_supervisors_of_the_team_and_admins(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        reply = await desk.reply(ticket, mia)
        with pytest.raises(PermissionRefused, match="undo a colleague's reply"):
            await desk.desk.withdraw(reply, by=await desk.person("Ben"))
        await desk.desk.withdraw(reply, by=await desk.person("Ada", Role.ADMIN))
        (row,) = await desk.rows("SELECT note FROM message WHERE id = :id", id=reply)
        assert row.note == "by Ada"

    async def test_a_customers_message_cannot_be_undone(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        (row,) = await desk.rows("SELECT id FROM message")
        with pytest.raises(NotFound):
            await desk.desk.withdraw(row.id, by=mia)

    async def test_one_that_answers_no_ticket_can_be_undone_too(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        other = await desk.customer_writes("Thanks!", sender="+491")
        await desk.desk.reply_to_conversation(other, "Welcome!", by=mia, request="r")
        withdrawn = await desk.desk.withdraw(await desk.message("r"), by=mia)
        assert withdrawn == Withdrawn(None, other, "Welcome!", None)


class TestStatusOfAReply:
    async def test_follows_when_the_reply_leaves(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        reply = await desk.reply(ticket, mia, then=WAITING)
        assert await status(desk) == "open"
        await desk.deliver(reply)
        assert await status(desk) == WAITING
        (record,) = await desk.rows("SELECT actor_name FROM activity WHERE kind = 'status.changed'")
        assert record.actor_name == "Mia"

    async def test_follows_once_though_the_first_try_fails(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        reply = await desk.reply(ticket, mia, then=WAITING)
        desk.channel.fail_next = ChannelUnavailable("Busy.")
        with pytest.raises(ChannelUnavailable):
            await desk.deliver(reply)
        await desk.desk.change_status(ticket.id, "in_progress", by=mia)
        await desk.deliver(reply)
        assert (await desk.delivery(reply), await status(desk)) == (("sent", None), "in_progress")

    async def test_what_is_not_allowed_any_more_is_skipped_and_recorded(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        reply = await desk.reply(ticket, mia, then=WAITING)
        await desk.desk.change_status(ticket.id, RESOLVED, by=mia)
        await desk.deliver(reply)
        assert (await desk.delivery(reply), await status(desk)) == (("sent", None), RESOLVED)
        (record,) = await desk.rows("SELECT after FROM activity WHERE kind = 'status.skipped'")
        assert record.after["status"] == WAITING
        assert "cannot go from Resolved" in record.after["why"]
        assert await desk.broken_chains() == []


class TestOrder:
    async def test_a_reply_waits_for_the_one_before_it_and_is_woken_when_that_has_left(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        first, second = await desk.reply(ticket, mia, "First."), await desk.reply(ticket, mia, "Second.")
        with pytest.raises(ChannelUnavailable) as waits:
            await desk.deliver(second)
        assert waits.value.retry_after == 1
        assert (await desk.delivery(second))[0] == "pending"
        due = (await desk.jobs()).count("ReplyDue")
        await desk.deliver(first)
        assert (await desk.jobs()).count("ReplyDue") == due + 1
        await desk.deliver(second)
        assert [sent.text for sent in desk.channel.sent] == ["First.", "Second."]

    async def test_one_that_is_just_being_sent_is_waited_for(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        first, second = await desk.reply(ticket, mia, "First."), await desk.reply(ticket, mia, "Second.")
        slow = Slow()
        sending = asyncio.create_task(desk.deliver(first, channels={"fake": slow}))
        await slow.begun.wait()
        with pytest.raises(ChannelUnavailable):
            await desk.deliver(second)
        slow.go_on.set()
        await sending
        await desk.deliver(second)
        assert await desk.delivery(second) == ("sent", None)

    @pytest.mark.parametrize("outcome", ["unknown", "failed", "withdrawn", "sent"])
    async def test_what_is_settled_holds_up_nobody(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person, outcome: str
    ) -> None:
        first, second = await desk.reply(ticket, mia), await desk.reply(ticket, mia)
        await desk.rows("UPDATE message SET delivery = :state WHERE id = :id RETURNING id", state=outcome, id=first)
        await desk.deliver(second)
        assert await desk.delivery(second) == ("sent", None)

    async def test_whatever_settles_one_wakes_the_next(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        replies = [await desk.reply(ticket, mia, str(number)) for number in range(4)]
        woken = [(await desk.jobs()).count("ReplyDue")]
        desk.channel.fail_next = OutcomeUnknown("Broke off.")
        await desk.deliver(replies[0])
        woken.append((await desk.jobs()).count("ReplyDue"))
        await desk.desk.withdraw(replies[1], by=mia)
        woken.append((await desk.jobs()).count("ReplyDue"))
        with pytest.raises(KeyboardInterrupt):
            await desk.deliver(replies[2], channels={"fake": Dying()})
        await desk.provider_reports("sent", provider_id="SM1", message=replies[2])
        woken.append((await desk.jobs()).count("ReplyDue"))
        assert woken == [4, 5, 6, 7]

    async def test_one_that_may_still_be_undone_is_not_woken(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        first = await desk.reply(ticket, mia)
        desk.undo(UNDO)
        await desk.reply(ticket, mia)
        due = (await desk.jobs()).count("ReplyDue")
        await desk.deliver(first)
        assert (await desk.jobs()).count("ReplyDue") == due

    async def test_other_conversations_do_not_wait(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        await desk.reply(ticket, mia)
        other = await desk.ticket(await desk.customer_writes("Hello?", sender="+491"), mia)
        reply = await desk.reply(other, mia)
        await desk.deliver(reply)
        assert await desk.delivery(reply) == ("sent", None)


class TestTwoJobs:
    async def test_a_second_job_leaves_alone_what_the_first_is_sending(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        reply, slow = await desk.reply(ticket, mia), Slow()
        sending = asyncio.create_task(desk.deliver(reply, job="1", channels={"fake": slow}))
        await slow.begun.wait()
        await desk.deliver(reply, job="2")
        assert (await desk.delivery(reply))[0] == "sending"
        slow.go_on.set()
        await sending
        assert (slow.sent, desk.channel.sent, await desk.delivery(reply)) == (1, [], ("sent", None))

    async def test_what_a_dead_job_was_sending_does_not_stay_so_for_ever(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        reply, later = await desk.reply(ticket, mia), await desk.reply(ticket, mia)
        with pytest.raises(KeyboardInterrupt):
            await desk.deliver(reply, job="1", channels={"fake": Dying()})
        desk.now += SENDING_AT_MOST
        await desk.deliver(later)
        assert await desk.delivery(later) == ("sent", None)
        await desk.deliver(reply, job="2")
        assert (await desk.delivery(reply))[0] == "unknown"


class TestADay:
    async def test_what_could_not_leave_for_a_day_fails_in_words(
        self, desk: DeskAtWork, ticket: Ticket, mia: Person
    ) -> None:
        reply = await desk.reply(ticket, mia, then=WAITING)
        desk.channel.fail_next = ChannelUnavailable("Twilio cannot be reached: nothing was sent.")
        with pytest.raises(ChannelUnavailable):
            await desk.deliver(reply)
        desk.now += PATIENCE
        await desk.deliver(reply)
        state, words = await desk.delivery(reply)
        assert (state, desk.channel.sent) == ("failed", [])
        assert words is not None
        assert words.startswith("It could not be sent for a day, so it was given up. Twilio cannot be reached")
        assert "tried again" not in words
        assert (await desk.jobs())[-1] == "DeliveryChanged"

    async def test_a_channel_with_more_patience_has_it(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        desk.channel.limits = replace(desk.channel.limits, patience=timedelta(days=4))
        reply = await desk.reply(ticket, mia)
        for _ in range(4):
            desk.channel.fail_next = ChannelUnavailable("Greylisted.")
            with pytest.raises(ChannelUnavailable) as caught:
                await desk.deliver(reply)
            assert caught.value.patience == timedelta(days=4)
            desk.now += timedelta(hours=23)
        desk.now += timedelta(hours=4)
        await desk.deliver(reply)
        state, words = await desk.delivery(reply)
        assert state == "failed"
        assert words is not None
        assert words.startswith("It could not be sent for 4 days, so it was given up. Greylisted.")

    async def test_the_status_that_was_to_follow_does_not(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        reply = await desk.reply(ticket, mia, then=WAITING)
        desk.now += PATIENCE
        await desk.deliver(reply)
        assert await status(desk) == "open"
        (record,) = await desk.rows("SELECT after FROM activity WHERE kind = 'status.skipped'")
        assert record.after["why"] == "The reply was never sent."

    async def test_a_short_outage_is_told_once(self, desk: DeskAtWork, ticket: Ticket, mia: Person) -> None:
        reply = await desk.reply(ticket, mia)
        for _ in range(3):
            desk.channel.fail_next = ChannelUnavailable("Busy.")
            with pytest.raises(ChannelUnavailable):
                await desk.deliver(reply)
        assert (await desk.jobs()).count("DeliveryChanged") == 1
