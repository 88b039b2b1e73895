"""Lists, search, sums and transitions on a desk of any number of tickets, against the same on a small one.

The desks are kept in the bench's cluster and used again. `BENCH_TICKETS=1000000 make bench` makes the large one of that
many (8 to 25 minutes, 6 GB); without it, the largest desk that is there already is measured, or one of 50,000 made.
`python -m bench.lists` measures this part alone.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

import asyncpg
import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from app.settings import Settings
from app.wiring import services
from bench.million.generate import generate
from bench.million.kept import kept, sizes
from bench.million.questions import AGENTS, FIND_NOTHING, QUESTIONS, WORDS
from bench.processes import HOME
from storage.database import Database
from storage.embedded import EmbeddedEngine
from storage.lists.lists import SqlTicketLists
from storage.lists.search import SqlTicketSearch
from ticketing.people.person import Person, Role
from ticketing.tickets.listing import Dimension, Order, TicketFilter

SMALL, DEFAULT = 10_000, 50_000  # tickets
ROUNDS = 100  # askings of each question, after three to warm up
TRANSITIONS, WARMING = 2_000, 200  # so many more before, for connections know their statements in a process at work
LANES = 4  # transitions under way at once in one process


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    p50: float
    p95: float
    cpu: float  # PostgreSQL's and our own processor time for each: what a machine with nothing else to do would take
    found: int  # lines of the answer


@dataclass(frozen=True, slots=True)
class Desk:
    """What was measured on a desk of so many tickets."""

    tickets: int
    lists: Mapping[str, Times]
    words: Mapping[str, Times]
    groups: Times
    transitions: float  # a second
    of_transition: tuple[float, float]  # milliseconds of one, among others at once: p50, p95


async def measure(dsn: str) -> tuple[Desk, Desk]:
    """A small desk and a large one. `dsn` is of any database of the cluster."""
    wanted = int(os.environ.get("BENCH_TICKETS", 0)) or max([*await sizes(dsn, "desk"), DEFAULT])
    small, large = [await _measure(await kept(dsn, "desk", number, generate), number) for number in (SMALL, wanted)]
    return small, large


async def _measure(dsn: str, tickets: int) -> Desk:
    database = Database(dsn, size=1)
    lists, search = SqlTicketLists(database), SqlTicketSearch(database)
    async with database.single() as session:  # the only one there is
        server = psutil.Process((await session.ask("SELECT pg_backend_pid() AS pid")).one().pid)
    try:

        async def page(asked: TicketFilter, order: Order) -> Sequence[object]:
            return (await lists.page(asked, order=order)).lines

        pages = {name: await _times(server, partial(page, *asked)) for name, asked in QUESTIONS.items()}
        if empty := [name for name, each in pages.items() if not each.found and name not in FIND_NOTHING]:
            raise RuntimeError(f"these lists find nothing on {tickets:,} tickets, which is no measure: {empty}")
        found = {name: await _times(server, partial(search.search, said)) for name, said in WORDS.items()}
        groups = await _times(
            server, lambda: lists.grouped(TicketFilter(), by=Dimension.CATEGORY, field="refund"), rounds=3, warm=1
        )
    finally:
        await database.close()
    return Desk(tickets, pages, found, groups, *await _transitions(dsn))


async def _times(
    server: psutil.Process, ask: Callable[[], Awaitable[Sequence[object]]], *, rounds: int = ROUNDS, warm: int = 3
) -> Times:
    for _ in range(warm):
        found = await ask()
    spent, before = [], _cpu(server)
    for _ in range(rounds):
        began = time.perf_counter()
        await ask()
        spent.append((time.perf_counter() - began) * 1000)
    return Times(*_ranked(spent), (_cpu(server) - before) / rounds, len(found))


def _ranked(spent: Sequence[float]) -> tuple[float, float]:
    """What half of them do not exceed, and what 95 % do not."""
    ranked = sorted(spent)
    return ranked[ceil(len(ranked) * 0.5) - 1], ranked[ceil(len(ranked) * 0.95) - 1]


def _cpu(server: psutil.Process) -> float:
    """Milliseconds so far."""
    times = server.cpu_times()
    return (float(times.user + times.system) + time.process_time()) * 1000


# Live tickets there and back again, each with the head that its record goes on from.
_CHOSEN = f"""
    WITH chosen AS (
        SELECT id, status FROM ticket WHERE status IN ('open', 'waiting_on_customer') AND discarded_at IS NULL
            AND merged_into IS NULL ORDER BY number DESC LIMIT {TRANSITIONS + WARMING}
    ), heads AS (
        INSERT INTO activity_head (stream_kind, stream_id, seq, hash)
        SELECT 'ticket', id, 0, repeat('0', 64) FROM chosen
        ON CONFLICT DO NOTHING
    )
    SELECT id, status FROM chosen
