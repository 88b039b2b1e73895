"""Something that one person is to be told by themselves, once (SPEC 5.5, 9)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ticketing.people.preferences import Notice


class Kind(StrEnum):
    """What it is about: a notice that people can silence, or the digest of a day."""

    ASSIGNED = Notice.ASSIGNED.value
    MENTIONED = Notice.MENTIONED.value
    WATCHED = Notice.WATCHED.value
    APPROVAL = Notice.APPROVAL.value
    ESCALATED = Notice.ESCALATED.value
    AUTONOMY = Notice.AUTONOMY.value
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """`key` names what it tells of: nobody is told it twice. What it says is read when it is told."""

    id: UUID
    person_id: UUID
    kind: Kind
    key: str
    since: datetime  # when that happened
    ticket_id: UUID | None = None
    about_id: UUID | None = None  # the comment, the approval, the escalation, or the move


@dataclass(frozen=True, slots=True)
class Assignment:
    """How a ticket came to who has it."""

    seq: int  # of its record
    assignee_id: UUID | None
    by: str
    by_id: UUID | None  # None: no person
    at: datetime
    note: str = ""
