"""The whole path: a message accepted, understood, its ticket committed, its card delivered to (emulated) Slack."""

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app.settings import Settings
from app.wiring import services
from bench.load import Load, run
from bench.processes import AUTH_TOKEN, BOT_TOKEN, SIGNING_SECRET, Running, control, process
from emulators.loopback import free_port
from storage.engine import plain_dsn

TEXTS = (
    "Where is my parcel? Order {n} should have been here on Monday",
    "My invoice {n} is wrong, please correct it",
    "The app crashes on start since the update, error {n}",
    "The lamp of order {n} arrived broken, I want my money back",
)
MESSAGES, ROUNDS = 400, 3
PACED_MESSAGES, RATE, BURST = 150, 10.0, 0.5
SLOW_MESSAGES, LATENCY = 300, 0.2


@dataclass(frozen=True, slots=True)
class Pipeline:
    cards_per_second: float  # the middle one of three rounds
    latencies_ms: list[float]  # POST to card, counted from the end of the burst window
    statements_per_message: float
    memory_mb: dict[str, float]


@dataclass(frozen=True, slots=True)
class House:
    """Everything running."""

    dsn: str
    web: Running
    worker: Running
    slack: Running
    environment: dict[str, str]


@asynccontextmanager
async def house(
    dsn: str, environment: dict[str, str], *, burst: float, workers: int = 1, latency: float = 0.0
) -> AsyncIterator[House]:
    """A web process, workers, emulated Slack without rate limits (its events about our own posts included).

    `latency`: seconds that Slack takes for each call.
    """
    web_port, slack_port, twilio_port = free_port(), free_port(), free_port()
    base = f"http://127.0.0.1:{web_port}"
    settings = environment | {
        "DATABASE_URL": dsn,
        "PORT": str(web_port),
        "PUBLIC_BASE_URL": base,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/",
        "SLACK_PACING": "false",
        "TWILIO_API_URL": f"http://127.0.0.1:{twilio_port}",
        "BURST_SECONDS": str(burst),
        "LOG_LEVEL": "warning",
    }
    options = ["--no-limits", "--events-url", f"{base}/slack/events", "--bot-token", BOT_TOKEN]
    arguments = ["emulators.slack", "--port", str(slack_port), *options, "--signing-secret", SIGNING_SECRET]
    async with (
        process("slack", arguments, {}, port=slack_port) as slack,
        process("web", ["app", "web"], settings, port=web_port) as web,
        process("worker", ["app", "worker"], settings) as worker,
        AsyncExitStack() as others,
    ):
        for number in range(1, workers):
            await others.enter_async_context(process(f"worker {number + 1}", ["app", "worker"], settings))
        channel = await control(slack.url, "channels", {"name": "support"})
        async with services(Settings(_env_file=None), dsn, connections=1) as made:
            await made.desk.add_team("Support", channel["id"])
        made_house = House(dsn, web, worker, slack, settings)
        await _deliver(made_house, 20, None)  # warm: the brain is trained, statements are prepared
        if latency:
            await control(slack.url, "faults", {"method": "*", "delay": latency, "times": 100_000})
        yield made_house


async def _deliver(house: House, number: int, rate: float | None) -> tuple[float, list[float]]:
    """Send messages and wait for all their cards. Seconds from the first to the last, and each one's POST to card."""
    already = await _cards(house)
    hook = f"{house.web.url}/hooks/whatsapp"
    connections = 16 if rate is None else 4
    began = time.time()
    load = Load(hook, AUTH_TOKEN, connections=connections, seconds=None, number=number, rate=rate, texts=TEXTS)
    outcome = await run(load)
    posted = {sample.sid: sample.due_at for sample in outcome.samples}
    shown = await _all_shown(house, set(posted))
    assert await _cards(house) - already == number, "cards and messages do not add up"
    return max(shown.values()) - began, [shown[sid] - posted[sid] for sid in posted]


async def _all_shown(house: House, wanted: set[str]) -> dict[str, float]:
    """When each message's card stood in Slack, by the provider's id; waits for the last."""
    connection = await asyncpg.connect(plain_dsn(house.dsn))
    try:
        for _ in range(3000):
            missing = await connection.fetchval(_MISSING)
            if not missing:
                break
            await asyncio.sleep(0.1)
        rows = await connection.fetch(_SHOWN)
    finally:
        await connection.close()
    shown = {row["sid"]: row["shown_at"].timestamp() for row in rows if row["sid"] in wanted}
    assert set(shown) == wanted, f"{len(wanted - set(shown))} messages have no card"
    return shown


_MISSING = """
    SELECT (SELECT count(*) FROM inbox WHERE outcome IS NULL) + (SELECT count(*) FROM message WHERE NOT triaged)
        + (SELECT count(*) FROM ticket)
        - (SELECT count(*) FROM ticket_card WHERE ts IS NOT NULL)
"""
_SHOWN = """
    SELECT split_part(message.key, ':', 2) AS sid, ticket_card.shown_at
    FROM message
    JOIN room_entry ON room_entry.message_id = message.id
    JOIN ticket_card ON ticket_card.ticket_id = room_entry.ticket_id
"""


async def _cards(house: House) -> int:
    connection = await asyncpg.connect(plain_dsn(house.dsn))
    try:
        return int(await connection.fetchval("SELECT count(*) FROM ticket_card WHERE ts IS NOT NULL"))
    finally:
        await connection.close()


async def measure(dsn: str, environment: dict[str, str], log: Path) -> Pipeline:
    """`log` is PostgreSQL's, where statements are counted while a few messages pass."""
    async with house(dsn, environment, burst=0.0) as fast:
        rounds = [await _deliver(fast, MESSAGES, None) for _ in range(ROUNDS)]
        seconds = statistics.median(seconds for seconds, _ in rounds)
        statements = await _statements(fast, log)
        memory = {each.name: each.memory_mb() for each in (fast.web, fast.worker)}
    async with house(dsn, environment, burst=BURST) as paced:
        _, latencies = await _deliver(paced, PACED_MESSAGES, RATE)
    return Pipeline(MESSAGES / seconds, [(each - BURST) * 1000 for each in latencies], statements, memory)


async def with_latency(dsn: str, environment: dict[str, str]) -> dict[int, float]:
    """Messages to cards a second while Slack takes 200 ms for each call, by the number of worker processes."""
    found = {}
    for workers in (1, 2):
        async with house(dsn, environment, burst=0.0, workers=workers, latency=LATENCY) as slow:
            seconds, _ = await _deliver(slow, SLOW_MESSAGES, None)
            found[workers] = SLOW_MESSAGES / seconds
    return found


async def _statements(house: House, log: Path, messages: int = 40) -> float:
    """Statements PostgreSQL executed for each message, jobs and all."""
    await set_in(house.dsn, "log_statement", "all")
    os.truncate(log, 0)  # PostgreSQL appends; and a log that has grown long would be cut in the middle of this
    await _deliver(house, messages, None)
    await set_in(house.dsn, "log_statement", "none")
    executed = log.read_bytes()
    return (executed.count(b"LOG:  execute ") + executed.count(b"LOG:  statement: ")) / messages


async def set_in(dsn: str, name: str, value: str) -> None:
    connection: Any = await asyncpg.connect(plain_dsn(dsn))
    try:
        await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()
    await asyncio.sleep(0.3)
