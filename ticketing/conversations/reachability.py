"""Whether a customer still takes messages of ours: they block us, let us in again, or are found gone when we send."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.messages import Reachability
from ticketing.activity.record import Record
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.ports import StoredEvent
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import Change
from ticketing.people.actor import SYSTEM, Actor, customer_acting
from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged, CustomerReachChanged


async def file_reachability(news: Reachability, event: StoredEvent, *, uow: UnitOfWork, now: datetime) -> str:
    """The inbox's outcome. News come in any order: what is older than the newest, or than the last message, is old."""
    conversation = await uow.conversations.lock_at(news.channel, news.account, news.sender)
    if conversation is None:
        return "ignored"
    customer = customer_acting(conversation.customer_id, "Customer")
    change = told(conversation, reachable=news.reachable, by=customer, at=event.received_at)
    await save_reach(change, uow=uow, now=now)
    return "filed"


def told(conversation: Conversation, *, reachable: bool, by: Actor, at: datetime) -> Change:
    """The conversation after news of instant `at`."""
    # A person who writes takes messages: `last_inbound_at` is news too.
    newest = max(filter(None, (conversation.reach_told_at, conversation.last_inbound_at)), default=None)
    if newest is not None and at < newest:
        return Change(conversation)
    after = replace(conversation, reach_told_at=at, unreachable_since=None if reachable else at)
    if reachable is (conversation.unreachable_since is None):
        return Change(replace(after, unreachable_since=conversation.unreachable_since))
    kind = "conversation.reachable" if reachable else "conversation.unreachable"
    return Change(after, Record(kind, by, at, {"reachable": not reachable}, {"reachable": reachable}))


async def save_reach(change: Change, *, uow: UnitOfWork, now: datetime) -> Conversation:
    """Of a locked conversation. Its card and those of its live tickets say so."""
    if change.record is None:
        await uow.conversations.save(change.conversation)
        return change.conversation
    after = await save_conversation(change, uow=uow, now=now)
    await _live_tickets_say_so(after.id, uow=uow, now=now)
    return after


async def cards_say_so(conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> None:
    """Until when the customer can be answered freely has changed, and every card of theirs says it."""
    await _live_tickets_say_so(conversation.id, uow=uow, now=now)
    if conversation.awaiting_since is not None:
        uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))


async def _live_tickets_say_so(conversation_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    for ticket in await uow.tickets.known(conversation_id):
        if ticket.is_live:
            uow.emit(CustomerReachChanged(ticket_id=ticket.id, at=now))


async def found_gone(conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> None:
    """The provider refused a message because of this. Of a locked conversation."""
    await save_reach(told(conversation, reachable=False, by=SYSTEM, at=now), uow=uow, now=now)
