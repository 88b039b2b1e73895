"""A customer on one screen: the read models that doors render. Values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.messages import Delivery
from ticketing.conversations.conversation import Direction, State
from ticketing.customers.customer import Customer, Identity, Reason
from ticketing.playbook.lifecycle import Status
from ticketing.triage.suggestion import Priority


@dataclass(frozen=True, slots=True)
class ProfileTicket:
    """One of the customer's tickets, as a line."""

    id: UUID
    number: int
    subject: str
    status: Status
    priority: Priority
    assignee: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ProfileConversation:
    """One of the customer's conversations, with its newest message."""

    id: UUID
    channel: str
    account: str
    address: str
    state: State
    last_words: str
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class TimelineMessage:
    """A message of the customer's, or to them, on any channel."""

    id: UUID
    conversation_id: UUID
    channel: str
    direction: Direction
    author: str | None  # of one of ours; of theirs, the member of a group who wrote it
    text: str
    at: datetime
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class PastMerge:
    """A merge that the customer was part of."""

    id: UUID
    reason: Reason
    by_name: str
    at: datetime
    absorbed_id: UUID
    absorbed: str  # their name
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that one screen shows. Lists are cut to the newest few."""

    customer: Customer
    identities: tuple[Identity, ...]
    open_tickets: tuple[ProfileTicket, ...]
    newest_tickets: tuple[ProfileTicket, ...]
    conversations: tuple[ProfileConversation, ...]
    messages: tuple[TimelineMessage, ...]  # newest first
    merges: tuple[PastMerge, ...]  # newest first


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer where they are one of several."""

    id: UUID
    name: str
    tier: str | None
    addresses: tuple[str, ...]  # "whatsapp:+4915112345678"
    created_at: datetime


def standing(merges: Sequence[PastMerge]) -> list[PastMerge]:
    """Those that can be undone, newest first."""
    return [each for each in merges if each.undone_at is None]
