"""Reply to the customer, about a ticket or in a conversation that has none. Sent by `deliver.py`."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from core.messages import Limits
from ticketing.conversations.outbox import put_in_outbox, sendable
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import move, require_standing
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
    async with uow:
        conversation = await uow.conversations.lock_of(ticket_id)
        ticket = await uow.tickets.lock(ticket_id)
        require(actor, Act.REPLY, ticket)
        require_standing(ticket)
        text = sendable(text, conversation.channel, limits)
        message = await put_in_outbox(
            text, conversation, rooms=[ticket_id], concerns=True, by=by, request=request, uow=uow, now=now
        )
        if message is not None and then and then != ticket.status:
            await save_change(move(ticket, then, by=actor, at=now, rules=rules), uow=uow)


async def reply_to_conversation(
    conversation_id: UUID,
    text: str,
    *,
    by: Person,
    request: str,
    limits: Mapping[str, Limits],
    rules: Lifecycle,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Write a reply that is about no ticket. Where tickets are open (one may have come meanwhile) it stands in all
    their rooms. `request` and errors as in `reply`.
    """
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        require(person_acting(by), Act.REPLY)
        text = sendable(text, conversation.channel, limits)
        tickets = await uow.tickets.lock_recent(conversation_id)
        rooms = [ticket.id for ticket in tickets if rules.status(ticket.status).category.is_live]
        await put_in_outbox(text, conversation, rooms=rooms, concerns=False, by=by, request=request, uow=uow, now=now)
