"""What a connection asks PostgreSQL before it runs what it was asked to run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg

from storage.connections import Connection
from storage.engine import create_pool, plain_dsn

UUIDS = "SELECT $1::uuid[] AS given"


@asynccontextmanager
async def listened_to(dsn: str) -> AsyncIterator[tuple[asyncpg.Connection, list[str]]]:
    """A new connection, and all that is sent over it."""
    connection = await asyncpg.connect(plain_dsn(dsn), connection_class=Connection)
    asked: list[str] = []
    connection.add_query_logger(lambda each: asked.append(each.query))
    try:
        yield connection, asked
    finally:
        await connection.close()


async def test_a_process_asks_once_what_an_array_of_postgresqls_own_is(database: str) -> None:
    given = [uuid4(), uuid4()]
    for _ in range(2):
        async with listened_to(database) as (connection, asked):
            assert await connection.fetchval(UUIDS, given) == given
    assert asked == [UUIDS]


async def test_our_pools_hold_such_connections(database: str) -> None:
    pool = await create_pool(database, size=1)
    async with pool.acquire() as connection:
        assert await connection.fetchval(UUIDS, []) == []
    await pool.close()
    async with listened_to(database) as (connection, asked):
        assert await connection.fetchval(UUIDS, []) == []
    assert asked == [UUIDS]


async def test_a_type_of_the_database_is_asked_for_by_each_connection(database: str) -> None:
    """Its id may be another type's in another database."""
    async with listened_to(database) as (connection, _):
        await connection.execute("CREATE TYPE mood AS ENUM ('fine', 'cross')")
    for _ in range(2):
        async with listened_to(database) as (connection, asked):
            assert await connection.fetchval("SELECT $1::mood[] AS given", ["cross"]) == ["cross"]
        assert len(asked) > 1