"""
_RESTORED = "UPDATE ticket SET status = $2, status_category = $3 WHERE id = ANY($1)"


async def _transitions(dsn: str) -> tuple[float, tuple[float, float]]:
    """Transitions a second of one process, each a transaction with its record and its jobs; and how long each took."""
    connection = await asyncpg.connect(dsn)
    chosen = await connection.fetch(_CHOSEN)
    warming = min(WARMING, len(chosen) // 4)  # a small desk has few that are live
    boss = Person(AGENTS[0], "Agent 0", "agent0@example.com", Role.ADMIN, frozenset())
    spent: list[float] = []
    async with services(Settings(_env_file=None), dsn, connections=LANES) as made:

        async def lane(rows: Sequence[asyncpg.Record]) -> None:
            for row in rows:
                began = time.perf_counter()
                await made.desk.change_status(row["id"], "in_progress", by=boss)
                spent.append((time.perf_counter() - began) * 1000)

        async def lanes(rows: Sequence[asyncpg.Record]) -> float:
            spent.clear()
            began = time.perf_counter()
            await asyncio.gather(*(lane(rows[number::LANES]) for number in range(LANES)))
            return len(rows) / (time.perf_counter() - began)

        await lanes(chosen[:warming])
        rate = await lanes(chosen[warming:])
    for status, category in (("open", "open"), ("waiting_on_customer", "pending")):
        of_status = [row["id"] for row in chosen if row["status"] == status]
        await connection.execute(_RESTORED, of_status, status, category)
    await connection.execute("DELETE FROM pgqueuer")
    await connection.close()
    return rate, _ranked(spent)


Line = tuple[str, str, str]  # what, measured, wanted


def lines(small: Desk, large: Desk) -> list[Line]:
    """For the table of the bench."""
    of, both = f"{large.tickets:,} tickets", f"at most 30 ms, 2 × that of {small.tickets:,}"
    return [
        *_compared("list", small.lists, large.lists, f"{of}; {both}"),
        *_compared("search for", small.words, large.words, f"{of}; rare at most 20 ms, in 5 % at most 300 ms"),
        (
            "sums of a field by category, p50",
            f"{large.groups.p50:,.0f} ms; of {small.tickets:,}: {small.groups.p50:,.0f}",
            of,
        ),
        (
            "transitions of one process, /s",
            f"{large.transitions:,.0f}; of {small.tickets:,}: {small.transitions:,.0f}",
            f"{of}; at least 250",
        ),
        (f"… each, {LANES} at once, p50 / p95", "{:.1f} / {:.1f} ms".format(*large.of_transition), of),
    ]


def _compared(what: str, small: Mapping[str, Times], large: Mapping[str, Times], wanted: str) -> list[Line]:
    return [
        (
            f"{what} {name}, p50 / p95",
            f"{large[name].p50:.1f} / {large[name].p95:.1f} ms; {large[name].p95 / small[name].p95:.1f} ×; "
            f"CPU {large[name].cpu:.1f}, {small[name].cpu:.1f} ms; found {large[name].found}, {small[name].found}",
            wanted,
        )
        for name in large
    ]


async def _alone() -> None:
    root = HOME / "var" / "bench"
    root.mkdir(parents=True, exist_ok=True)
    engine = EmbeddedEngine(root)
    try:
        desks = await measure(await engine.start())
    finally:
        await engine.stop()
    table = Table("What", "Measured", "Wanted")
    for line in lines(*desks):
        table.add_row(*line)
    Console().print(table)


if __name__ == "__main__":
    uvloop.run(_alone())
