"""Where cards stand in Slack, and who is showing them: the part that tickets and conversations share."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause

from core.errors import NotFound
from storage.database import Database, Row
from storage.queries.cards import CardTable
from ticketing.tickets.card import Shown

HOLD = timedelta(seconds=30)


class SqlCards:
    """The storage side of `bot.ports.Cards`, over one table. Each method is one short transaction."""

    def __init__(self, database: Database, table: CardTable) -> None:
        self._database = database
        self._table = table

    async def take(self, owner_id: UUID, /, *, job: str, now: datetime) -> Shown | None:
        row = await self._one(self._table.take, {"owner": owner_id, "job": job, "now": now, "until": now + HOLD})
        if row is None:
            raise NotFound("There is no such ticket or conversation.")
        if row.held_by != job:
            return None
        return Shown(owner_id, row.channel, row.ts, row.digest, row.posted_before)

    async def release(self, owner_id: UUID, /, *, job: str) -> bool:
        row = await self._one(self._table.release, {"owner": owner_id, "job": job})
        return bool(row and row.was_again)

    async def card_shown(self, owner_id: UUID, /, *, channel: str, ts: str, digest: str, now: datetime) -> bool:
        where = {"channel": channel, "ts": ts, "digest": digest, "now": now}
        return await self._one(self._table.shown, {"owner": owner_id} | where) is not None

    async def card_lost(self, owner_id: UUID, /) -> None:
        await self._do(self._table.lost, {"owner": owner_id})

    async def _owner_at(self, channel: str, ts: str) -> UUID | None:
        row = await self._one(self._table.at, {"channel": channel, "ts": ts})
        return row.owner if row else None

    async def _one(self, statement: TextClause, parameters: Mapping[str, Any]) -> Row | None:
        async with self._database.single() as session:
            return (await session.execute(statement, parameters)).one_or_none()

    async def _do(self, statement: TextClause, parameters: Mapping[str, Any]) -> None:
        async with self._database.single() as session:
            await session.execute(statement, parameters)
