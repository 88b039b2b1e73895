"""What a message says now and what it said before: pure, and the saving of it."""

from dataclasses import replace
from datetime import datetime

from ticketing.activity.record import Record, Value
from ticketing.conversations.conversation import Conversation, Message, Revision
from ticketing.conversations.outbox import stream_of
from ticketing.people.actor import customer_acting
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged, MessageEdited


def revise(
    message: Message, text: str, *, at: datetime, answered_by: str | None
) -> tuple[Message, Revision | None] | None:
    """The message after an edit of instant `at`, and the words that it does not show. None: it is so already.

    `at` is the provider's instant and compared with those of other edits only: `message.at` is by our own clock.
    `answered_by` is who had answered the message before we heard of the edit.
    """
    if message.edited_at is not None and at < message.edited_at:  # overtaken: these words were replaced already
        return (message, Revision(message.id, at, text)) if text != message.text else None
    if text == message.text:
        return None if at == message.edited_at else (replace(message, edited_at=at), None)
    after_answer = message.edited_after_answer or answered_by is not None
    after = replace(message, text=text, edited_at=at, edited_after_answer=after_answer)
    return after, Revision(message.id, message.edited_at or message.at, message.text, answered_by)


async def save_revision(
    message: Message, earlier: Revision | None, conversation: Conversation, *, uow: UnitOfWork, now: datetime
) -> None:
    """Both are locked. Whoever shows the message hears of it; nothing happens if this is saved already."""
    if not await uow.messages.revise(message, earlier) or earlier is None:
        return
    await uow.fields.mark_stale(message.id, at=now)
    tickets = await uow.messages.tickets_of(message.id)
    customer = customer_acting(conversation.customer_id, "Customer")
    told: dict[str, Value] = {"message": str(message.id), "after_answer": message.edited_after_answer}
    await uow.activity.append(stream_of(message, tickets), [Record("message.edited", customer, now, {}, told)])
    # A triage that read the earlier words, and is still being worked out, reads again.
    await uow.conversations.save(replace(conversation, version=conversation.version + 1))
    for ticket_id in tickets:
        uow.emit(MessageEdited(ticket_id=ticket_id, at=now))
    if await uow.conversations.has_light_card(conversation.id):
        uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))
