"""File a press of a button under a message of ours. It counts only if that button went to whoever pressed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.ids import new_id
from core.messages import Delivery, Pressed
from ticketing.conversations.conversation import Conversation, Direction, Message
from ticketing.conversations.file_message import opened
from ticketing.conversations.ports import Parse, StoredEvent
from ticketing.offers import answer as offers
from ticketing.offers.offer import Answer, Offer, pressed_answer
from ticketing.offers.wording import thanks
from ticketing.ports import StartWork, UnitOfWork
from ticketing.surveys import answer as surveys
from ticketing.surveys.survey import Score, Survey, pressed_score, stars
from ticketing.surveys.wording import after_press
from ticketing.tickets.events import MessageReceived, PressFiled


@dataclass(frozen=True, slots=True)
class Press:
    """What a button sent, or a link in its place. `key` is of the message that it makes; `comment` is of a score."""

    data: str
    key: str
    at: datetime
    comment: str | None = None


async def file_press(pressed: Pressed, event: StoredEvent, *, uow: UnitOfWork, now: datetime) -> str:
    """The inbox's outcome. The same press again changes nothing; one that means nothing to us is ignored, kindly."""
    uow.emit(PressFiled(inbox_id=event.id, at=now))
    conversation = await uow.conversations.lock_at(pressed.channel, pressed.account, pressed.sender)
    if conversation is None:
        return "ignored"
    press = Press(pressed.data, f"{pressed.channel}:press:{pressed.key}", event.received_at)
    return "filed" if await keep_press(press, conversation, uow=uow, now=now) else "ignored"


async def keep_press(press: Press, conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> bool:
    """In the locked conversation that the button went to. False: it means nothing, or nothing any more."""
    if (given := await offers.answer_of_press(press.data, conversation, uow=uow, now=now)) is not None:
        message = _said(given.said, press, conversation)
        if await uow.messages.add(message):
            await offers.keep_answer(given, message.id, at=press.at, uow=uow, now=now)
        return True
    if (answer := await surveys.answer_of_press(press.data, conversation, uow=uow)) is not None:
        await _keep_score(answer[0], Score(answer[1].value, press.comment), press, conversation, uow, now)
        return True
    return False


async def _keep_score(
    survey: Survey, score: Score, press: Press, conversation: Conversation, uow: UnitOfWork, now: datetime
) -> None:
    """What they say beside it may hold a new issue, so it is understood like any message."""
    message = _said(score.comment or stars(score.value), press, conversation, note=stars(score.value))
    if await uow.messages.add(message):
        await uow.room.add_messages(survey.ticket_id, [message.id], concerns=True, at=now)
        if score.comment:
            await opened(conversation, uow, now)
            uow.emit(MessageReceived(conversation_id=conversation.id, message_id=message.id, at=now))
    elif survey.score == score.value and score.comment in (None, survey.comment):
        return
    await surveys.keep_answer((survey, score), conversation, at=press.at, uow=uow, now=now)


def _said(words: str, press: Press, conversation: Conversation, *, note: str | None = None) -> Message:
    """The press as a message in the conversation. Nobody has to understand it, unless they wrote something, too."""
    return Message(
        new_id(),
        conversation.id,
        Direction.INBOUND,
        words,
        press.at,
        Delivery.DELIVERED,
        key=press.key,
        triaged=press.comment is None,
        note=note if press.comment else None,
    )


async def asked_in(data: str, *, uow: UnitOfWork) -> Offer | Survey | None:
    """Whose button sends this, unlocked. None: none of ours."""
    if (offered := pressed_answer(data)) is not None:
        return await uow.offers.get(offered[0])
    asked = pressed_score(data)
    return await uow.surveys.get(asked[0]) if asked is not None else None


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
        return pressed, (await words_after(pressed.data, conversation, language, uow))[0]


async def words_after(
    data: str, conversation: Conversation | None, language: str | None, uow: UnitOfWork
) -> tuple[str, bool]:
    """What is said to whoever pressed, and whether it counted. Asked after the press was filed."""
    if conversation is None:
        return after_press(language, counted=False), False
    if (answer := await offers.answer_counted(data, conversation, uow=uow)) is not None:
        return thanks(language, accepted=answer is Answer.ACCEPTED), True
    counted = await surveys.answer_of_press(data, conversation, uow=uow) is not None
    return after_press(language, counted=counted), counted
