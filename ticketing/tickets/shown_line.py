"""A ticket as one line of a list that people read: what the list says of it, and how it stands. Values only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ticketing.playbook.lifecycle import Status
from ticketing.sla.shown import ShownClock
from ticketing.tickets.listing import TicketLine
from ticketing.tickets.search import Where


@dataclass(frozen=True, slots=True)
class FoundWords:
    """Why a search found it."""

    where: Where
    snippet: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """`clocks`: that have not stopped. `place`: the channel and the ts of its card; None: it has none yet."""

    ticket: TicketLine
    status: Status
    clocks: tuple[ShownClock, ...] = ()
    place: tuple[str, str] | None = None
    found: FoundWords | None = None


@dataclass(frozen=True, slots=True)
class ShownPage:
    lines: tuple[ShownLine, ...]
    following: str | None = None  # the cursor of the next page; None: this is the last


@dataclass(frozen=True, slots=True)
class ConversationName:
    """A conversation where it is one of several that a ticket could be opened in."""

    id: UUID
    version: int
    customer: str
    channel: str
    address: str
    last_at: datetime | None  # of its newest message
    subject: str | None = None  # of mails: a customer has several conversations
