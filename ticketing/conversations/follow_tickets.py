"""A conversation follows its tickets: with the last live one settled it is resolved, with one live again it is open."""

from datetime import datetime
from uuid import UUID

from ticketing.conversations.conversation import State
from ticketing.conversations.prompt import with_prompt
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import open_again, resolve
from ticketing.people.actor import SYSTEM
from ticketing.ports import UnitOfWork
from ticketing.triage.decide import Rules


async def follow_tickets(ticket_id: UUID, *, rules: Rules, uow: UnitOfWork, now: datetime) -> None:
    """Run after a ticket changed its status; safe to repeat, and to come late: it looks how things stand now.

    What still waits to be understood, or for people, decides for itself.
    """
    async with uow:
        conversation = await uow.conversations.lock_of(ticket_id)
        tickets = await uow.tickets.lock_recent(conversation.id)
        if any(rules.lifecycle.status(ticket.status).category.is_live for ticket in tickets):
            if conversation.prompt_at is None:  # one that was done with has been looked at, and nothing was owed
                conversation = with_prompt(conversation, rules, now)
                await uow.conversations.save(conversation)
            if conversation.state is State.RESOLVED:
                change = open_again(conversation, by=SYSTEM, at=now, why="a ticket is worked on again")
                await save_conversation(change, uow=uow, now=now)
            return
        waits = conversation.awaiting_since is not None
        if waits or await uow.messages.waiting_for_triage(conversation.id) is not None:
            return
        change = resolve(conversation, by=SYSTEM, at=now, why="its last live ticket is settled")
        await save_conversation(change, uow=uow, now=now)
