"""The home tab: from opening it to its standing there, for somebody with 500 open tickets on a desk of any number.

The web process is its own; Slack and who opens the tab are this one. The desks are those of `bench/lists.py`, where
somebody is hired who gets the tickets, with promises on each, and leaves them again afterwards.
`python -m bench.home` measures this part alone.
"""

import json
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from math import ceil
from uuid import UUID

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table

from bench.lists import DEFAULT, SMALL
from bench.million.generate import generate
from bench.million.kept import kept, sizes
from bench.processes import BOT_TOKEN, HOME, SIGNING_SECRET, process
from core.instants import utc_now
from emulators.loopback import free_port
from emulators.slack import Person, Workspace
from sla.calendar import Calendar
from sla.clock import Kind, Moment, What, start
from sla.target import Target
from storage.embedded import EmbeddedEngine
from storage.work.clock_json import clocks_json

TICKETS, FEW = 500, 5  # of theirs
ROUNDS, WARMING = 40, 5
_WHO = UUID("02ffffffffffffffffffffffffffffff")
_HIRED = """
    INSERT INTO person (id, name, email, role) VALUES ($1, 'Early', 'early@example.com', 'supervisor')
    ON CONFLICT DO NOTHING
"""
_IN_TEAM = (
    "INSERT INTO team_member (team_id, person_id) SELECT id, $1 FROM team WHERE is_default ON CONFLICT DO NOTHING"
)
_TAKEN = """
    WITH chosen AS (
        SELECT id, assignee_id FROM ticket WHERE status_category IN ('open', 'active', 'pending')
            AND discarded_at IS NULL AND merged_into IS NULL AND assignee_id IS NOT NULL ORDER BY number DESC LIMIT $2
    ), taken AS (
        UPDATE ticket SET assignee_id = $1 FROM chosen WHERE chosen.id = ticket.id
    )
    SELECT id, assignee_id FROM chosen
"""
_PROMISED = """
    INSERT INTO service_level (ticket_id, playbook, priority, ai_responds, clocks, at_risk_at, due_at)
    VALUES ($1, 1, 'normal', true, $2::jsonb, $3, $4)
"""
_LEFT = "UPDATE ticket SET assignee_id = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Opened:
    """Seconds from opening the tab to its standing there, with many tickets of theirs and with few."""

    desk: int
    many: Sequence[float]
    few: Sequence[float]


async def measure(dsn: str, environment: dict[str, str]) -> Sequence[Opened]:
    """On a small desk and on a large one. `dsn` is of any database of the cluster."""
    wanted = int(os.environ.get("BENCH_TICKETS", 0)) or max([*await sizes(dsn, "desk"), DEFAULT])
    return [await _measure(await kept(dsn, "desk", desk, generate), desk, environment) for desk in (SMALL, wanted)]


def rows(found: Sequence[Opened]) -> list[tuple[str, str, str]]:
    """What, measured, wanted."""
    return [
        (
            f"home tab of {count}, opened to shown, p50 / p95",
            f"{at(0.5, spent) * 1000:.0f} / {at(0.95, spent) * 1000:.0f} ms",
            f"{each.desk:,} tickets; at most 1,000 ms",
        )
        for each in found
        for count, spent in ((TICKETS, each.many), (FEW, each.few))
    ]


def at(share: float, samples: Sequence[float]) -> float:
    return sorted(samples)[ceil(len(samples) * share) - 1]


async def _measure(dsn: str, desk: int, environment: dict[str, str]) -> Opened:
    async with _web(dsn, environment) as early:
        found = []
        for count in (TICKETS, FEW):
            async with _theirs(dsn, count):
                found.append(await _open(early))
    return Opened(desk, *found)


async def _open(early: Person) -> Sequence[float]:
    spent = []
    for _ in range(WARMING + ROUNDS):
        began = time.perf_counter()
        await early.open_home()
        spent.append(time.perf_counter() - began)
    shown = json.dumps(early.home(), ensure_ascii=False)
    if "Yours, by urgency" not in shown:
        raise RuntimeError("the home tab does not show what it should")
    return spent[WARMING:]


@asynccontextmanager
async def _web(dsn: str, environment: dict[str, str]) -> AsyncIterator[Person]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    slack = Workspace(
        events_url=f"{url}/slack/events", signing_secret=SIGNING_SECRET, bot_token=BOT_TOKEN, limits=False
    )
    early = slack.add_user("early", "early@example.com")
    async with slack.serve() as served:
        settings = environment | {
            "DATABASE_URL": dsn,
            "PORT": str(port),
            "PUBLIC_BASE_URL": url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": f"{served.url}/api/",
            "LOG_LEVEL": "error",
        }
        async with process("web", ["app", "web"], settings, port=port):
            yield early


@asynccontextmanager
async def _theirs(dsn: str, count: int) -> AsyncIterator[None]:
    """So many live tickets are theirs, due at any time of these days; each is its assignee's again afterwards."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(_HIRED, _WHO)
    await connection.execute(_IN_TEAM, _WHO)
    taken = await connection.fetch(_TAKEN, _WHO, count)
    await connection.executemany(_PROMISED, [_promise(row["id"], place) for place, row in enumerate(taken)])
    await connection.execute("VACUUM ANALYZE service_level")
    try:
        yield
    finally:
        ids = [row["id"] for row in taken]
        await connection.execute("DELETE FROM service_level WHERE ticket_id = ANY($1)", ids)
        await connection.executemany(_LEFT, [(row["id"], row["assignee_id"]) for row in taken])
        await connection.close()


def _promise(ticket_id: UUID, place: int) -> tuple[object, ...]:
    due = utc_now() + timedelta(minutes=10 * (place - TICKETS // 2))
    target = Target(timedelta(hours=8), "always")
    clock = start(
        Kind.RESOLUTION, Moment(What.STARTED, due - timedelta(hours=8), target=target), {"always": Calendar(UTC)}
    )
    assert clock is not None
    return ticket_id, json.dumps(clocks_json({Kind.RESOLUTION: clock})), clock.at_risk_at, clock.due_at


async def _alone() -> None:
    from bench.databases import environment

    root = HOME / "var" / "bench"
    root.mkdir(parents=True, exist_ok=True)
    engine = EmbeddedEngine(root)
    try:
        dsn = await engine.start()
        found = await measure(dsn, environment(dsn))
    finally:
        await engine.stop()
    table = Table("What", "Measured", "Wanted")
    for row in rows(found):
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    uvloop.run(_alone())
