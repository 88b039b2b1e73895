"""What `threadline doctor --repair` asks and tells the database: the storage side of `bot/ports.py`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from storage.database import Database, Row, Session
from storage.queries import repairs as sql
from storage.queries.cards import CardTable
from storage.queries.light_cards import CONVERSATIONS
from storage.queries.rooms import THREAD_LOST, TICKETS
from ticketing.tickets.card import Owner, Standing


class SqlRepairs:
    """The storage side of `bot.ports.Repairs`, over one table of cards, below which nothing of ours stands."""

    def __init__(
        self, database: Database, owner: Owner, table: CardTable, standings: sql.Standings, told: Mapping[str, Any]
    ) -> None:
        """`told`: what the statements in `standings` must know."""
        self._database = database
        self._owner, self._table, self._standings, self._told = owner, table, standings, dict(told)

    async def live(self) -> Sequence[Standing]:
        async with self._database.single() as session:
            rows = await session.execute(self._standings.live, self._told)
            return [self._standing(row) for row in rows]

    async def these(self, owner_ids: Sequence[UUID]) -> Sequence[Standing]:
        async with self._database.single() as session:
            rows = await session.execute(self._standings.these, self._told | {"owners": list(owner_ids)})
            return [self._standing(row) for row in rows]

    async def doubt_card(self, owner_id: UUID) -> None:
        async with self._database.single() as session:
            await session.execute(self._table.doubt, {"owner": owner_id})

    async def forget_card(self, channel: str, ts: str) -> None:
        async with self._database.transaction() as session:
            gone = (await session.execute(self._table.deleted, {"channel": channel, "ts": ts})).one_or_none()
            if gone is not None:
                await self._thread_lost(session, gone.owner)

    async def adopt_card(
        self, owner_id: UUID, *, channel: str, instead_of: str | None, since: datetime, comments: Collection[str]
    ) -> None:
        values = {"owner": owner_id, "channel": channel, "since": since, "instead_of": instead_of}
        async with self._database.transaction() as session:
            if (await session.execute(self._table.adopt, values)).one_or_none() is not None:
                await self._thread_adopted(session, owner_id, since, comments)

    async def posted(self, owner_id: UUID) -> frozenset[str]:  # noqa: ARG002 - of tickets there is something
        return frozenset()

    async def entries_gone(self, owner_id: UUID, gone: Collection[str]) -> None:
        """There were none."""

    async def _thread_lost(self, session: Session, owner_id: UUID) -> None:
        """The card is gone, and what stood below it."""

    async def _thread_adopted(
        self, session: Session, owner_id: UUID, since: datetime, comments: Collection[str]
    ) -> None:
        """A thread came with the card."""

    def _standing(self, row: Row) -> Standing:
        return Standing(
            self._owner, row.id, row.name, row.live, row.since, row.home, row.channel, row.ts, row.entries, row.due
        )


class SqlTicketRepairs(SqlRepairs):
    """Of tickets' cards, whose threads go with them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, Owner.TICKET, TICKETS, sql.TICKETS, {})

    async def posted(self, owner_id: UUID) -> frozenset[str]:
        async with self._database.single() as session:
            return frozenset(row.slack_ts for row in await session.execute(sql.POSTED, {"ticket": owner_id}))

    async def entries_gone(self, owner_id: UUID, gone: Collection[str]) -> None:
        async with self._database.single() as session:
            await session.execute(sql.ENTRIES_GONE, {"ticket": owner_id, "gone": list(gone)})

    async def _thread_lost(self, session: Session, owner_id: UUID) -> None:
        await session.execute(THREAD_LOST, {"ticket": owner_id})

    async def _thread_adopted(
        self, session: Session, owner_id: UUID, since: datetime, comments: Collection[str]
    ) -> None:
        values = {"ticket": owner_id, "since": since, "comments": list(comments)}
        await session.execute(sql.ENTRIES_ADOPTED, values)


def light_card_repairs(database: Database) -> SqlRepairs:
    """Of conversations' light cards."""
    return SqlRepairs(database, Owner.CONVERSATION, CONVERSATIONS, sql.CONVERSATIONS, {})
