"""Snooze, wake and resolve a conversation: by people, and by the clock."""

from datetime import datetime
from functools import partial
from uuid import UUID

from ticketing.conversations.conversation import Conversation, State
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import open_again, resolve, snooze
from ticketing.mails.undecided import stands_for_itself
from ticketing.people.actor import SYSTEM, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.changes import require_no_live_ticket


async def snooze_conversation(
    conversation_id: UUID, until: datetime, *, by: Person, uow: UnitOfWork, now: datetime
) -> Conversation:
    """Raises SnoozeRefused, PermissionRefused."""
    actor = person_acting(by)
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        require(actor, Act.SET_STATE)
        return await save_conversation(snooze(conversation, until, by=actor, at=now), uow=uow, now=now)


async def wake_conversation(conversation_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Conversation:
    """Raises PermissionRefused."""
    actor = person_acting(by)
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        require(actor, Act.SET_STATE)
        if conversation.state is not State.SNOOZED:  # pressed late: it is awake, or done with
            return conversation
        return await save_conversation(open_again(conversation, by=actor, at=now), uow=uow, now=now)


async def resolve_conversation(conversation_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Conversation:
    """Raises CarriedByTicket, ConversationJoined, PermissionRefused."""
    actor = person_acting(by)
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        require(actor, Act.SET_STATE)
        require_no_live_ticket(await uow.tickets.lock_recent(conversation_id), "It is resolved with its ticket.")
        await stands_for_itself(conversation, by=actor, uow=uow, now=now)
        return await save_conversation(resolve(conversation, by=actor, at=now), uow=uow, now=now)


async def wake_due(*, start: StartWork, now: datetime) -> int:
    """Open every snoozed conversation whose time has come; how many."""
    return await sweep(
        lambda uow, skip, most: uow.conversations.due(now, skip=skip, most=most),
        partial(_wake_if_due, now=now),
        start=start,
    )


async def _wake_if_due(conversation_id: UUID, uow: UnitOfWork, *, now: datetime) -> bool:
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        until = conversation.snoozed_until
        if conversation.state is not State.SNOOZED or until is None or until > now:
            return False
        await save_conversation(open_again(conversation, by=SYSTEM, at=now, why="its time had come"), uow=uow, now=now)
        return True
