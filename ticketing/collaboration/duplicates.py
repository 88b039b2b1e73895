"""Tickets that are likely one issue, with the reason: pure, over the few that a customer has had lately (SPEC 2.6)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

SAME_REFERENCE_WITHIN = timedelta(days=30)
SAME_MATTER_WITHIN = timedelta(days=1)
SAME_WORDS_WITHIN = timedelta(days=7)
_ALIKE = 0.5  # of the words of two subjects that are in both
_MOST_OFFERED = 5
# What names one thing of the customer's. An amount or a date is the same in many issues.
_REFERENCES = {"order": "order", "tracking": "parcel", "invoice": "invoice", "booking": "booking"}
_WORD = re.compile(r"\w+")
_SHORT = 2  # characters of a word that says nothing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket as far as its likeness to another one goes."""

    id: UUID
    number: int
    subject: str
    type: str
    category: str
    opened_at: datetime
    references: frozenset[tuple[str, str]] = frozenset()  # (kind, value) of what the AI found in its messages


@dataclass(frozen=True, slots=True)
class Likely:
    """A ticket that is likely the same issue, and why: "same order 78932, 2 hours apart"."""

    ticket: Candidate
    why: str


def likely(ticket: Candidate, others: Iterable[Candidate]) -> tuple[Likely, ...]:
    """The best reasons first, then those opened closest to it; a few at most. `others` are the same customer's."""
    found = []
    for other in others:
        if other.id == ticket.id:
            continue
        apart = abs(ticket.opened_at - other.opened_at)
        reason = _reason(ticket, other, apart)
        if reason is not None:
            strength, what = reason
            found.append((strength, apart, other.number, Likely(other, f"{what}, {_in_words(apart)} apart")))
    return tuple(each[-1] for each in sorted(found, key=lambda each: each[:3])[:_MOST_OFFERED])


def _reason(ticket: Candidate, other: Candidate, apart: timedelta) -> tuple[int, str] | None:
    """How strong, the least number first, and in words."""
    shared = sorted(each for each in ticket.references & other.references if each[0] in _REFERENCES)
    if shared and apart <= SAME_REFERENCE_WITHIN:
        kind, value = shared[0]
        return 0, f"same {_REFERENCES[kind]} {value}"
    if _speak_of_others(ticket, other):
        return None
    if apart <= SAME_WORDS_WITHIN and _alike(ticket.subject, other.subject):
        return 1, "similar subject"
    if apart <= SAME_MATTER_WITHIN and (ticket.type, ticket.category) == (other.type, other.category):
        return 2, "same kind of issue"
    return None


def _speak_of_others(ticket: Candidate, other: Candidate) -> bool:
    """Each names an order, and none that the other names: two issues, however alike they sound."""
    kinds = {kind for kind, _ in ticket.references} & {kind for kind, _ in other.references} & _REFERENCES.keys()
    return bool(kinds)


def _alike(one: str, other: str) -> bool:
    mine, theirs = _words(one), _words(other)
    both = mine & theirs
    return len(both) >= 2 and len(both) / len(mine | theirs) >= _ALIKE


def _words(subject: str) -> set[str]:
    return {word for word in _WORD.findall(subject.casefold()) if len(word) > _SHORT}


def _in_words(apart: timedelta) -> str:
    minutes = round(apart.total_seconds() / 60)
    if minutes < 1:
        return "less than a minute"
    for name, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes >= size:
            number = round(minutes / size)
            return f"{number} {name}" if number == 1 else f"{number} {name}s"
    raise AssertionError("a minute is the least")
