"""Versions of the playbook, and how tickets stand to them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core.errors import NotFound
from storage.database import Session
from storage.tables import playbook_migration, playbook_version, ticket
from ticketing.people.actor import Actor, ActorKind
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.succession import Standing, Successors
from ticketing.playbook.version import Migration, Version

_NEWEST = select(func.coalesce(func.max(playbook_version.c.version), 0))
_GET = select(
    playbook_version.c.version,
    playbook_version.c.name,
    playbook_version.c.text,
    playbook_version.c.mapping,
    playbook_version.c.applied_at,
    playbook_version.c.actor_kind,
    playbook_version.c.applied_by,
    playbook_version.c.actor_id,
).where(playbook_version.c.version == bindparam("number"))
_ADD = insert(playbook_version).on_conflict_do_nothing()
_STANDING = (
    select(ticket.c.type, ticket.c.status, ticket.c.status_category, func.count().label("tickets"))
    .group_by(ticket.c.type, ticket.c.status, ticket.c.status_category)
    .order_by(ticket.c.type, ticket.c.status, ticket.c.status_category)
)
_THIS = playbook_migration.c.version == bindparam("number")
_ADD_MIGRATION = insert(playbook_migration)
_MIGRATION = select(playbook_migration).where(_THIS)
_COUNT_MOVED = update(playbook_migration).where(_THIS).values(moved=playbook_migration.c.moved + bindparam("tickets"))
_END = (
    update(playbook_migration)
    .where(_THIS, playbook_migration.c.ended_at.is_(None))
    .values(ended_at=bindparam("at", type_=playbook_migration.c.ended_at.type))
)
# Whoever locks a row has an id, and whoever uses another role of the database is not seen. Reading alone has none.
_WRITERS = text("""
    SELECT backend_xid::text AS writer FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
""")


class Versions:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def newest(self) -> int:
        return int((await self._session.execute(_NEWEST)).scalar())

    async def get(self, number: int) -> Version:
        row = (await self._session.execute(_GET, {"number": number})).one_or_none()
        if row is None:
            raise NotFound(f"There is no version {number} of the playbook.")
        by = Actor(ActorKind(row.actor_kind), row.applied_by, row.actor_id)
        return Version(row.version, row.name, row.text, Successors.of(row.mapping), row.applied_at, by)

    async def add(self, version: Version) -> bool:
        values = {
            "version": version.number,
            "name": version.name,
            "text": version.text,
            "mapping": version.successors.data(),
            "digest": version.digest,
            "applied_at": version.applied_at,
            "actor_kind": version.by.kind.value,
            "actor_id": version.by.id,
            "applied_by": version.by.name,
        }
        return (await self._session.execute(_ADD, values)).rowcount == 1

    async def standing(self) -> Sequence[Standing]:
        rows = await self._session.execute(_STANDING)
        return [Standing(row[0], row[1], StatusCategory(row[2]), row[3]) for row in rows]

    async def add_migration(self, migration: Migration) -> None:
        values = {
            "version": migration.version,
            "tickets": migration.tickets,
            "retimed": migration.retimed,
            "moved": migration.moved,
        }
        await self._session.execute(_ADD_MIGRATION, values)

    async def migration(self, number: int) -> Migration | None:
        row = (await self._session.execute(_MIGRATION, {"number": number})).one_or_none()
        if row is None:
            return None
        retimed = tuple((kind, status) for kind, status in row.retimed)
        return Migration(row.version, row.tickets, retimed, row.moved, row.ended_at)

    async def count_moved(self, number: int, tickets: int) -> None:
        await self._session.execute(_COUNT_MOVED, {"number": number, "tickets": tickets})

    async def end_migration(self, number: int, *, at: datetime) -> None:
        await self._session.execute(_END, {"number": number, "at": at})

    async def writers(self) -> frozenset[str]:
        return frozenset(row.writer for row in await self._session.execute(_WRITERS))
