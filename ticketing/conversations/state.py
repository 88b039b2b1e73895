"""The life of a conversation, as pure functions: open, snoozed until a time or the next message, resolved (SPEC 1.10).

Beside its state, a conversation may wait for people: somebody should write back, and no ticket carries the work.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import Refused
from ticketing.activity.record import Record, Value
from ticketing.conversations.conversation import Conversation, State
from ticketing.people.actor import Actor

LONGEST_SNOOZE = timedelta(days=366)


class SnoozeRefused(Refused):
    """Not a time that a conversation can sleep until."""


@dataclass(frozen=True, slots=True)
class Change:
    """A conversation after a change. No `record`: it already was so, and nothing has to be saved."""

    conversation: Conversation
    record: Record | None = None


def snooze(conversation: Conversation, until: datetime, *, by: Actor, at: datetime) -> Change:
    """Put it aside until then, or until the customer writes. Raises SnoozeRefused."""
    if until <= at:
        raise SnoozeRefused("A conversation can only be snoozed until a time that is still to come.")
    if until - at > LONGEST_SNOOZE:
        raise SnoozeRefused("A conversation can be snoozed for a year at most.")
    if conversation.state is State.SNOOZED and conversation.snoozed_until == until:
        return Change(conversation)
    after = replace(conversation, state=State.SNOOZED, snoozed_until=until, state_by=by.name)
    return _changed("conversation.snoozed", conversation, after, by, at, until=until.isoformat())


def resolve(conversation: Conversation, *, by: Actor, at: datetime, **why: Value) -> Change:
    """Nobody owes anything in it any more. `why` goes into the record: ids and fixed words only."""
    if conversation.state is State.RESOLVED and conversation.awaiting_since is None:
        return Change(conversation)
    after = replace(conversation, state=State.RESOLVED, snoozed_until=None, state_by=by.name, awaiting_since=None)
    return _changed("conversation.resolved", conversation, after, by, at, **why)


def open_again(conversation: Conversation, *, by: Actor, at: datetime, **why: Value) -> Change:
    """Wake it, or take it up again."""
    if conversation.state is State.OPEN:
        return Change(conversation)
    after = replace(conversation, state=State.OPEN, snoozed_until=None, state_by=None)
    return _changed("conversation.reopened", conversation, after, by, at, **why)


def pass_to_people(conversation: Conversation, since: datetime, *, by: Actor, at: datetime, **why: Value) -> Change:
    """Somebody should write back, though there is no ticket. `since`: when the customer began to wait."""
    if conversation.awaiting_since is not None and conversation.state is State.OPEN:
        return Change(conversation)
    since = conversation.awaiting_since or since
    after = replace(conversation, state=State.OPEN, snoozed_until=None, state_by=None, awaiting_since=since)
    return _changed("conversation.passed_to_people", conversation, after, by, at, **why)


def carried_by_ticket(conversation: Conversation, *, by: Actor, at: datetime) -> Change:
    """A ticket has just been opened or goes on: whoever works on it owes the answer."""
    if conversation.awaiting_since is None:
        return open_again(conversation, by=by, at=at, why="a ticket carries it")
    after = replace(conversation, state=State.OPEN, snoozed_until=None, state_by=None, awaiting_since=None)
    return _changed("conversation.carried_by_ticket", conversation, after, by, at)


def _changed(kind: str, before: Conversation, after: Conversation, by: Actor, at: datetime, **extra: Value) -> Change:
    record = Record(kind, by, at, {"state": before.state.value}, {"state": after.state.value, **extra})
    return Change(after, record)
