"""What tickets and their rooms need from storage."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from ticketing.playbook.succession import Standing
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import KnownTicket, Sentiment


class Tickets(Protocol):
    async def next_number(self) -> int: ...

    async def add(self, ticket: Ticket, *, request: str | None) -> bool:
        """False if the same request has opened a ticket already; nothing is changed then."""
        ...

    async def save(self, ticket: Ticket) -> None: ...

    async def heard(self, sentiment: Sentiment | None, *, of: Collection[UUID], exchanged: Collection[UUID]) -> None:
        """The customer wrote something that stands in the rooms of these locked tickets, and sounds like that (None:
        nobody can tell). Where it goes on with what was said before, it is one more exchange. Their versions stay.
        """
        ...

    async def get(self, ticket_id: UUID) -> Ticket:
        """Unlocked. Raises NotFound."""
        ...

    async def lock(self, ticket_id: UUID) -> Ticket:
        """Raises NotFound."""
        ...

    async def lock_all(self, ticket_ids: Collection[UUID]) -> Sequence[Ticket]:
        """Locked in the order of their numbers. Raises NotFound if one is not there."""
        ...

    async def lock_live(self, *, after: int, most: int) -> Sequence[Ticket]:
        """Those with a higher number on which somebody still owes work, in the order of their numbers."""
        ...

    async def lock_free(self, ticket_ids: Collection[UUID]) -> Sequence[Ticket]:
        """Those of them that nobody else has locked, locked in the order of their numbers."""
        ...

    async def numbered(self, number: int) -> UUID:
        """The id of the ticket with this number, also of one that counts nowhere. Raises NotFound."""
        ...

    async def to_remind(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Those whose due date has come and of which nobody has been reminded, the longest due first. Not locked."""
        ...

    async def lock_recent(self, conversation_id: UUID) -> Sequence[Ticket]:
        """All live tickets of the conversation and the newest others, locked in the order of their numbers.

        Not those that were discarded or merged into others: they count nowhere.
        """
        ...

    async def lock_concerned(self, conversation_id: UUID) -> Sequence[Ticket]:
        """The same, and tickets of the customer's other conversations that tickets of this one were merged into:
        what is written here may go on there.
        """
        ...

    async def to_move_on(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        """Those that were long enough in their status, at most so many, the longest due first. Not locked."""
        ...

    async def lock_standing(self, place: Standing, *, after: int, most: int) -> Sequence[Ticket]:
        """So many of those that stand there with a number above `after`, locked, in the order of their numbers.

        Of several only those that nobody else has locked; for a single one it is waited.
        """
        ...

    async def lock_mistimed(
        self, place: Standing, lasts: timedelta | None, *, now: datetime, after: int, most: int
    ) -> Sequence[Ticket]:
        """The same, of those whose `moves_on_at` is not one that `moving_on.py` gives. `lasts`: the time after which
        tickets leave that status by themselves. Merged ones leave none.
        """
        ...

    async def count_open(self, conversation_id: UUID, customer_id: UUID) -> int:
        """How many of the conversation's tickets are live; beyond a hundred it does not matter how many more."""
        ...

    async def known(self, conversation_id: UUID) -> Sequence[KnownTicket]:
        """The tickets that messages of the conversation may concern, as a brain may know them, unlocked."""
        ...


@dataclass(frozen=True, slots=True)
class Comment:
    """What the team writes on a ticket. The customer never sees it."""

    id: UUID
    ticket_id: UUID
    author_id: UUID
    text: str
    at: datetime
    source: str | None  # where it was written, e.g. "slack:C01:1700000000.000100": the same source is the same comment
    edited_at: datetime | None = None  # by the clock of where it was written
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """A customer's message in the room of one ticket."""

    ticket_id: UUID
    number: int
    message_id: UUID
    concerns: bool  # False: it belongs to the conversation, not to this ticket in particular
    moved_to: UUID | None  # the ticket that it belongs to instead
    moved_to_number: int | None
    moved_by: str | None


class Room(Protocol):
    """A ticket's room: what is shown in its thread, in order."""

    async def add_messages(
        self, ticket_id: UUID, message_ids: Sequence[UUID], *, concerns: bool, at: datetime
    ) -> None: ...

    async def add_comment(self, comment: Comment, *, shown: bool) -> bool:
        """False if its source is known already. `shown`: it was written in the thread itself."""
        ...

    async def comment(self, comment_id: UUID) -> Comment | None:
        """Unlocked."""
        ...

    async def comment_from(self, source: str) -> Comment | None:
        """What was written there, unlocked: who changes it has locked its ticket. None: nothing that was kept."""
        ...

    async def revise_comment(self, changed: Comment, *, earlier: tuple[datetime, str] | None) -> Sequence[UUID] | None:
        """With words that it does not say (any more), and since when it said them. The tickets whose threads show it in
        a post of ours; None: those words are kept already.
        """
        ...

    async def delete_comment(self, comment_id: UUID, *, at: datetime) -> Sequence[UUID]:
        """The tickets in whose rooms it stood."""
        ...

    async def entry(self, entry_id: UUID) -> Attribution:
        """Unlocked. Raises NotFound: there is no such entry, or it is nothing that the customer wrote."""
        ...

    async def attributions(self, message_id: UUID) -> Sequence[Attribution]:
        """Every room that shows the message or showed it once."""
        ...

    async def concerns(self, message_id: UUID) -> bool:
        """Whether a reply is about the tickets in whose rooms it stands, not about the conversation."""
        ...

    async def attribute(self, message_id: UUID, ticket_ids: Sequence[UUID], *, concerns: bool, at: datetime) -> None:
        """The message stands in these rooms (again)."""
        ...

    async def move_away(self, message_id: UUID, ticket_ids: Sequence[UUID], *, to: UUID, by: UUID) -> None:
        """In these rooms a line says that person `by` moved it to ticket `to`."""
        ...

    async def has_replies(self, ticket_id: UUID) -> bool:
        """Whether a person has answered the customer about this ticket."""
        ...

    async def card_deleted(self, channel: str, ts: str) -> UUID | None:
        """The ticket whose card stood there; the card and all below it count as never shown. None: there was none."""
        ...
