"""Tickets and conversations as people find them in Slack: the storage side of `bot/finding.py`.

The lists and the search are those of `storage/lists`; this adds where the cards stand and how the clocks do.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from core.errors import NotFound
from core.instants import Clock, utc_now
from storage.database import Database
from storage.lists.lists import SqlTicketLists
from storage.lists.search import SqlTicketSearch
from storage.playbooks import Playbooks
from storage.queries import finding as sql
from storage.work.clock_json import clocks_of
from storage.work.tickets import Tickets
from ticketing.attachments.links import GetLinks
from ticketing.sla.shown import shown_clocks
from ticketing.tickets.links import number_in, ticket_link
from ticketing.tickets.listing import BY_PRIORITY, Order, TicketFilter, TicketLine
from ticketing.tickets.shown_line import ConversationName, FoundWords, ShownLine, ShownPage


class SqlFinding:
    """Over the same connections as the use cases. `links` makes the addresses of tickets."""

    def __init__(self, database: Database, playbooks: Playbooks, *, links: GetLinks, clock: Clock = utc_now) -> None:
        self._database, self._playbooks, self._links, self._clock = database, playbooks, links, clock
        self._lists, self._search = SqlTicketLists(database), SqlTicketSearch(database)

    async def page(
        self, wanted: TicketFilter, *, order: Order = BY_PRIORITY, after: str | None = None, most: int
    ) -> ShownPage:
        page = await self._lists.page(wanted, order=order, after=after, most=most)
        return ShownPage(tuple(await self._shown(page.lines)), page.following)

    async def search(self, said: str, *, most: int) -> Sequence[ShownLine]:
        found = await self._search.search(said, most=most)
        shown = await self._shown([each.ticket for each in found])
        return [
            replace(line, found=FoundWords(each.where, each.snippet)) for line, each in zip(shown, found, strict=True)
        ]

    async def numbered(self, number: int) -> UUID:
        async with self._database.single() as session:
            return await Tickets(session).numbered(number)

    async def place(self, number: int) -> tuple[str, str] | None:
        """The channel and the ts of the card of the ticket with this number; None: there is none."""
        async with self._database.single() as session:
            row = (await session.execute(sql.PLACE, {"number": number})).one_or_none()
        return (row.channel, row.ts) if row is not None else None

    async def conversations(self, customers: Collection[UUID], *, most: int = 100) -> Sequence[ConversationName]:
        asked = {"customers": list(customers), "most": most}
        async with self._database.single() as session:
            return [ConversationName(*row) for row in await session.execute(sql.CONVERSATIONS, asked)]

    async def conversation(self, conversation_id: UUID) -> ConversationName:
        async with self._database.single() as session:
            row = (await session.execute(sql.CONVERSATION, {"conversation": conversation_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such conversation.")
        return ConversationName(*row)

    async def link(self, number: int) -> str:
        return ticket_link(await self._links(), number)

    async def number_in(self, url: str) -> int | None:
        return number_in(await self._links(), url)

    async def _shown(self, tickets: Sequence[TicketLine]) -> list[ShownLine]:
        """In the same order."""
        if not tickets:
            return []
        async with self._database.single() as session:
            rows = await session.execute(sql.STANDING, {"tickets": [each.id for each in tickets]})
            standing = {row.id: row for row in rows}
            playbook = await self._playbooks.current(session)
        now, shown = self._clock(), []
        for each in tickets:
            row, status = standing[each.id], playbook.lifecycle(each.type).status(each.status)
            clocks = shown_clocks(clocks_of(row.clocks), now) if row.clocks else ()
            shown.append(ShownLine(each, status, clocks, (row.channel, row.ts) if row.ts else None))
        return shown
