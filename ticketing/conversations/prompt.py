"""People are told before a customer can no longer be answered freely, if an answer is owed (SPEC 1.9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sla.calendar import Calendar, worked_before
from ticketing.conversations.conversation import Conversation
from ticketing.conversations.window import free_until
from ticketing.playbook.playbook import Playbook
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.events import WindowClosing
from ticketing.triage.decide import Rules

# Out of hours every message of a customer is the last chance at once; one telling is enough for a while.
AT_MOST_EVERY = timedelta(hours=12)


def prompt_at(window_end: datetime, hours: Calendar, now: datetime, lead: timedelta) -> datetime | None:
    """When to tell people: `lead` of working time before the end, so before the desk's last closing ahead of it too.

    At once where that has passed already. None: the window has closed.
    """
    if window_end <= now:
        return None
    return max(now, worked_before(hours, window_end, lead))


def planned(
    conversation: Conversation,
    windows: Mapping[str, timedelta],
    hours: Calendar,
    lead: timedelta,
    now: datetime,
) -> datetime | None:
    """When people are to be told about this conversation, as it stands now. None: never."""
    end = free_until(windows.get(conversation.channel), conversation.last_inbound_at, conversation.window_closed_at)
    if end is None or not lead:
        return None
    return prompt_at(end, hours, now, lead)


def with_prompt(
    conversation: Conversation, rules: Rules, now: datetime, hours: Sequence[Calendar] = ()
) -> Conversation:
    """The conversation with what is planned for it as it stands now. Whether an answer is owed is asked then.

    `hours`: of those who work on its tickets, where they are not the desk's; the earliest counts.
    """
    plans = [planned(conversation, rules.windows, each, rules.lead, now) for each in hours or (rules.hours,)]
    return replace(conversation, prompt_at=min((each for each in plans if each is not None), default=None))


def hours_of(types: Iterable[str], playbook: Playbook) -> tuple[Calendar, ...]:
    """The calendars that promises to tickets of these types go by. None: nothing is promised to them."""
    policies = (playbook.policies.get(playbook.type(key).sla or "") for key in types)
    keys = dict.fromkeys(each.calendar for each in policies if each)
    return tuple(playbook.calendars[key] for key in keys)


async def prompt_due(*, windows: Mapping[str, timedelta], start: StartWork, now: datetime) -> int:
    """Tell people about every window that is about to close on an answer they owe; how many."""
    return await sweep(
        lambda uow, skip, most: uow.conversations.to_prompt(now, skip=skip, most=most),
        partial(_prompt_if_due, windows=windows, now=now),
        start=start,
    )


async def _prompt_if_due(
    conversation_id: UUID, uow: UnitOfWork, *, windows: Mapping[str, timedelta], now: datetime
) -> bool:
    async with uow:
        conversation = await uow.conversations.lock(conversation_id)
        if conversation.prompt_at is None or conversation.prompt_at > now:
            return False
        end = free_until(windows.get(conversation.channel), conversation.last_inbound_at, conversation.window_closed_at)
        lately = conversation.prompted_at is not None and now - conversation.prompted_at < AT_MOST_EVERY
        owed = end is not None and now < end and not lately and await _is_owed(conversation, uow)
        told = now if owed else conversation.prompted_at
        await uow.conversations.save(replace(conversation, prompt_at=None, prompted_at=told))
        if owed and end is not None:
            uow.emit(WindowClosing(conversation_id=conversation_id, until=end, at=now))
        return owed


async def _is_owed(conversation: Conversation, uow: UnitOfWork) -> bool:
    """The customer wrote last, and a ticket or people carry it."""
    if not await uow.messages.customer_wrote_last(conversation.id):
        return False
    if conversation.awaiting_since is not None:
        return True
    tickets = await uow.tickets.lock_concerned(conversation.id)
    return any(ticket.is_live for ticket in tickets)
