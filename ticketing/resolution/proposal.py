"""What a brain is told to work on a ticket (a Case) and what it proposes. Plain values; a proposal decides nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from threadline import ActionSpec
from ticketing.drafting.draft import Line
from ticketing.resolution.run import Json


@dataclass(frozen=True, slots=True)
class Call:
    """Call this action with these arguments. A read is made where it is granted, a write where policy allows it."""

    action: str
    arguments: Mapping[str, Json] = field(hash=False)
    because: str = ""


@dataclass(frozen=True, slots=True)
class AskCustomer:
    """Ask the customer for what this field holds."""

    field: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A person should take it from here."""

    because: str


Proposal = Call | AskCustomer | HandOver


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal, and who made it. Outside input, whichever brain it came from."""

    proposal: Proposal
    brain: str  # "offline" | "claude"
    model: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What was proposed before in this run, and what came of it."""

    proposal: Proposal
    outcome: str  # done, not_found, refused, unavailable, invalid, not_allowed, …
    value: Json = field(default=None, hash=False)  # what a read gave
    words: str = ""


@dataclass(frozen=True, slots=True)
class OfferedRecipe:
    """A recipe that fits the ticket. `arguments`: what its playbook makes of the ticket; `lacks`: fields to ask for."""

    key: str
    label: str
    action: str
    arguments: Mapping[str, Json] = field(hash=False)
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket as a brain gets to see it while it works on it. `lines` are the newest of its room, oldest first.

    `actions`: those that it may propose: the writes of the recipes, and the reads. The ids are for the books.
    """

    number: int
    subject: str
    type: str  # these two as people read them
    category: str
    language: str  # ISO 639-1, "und" when it cannot be told
    lines: Sequence[Line]
    fields: Mapping[str, str]  # key -> value, as people read it
    labels: Mapping[str, str]  # of those fields, and of those that recipes ask for
    recipes: Sequence[OfferedRecipe]
    actions: Sequence[ActionSpec]
    taken: Sequence[Taken] = ()
    customer: str = ""  # the name, so that a brain elsewhere is not told it
    conversation_id: UUID | None = None
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What the customer is to be told: a saved reply with everything filled in, in the desk's language.

    None of the customer's own words go with it.
    """

    text: str
    language: str  # of the customer
    customer: str
    conversation_id: UUID | None = None
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Phrased:
    """A brain's words for it. `check.py` refuses what says something else."""

    text: str
    brain: str
    model: str


class Resolver(Protocol):
    """The part of a brain that works on tickets."""

    async def propose(self, case: Case) -> Proposed:
        """The next thing to do. Raises ChannelUnavailable (try again later), or another of our errors (a person)."""
        ...

    async def phrase(self, telling: Telling) -> Phrased | None:
        """None: it has no better words than the saved reply. Raises as `propose` does."""
        ...
