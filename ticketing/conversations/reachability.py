"""Whether a customer still takes messages of ours: they block us, let us in again, or are found gone when we send."""

from dataclasses import replace
from datetime import datetime

from core.messages import Reachability
from ticketing.activity.record import Record
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import Change
from ticketing.people.actor import SYSTEM, Actor, customer_acting
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.ports import StoredEvent, UnitOfWork
from ticketing.tickets.events import CustomerReachChanged


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
    for ticket in await uow.tickets.known(after.id):
        if StatusCategory(ticket.status_category).is_live:
            uow.emit(CustomerReachChanged(ticket_id=ticket.id, at=now))
    return after


async def found_gone(conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> None:
    """The provider refused a message because of this. Of a locked conversation."""
    await save_reach(told(conversation, reachable=False, by=SYSTEM, at=now), uow=uow, now=now)
