"""A reply leaves once, or somebody is told that nobody knows; what the provider reports only moves it forward."""

from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.errors import AccountRefused, ChannelError, ChannelUnavailable, MessageRefused, OutcomeUnknown, RecipientGone
from core.messages import Limits, Outbound, Receipt
from tests.storage.desk import CUSTOMER, OURS, DeskAtWork
from ticketing.conversations.file_report import REPORT_PATIENCE, ReportTooEarly
from ticketing.conversations.sent import UNKNOWN_OUTCOME


@pytest.fixture
async def reply(desk: DeskAtWork) -> UUID:
    """A reply that waits in the outbox."""
    mia = await desk.person()
    ticket = await desk.ticket(await desk.customer_writes(), mia)
    return await desk.reply(ticket, mia, "A new one is on its way.")


def listed_as(sid: str, text: str, at: datetime) -> dict[str, str]:
    """What is made of the provider's own list, a moment after the message was sent."""
    copy = {"from": OURS, "to": CUSTOMER, "text": text, "at": (at + timedelta(seconds=2)).isoformat()}
    return {"kind": "status", "id": sid, "delivery": "delivered"} | copy


class ProcessDied(BaseException):
    """Stands for kill -9: nothing after it runs in this process."""


class DyingSender:
    """Dies with the message in the provider's hands."""

    limits = Limits(text=1000)

    async def send(self, message: Outbound) -> Receipt:
        raise ProcessDied


class TestDeliver:
    async def test_it_reaches_the_customer_from_the_number_they_wrote_to(self, desk: DeskAtWork, reply: UUID) -> None:
        await desk.deliver(reply)
        assert desk.channel.sent == [Outbound(reply, OURS, CUSTOMER, "A new one is on its way.")]
        assert await desk.delivery(reply) == ("sent", None)
        assert (await desk.jobs())[-1] == "DeliveryChanged"

    async def test_delivering_again_sends_nothing(self, desk: DeskAtWork, reply: UUID) -> None:
        await desk.deliver(reply)
        await desk.deliver(reply)
        assert len(desk.channel.sent) == 1

    async def test_a_crash_while_sending_is_unknown_and_never_sent_again(self, desk: DeskAtWork, reply: UUID) -> None:
        with pytest.raises(ProcessDied):
            await desk.deliver(reply, channels={"fake": DyingSender()})
        assert await desk.delivery(reply) == ("sending", None)
        for _ in range(3):
            await desk.deliver(reply)
        assert desk.channel.sent == []
        assert await desk.delivery(reply) == ("unknown", UNKNOWN_OUTCOME)
        assert (await desk.jobs())[-1] == "DeliveryChanged"

    async def test_a_report_settles_what_a_crash_left_open(self, desk: DeskAtWork, reply: UUID) -> None:
        with pytest.raises(ProcessDied):
            await desk.deliver(reply, channels={"fake": DyingSender()})
        await desk.deliver(reply)
        await desk.provider_reports("delivered", provider_id="SM1", message=reply)
        assert await desk.delivery(reply) == ("delivered", None)

    async def test_an_outage_leaves_it_pending_and_the_next_try_sends_it(self, desk: DeskAtWork, reply: UUID) -> None:
        desk.channel.fail_next = ChannelUnavailable("Busy.", retry_after=3)
        with pytest.raises(ChannelUnavailable) as failure:
            await desk.deliver(reply)
        assert failure.value.retry_after == 3
        assert await desk.delivery(reply) == ("pending", "Busy. It will be tried again.")
        await desk.deliver(reply)
        assert (len(desk.channel.sent), await desk.delivery(reply)) == (1, ("sent", None))

    @pytest.mark.parametrize(
        ("error", "then"),
        [
            (OutcomeUnknown("Broke off."), ("unknown", UNKNOWN_OUTCOME)),
            (MessageRefused("The 24-hour window is closed."), ("failed", "The 24-hour window is closed.")),
            (RecipientGone("They blocked us."), ("failed", "They blocked us.")),
            (AccountRefused("The token is bad."), ("failed", "The token is bad.")),
        ],
        ids=lambda value: type(value).__name__,
    )
    async def test_a_refusal_is_shown_in_words(
        self, desk: DeskAtWork, reply: UUID, error: ChannelError, then: tuple[str, str]
    ) -> None:
        desk.channel.fail_next = error
        await desk.deliver(reply)
        await desk.deliver(reply)
        assert (desk.channel.sent, await desk.delivery(reply)) == ([], then)

    async def test_a_channel_that_is_switched_off_keeps_it_pending(self, desk: DeskAtWork, reply: UUID) -> None:
        with pytest.raises(ChannelUnavailable):
            await desk.deliver(reply, channels={})
        why = "The channel fake is switched off: an admin must set it up again. It will be tried again."
        assert await desk.delivery(reply) == ("pending", why)

    async def test_a_report_that_overtakes_the_answer_is_kept(self, desk: DeskAtWork, reply: UUID) -> None:
        class Overtaken:
            limits = Limits(text=1000)

            async def send(self, message: Outbound) -> Receipt:
                await desk.provider_reports("read", provider_id="SM1", message=message.message_id)
                return Receipt("SM1")

        await desk.deliver(reply, channels={"fake": Overtaken()})
        assert await desk.delivery(reply) == ("read", None)
        (row,) = await desk.rows("SELECT key FROM message WHERE id = :id", id=reply)
        assert row.key == "fake:SM1"


