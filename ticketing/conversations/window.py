"""Until when a customer can be answered freely: one pure rule for every sender, be it a person, the AI or the desk.

Some channels take free messages only so long after the customer's last one (WhatsApp: 24 hours), and after that only
approved templates. Asked in the form, so that a person is told there, and again in `deliver.py`, which alone decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType

from core.errors import Refused
from core.messages import Limits
from ticketing.conversations.conversation import Conversation, Message

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Free:
    """Anything may be sent, `until` then (None: always)."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """Only a template may be sent, `since` then (None: the customer has never written)."""

    since: datetime | None = None


Window = Free | Closed


class WindowClosed(Refused):
    """A free message would not be taken: a template may be."""


def window(conversation: Conversation, limits: Limits, now: datetime) -> Window:
    """The end itself is closed already: exactly 24 hours after the customer's message is too late."""
    if limits.window is None:
        return Free()
    heard, refused = conversation.last_inbound_at, conversation.window_closed_at
    if heard is None:
        return Closed(refused)
    end = heard + limits.window
    if refused is not None:
        return Closed(min(end, refused))
    return Free(end) if now < end else Closed(end)


NO_WINDOWS: Mapping[str, timedelta] = MappingProxyType({})
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def free_until(
    length: timedelta | None, last_inbound_at: datetime | None, window_closed_at: datetime | None
) -> datetime | None:
    """The same for whoever shows it: the end of a window of this length. None: there is none; NEVER: no message yet."""
    if length is None:
        return None
    if last_inbound_at is None:
        return NEVER
    end = last_inbound_at + length
    return end if window_closed_at is None else min(end, window_closed_at)


def may_leave(message: Message, conversation: Conversation, limits: Limits, now: datetime) -> Window:
    """Whether this message may go to the provider. A template always may."""
    return Free() if message.template is not None else window(conversation, limits, now)


def heard(conversation: Conversation, at: datetime) -> Conversation:
    """The conversation after a message that the customer wrote at that instant: it opens the window again.

    One that is filed late neither moves the window back nor opens it again.
    """
    newest, refused = conversation.last_inbound_at, conversation.window_closed_at
    return replace(
        conversation,
        last_inbound_at=at if newest is None else max(newest, at),
        window_closed_at=refused if refused is not None and at <= refused else None,
    )


def refused(conversation: Conversation, sent_at: datetime | None, at: datetime) -> Conversation:
    """The conversation after the provider refused, for its window, a message handed over at `sent_at`.

    Unless the customer has written since: then it has opened again.
    """
    newest = conversation.last_inbound_at
    if sent_at is not None and newest is not None and newest > sent_at:
        return conversation
    return replace(conversation, window_closed_at=conversation.window_closed_at or at)


def closed_words(closed: Closed, limits: Limits, now: datetime, zone: tzinfo) -> str:
    """What happened and what to do, in the desk's own time."""
    if closed.since is None:
        return "The customer has not written yet, so only a template can be sent."
    since, today = closed.since.astimezone(zone), now.astimezone(zone).date()
    day = "" if since.date() == today else f"on {since:%a}, {since.day} {since:%b} "
    hours = f"{limits.window // _HOUR}-hour " if limits.window else ""
    return f"The {hours}window closed {day}at {since:%H:%M}: send a template, or wait until the customer writes."


def require_open(conversation: Conversation, limits: Limits, *, now: datetime, zone: tzinfo) -> None:
    """Raises WindowClosed."""
    found = window(conversation, limits, now)
    if isinstance(found, Closed):
        raise WindowClosed(closed_words(found, limits, now, zone))
