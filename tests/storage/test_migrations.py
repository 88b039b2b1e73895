"""The schema that migrating makes is the schema that the code believes in."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.migrate import current, migrate, newest
from storage.tables import metadata


def _ours(_object: object, name: str | None, _kind: str, reflected: bool, _compared: object) -> bool:
    return not (reflected and name is not None and name.startswith("pgqueuer"))


def _difference(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_head_matches_the_models(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_difference) == []


async def test_migrating_twice_changes_nothing(engine: AsyncEngine) -> None:
    await migrate(engine)
    assert await current(engine) == newest()
