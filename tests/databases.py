"""The databases of the tests: a fresh one made from the template, or the one that a worker keeps and empties.

Making a database costs hundreds of files, emptying one some milliseconds.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
from sqlalchemy.engine import make_url

from storage.engine import plain_dsn
from tests.connections import KeptConnections

T = TypeVar("T")

# What a test may change besides rows: whatever changes the schema is written by a transaction younger than all before
# it, or takes something away; and pg_statistic is what the planner has been told.
_YOUNGEST = "count(*), max(xmin::text::bigint)"
_SHAPE = f"""
SELECT concat_ws(' ',
    (SELECT ({_YOUNGEST})::text FROM pg_class WHERE oid >= 16384 AND relpersistence <> 't'),
    (SELECT ({_YOUNGEST})::text FROM pg_attribute
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)),
    (SELECT ({_YOUNGEST})::text FROM pg_constraint WHERE oid >= 16384),
    (SELECT ({_YOUNGEST})::text FROM pg_trigger WHERE oid >= 16384),
    (SELECT ({_YOUNGEST})::text FROM pg_proc WHERE oid >= 16384),
    (SELECT count(*) FROM pg_statistic WHERE starelid >= 16384))
"""
_TABLES = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_SIZE = "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_MOST = 2_000_000  # bytes of rows, dead ones included: a plan must not depend on what an earlier test left
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND pid <> ALL ($1)
"""
_RESTART_SEQUENCES = "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence;"


def of(dsn: str, database: str) -> str:
    """The DSN of another database of the same server."""
    return make_url(dsn).set(database=database).render_as_string(hide_password=False)


@asynccontextmanager
async def fresh(server: str, template: str) -> AsyncIterator[str]:
    """The DSN of a new copy of the template, for as long as the block lasts."""
    dsn = await make(server, template)
    try:
        yield dsn
    finally:
        await drop(server, dsn)


async def make(server: str, template: str) -> str:
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(plain_dsn(server))
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    finally:
        await admin.close()
    return of(server, name)


async def drop(server: str, dsn: str) -> None:
    admin = await asyncpg.connect(plain_dsn(server))
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {make_url(dsn).database} WITH (FORCE)")
    finally:
        await admin.close()


@dataclass(slots=True)
class _Known:
    dsn: str
    shape: str
    emptying: str
    connection: asyncpg.Connection


class KeptDatabase:
    """One worker's database, lent to one test after the other and each time as if just made.

    A test may do anything to it: what changed more than rows costs the next test a new one. It is emptied through one
    connection that stays, since a new one would first have to read about every table. It lives in a thread, for not all
    tests that borrow the database run in the same event loop.
    """

    def __init__(self, server: str, template: str) -> None:
        self._server = server
        self._template = template
        self._known: _Known | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    @asynccontextmanager
    async def lent(self, connections: KeptConnections) -> AsyncIterator[str]:
        """Its DSN, for as long as the block lasts; the connections lead to it, and go on doing so if they may."""
        known = self._known
        if known is None:
            known = await asyncio.wrap_future(self._beside(self._made()))
        self._known = None  # until it is known to be empty again
        await connections.lead_to(known.dsn)
        try:
            yield known.dsn
        finally:
            if await asyncio.wrap_future(self._beside(_emptied(known, await connections.kept()))):
                self._known = known
            else:
                self._loop.call_soon_threadsafe(known.connection.terminate)
                await drop(self._server, known.dsn)

    def close(self) -> None:
        if self._known is not None:
            self._beside(drop(self._server, self._known.dsn)).result()
            self._known = None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _beside(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _made(self) -> _Known:
        dsn = await make(self._server, self._template)
        connection = await asyncpg.connect(plain_dsn(dsn))
        return _Known(dsn, await connection.fetchval(_SHAPE), await _how_to_empty(connection), connection)


async def _emptied(known: _Known, kept: Sequence[int]) -> bool:
    """End whoever else is still connected and take every row out; whether the database is as it was made."""
    try:
        return await _emptied_through(known.connection, known, kept)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # the test has ended this connection too
        known.connection.terminate()
    try:
        known.connection = await asyncpg.connect(plain_dsn(known.dsn))
        return await _emptied_through(known.connection, known, kept)
    except asyncpg.PostgresError:  # the test has shut or removed it; or the server is not ours to end connections of
        return False


async def _emptied_through(connection: asyncpg.Connection, known: _Known, kept: Sequence[int]) -> bool:
    await connection.execute(_END_OTHERS, kept)
    if await connection.fetchval(_SHAPE) != known.shape or await connection.fetchval(_SIZE) > _MOST:
        return False
    await connection.execute(known.emptying)
    return True


async def _how_to_empty(connection: asyncpg.Connection) -> str:
    """One transaction: every row out, the rows that migrations made in again, every sequence from its start."""
    statements = ["SET LOCAL session_replication_role = replica;"]  # no triggers: in any order
    for table in [row[0] for row in await connection.fetch(_TABLES)]:
        statements.append(f"DELETE FROM {table};")
        rows = await connection.fetch(f"SELECT to_jsonb(it) AS row FROM {table} AS it")
        if rows:
            text = json.dumps([json.loads(row["row"]) for row in rows]).replace("'", "''")
            statements.append(f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, '{text}');")
    return "\n".join([*statements, _RESTART_SEQUENCES])
