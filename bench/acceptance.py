"""How fast events are accepted: the raw statement, the endpoint without its statement, and the endpoint whole."""

import asyncio
import os
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import uvicorn
import uvloop

from bench.load import Load, Outcome, run
from bench.processes import ACCOUNT_SID, AUTH_TOKEN, process
from connectors.whatsapp import WhatsAppConfig, WhatsAppConnector
from emulators.loopback import free_port
from storage.inbox_gate import ACCEPT
from web.app import build

CONNECTIONS = 16
SECONDS = 3.0
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Per second, all at the same concurrency; the middle one of three rounds."""

    raw_statements: float
    without_database: Outcome
    whole: Outcome


class NoInbox:
    """Keeps nothing: what is left is the endpoint without its database statement."""

    async def accept(self, *, channel: str, key: str, url: str, body: bytes, now: datetime) -> bool:  # noqa: ARG002
        return True

    async def problem(self) -> str | None:
        return None


async def measure(dsn: str, environment: dict[str, str]) -> Acceptance:
    bare_port, port = free_port(), free_port()
    settings = environment | {"PORT": str(port), "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}"}
    raw, without, whole = [], [], []
    async with (
        process("bare", ["bench.acceptance", str(bare_port)], environment, port=bare_port),
        process("web", ["app", "web"], settings, port=port),
    ):
        # In turn, because a shared machine is faster at one moment than at the next.
        for _ in range(ROUNDS):
            raw.append(await raw_statements(dsn))
            without.append(await _load(bare_port))
            whole.append(await _load(port))
    return Acceptance(statistics.median(raw), _median(without), _median(whole))


def _median(outcomes: list[Outcome]) -> Outcome:
    return sorted(outcomes, key=lambda outcome: len(outcome.samples) / outcome.seconds)[len(outcomes) // 2]


async def raw_statements(dsn: str) -> float:
    """The one statement, over and over, on as many connections, with nothing around it."""
    connections = [await asyncpg.connect(dsn) for _ in range(CONNECTIONS)]
    deadline = time.perf_counter() + SECONDS
    body = b"x" * 600

    async def repeat(connection: asyncpg.Connection, lane: int) -> int:
        done = 0
        while time.perf_counter() < deadline:
            event = (["bench"], [f"{lane}:{done}"], ["/"], [body], [datetime.now(UTC)])
            await connection.fetch(ACCEPT, *event, 0, "bench.nobody")
            done += 1
        return done

    try:
        counts = await asyncio.gather(*(repeat(connection, lane) for lane, connection in enumerate(connections)))
        await connections[0].execute("DELETE FROM pgqueuer WHERE entrypoint = 'bench.nobody'")
    finally:
        await asyncio.gather(*(connection.close() for connection in connections))
    return sum(counts) / SECONDS


async def _load(port: int) -> Outcome:
    url = f"http://127.0.0.1:{port}/hooks/whatsapp"
    await run(Load(url, AUTH_TOKEN, connections=CONNECTIONS, seconds=0.4, prepared=1000))  # warm
    return await run(Load(url, AUTH_TOKEN, connections=CONNECTIONS, seconds=SECONDS, prepared=12_000))


def serve_without_database(port: int) -> None:
    """The web application with an inbox that keeps nothing."""
    base = f"http://127.0.0.1:{port}"
    connector = WhatsAppConnector(WhatsAppConfig(ACCOUNT_SID, AUTH_TOKEN, base))
    inbox = NoInbox()
    application = build(webhooks={"whatsapp": connector}, inbox=inbox, health=inbox, public_base_url=base, slack=None)
    config = uvicorn.Config(application, port=port, log_config=None, access_log=False, lifespan="off")
    uvloop.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    serve_without_database(int(sys.argv[1]))
