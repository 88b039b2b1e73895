"""A ticket as somebody's work: what its place among others depends on, and what its line says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sla.clock import Clock, Kind
from ticketing.playbook.lifecycle import Status
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Priority

Place = tuple[str, str]  # where a card stands in Slack: channel and ts


@dataclass(frozen=True, slots=True)
class Work:
    """One live ticket. What was said is of its newest messages; automatic ones count as no answer."""

    ticket_id: UUID
    conversation_id: UUID
    number: int
    version: int
    subject: str
    customer: str
    priority: Priority
    status: Status
    status_since: datetime
    opened_at: datetime
    assignee_id: UUID | None = None
    assignee: str | None = None
    due_at: datetime | None = None  # promised by hand
    clocks: Mapping[Kind, Clock] = field(default_factory=dict, hash=False)
    unanswered_since: datetime | None = None  # when the customer wrote what nobody has answered
    undelivered_at: datetime | None = None  # when we wrote what did not arrive, or may not have
    approval_since: datetime | None = None  # a request for approval waits
    trigger: Trigger | None = None  # why the AI opened it, or left it to people; None: it did not, or somebody has it
    why: str = ""  # in its words, or those of the playbook
    card: Place | None = None


@dataclass(frozen=True, slots=True)
class WaitingConversation:
    """One that no ticket carries, and whose customer waits for people."""

    conversation_id: UUID
    version: int
    customer: str
    channel: str
    since: datetime
    last_words: str
    assignee_id: UUID | None = None
    card: Place | None = None
