"""Have a file shown wherever it is shown: something about it is different now."""

from datetime import datetime
from uuid import UUID

from ticketing.attachments.attachment import Attachment
from ticketing.attachments.ports import Whereabouts
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged, FileSettled


async def show_again(file_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """Safe to repeat. Raises NotFound."""
    async with uow:
        where = await lock_place(file_id, uow)
        await save_and_show(await uow.attachments.lock(file_id), where, uow=uow, now=now)


async def lock_place(file_id: UUID, uow: UnitOfWork) -> Whereabouts:
    """Where it stands, with its conversation locked: its message does not come into a room meanwhile, unseen by us."""
    where = await uow.attachments.where(file_id)
    if where.conversation_id is not None:
        await uow.conversations.lock(where.conversation_id)
    return where


async def save_and_show(file: Attachment, where: Whereabouts, *, uow: UnitOfWork, now: datetime) -> None:
    await uow.attachments.save(file)
    tickets = await uow.messages.tickets_of(where.message_id) if where.message_id else [where.ticket_id]
    for ticket_id in filter(None, tickets):
        uow.emit(FileSettled(ticket_id=ticket_id, at=now))
    if where.conversation_id is not None and not tickets:
        uow.emit(ConversationChanged(conversation_id=where.conversation_id, at=now))
