"""Claim a conversation: its live tickets become yours (SPEC 2.4). Who loses the race is told by whom."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Stream
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import assign
from ticketing.tickets.events import ConversationChanged
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


class AlreadyClaimed(Refused):
    """A colleague has it. `holder` is their name; taking it over is possible, but asks first."""

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"{holder} has already claimed this conversation. To take it over, use “Take over” on the card."
        )
        self.holder = holder


async def claim(conversation_id: UUID, *, by: Person, take_over: bool, uow: UnitOfWork, now: datetime) -> list[Ticket]:
    """The tickets that are now theirs. Claiming what is yours already changes nothing.

    Raises AlreadyClaimed unless `take_over`, PermissionRefused.
    """
    actor = person_acting(by)
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        require(actor, Act.CLAIM)
        tickets = await uow.tickets.lock_recent(conversation_id)
        live = [ticket for ticket in tickets if ticket.is_live]
        holder = conversation.assignee_id
        # A ticket may be a colleague's though the conversation is nobody's: opened by hand, or assigned by an admin.
        for theirs in (holder, *(ticket.assignee_id for ticket in live)):
            if theirs is not None and theirs != by.id and not take_over:
                raise AlreadyClaimed((await uow.people.get(theirs)).name)
        if holder != by.id:
            await uow.conversations.save(replace(conversation, assignee_id=by.id, version=conversation.version + 1))
            before = {"assignee": str(holder) if holder else None}
            record = Record("conversation.claimed", actor, now, before, {"assignee": str(by.id)})
            await uow.activity.append(Stream("conversation", conversation.id), [record])
            if conversation.awaiting_since is not None:
                uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))
        return [await save_change(assign(ticket, by, by=actor, at=now), uow=uow) for ticket in live]
