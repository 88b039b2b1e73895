"""Undo a reply that has not left yet. The row's lock decides between this and sending; who loses is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from core.errors import NotFound, Refused
from core.messages import Delivery, Party
from ticketing.activity.record import Record
from ticketing.conversations.carry_files import given
from ticketing.conversations.conversation import Direction, Message
from ticketing.conversations.origin import TYPED, Origin
from ticketing.conversations.outbox import repeated_by, save_progress, stream_of
from ticketing.conversations.parts import GivenFile
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.sla.history import REPLY
from ticketing.sla.keep import note_withdrawal


class TooLate(Refused):
    """The reply has left."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was taken back, so that it can be written anew. `ticket_id` None: it answers no ticket."""

    ticket_id: UUID | None
    conversation_id: UUID
    text: str
    then: str | None
    files: tuple[GivenFile, ...] = ()
    origin: Origin = TYPED  # where its words came from
    cc: tuple[Party, ...] | None = None  # as of `Message`


_TOO_LATE = {
    Delivery.SENDING: "is on its way just now",
    Delivery.UNKNOWN: "may have reached the customer already",
    Delivery.FAILED: "was tried already, and failed",
}


async def withdraw(message_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Withdrawn:
    """Take the reply back, all parts of it; it will never be sent. Again changes nothing and gives the text again.

    Raises TooLate, PermissionRefused (it is a colleague's), NotFound.
    """
    async with uow:
        parts = await uow.messages.lock_parts(message_id)
        message = parts[0]
        if message.direction is not Direction.OUTBOUND:
            raise NotFound("There is no such reply.")
        # Whoever sends a reply again holds it before its ticket.
        originals = [await uow.messages.lock(each) for part in parts if (each := repeated_by(part)) is not None]
        tickets = await uow.messages.tickets_of(message.id)
        locked = {each.id: each for each in await uow.tickets.lock_all(tickets)} if tickets else {}
        ticket = locked[tickets[0]] if tickets else None
        require(person_acting(by), Act.REPLY if message.author_id == by.id else Act.WITHDRAW_OTHER, ticket)
        if message.delivery is not Delivery.WITHDRAWN:
            _require_all_here(parts)
            # In the order in which they stand in the room: whoever shows it locks their entries in that order.
            for original in originals:  # has not been sent again after all, and may be
                await save_progress(original, original, uow=uow, now=now)
            for part in parts:
                request = None if repeated_by(part) is not None else part.request
                note = f"by {by.name}"
                gone = replace(part, delivery=Delivery.WITHDRAWN, request=request, error=None, note=note)
                await save_progress(part, gone, uow=uow, now=now)
            record = Record("reply.withdrawn", person_acting(by), now, {}, {"message": str(message.id)})
            if tickets:
                await note_withdrawal([locked[each] for each in tickets], record, uow=uow)
            else:
                await uow.activity.append(stream_of(message, tickets), [record])
        return Withdrawn(
            tickets[0] if tickets else None,
            message.conversation_id,
            "".join(part.text for part in parts),
            message.next_status,
            tuple([given(await uow.attachments.get(part.file_id)) for part in parts if part.file_id is not None]),
            await _origin(message, tickets, uow),
            message.cc,
        )


async def _origin(message: Message, tickets: Sequence[UUID], uow: UnitOfWork) -> Origin:
    """As its record has it: written anew, it is still that comment's, or the AI's."""
    for entry in reversed(await uow.activity.entries(stream_of(message, tickets))):
        if entry.kind == REPLY and entry.after.get("message") == str(message.id):
            return Origin.of(entry.after)
    return TYPED


def _require_all_here(parts: Sequence[Message]) -> None:
    """Raises TooLate: what has left cannot be taken back, and half a reply is none."""
    for part in parts:
        if part.delivery is not Delivery.PENDING:
            state = _TOO_LATE.get(part.delivery, "has been sent")
            raise TooLate(f"Too late to undo: the reply {state}.")
