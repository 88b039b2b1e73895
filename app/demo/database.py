"""A database of the demo's own, beside that of DATABASE_URL or of the embedded PostgreSQL. It ends with the demo."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.engine import make_url

from app.demo.waiting import DemoFailed
from storage.engine import DATABASE_AWAY, plain_dsn

_LOCK = 0x6465_6D6F  # any constant of our own: "demo"
_NAME_LENGTH = 63  # bytes of a name in PostgreSQL


@asynccontextmanager
async def fresh_database(beside: str) -> AsyncIterator[str]:
    """The DSN of an empty database beside the one named. One that an earlier demo left is thrown away.

    Raises DemoFailed: no such PostgreSQL, not allowed to create databases, another demo is running here.
    """
    url = make_url(beside)
    name = f"{url.database or 'threadline'}"[: _NAME_LENGTH - 5] + "_demo"
    try:
        admin = await asyncpg.connect(plain_dsn(beside), timeout=10)
    except DATABASE_AWAY as error:
        raise DemoFailed(f"The database does not answer: {error}", "Check DATABASE_URL, or unset it.") from error
    try:
        if not await admin.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
            raise DemoFailed("Another demo is running on this PostgreSQL.", "End it first, or wait for its end.")
        await _make(admin, name)
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            with contextlib.suppress(*DATABASE_AWAY):  # the next demo throws it away
                await admin.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")
    finally:
        with contextlib.suppress(*DATABASE_AWAY):
            await admin.close(timeout=2)


async def _make(admin: asyncpg.Connection, name: str) -> None:
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {_quoted(name)} TEMPLATE template0 ENCODING 'UTF8'")
    except asyncpg.PostgresError as error:
        todo = "Give its user the right CREATEDB, or unset DATABASE_URL: the demo then brings its own PostgreSQL."
        raise DemoFailed(f"PostgreSQL would not make the database {name}: {error}", todo) from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
