"""Reply to the customer about a ticket: written into the outbox here, sent by `deliver.py`."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from core.errors import AccountRefused
from core.ids import new_id
from core.messages import Delivery, Limits
from ticketing.activity.record import Record, Stream
from ticketing.conversations.conversation import Direction, Message
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import move
from ticketing.tickets.comment import TextRefused
from ticketing.tickets.events import ReplyWritten
from ticketing.tickets.save import save_change


async def reply(
    ticket_id: UUID,
    text: str,
    *,
    by: Person,
    request: str,
    then: str | None,
    limits: Mapping[str, Limits],
    rules: Lifecycle,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Write a reply, and put the ticket in status `then` if given.

    `request` names the act of pressing Send: the same one twice is one reply.
    Raises TextRefused (empty, or over the channel's limit: never cut in silence), TransitionRefused, PermissionRefused,
    AccountRefused (we are not connected to that channel any more).
    """
    actor = person_acting(by)
    text = text.replace("\x00", "").strip()
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        require(actor, Act.REPLY, ticket)
        conversation = await uow.conversations.get(ticket.conversation_id)
        if conversation.channel not in limits:
            raise AccountRefused(f"The channel {conversation.channel} is switched off: an admin must set it up again.")
        _require_sendable(text, limits[conversation.channel])
        message = Message(
            new_id(),
            conversation.id,
            Direction.OUTBOUND,
            text,
            now,
            Delivery.PENDING,
            request=request,
            author_id=by.id,
            author_name=by.name,
            triaged=True,
        )
        if not await uow.messages.add(message):
            return
        await uow.room.add_messages(ticket_id, [message.id], concerns=True, at=now)
        if then and then != ticket.status:
            await save_change(move(ticket, then, by=actor, at=now, rules=rules), uow=uow)
        record = Record("reply.written", actor, now, {}, {"message": str(message.id)})
        await uow.activity.append(Stream("ticket", ticket_id), [record])
        uow.emit(ReplyWritten(ticket_id=ticket_id, message_id=message.id, at=now))


def _require_sendable(text: str, limits: Limits) -> None:
    if not text:
        raise TextRefused("The reply is empty. Write something to the customer first.")
    length = limits.length(text)
    if length > limits.text:
        raise TextRefused(
            f"The reply has {length:,} characters; this channel takes {limits.text:,} in one message. "
            "Shorten it, or send it as two."
        )
