"""Databases of the bench that take minutes to make: made once, kept in its cluster, used again."""

import re
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
from sqlalchemy.engine import make_url

from app.run import bring_up_to_date
from storage.engine import plain_dsn

_TABLES = ("ticket", "ticket_value", "activity", "activity_head", "service_level", "pgqueuer")


async def sizes(dsn: str, kind: str) -> Sequence[int]:
    """Those of this kind that are there already, in tickets. `dsn` is of any database of the cluster."""
    admin = await asyncpg.connect(plain_dsn(dsn))
    try:
        names = await admin.fetch("SELECT datname FROM pg_database WHERE datname ~ $1", f"^{kind}_[0-9]+$")
    finally:
        await admin.close()
    return [int(re.sub(r"\D", "", row["datname"])) for row in names]


async def kept(dsn: str, kind: str, tickets: int, fill: Callable[[asyncpg.Connection, int], Awaitable[object]]) -> str:
    """The DSN of the one of so many tickets, brought up to date. `fill` is given a migrated, empty one."""
    name = f"{kind}_{tickets}"
    found = make_url(plain_dsn(dsn)).set(database=name).render_as_string(hide_password=False)
    if tickets in await sizes(dsn, kind):
        await bring_up_to_date(found)
        await _vacuum(found)
        return found
    admin = await asyncpg.connect(plain_dsn(dsn))
    making = f"making_{name}"
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {making} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {making}")
        of_making = make_url(found).set(database=making).render_as_string(hide_password=False)
        await bring_up_to_date(of_making)
        connection = await asyncpg.connect(of_making)
        await fill(connection, tickets)
        await connection.close()
        await admin.execute(f"ALTER DATABASE {making} RENAME TO {name}")
    finally:
        await admin.close()
    return found


async def _vacuum(dsn: str) -> None:
    """As a new one is: what the last run left behind is gone."""
    connection = await asyncpg.connect(dsn)
    for table in _TABLES:
        await connection.execute(f"VACUUM ANALYZE {table}", timeout=3600)
    await connection.close()
