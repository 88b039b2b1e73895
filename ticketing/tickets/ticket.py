"""The ticket as a value. What may change it is in `changes.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from ticketing.playbook.lifecycle import StatusCategory
from ticketing.triage.suggestion import Priority, Sentiment

# What a custom field holds. Numbers and money as decimals ("89.00"), dates as "2026-11-24", options by their keys,
# files by their ids: strings, whose meaning the playbook's field tells.
Stored = str | bool | list[str]

MOST_TAGS = 20


@dataclass(frozen=True, slots=True)
class Ticket:
    """One issue of one customer, traced to the conversation it came from.

    `version` grows by one with every change; buttons and forms bring back the one they were drawn from.
    """

    id: UUID
    number: int
    conversation_id: UUID
    customer_id: UUID
    type: str
    category: str
    subject: str
    description: str
    status: str
    status_category: StatusCategory  # of its status, in its type's lifecycle
    priority: Priority
    team_id: UUID | None
    assignee_id: UUID | None
    reporter: str  # the kind of actor that opened it: agent | ai
    created_at: datetime
    updated_at: datetime
    status_since: datetime
    resolved_at: datetime | None = None
    version: int = 1
    discarded_at: datetime | None = None  # it was no ticket after all: `status` is what it was, and it counts nowhere
    discarded_by: UUID | None = None  # the person
    fields: Mapping[str, Stored] = field(default_factory=dict, hash=False)  # the playbook's, by key
    tags: tuple[str, ...] = ()
    due_at: datetime | None = None  # a promise made by hand
    remind_at: datetime | None = None  # when people are reminded of it; None: they have been, or there is none
    owner_id: UUID | None = None  # the accountable person,
    owner_team_id: UUID | None = None  # or team; it survives hand-offs
    moves_on_at: datetime | None = None  # when it leaves its status by itself
    merged_into: UUID | None = None  # the ticket that goes on with it, which counts instead
    sentiment: Sentiment | None = None  # how its customer sounds, as of what they wrote last
    exchanges: int = 0  # how often they have written about it since it got on (`changes.py: is_progress`)
    reopenings: int = 0  # how often it was taken up again after it had been settled
    hand_offs: int = 0  # how often somebody gave it to another team, or to somebody of it
    escalated_at: datetime | None = None  # the AI leaves it to people since then, until one of them hands it back

    @property
    def is_live(self) -> bool:
        """Somebody still owes work on it."""
        return self.status_category.is_live and self.merged_into is None

    def touched(self, at: datetime) -> "Ticket":
        """Its next version."""
        return replace(self, version=self.version + 1, updated_at=at)
