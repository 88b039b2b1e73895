"""Where cards stand in Slack, and who is showing them: the part that tickets and conversations share."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause

from core.errors import NotFound, Throttled
from storage.database import Database, Row
from storage.queries.cards import CardTable
from storage.queries.pictures import REFUSED
from ticketing.tickets.card import Run, Shown

_MOST_REFUSALS = 3  # of a picture: after that, its link has to do
_A_MOMENT = 0.1  # seconds; the queue is no clockwork, and too early is once more


def still_held(until: datetime, now: datetime) -> Throttled:
    """What the second run of a job is told, and whoever meets a repair: if the first one is dead, its time is over."""
    wait = max((until - now).total_seconds(), 0.0) + _A_MOMENT
    return Throttled("An earlier run of this job, or a repair, may still be calling Slack.", retry_after=wait)


class SqlCards:
    """The storage side of `bot.ports.Cards`, over one table. Each method is one short transaction."""

    def __init__(self, database: Database, table: CardTable) -> None:
        self._database = database
        self._table = table

    async def take(self, owner_id: UUID, /, *, run: Run, now: datetime, until: datetime) -> Shown | None:
        taking = {"owner": owner_id, "job": run.job, "run": run.id, "now": now, "until": until}
        row = await self._one(self._table.take, taking)
        if row is None:
            raise NotFound("There is no such ticket or conversation.")
        if row.held_run == run.id:
            return Shown(owner_id, row.channel, row.ts, row.digest, row.posted_before)
        if run.must_wait_for(row.held_by):
            raise still_held(row.held_until, now)
        return None

    async def renew(self, owner_id: UUID, /, *, run: Run, until: datetime) -> bool:
        return await self._one(self._table.renew, {"owner": owner_id, "run": run.id, "until": until}) is not None

    async def release(self, owner_id: UUID, /, *, run: Run) -> bool:
        row = await self._one(self._table.release, {"owner": owner_id, "run": run.id})
        return row is None or row.was_again

    async def card_shown(
        self, owner_id: UUID, /, *, run: Run, channel: str, ts: str, digest: str, now: datetime
    ) -> bool:
        where = {"channel": channel, "ts": ts, "digest": digest, "now": now}
        return await self._one(self._table.shown, {"owner": owner_id, "run": run.id} | where) is not None

    async def card_lost(self, owner_id: UUID, /, *, run: Run) -> None:
        await self._one(self._table.lost, {"owner": owner_id, "run": run.id})

    async def pictures_refused(self, slack_files: Collection[str], /) -> bool:
        async with self._database.single() as session:
            rows = await session.execute(REFUSED, {"slack_files": list(slack_files), "most": _MOST_REFUSALS})
            return any(row.state == "ready" for row in rows)

    async def _owner_at(self, channel: str, ts: str) -> UUID | None:
        row = await self._one(self._table.at, {"channel": channel, "ts": ts})
        return row.owner if row else None

    async def _one(self, statement: TextClause, parameters: Mapping[str, Any]) -> Row | None:
        async with self._database.single() as session:
            return (await session.execute(statement, parameters)).one_or_none()

    async def _do(self, statement: TextClause, parameters: Mapping[str, Any]) -> None:
        async with self._database.single() as session:
            await session.execute(statement, parameters)
