"""SLA clocks of any number of open tickets: what a tick costs that finds nothing, what it takes to tell much at once,
and how late a clock process is.

The desk is kept in the bench's cluster (`bench/million/kept.py`), of as many tickets as the lists are measured at.
`python -m bench.clocks` measures this part alone.
"""

import asyncio
import contextlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import asyncpg
import psutil
import structlog
import uvloop
from rich.console import Console
from rich.table import Table

from app.processes.clock import keep_time
from app.run import collect_patiently
from app.services import Services
from app.settings import Settings
from app.wiring import services
from bench.million import promised
from bench.million.kept import kept, sizes
from bench.million.questions import AGENTS
from bench.processes import HOME
from core.instants import utc_now
from storage.embedded import EmbeddedEngine
from ticketing.people.actor import person_acting
from ticketing.people.person import Person, Role
from ticketing.playbook.apply import AlreadyInForce, apply_playbook
from ticketing.playbook.succession import Wanted
from ticketing.sla.tick import next_due, tell_due

DEFAULT = 50_000  # tickets
TICKS = 1_000
WATCHING = 0.02  # seconds between two looks for what has been told: so much may be too late in the figures
PATIENCE = 120.0  # seconds for what should take thirty
PLAYBOOK = """
language: 1
playbook: Bench
categories: {other: Other}
types:
  general_query: {label: Query, lifecycle: only, sla: standard, categories: [other]}
lifecycles:
  only:
    label: Only
    created_in: in_progress
    statuses:
      in_progress: {label: In progress, category: active}
      closed: {label: Closed, category: closed}
    transitions:
      - {from: in_progress, to: [closed]}
      - {from: closed, to: [in_progress]}
calendars:
  always: {zone: UTC}
sla:
  standard:
    label: Standard
    calendar: always
    resolution: {urgent: 4h, high: 8h, normal: 24h, low: 40h}
"""


_JOBS = "SELECT id, payload FROM pgqueuer WHERE id > $1 AND entrypoint = 'SlaTold.tell_of_sla' ORDER BY id"


@dataclass(frozen=True, slots=True)
class Measured:
    tickets: int
    idle: float  # milliseconds of one tick that finds nothing, half of them at most
    idle_cpu: float  # milliseconds of PostgreSQL's processor time for each
    burst: float  # seconds until all that came due in one second was told
    burst_cpu: float  # PostgreSQL's and our own processor time: what a machine with nothing else to do would take
    late: Sequence[float]  # seconds from the instant something is due until others see it told, ascending


async def measure(dsn: str) -> Measured:
    """`dsn` is of any database of the cluster."""
    tickets = int(os.environ.get("BENCH_TICKETS", 0)) or max([*await sizes(dsn, "promised"), DEFAULT])
    desk = await kept(dsn, "promised", tickets, promised.fill)
    connection = await asyncpg.connect(desk)
    collect_patiently()  # as the clock process does
    try:
        await _begin_anew(connection)
        async with services(Settings(_env_file=None), desk, connections=2) as made:
            with contextlib.suppress(AlreadyInForce):
                await _promise(made)
            idle, burst = await _idle(made, connection), await _burst(made, connection)
        return Measured(tickets, *idle, *burst, await _lateness(desk, connection))
    finally:
        await connection.close()


def rows(measured: Measured) -> list[tuple[str, str, str]]:
    of = f"{measured.tickets:,} open tickets"
    half, most = (measured.late[ceil(len(measured.late) * share) - 1] for share in (0.5, 0.99))
    return [
        (
            f"a tick that finds nothing, PostgreSQL's processor time, {of}",
            f"{measured.idle_cpu:.2f} ms",
            "at most 1 ms",
        ),
        ("… there and back, p50", f"{measured.idle:.2f} ms", ""),
        (f"{promised.IN_A_SECOND:,} clocks due in one second, all told", f"{measured.burst:.1f} s", "at most 10 s"),
        ("… processor time, PostgreSQL's included", f"{measured.burst_cpu:.1f} s", ""),
        ("lateness at 100 due a second, p50 / p99", f"{half:.2f} / {most:.2f} s", "p99 at most 1 s"),
    ]


async def _begin_anew(connection: asyncpg.Connection) -> None:
    await promised.restore(connection, 1, promised.IN_A_SECOND + promised.HUNDREDTHS)
    for table in ("service_level", "activity_head"):
        await connection.execute(f"VACUUM ANALYZE {table}", timeout=3600)


async def _promise(made: Services) -> None:
    boss = person_acting(Person(AGENTS[0], "Agent 0", "agent0@example.com", Role.ADMIN, frozenset()))
    await apply_playbook(PLAYBOOK, file="bench.yaml", wanted=Wanted(), by=boss, uow=made.start(), now=utc_now())


async def _idle(made: Services, connection: asyncpg.Connection) -> tuple[float, float]:
    now, spent = promised.BEGIN - timedelta(days=1), []
    await tell_due(start=made.start, now=now)  # connections know their statements from then on
    await next_due(start=made.start)
    before = await _server(connection)
    for _ in range(TICKS):
        began = time.perf_counter()
        await tell_due(start=made.start, now=now)
        await next_due(start=made.start)
        spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)[TICKS // 2], (await _server(connection) - before) / TICKS * 1000


async def _burst(made: Services, connection: asyncpg.Connection) -> tuple[float, float]:
    began, before = time.perf_counter(), time.process_time() + await _server(connection)
    told = await tell_due(start=made.start, now=promised.BEGIN + timedelta(seconds=1))
    took = time.perf_counter() - began
    if told != promised.IN_A_SECOND:
        raise AssertionError(f"{told} were told, not {promised.IN_A_SECOND}")
    return took, time.process_time() + await _server(connection) - before


async def _server(connection: asyncpg.Connection) -> float:
    """Seconds of processor time so far of all who serve this database."""
    rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    times = [psutil.Process(row["pid"]).cpu_times() for row in rows]
    return float(sum(each.user + each.system for each in times))


async def _lateness(desk: str, connection: asyncpg.Connection) -> Sequence[float]:
    """A clock process's own loop, by a clock that shows the day on which one comes due every ten milliseconds."""
    ahead = promised.STREAM - timedelta(seconds=1) - utc_now()

    def clock() -> datetime:
        return utc_now() + ahead

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    async with services(Settings(_env_file=None), desk, clock=clock, connections=2) as made:
        telling = asyncio.create_task(keep_time(made))
        try:
            async with asyncio.timeout(PATIENCE):
                late = [(clock() - due).total_seconds() async for due in _told(connection, promised.HUNDREDTHS)]
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
    return sorted(late)


async def _told(connection: asyncpg.Connection, wanted: int) -> AsyncIterator[datetime]:
    """When each was due that is told from now on, as soon as its job can be seen."""
    last = await connection.fetchval("SELECT coalesce(max(id), 0) FROM pgqueuer")
    found = 0
    while found < wanted:
        await asyncio.sleep(WATCHING)
        for job in await connection.fetch(_JOBS, last):
            last, found = job["id"], found + 1
            yield datetime.fromisoformat(json.loads(job["payload"])["due"])


async def main() -> None:
    root = HOME / "var" / "bench"
    root.mkdir(parents=True, exist_ok=True)
    engine = EmbeddedEngine(root)
    try:
        table = Table("What", "Measured", "Wanted")
        for row in rows(await measure(await engine.start())):
            table.add_row(*row)
        Console().print(table)
    finally:
        await engine.stop()


if __name__ == "__main__":
    uvloop.run(main())
