"""Saving a change of a conversation: it, its activity record and its event stand and fall together."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Stream
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.state import Change
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged


async def save_conversation(change: Change, *, uow: UnitOfWork, now: datetime) -> Conversation:
    """Save a change of a conversation that is locked. Returns how it stands now."""
    if change.record is None:
        return change.conversation
    after = replace(change.conversation, version=change.conversation.version + 1)
    await uow.conversations.save(after)
    await uow.activity.append(Stream("conversation", after.id), [change.record])
    uow.emit(ConversationChanged(conversation_id=after.id, at=now))
    return after


async def other_newest_ticket(conversation_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """The locked conversation may have another newest ticket now, and the line of its light card names it."""
    if await uow.conversations.has_light_card(conversation_id):
        uow.emit(ConversationChanged(conversation_id=conversation_id, at=now))
