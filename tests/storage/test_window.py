"""The 24-hour window holds for every sender: it is asked where messages leave, and in the form before that."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.errors import MessageRefused
from core.messages import Limits
from tests.factories import RULES, a_suggestion
from tests.fakes.channels import FakeConnector
from tests.playbooks import RESOLVED
from tests.storage.desk import ByItself, DeskAtWork, OneIssue, Says, a_message
from tests.storage.test_triage import Continues
from ticketing.conversations.outbox import put_in_outbox
from ticketing.conversations.parts import Part
from ticketing.conversations.window import WindowClosed
from ticketing.people.actor import AI, SYSTEM, Actor, ActorKind, person_acting
from ticketing.people.person import Person
from ticketing.triage.suggestion import Triager
from ticketing.triage.understand import Pace, understand

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


async def _understand(desk: DeskAtWork, conversation_id: UUID, brain: Triager) -> None:
    rules, pace = replace(RULES, windows={"fake": DAY}), Pace(timedelta(), timedelta())
    await understand(
        conversation_id,
        brain=brain,
        rules=rules,
        pace=pace,
        reading=ByItself(desk.start),
        applying=ByItself(desk.start),
        clock=desk.clock,
    )


async def _another_issue(desk: DeskAtWork, conversation_id: UUID, _: UUID) -> None:
    await desk.customer_writes("I was charged twice.")
    await _understand(desk, conversation_id, OneIssue())


async def _more_of_the_first(desk: DeskAtWork, conversation_id: UUID, first: UUID) -> None:
    await desk.customer_writes("Any news?")
    await _understand(desk, conversation_id, Continues(first))


async def _nothing_but_a_start(desk: DeskAtWork, _: UUID, __: UUID) -> None:
    await desk.file(await desk.store(a_message("/start") | {"start": "site"}))


@pytest.mark.parametrize("writes", [_another_issue, _more_of_the_first, _nothing_but_a_start])
async def test_whatever_the_customer_writes_every_live_ticket_of_theirs_shows_until_when_they_can_be_answered(
    desk: DeskAtWork,
    mia: Person,
    conversation_id: UUID,
    writes: Callable[[DeskAtWork, UUID, UUID], Awaitable[None]],
) -> None:
    second, settled = [await desk.ticket(conversation_id, mia) for _ in range(2)]
    await desk.desk.change_status(settled.id, RESOLVED, by=mia)
    (first,) = await desk.rows("SELECT id FROM ticket WHERE number = 1")
    await _understand(desk, conversation_id, Continues(first.id))
    jobs = len(await desk.jobs())

    desk.now += SECOND
    await writes(desk, conversation_id, first.id)
    rows = await desk.rows("SELECT payload FROM pgqueuer ORDER BY id OFFSET :jobs", jobs=jobs)
    shown = [json.loads(row.payload).get("ticket_id") for row in rows]
    assert {str(first.id), str(second.id)} <= set(shown)
    assert str(settled.id) not in shown
    assert shown.count(str(first.id)) == shown.count(str(second.id)) == 1


async def test_so_does_the_light_card_of_a_conversation_that_waits_for_people(desk: DeskAtWork) -> None:
    conversation_id = await desk.customer_writes("Hello, are you there?")
    await _understand(desk, conversation_id, Says(a_suggestion(worthy=False, awaits_answer=True)))
    jobs = len(await desk.jobs())
    desk.now += SECOND
    await _nothing_but_a_start(desk, conversation_id, conversation_id)
    assert (await desk.jobs())[jobs:] == ["ConversationChanged"]
