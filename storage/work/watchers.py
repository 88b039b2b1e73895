"""Who watches tickets."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy import bindparam, text
from sqlalchemy.types import Boolean, DateTime, Integer, Text, Uuid

from core.errors import NotFound
from core.ids import new_id
from storage.database import Row, Session
from ticketing.collaboration.ports import MOST
from ticketing.collaboration.watcher import Because, Watcher

_ADD = text("""
    INSERT INTO ticket_watcher (id, ticket_id, person_id, team_id, because, since)
    SELECT :id, :ticket, CASE WHEN :is_team THEN NULL ELSE :who END, CASE WHEN :is_team THEN :who END, :because, :at
    ON CONFLICT DO NOTHING
    RETURNING id
""").bindparams(
    bindparam("id", type_=Uuid),
    bindparam("ticket", type_=Uuid),
    bindparam("who", type_=Uuid),
    bindparam("is_team", type_=Boolean),
    bindparam("because", type_=Text),
    bindparam("at", type_=DateTime(timezone=True)),
)
_NAMED = """
    coalesce(watcher.person_id, watcher.team_id) AS id, watcher.team_id IS NOT NULL AS is_team,
    coalesce((SELECT name FROM person WHERE person.id = watcher.person_id),
             (SELECT name FROM team WHERE team.id = watcher.team_id)) AS name,
    watcher.because, watcher.since
"""
_OF = text(
    f"SELECT {_NAMED} FROM ticket_watcher AS watcher WHERE ticket_id = :ticket "  # noqa: S608
    "ORDER BY since, watcher.id LIMIT :most"
).bindparams(bindparam("ticket", type_=Uuid), bindparam("most", type_=Integer))
_WATCHES = text(
    "SELECT EXISTS (SELECT FROM ticket_watcher WHERE ticket_id = :ticket AND person_id = :person)"
).bindparams(bindparam("ticket", type_=Uuid), bindparam("person", type_=Uuid))
_REMOVE = text(
    "DELETE FROM ticket_watcher AS watcher WHERE ticket_id = :ticket AND :who IN (person_id, team_id) "  # noqa: S608
    f"RETURNING {_NAMED}"  # constants of ours, here and above
).bindparams(bindparam("ticket", type_=Uuid), bindparam("who", type_=Uuid))


class Watchers:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, ticket_id: UUID, who: UUID, *, is_team: bool, because: Because, at: datetime) -> bool:
        values = {"id": new_id(), "ticket": ticket_id, "who": who, "is_team": is_team, "because": because.value}
        try:
            rows = await self._session.execute(_ADD, {**values, "at": at})
        except asyncpg.ForeignKeyViolationError as error:
            raise NotFound("There is no such ticket, person or team.") from error
        return rows.one_or_none() is not None

    async def remove(self, ticket_id: UUID, who: UUID) -> Watcher | None:
        row = (await self._session.execute(_REMOVE, {"ticket": ticket_id, "who": who})).one_or_none()
        return _watcher(row) if row else None

    async def of(self, ticket_id: UUID, *, most: int = MOST) -> Sequence[Watcher]:
        rows = await self._session.execute(_OF, {"ticket": ticket_id, "most": most})
        return [_watcher(row) for row in rows]

    async def watches(self, ticket_id: UUID, person: UUID) -> bool:
        return bool((await self._session.execute(_WATCHES, {"ticket": ticket_id, "person": person})).scalar())


def _watcher(row: Row) -> Watcher:
    return Watcher(row.id, row.is_team, row.name, Because(row.because), row.since)
