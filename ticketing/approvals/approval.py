"""An approval as a value: what was asked, by whom, of whom, and what they said. What changes one is in `changes.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ticketing.people.actor import ActorKind
from ticketing.tickets.ticket import Stored, Ticket


class ApprovalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"  # and not everything that it allows has happened yet
    USED = "used"
    REJECTED = "rejected"
    EXPIRED = "expired"  # nobody decided in time
    VOID = "void"  # what was asked is not so any more


class Effect(StrEnum):
    """What an approval can allow, each once."""

    TRANSITION = "transition"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is asked for: a transition, an action of this name, or an action and the transition that goes with it."""

    origin: str | None = None  # of the transition: status,
    since: datetime | None = None  # … when the ticket came into it: it may come back, and that is another time
    to: str | None = None  # … and the status to go to
    action: str | None = None
    called_with: str | None = None  # digest of the action's arguments

    @property
    def effects(self) -> frozenset[Effect]:
        given = {Effect.TRANSITION: self.to, Effect.ACTION: self.action}
        return frozenset(effect for effect, name in given.items() if name is not None)

    def holds_for(self, ticket: Ticket) -> bool:
        """Whether the ticket is where the transition begins, and has been since it was asked for."""
        return self.to is None or (ticket.status, ticket.status_since) == (self.origin, self.since)


@dataclass(frozen=True, slots=True)
class Approval:
    """A request, and what became of it.

    `evidence` holds the fields that were agreed to, as they were. `asked` are the people who could decide when it was
    requested; who may decide is asked again when somebody does.
    """

    id: UUID
    ticket_id: UUID
    rule: str  # its key
    label: str  # the rule's, then
    purpose: Purpose
    requested_by: UUID | None  # the person. None: the AI, or an automation
    requester_kind: ActorKind
    requester: str  # their name
    requested_at: datetime
    why: str
    note: str  # for the transition, when it follows
    amount: str | None  # of the rule's field; of a call what it costs, as "89.00 USD"
    evidence: Mapping[str, Stored | None] = field(hash=False)
    fingerprint: str
    playbook: int  # the version in force
    quorum: int
    asked: tuple[UUID, ...]
    expires_at: datetime | None
    follows: UUID | None = None  # the request that expired, which this one repeats
    escalated: bool = False  # admins may decide, too
    state: ApprovalState = ApprovalState.WAITING
    settled_at: datetime | None = None
    because: str | None = None  # why it is void or expired; or why what was approved did not follow by itself
    used: tuple[Effect, ...] = ()

    @property
    def is_open(self) -> bool:
        """Something may still come of it."""
        return self.state in {ApprovalState.WAITING, ApprovalState.APPROVED}

    @property
    def call(self) -> str | None:
        """What the call that is asked for costs, "" where nobody knows. None: no call is asked for."""
        return None if self.purpose.called_with is None else self.amount or ""

    @property
    def follows_by_itself(self) -> bool:
        """Once it is given, the transition does. Where an action goes with it, the run that asked takes both on."""
        return self.purpose.to is not None and self.purpose.action is None


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one person said. `authority_id`: whose say it is, their own or that of who made them their delegate."""

    approval_id: UUID
    person_id: UUID
    name: str
    authority_id: UUID
    on_behalf_of: str | None  # the name of the authority, where that is somebody else
    verdict: Verdict
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Delegation:
    """Until then, `to_id` may decide what `person_id` may decide. Whoever was made a delegate passes nothing on."""

    person_id: UUID
    to_id: UUID
    until: datetime
