"""A card was deleted in Slack. The database is the truth, so it comes back, a ticket's with its thread."""

from datetime import datetime

from ticketing.ports import UnitOfWork
from ticketing.tickets.events import CardDeleted, ConversationChanged


async def card_deleted(channel: str, ts: str, *, uow: UnitOfWork, now: datetime) -> None:
    """Safe to repeat: what has been posted anew stands elsewhere."""
    async with uow:
        ticket_id = await uow.room.card_deleted(channel, ts)
        if ticket_id is not None:
            uow.emit(CardDeleted(ticket_id=ticket_id, at=now))
            return
        conversation_id = await uow.conversations.card_deleted(channel, ts)
        if conversation_id is not None:
            uow.emit(ConversationChanged(conversation_id=conversation_id, at=now))
