"""What a brain is asked (a Burst) and what it proposes (a Suggestion). Plain values; a proposal decides nothing.

`check.py` refuses what cannot be true, `decide.py` turns what is left into decisions.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Sentiment(StrEnum):
    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    FRUSTRATED = "frustrated"
    UPSET = "upset"


class Priority(StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names a suggestion may use; anything else is refused. Keys, with their labels for people."""

    types: dict[str, str]  # "return" -> "Return"
    categories: dict[str, str]  # "damaged" -> "Damaged"
    by_type: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the categories of a type. Not there: all

    @property
    def plain_type(self) -> str:
        """The type where nobody knows better."""
        return next(iter(self.types))

    def categories_of(self, kind: str) -> dict[str, str]:
        """Those that a ticket of this type may have."""
        if kind not in self.by_type:
            return self.categories
        return {key: self.categories[key] for key in self.by_type[kind]}

    def plain_category(self, kind: str) -> str:
        """The category of this type where nobody knows better: "other" where there is one."""
        own = self.categories_of(kind)
        return "other" if "other" in own else next(iter(own))


@dataclass(frozen=True, slots=True)
class BurstMessage:
    """One customer message to be understood."""

    id: UUID
    text: str
    received_at: datetime
    author: str | None = None  # tells the members of a group apart, no more. None: the customer is one person


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A ticket of the conversation that the new messages may be about."""

    id: UUID
    number: int
    subject: str
    type: str
    category: str
    status_category: str  # open | active | pending | resolved | closed
    references: tuple[str, ...] = ()  # order numbers and the like, normalised

    @property
    def is_live(self) -> bool:
        """Somebody still owes work on it."""
        return self.status_category in {"open", "active", "pending"}


@dataclass(frozen=True, slots=True)
class Burst:
    """Messages that arrived close together, oldest first, with what is already known of the conversation.

    The two ids are for the books of a brain that costs money; None where it is only measured.
    """

    messages: tuple[BurstMessage, ...]
    known: tuple[KnownTicket, ...] = ()
    customer_tier: str | None = None
    conversation_id: UUID | None = None
    triage_id: UUID | None = None  # what its triage will be called, if it comes to one


@dataclass(frozen=True, slots=True)
class Entity:
    """Something named in a message. `words` stand in that message exactly as written."""

    kind: str  # order | amount | date | e-mail | phone | tracking
    value: str  # normalised: "78932", "89.00 USD", "2026-11-24"
    words: str
    message_id: UUID


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing the customer wants solved."""

    subject: str  # at most 120 characters, one line
    summary: str
    type: str
    category: str
    intent: str
    confidence: float  # 0..1, calibrated, of the intent
    priority: Priority
    message_ids: tuple[UUID, ...]  # the burst messages it was read from, at least one
    entities: tuple[Entity, ...] = ()
    continues: UUID | None = None  # the known ticket it goes on with


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a brain makes of a burst."""

    ticket_worthy: bool
    confidence: float  # 0..1, calibrated, of `ticket_worthy`
    why: str  # one sentence for people
    issues: tuple[Issue, ...]  # what it would be about; also given when not ticket-worthy but in doubt
    sentiment: Sentiment
    sentiment_confidence: float
    language: str  # ISO 639-1, "und" when it cannot be told
    brain: str  # "offline" | "claude"
    model: str  # version of what produced it, for the record
    awaits_answer: bool = True  # not ticket-worthy, but somebody should write back: a greeting does, a "thanks!" not

    @property
    def tone(self) -> Sentiment | None:
        """How the customer sounds. None: nobody has read it."""
        return self.sentiment if self.sentiment_confidence > 0 else None


class Triager(Protocol):
    """The part of a brain that understands customers; `ticketing/brain.py` is the whole of it."""

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        """Propose. Raises ChannelUnavailable (try again later), or another of our errors (a person decides)."""
        ...
