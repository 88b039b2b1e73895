"""File a press of a button under a message of ours. It counts only if that button went to whoever pressed it."""

from collections.abc import Mapping
from datetime import datetime

from core.ids import new_id
from core.messages import Delivery, Pressed
from ticketing.conversations.conversation import Direction, Message
from ticketing.ports import Parse, StartWork, StoredEvent, UnitOfWork
from ticketing.surveys.answer import answer_of_press, keep_answer
from ticketing.surveys.survey import stars
from ticketing.surveys.wording import after_press
from ticketing.tickets.events import PressFiled


async def file_press(pressed: Pressed, event: StoredEvent, *, uow: UnitOfWork, now: datetime) -> str:
    """The inbox's outcome. The same press again changes nothing; one that means nothing to us is ignored, kindly."""
    uow.emit(PressFiled(inbox_id=event.id, at=now))
    conversation = await uow.conversations.lock_at(pressed.channel, pressed.account, pressed.sender)
    answer = await answer_of_press(pressed.data, conversation, uow=uow) if conversation else None
    if conversation is None or answer is None:
        return "ignored"
    survey, score = answer
    message = Message(
        new_id(),
        conversation.id,
        Direction.INBOUND,
        stars(score.value),
        event.received_at,
        Delivery.DELIVERED,
        key=f"{pressed.channel}:press:{pressed.key}",
        triaged=True,  # nobody has to understand it
    )
    if await uow.messages.add(message):
        await uow.room.add_messages(survey.ticket_id, [message.id], concerns=True, at=now)
        await keep_answer(answer, conversation, at=event.received_at, uow=uow, now=now)
    return "filed"


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
        answer = await answer_of_press(pressed.data, conversation, uow=uow) if conversation else None
        return pressed, after_press(language, counted=answer is not None)
