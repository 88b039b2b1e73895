"""What working together needs from storage."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ticketing.collaboration.colleague import Colleague
from ticketing.collaboration.duplicates import Candidate
from ticketing.collaboration.link import Link, Linked, LinkKind
from ticketing.collaboration.merge import Brought, TicketMerge
from ticketing.collaboration.watcher import Because, Watcher
from ticketing.tickets.card import TicketName
from ticketing.tickets.search import Query

MOST = 1000  # watchers or links of one ticket that are ever read at once


class Watchers(Protocol):
    async def add(self, ticket_id: UUID, who: UUID, *, is_team: bool, because: Because, at: datetime) -> bool:
        """False if they watch it already. Raises NotFound: there is no such person or team."""
        ...

    async def remove(self, ticket_id: UUID, who: UUID) -> Watcher | None:
        """Who it was; None: they did not watch it."""
        ...

    async def of(self, ticket_id: UUID, *, most: int = MOST) -> Sequence[Watcher]:
        """Those who watch it, the longest first. Unlocked."""
        ...

    async def watches(self, ticket_id: UUID, person: UUID) -> bool:
        """Whether this person does, themselves."""
        ...


class Links(Protocol):
    async def hold(self) -> None:
        """Until the end of the transaction nobody else links tickets: two links made at once could close a circle."""
        ...

    async def add(self, link: Link, *, by: str, at: datetime) -> bool:
        """False if it is there already."""
        ...

    async def remove(self, link: Link) -> bool:
        """False if it is not there."""
        ...

    async def of(self, ticket_id: UUID, *, most: int = MOST) -> Sequence[Linked]:
        """What the ticket is linked with, the oldest link first. Unlocked."""
        ...

    async def leads(self, kind: LinkKind, origin: UUID, target: UUID) -> bool:
        """Whether links of this kind lead from `origin` to `target`, over whatever is between. Links are held."""
        ...

    async def parent_of(self, ticket_id: UUID) -> int | None:
        """The number of its parent."""
        ...


class Merges(Protocol):
    async def hold(self) -> None:
        """Until the end of the transaction nobody else merges tickets or parts them."""
        ...

    async def share(self) -> None:
        """Until the end of the transaction nobody merges tickets or parts them; before any of them is locked."""
        ...

    async def conversations_of(self, ticket_ids: Collection[UUID]) -> Sequence[UUID]:
        """In the order of their ids, in which they are locked."""
        ...

    async def attached(self, ticket_id: UUID) -> Sequence[UUID]:
        """Other conversations, whose tickets were merged into this one, directly or over others."""
        ...

    async def above(self, ticket_id: UUID) -> Sequence[TicketMerge]:
        """The merge by which it went into another one, the one by which that went on, …"""
        ...

    async def onto(self, ticket_id: UUID) -> Sequence[TicketMerge]:
        """What was merged into it and not parted, the oldest first."""
        ...

    async def merged_into(self, ticket_id: UUID, *, most: int) -> Sequence[TicketName]:
        """The tickets that went on in it and were not parted, the newest merge first. Unlocked."""
        ...

    async def across(self, ticket_ids: Collection[UUID]) -> Sequence[tuple[int, int]]:
        """Merges that stand of one of these with a ticket that is none of them: the numbers of the one that was merged
        and of the survivor."""
        ...

    async def add(self, merge: TicketMerge) -> None: ...

    async def save(self, merge: TicketMerge) -> None:
        """What it brought."""
        ...

    async def undo(self, merge_id: UUID, *, by: str, at: datetime) -> None: ...

    async def candidate(self, ticket_id: UUID) -> Candidate:
        """Unlocked. Raises NotFound."""
        ...

    async def candidates(self, ticket_id: UUID, *, most: int) -> Sequence[Candidate]:
        """The newest tickets of its customer, on whatever channel, that count. Unlocked."""
        ...

    async def holdings(self, ticket_id: UUID) -> Brought:
        """All that it has that could come to another ticket."""
        ...

    async def bring(self, survivor_id: UUID, absorbed_id: UUID, brought: Brought) -> None:
        """What is in the one's room is in the other's too, and whoever watches the one watches the other."""
        ...

    async def part(self, survivor_id: UUID, absorbed_id: UUID, leaving: Brought, *, by: UUID) -> None:
        """Lines say where it went; who watched for its sake only watches no more. Tags are not looked at."""
        ...


class Choices(Protocol):
    """What menus offer while somebody types. Nothing is locked."""

    async def people(
        self, said: str, *, me: UUID, team: UUID | None, within: bool = False, most: int
    ) -> Sequence[Colleague]:
        """By the beginning of a word of their name, or of their address: `me` first, then the team's, by name.

        `within`: nobody else than the team's.
        """
        ...

    async def tags(self, said: str, *, most: int) -> Sequence[str]:
        """Those in use lately that have these characters: that begin with them first, then the most used."""
        ...

    async def tickets(self, query: Query, *, most: int) -> Sequence[TicketName]:
        """That count: the one with the number first, then those by words, the newest texts first."""
        ...
