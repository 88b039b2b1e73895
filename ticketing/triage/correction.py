"""What people put right: each correction is kept as an example that a brain can be measured on (SPEC 7.8).

An example holds ids and fixed names, no words of a customer: those stay in the messages it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from ticketing.people.person import Person

# ticket_worthy: bool; type, category, intent: names; ticket: the number of the ticket that the messages belong to.
Labels = Mapping[str, str | int | bool | None]


class Correction(StrEnum):
    """What was put right."""

    NOT_A_TICKET = "not_a_ticket"
    RESTORED = "restored"  # it was one after all
    MOVED = "moved"  # a message belongs to another ticket, or to none in particular
    SPLIT = "split"  # a message is an issue of its own
    RETYPED = "retyped"
    OPENED_BY_HAND = "opened_by_hand"  # the brain saw no ticket


@dataclass(frozen=True, slots=True)
class Reading:
    """Messages that were understood together, and what the brain said of them."""

    message_ids: tuple[UUID, ...]
    triage_id: UUID | None = None  # None: no brain was asked
    said: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction, for the record: of what, and what is right. Only the labels that it says something about."""

    kind: Correction
    conversation_id: UUID
    ticket_id: UUID
    reading: Reading
    right: Labels
    by: Person
    at: datetime
