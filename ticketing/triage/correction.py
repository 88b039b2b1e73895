"""What people put right: each correction is kept as an example that a brain can be measured on (SPEC 7.8).

An example holds ids and fixed names, no words of a customer: those stay in the messages it names.
"""

from collections.abc import Iterable, Mapping
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A correction as it was kept, with the customer's words again."""

    kind: Correction
    message_ids: tuple[UUID, ...]
    text: str  # of all the messages, oldest first
    said: Labels
    right: Labels
    at: datetime


@dataclass(frozen=True, slots=True)
class Example:
    """What a brain should have said of these words, after everything that people corrected about them."""

    text: str
    right: Labels  # none of them None
    said: Labels
    kinds: tuple[Correction, ...]
    at: datetime  # of the last correction


def examples(corrections: Iterable[Kept]) -> list[Example]:
    """One for each reading that was wrong. `corrections` come oldest first; those that were undone cancel out."""
    readings: dict[frozenset[UUID], list[Kept]] = {}
    for each in corrections:
        readings.setdefault(frozenset(each.message_ids), []).append(each)
    found = (_example(each) for each in readings.values())
    return [example for example in found if example is not None]


def _example(corrections: list[Kept]) -> Example | None:
    said: dict[str, str | int | bool | None] = {}
    right: dict[str, str | int | bool | None] = {}
    for each in corrections:
        said = {**each.said, **said}  # the brain spoke first; what people made of it since is not its word
        right |= each.right
    if right.get("ticket_worthy") is False:  # what is no ticket has no type either
        right = {"ticket_worthy": False}
    if all(name in said and said[name] == value for name, value in right.items()):
        return None
    labels = {name: value for name, value in right.items() if value is not None}
    last = corrections[-1]
    return Example(last.text, labels, said, tuple(each.kind for each in corrections), last.at)
