"""People are told before a customer can no longer be answered freely, if an answer is owed (SPEC 1.9)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sla.hours import BusinessHours
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.window import free_until
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.ports import StartWork, UnitOfWork
from ticketing.tickets.events import WindowClosing
from ticketing.triage.decide import Rules

# Out of hours every message of a customer is the last chance at once; one telling is enough for a while.
AT_MOST_EVERY = timedelta(hours=12)
_MOST_AT_ONCE = 100


def prompt_at(window_end: datetime, hours: BusinessHours, now: datetime, lead: timedelta) -> datetime | None:
    """When to tell people: `lead` of working time before the end, so before the desk's last closing ahead of it too.

    At once where that has passed already. None: the window has closed.
    """
    if window_end <= now:
        return None
    return max(now, hours.worked_before(window_end, lead))


def planned(
    conversation: Conversation,
    windows: Mapping[str, timedelta],
    hours: BusinessHours,
    lead: timedelta,
    now: datetime,
) -> datetime | None:
    """When people are to be told about this conversation, as it stands now. None: never."""
    end = free_until(windows.get(conversation.channel), conversation.last_inbound_at, conversation.window_closed_at)
    if end is None or not lead:
        return None
    return prompt_at(end, hours, now, lead)


def with_prompt(conversation: Conversation, rules: Rules, now: datetime) -> Conversation:
    """The conversation with what is planned for it as it stands now. Whether an answer is owed is asked then."""
    return replace(conversation, prompt_at=planned(conversation, rules.windows, rules.hours, rules.lead, now))


async def prompt_due(*, windows: Mapping[str, timedelta], rules: Lifecycle, start: StartWork, now: datetime) -> int:
    """Tell people about every window that is about to close on an answer they owe; how many.

    Several clocks at once, or one that is killed and begins again, tell once.
    """
    told = 0
    while True:
        async with start() as uow:
            due = await uow.conversations.to_prompt(now, most=_MOST_AT_ONCE)
        for conversation_id in due:
            told += await _prompt_if_due(conversation_id, windows, rules, uow=start(), now=now)
        if len(due) < _MOST_AT_ONCE:
            return told


async def _prompt_if_due(
    conversation_id: UUID, windows: Mapping[str, timedelta], rules: Lifecycle, *, uow: UnitOfWork, now: datetime
) -> bool:
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        if conversation.prompt_at is None or conversation.prompt_at > now:
            return False
        end = free_until(windows.get(conversation.channel), conversation.last_inbound_at, conversation.window_closed_at)
        lately = conversation.prompted_at is not None and now - conversation.prompted_at < AT_MOST_EVERY
        owed = end is not None and now < end and not lately and await _is_owed(conversation, rules, uow)
        told = now if owed else conversation.prompted_at
        await uow.conversations.save(replace(conversation, prompt_at=None, prompted_at=told))
        if owed and end is not None:
            uow.emit(WindowClosing(conversation_id=conversation_id, until=end, at=now))
        return owed


async def _is_owed(conversation: Conversation, rules: Lifecycle, uow: UnitOfWork) -> bool:
    """The customer wrote last, and a ticket or people carry it."""
    if not await uow.messages.customer_wrote_last(conversation.id):
        return False
    if conversation.awaiting_since is not None:
        return True
    tickets = await uow.tickets.lock_recent(conversation.id)
    return any(rules.status(ticket.status).category.is_live for ticket in tickets)
