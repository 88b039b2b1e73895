"""A conversation follows its tickets: with the last live one settled it is resolved, with one live again it is open."""

from datetime import datetime
from uuid import UUID

from ticketing.conversations.conversation import State
from ticketing.conversations.prompt import hours_of, with_prompt
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import open_again, resolve
from ticketing.people.actor import SYSTEM
from ticketing.ports import StartWork, UnitOfWork
from ticketing.triage.decide import Rules


async def follow_tickets(ticket_id: UUID, *, rules: Rules, start: StartWork, now: datetime) -> None:
    """Run after a ticket changed its status; safe to repeat, and to come late: it looks how things stand now.

    Conversations whose tickets were merged into it follow it too. What still waits to be understood, or for people,
    decides for itself.
    """
    async with start() as uow:
        own = (await uow.conversations.lock_of(ticket_id)).id
        attached = await uow.merges.attached(ticket_id)
    for conversation_id in (own, *attached):
        await _follow(conversation_id, rules=rules, uow=start(), now=now)


async def _follow(conversation_id: UUID, *, rules: Rules, uow: UnitOfWork, now: datetime) -> None:
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        tickets = await uow.tickets.lock_concerned(conversation.id)
        if live := [ticket.type for ticket in tickets if ticket.is_live]:
            if conversation.prompt_at is None:  # one that was done with has been looked at, and nothing was owed
                hours = hours_of(live, await uow.playbook())
                conversation = with_prompt(conversation, rules, now, hours)
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