class TestReports:
    @pytest.mark.parametrize("order", list(permutations(["sent", "delivered", "read"])), ids=" ".join)
    async def test_in_any_order_the_last_state_stands(
        self, desk: DeskAtWork, reply: UUID, order: tuple[str, ...]
    ) -> None:
        await desk.deliver(reply)
        for delivery in order:
            await desk.provider_reports(delivery, provider_id="fake-1")
        assert await desk.delivery(reply) == ("read", None)

    async def test_what_was_read_cannot_fail_any_more(self, desk: DeskAtWork, reply: UUID) -> None:
        await desk.deliver(reply)
        for delivery in ("read", "failed"):
            await desk.provider_reports(delivery, provider_id="fake-1")
        assert (await desk.delivery(reply))[0] == "read"

    async def test_one_that_changes_nothing_shows_nothing(self, desk: DeskAtWork, reply: UUID) -> None:
        await desk.deliver(reply)
        before = await desk.jobs()
        await desk.provider_reports("sent", provider_id="fake-1")
        assert await desk.jobs() == before

    async def test_one_that_comes_too_early_is_tried_again_and_then_filed(self, desk: DeskAtWork, reply: UUID) -> None:
        inbox_id = await desk.store({"kind": "status", "id": "fake-1", "delivery": "delivered"})
        with pytest.raises(ReportTooEarly) as early:
            await desk.file(inbox_id)
        assert early.value.retry_after == 1
        await desk.deliver(reply)
        await desk.file(inbox_id)
        assert (await desk.delivery(reply))[0] == "delivered"

    async def test_one_that_nobody_claims_in_a_minute_is_about_no_message_of_ours(self, desk: DeskAtWork) -> None:
        inbox_id = await desk.store({"kind": "status", "id": "SM404", "delivery": "delivered"})
        desk.now += REPORT_PATIENCE - timedelta(seconds=1)
        with pytest.raises(ReportTooEarly):
            await desk.file(inbox_id)
        desk.now += timedelta(seconds=1)
        await desk.file(inbox_id)
        assert (await desk.rows("SELECT outcome FROM inbox WHERE id = :id", id=inbox_id))[0].outcome == "unmatched"

    async def test_one_with_an_id_that_is_not_ours_is_about_no_message_of_ours(self, desk: DeskAtWork) -> None:
        """Our own id came back, but the message is not here: another desk's, or one from before a restore."""
        await desk.provider_reports("delivered", provider_id="SM9", message=UUID(int=9))
        assert (await desk.rows("SELECT outcome FROM inbox"))[0].outcome == "unmatched"

    async def test_one_from_the_providers_list_settles_a_reply_whose_id_died_with_its_sender(
        self, desk: DeskAtWork, reply: UUID
    ) -> None:
        """The callbacks got lost as well: only the list of messages still knows of it."""
        with pytest.raises(ProcessDied):
            await desk.deliver(reply, channels={"fake": DyingSender()})
        listed = await desk.store(listed_as("SM8", "A new one is on its way.", desk.now))
        elsewhere = await desk.store(listed_as("SM9", "Something else.", desk.now))
        desk.now += REPORT_PATIENCE
        with pytest.raises(ReportTooEarly, match="being sent"):
            await desk.file(listed)
        await desk.deliver(reply)
        assert (await desk.delivery(reply))[0] == "unknown"
        await desk.file(elsewhere)
        assert (await desk.delivery(reply))[0] == "unknown"
        await desk.file(listed)
        assert await desk.delivery(reply) == ("delivered", None)
        another = await desk.store(listed_as("SM10", "A new one is on its way.", desk.now))
        desk.now += REPORT_PATIENCE
        await desk.file(another)
        rows = await desk.rows("SELECT key FROM message WHERE id = :id", id=reply)
        assert [row.key for row in rows] == ["fake:SM8"]

    async def test_news_shows_in_the_tickets_room_again(
        self, engine: AsyncEngine, desk: DeskAtWork, reply: UUID
    ) -> None:
        await desk.rows("UPDATE room_entry SET needs_showing = false RETURNING id")
        await desk.deliver(reply)
        (row,) = await desk.rows("SELECT needs_showing FROM room_entry WHERE message_id = :id", id=reply)
        assert row.needs_showing
