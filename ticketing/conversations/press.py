"""File a press of a button under a message of ours. It counts only if that button went to whoever pressed it."""

from collections.abc import Mapping
from datetime import datetime

from core.ids import new_id
from core.messages import Delivery, Pressed
from ticketing.conversations.conversation import Conversation, Direction, Message
from ticketing.conversations.ports import Parse, StoredEvent
from ticketing.offers import answer as offers
from ticketing.offers.offer import Answer
from ticketing.offers.wording import thanks
from ticketing.ports import StartWork, UnitOfWork
from ticketing.surveys import answer as surveys
from ticketing.surveys.survey import stars
from ticketing.surveys.wording import after_press
from ticketing.tickets.events import PressFiled


async def file_press(pressed: Pressed, event: StoredEvent, *, uow: UnitOfWork, now: datetime) -> str:
    """The inbox's outcome. The same press again changes nothing; one that means nothing to us is ignored, kindly."""
    uow.emit(PressFiled(inbox_id=event.id, at=now))
    conversation = await uow.conversations.lock_at(pressed.channel, pressed.account, pressed.sender)
    if conversation is None:
        return "ignored"
    if (given := await offers.answer_of_press(pressed.data, conversation, uow=uow, now=now)) is not None:
        message = _said(given.said, pressed, event, conversation)
        if await uow.messages.add(message):
            await offers.keep_answer(given, message.id, at=event.received_at, uow=uow, now=now)
        return "filed"
    if (answer := await surveys.answer_of_press(pressed.data, conversation, uow=uow)) is not None:
        survey, score = answer
        message = _said(stars(score.value), pressed, event, conversation)
        if await uow.messages.add(message):
            await uow.room.add_messages(survey.ticket_id, [message.id], concerns=True, at=now)
            await surveys.keep_answer(answer, conversation, at=event.received_at, uow=uow, now=now)
        return "filed"
    return "ignored"


def _said(words: str, pressed: Pressed, event: StoredEvent, conversation: Conversation) -> Message:
    """The press as a message in the conversation. Nobody has to understand it."""
    return Message(
        new_id(),
        conversation.id,
        Direction.INBOUND,
        words,
        event.received_at,
        Delivery.DELIVERED,
        key=f"{pressed.channel}:press:{pressed.key}",
        triaged=True,
    )


async def words_for_press(inbox_id: int, *, parse: Mapping[str, Parse], start: StartWork) -> tuple[Pressed, str] | None:
    """What to show for a moment to whoever pressed; None: this event is no press. Raises NotFound: it was pruned."""
    async with start() as uow:
        event = await uow.inbox.lock(inbox_id)
        items = parse[event.channel](event.request) if event.channel in parse else ()
        pressed = next((item for item in items if isinstance(item, Pressed)), None)
        if pressed is None:
            return None
        conversation = await uow.conversations.lock_at(pressed.channel, pressed.account, pressed.sender)
        language = await uow.surveys.language_of(conversation.id) if conversation else None
        return pressed, await _words(pressed.data, conversation, language, uow)


async def _words(data: str, conversation: Conversation | None, language: str | None, uow: UnitOfWork) -> str:
    if conversation is None:
        return after_press(language, counted=False)
    if (answer := await offers.answer_counted(data, conversation, uow=uow)) is not None:
        return thanks(language, accepted=answer is Answer.ACCEPTED)
    counted = await surveys.answer_of_press(data, conversation, uow=uow) is not None
    return after_press(language, counted=counted)
