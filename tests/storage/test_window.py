"""The 24-hour window holds for every sender: it is asked where messages leave, and in the form before that."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from core.errors import MessageRefused
from core.messages import Limits
from tests.fakes.channels import FakeConnector
from tests.storage.desk import DeskAtWork
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.conversations.window import WindowClosed
from ticketing.people.actor import AI, SYSTEM, Actor, ActorKind, person_acting
from ticketing.people.person import Person

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _a_channel_with_a_window(desk: DeskAtWork) -> None:
    desk.use(FakeConnector(limits=Limits(text=1000, window=DAY)))


@pytest.fixture
async def mia(desk: DeskAtWork) -> Person:
    return await desk.person("Mia")


@pytest.fixture
async def conversation_id(desk: DeskAtWork, mia: Person) -> UUID:
    conversation_id = await desk.customer_writes()
    await desk.ticket(conversation_id, mia)
    return conversation_id


async def written(desk: DeskAtWork, conversation_id: UUID, by: Person | Actor) -> UUID:
    """In the outbox, whoever wrote it; the message's id."""
    async with desk.start() as uow:
        conversation = await uow.conversations.lock(conversation_id)
        message = await put_in_outbox(
            [Part("How did we do?")],
            conversation,
            rooms=[],
            concerns=False,
            by=by,
            request=f"{by.name} at {desk.now}",
            undo=timedelta(),
            uow=uow,
            now=desk.now,
        )
    assert message is not None
    return message.id


SENDERS: Mapping[str, Actor | None] = {
    "agent": None,
    "ai": AI,
    "automation": Actor(ActorKind.SYSTEM, "Rule: say thanks"),
    "survey": SYSTEM,
}


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize(
    ("age", "leaves"),
    [(DAY - SECOND, True), (DAY, False), (DAY + timedelta(minutes=1), False)],
    ids=["23:59:59", "24:00:00", "24:01:00"],
)
async def test_a_message_leaves_within_24_hours_and_after_that_is_refused_in_words_whoever_wrote_it(
    desk: DeskAtWork, mia: Person, conversation_id: UUID, sender: str, age: timedelta, leaves: bool
) -> None:
    desk.now += timedelta(hours=23)
    message = await written(desk, conversation_id, SENDERS[sender] or person_acting(mia))
    desk.now += age - timedelta(hours=23)

    await desk.deliver(message)

    delivery, error = await desk.delivery(message)
    assert (delivery, len(desk.channel.sent)) == (("sent", 1) if leaves else ("failed", 0))
    if not leaves:
        assert error is not None
        assert error.startswith("The 24-hour window closed")
        assert "send a template" in error


async def test_an_agent_is_told_in_the_form_and_may_write_again_once_the_customer_has(
    desk: DeskAtWork, mia: Person, conversation_id: UUID
) -> None:
    desk.now += DAY
    with pytest.raises(WindowClosed, match="send a template"):
        await desk.desk.reply_to_conversation(conversation_id, "Hello?", by=mia, request="1")
    assert await desk.count("message WHERE direction = 'out'") == 0

    await desk.customer_writes("Are you there?")
    await desk.desk.reply_to_conversation(conversation_id, "Yes!", by=mia, request="2")
    await desk.deliver(await desk.message("2"))
    assert [message.text for message in desk.channel.sent] == ["Yes!"]


async def test_a_reply_that_waited_until_the_window_closed_can_be_sent_again_once_it_is_open(
    desk: DeskAtWork, mia: Person, conversation_id: UUID
) -> None:
    await desk.desk.reply_to_conversation(conversation_id, "Hello!", by=mia, request="1")
    desk.now += DAY - SECOND
    waiting = await desk.message("1")
    await desk.rows("UPDATE message SET at = :now WHERE id = :id RETURNING id", now=desk.now, id=waiting)
    desk.now += SECOND
    await desk.deliver(waiting)
    with pytest.raises(WindowClosed):
        await desk.desk.send_again(waiting, by=mia)

    await desk.customer_writes("Are you there?")
    await desk.desk.send_again(waiting, by=mia)
    await desk.deliver(await desk.message(f"again:{waiting}"))
    assert [message.text for message in desk.channel.sent] == ["Hello!"]


async def test_a_provider_that_says_it_is_closed_is_believed_until_the_customer_writes(
    desk: DeskAtWork, mia: Person, conversation_id: UUID
) -> None:
    desk.channel.fail_next = MessageRefused("Outside the window.", window_closed=True)
    await desk.desk.reply_to_conversation(conversation_id, "Hello!", by=mia, request="1")
    await desk.deliver(await desk.message("1"))
    assert await desk.delivery(await desk.message("1")) == ("failed", "Outside the window.")

    with pytest.raises(WindowClosed):
        await desk.desk.reply_to_conversation(conversation_id, "Hello?", by=mia, request="2")
    desk.now += SECOND
    await desk.customer_writes("Are you there?")
    await desk.desk.reply_to_conversation(conversation_id, "Yes!", by=mia, request="3")
