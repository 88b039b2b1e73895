"""What a brain is told to draft a reply (a Brief) and what it suggests (a Drafted). Plain values; neither is sent.

A brief is about one ticket: its own room and what is filled in on it. The team's comments are not in it: what is said
among colleagues must not find its way to a customer through a model.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from ticketing.playbook.playbook import SavedReply

LONGEST = 3000  # characters of a draft: what the box of a form takes


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the ticket's room. `text` is empty where it was a file alone."""

    text: str
    by_customer: bool
    has_file: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """`lines` are the newest of the room, oldest first; `replies` have everything filled in for this ticket already.

    `conversation_id` is for the books of a brain that costs money; None where it is only measured.
    """

    subject: str
    type: str  # these three as people read them
    category: str
    status: str
    customer: str
    agent: str
    lines: Sequence[Line]
    fields: Mapping[str, str] = field(default_factory=dict)  # label -> value, as people read it
    replies: Sequence[SavedReply] = ()
    number: int | None = None
    conversation_id: UUID | None = None

    def said(self) -> Iterator[str]:
        """All words that a draft may take from: whatever else it names, it made up."""
        yield from (self.subject, self.type, self.category, self.status, self.customer, self.agent)
        yield str(self.number or "")
        yield from (line.text for line in self.lines)
        yield from self.fields.keys()
        yield from self.fields.values()
        yield from (reply.text for reply in self.replies)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A suggestion. Outside input, whichever brain it came from: `check.py`."""

    text: str
    brain: str  # "offline" | "claude"
    model: str


class Drafter(Protocol):
    """The part of a brain that writes."""

    async def draft(self, brief: Brief) -> Drafted | None:
        """None: it has nothing to suggest. Raises DeskError: there is none now, and why."""
        ...
