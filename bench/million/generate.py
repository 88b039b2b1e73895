"""Fills a migrated, empty database with a made-up desk (`bench/lists.py` asks for it).

Indexes are dropped before and made again after, and how long each took is told: it is what an upgrade costs.
"""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from bench.million import world

_BATCH = 50_000  # tickets in one transaction
_TABLES = ("ticket", "ticket_value", "message", "room_entry", "comment", "conversation", "identity", "customer")

# Indexes that no constraint needs.
_INDEXES = """
    SELECT indexname AS name, indexdef AS definition FROM pg_indexes
    WHERE schemaname = 'public' AND tablename = ANY($1)
        AND indexname NOT IN (SELECT conname FROM pg_constraint)
    ORDER BY indexname
"""


@dataclass(frozen=True, slots=True)
class Generated:
    seconds: float
    index_seconds: dict[str, float]
    index_mb: dict[str, float]


async def generate(connection: asyncpg.Connection, tickets: int) -> Generated:
    """On a connection of its own, to an empty database. The same number makes the same desk."""
    began = time.perf_counter()
    # No foreign keys are checked: the data is ours, and each check is a look-up. That stops all triggers, but the
    # values of custom fields are lists' business: the trigger that keeps them runs all the same.
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    await connection.execute("ALTER TABLE ticket ENABLE ALWAYS TRIGGER keep_values")
    await connection.execute("SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'; SELECT setseed(0.42)")
    async with without_indexes(connection, _TABLES) as spent:
        await _fill(connection, tickets)
    await connection.execute("RESET session_replication_role")
    await connection.execute("ALTER TABLE ticket ENABLE TRIGGER keep_values")
    await connection.execute("VACUUM ANALYZE", timeout=3600)
    sizes = await connection.fetch("SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes")
    return Generated(time.perf_counter() - began, spent, {name: size / 1e6 for name, size in sizes})


async def _fill(connection: asyncpg.Connection, tickets: int) -> None:
    for statement in (world.VOCABULARY, world.PEOPLE, world.CUSTOMERS):
        await connection.execute(world.written(statement, tickets))
    for first in range(1, tickets + 1, _BATCH):
        last = min(first + _BATCH - 1, tickets)
        await connection.execute(world.written(world.TICKETS, tickets, first, last))
        await connection.execute(world.written(world.MESSAGES, tickets, first, last))
    for statement in (world.COMMENTS, world.NUMBERS):
        await connection.execute(world.written(statement, tickets))


@asynccontextmanager
async def without_indexes(connection: asyncpg.Connection, tables: Sequence[str]) -> AsyncIterator[dict[str, float]]:
    """Indexes that no constraint needs are dropped on entry and made again on exit; how many seconds each took."""
    indexes = await connection.fetch(_INDEXES, tables)
    for index in indexes:
        await connection.execute(f'DROP INDEX "{index["name"]}"')
    spent: dict[str, float] = {}
    yield spent
    for index in indexes:
        started = time.perf_counter()
        await connection.execute(index["definition"], timeout=3600)
        spent[index["name"]] = time.perf_counter() - started
