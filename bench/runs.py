"""Returns that the AI resolves alone: how many a second one worker takes from an open ticket to a closed one.

With the offline brain, the retail playbook and its rules, and the demo shop as a process of its own, which thinks for
5 ms about each request and is asked four times a return: for the order, whose it is, the order again, the refund. All
tickets are there, open; their runs then begin at once. What only follows (cards, watchers, surveys) waits until they
are over and is counted apart; what the customer is told is not. `python -m bench.runs` measures this part alone.
"""

import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import asyncpg
import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from app.inbox import open_gate
from bench.databases import environment, fresh
from bench.pipeline import set_in
from bench.processes import ACCOUNT_SID, AUTH_TOKEN, HOME, Running, process
from bench.slow_shop import FIRST, phone
from emulators.loopback import free_port
from emulators.waiting import until
from storage.embedded import EmbeddedEngine
from storage.engine import plain_dsn

RUNS, ROUNDS, WARM = 150, 3, 20
MILLISECONDS = 5
COUNTED = 20  # runs of which the statements are counted
_KEY = "bench-shop-key"
_TEXT = "I received a damaged item and would like a refund. Order {number}."
_SENDER = "whatsapp:+14155238886"
_PATIENCE = 120.0  # seconds
_HELD = "2100-01-01"
_FIRST_JOB = "TicketOpened.begin_run"
# What only follows waits until the runs are over, so that it is counted apart; urgent is what a customer waits for.
_HOLD = f"""
    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.execute_after := '{_HELD}'; RETURN NEW; END $$;
    CREATE TRIGGER hold BEFORE INSERT ON pgqueuer FOR EACH ROW
        WHEN (NEW.priority < 1 OR NEW.entrypoint = '{_FIRST_JOB}') EXECUTE FUNCTION hold();
"""
_RELEASE = f"""
    UPDATE pgqueuer SET execute_after = now()
    WHERE status = 'queued' AND execute_after = '{_HELD}' AND (entrypoint = '{_FIRST_JOB}') = $1
"""
# As when they are added: whoever changes a job's time by hand is not heard, and the worker finds it at its next look.
_ANNOUNCE = """
    SELECT pg_notify('ch_pgqueuer', json_build_object(
        'channel', 'ch_pgqueuer', 'operation', 'insert', 'sent_at', now(), 'table', 'pgqueuer',
        'type', 'table_changed_event')::text)
"""
_BUSY = f"SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked') AND entrypoint <> '{_FIRST_JOB}'"
_OPEN = """
    SELECT (SELECT count(*) FROM ticket) - (SELECT count(*) FROM run WHERE ended_at IS NOT NULL)
"""
_CLOSED = """
    SELECT count(*) FROM run JOIN ticket ON ticket.id = run.ticket_id
    WHERE run.state = 'done' AND ticket.status = 'closed'
"""
_JOBS = "SELECT coalesce(last_value, 0) FROM pgqueuer_id_seq"


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds of processor time a run, by who spent them."""

    worker: float
    postgres: float
    shop: float


@dataclass(frozen=True, slots=True)
class Runs:
    """`rate`: a second, the middle one of the rounds. `after`: seconds a run until all that follows is done, too."""

    rate: float
    after: float
    jobs: float  # a run, what follows included
    spent: Spent
    statements: float  # a run, the queue's own included, without what follows


async def measure(base: str, log: Path) -> Runs:
    """`base` is the DSN of any database of the cluster; `log` is PostgreSQL's, where statements are counted."""
    async with _desk(await fresh(base)) as desk:
        await desk.round(WARM)
        rounds = [await desk.round(RUNS) for _ in range(ROUNDS)]
        statements = await _statements(desk, log)
        rate, after, jobs, spent = sorted(rounds, key=lambda each: each[0])[ROUNDS // 2]
        return Runs(rate, after, jobs, spent, statements)


async def _statements(desk: "_Desk", log: Path) -> float:
    await desk.open(COUNTED)
    await set_in(desk.dsn, "log_statement", "all")
    os.truncate(log, 0)
    await desk.release()
    await desk.ended()
    await set_in(desk.dsn, "log_statement", "none")
    executed = log.read_bytes()
    await desk.quiet()
    return (executed.count(b"LOG:  execute ") + executed.count(b"LOG:  statement: ")) / COUNTED


class _Desk:
    """One worker, the shop, and WhatsApp."""

    def __init__(self, dsn: str, connection: asyncpg.Connection, worker: Running, shop: Running) -> None:
        self.dsn = dsn
        self.connection = connection
        self.worker = worker
        self.shop = shop
        self._next = FIRST

    async def round(self, number: int) -> tuple[float, float, float, Spent]:
        """So many runs: a second, seconds of what follows, jobs and processor time a run."""
        await self.open(number)
        jobs, before, began = await self.connection.fetchval(_JOBS), await self._spent(), time.perf_counter()
        await self.release()
        await self.ended()
        took, after = time.perf_counter() - began, await self._spent()
        await self.quiet()
        whole = time.perf_counter() - began
        jobs = await self.connection.fetchval(_JOBS) - jobs
        spent = Spent(*((later - earlier) / number * 1000 for earlier, later in zip(before, after, strict=True)))
        return number / took, (whole - took) / number, jobs / number, spent

    async def open(self, number: int) -> None:
        """So many customers write about their orders; the tickets are open, and nothing else is left to do."""
        gate = await open_gate(self.dsn)
        try:
            for order in range(self._next, self._next + number):
                form = _form(order)
                await gate.accept(
                    channel="whatsapp",
                    key=form["MessageSid"],
                    url="http://127.0.0.1/hooks/whatsapp",
                    body=urlencode(form).encode(),
                    now=datetime.now(UTC),
                )
        finally:
            await gate.close()
        self._next += number
        await self.quiet()

    async def release(self) -> None:
        await self.connection.execute(_RELEASE, True)
        await self.connection.execute(_ANNOUNCE)

    async def ended(self) -> None:
        """Every run is over, and resolved its ticket."""

        async def all_ended() -> bool:
            return not await self.connection.fetchval(_OPEN)

        await until(all_ended, "the runs to end", patience=_PATIENCE, pause=0.05)
        closed, wanted = await self.connection.fetchval(_CLOSED), self._next - FIRST
        if closed != wanted:
            raise RuntimeError(f"{closed} of {wanted} returns were resolved: a rate of that is no measure")

    async def quiet(self) -> None:
        """Also of what only follows."""

        async def nothing_left() -> bool:
            await self.connection.execute(_RELEASE, False)
            return not await self.connection.fetchval(_BUSY)

        await until(nothing_left, "the jobs to end", patience=_PATIENCE, pause=0.02)

    async def _spent(self) -> tuple[float, float, float]:
        """Seconds of processor time until now: worker, PostgreSQL, shop."""
        server = psutil.Process(await self.connection.fetchval("SELECT pg_backend_pid()")).parent()
        assert server is not None, "a backend has a postmaster"
        theirs = sum(_seconds(each) for each in (server, *server.children()))
        return _seconds(psutil.Process(self.worker.pid)), theirs, _seconds(psutil.Process(self.shop.pid))


def _seconds(of: psutil.Process) -> float:
    times = of.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _form(order: int) -> Mapping[str, str]:
    return {
        "MessageSid": f"SM{order:032x}",
        "AccountSid": ACCOUNT_SID,
        "From": f"whatsapp:{phone(order)}",
        "To": _SENDER,
        "ProfileName": "Jo Lind",
        "Body": _TEXT.format(number=order),
        "NumMedia": "0",
    }


@asynccontextmanager
async def _desk(dsn: str) -> AsyncIterator[_Desk]:
    shop_port, twilio_port = free_port(), free_port()
    shop = f"--port {shop_port} --key {_KEY} --orders {WARM + ROUNDS * RUNS + COUNTED} --milliseconds {MILLISECONDS}"
    twilio = f"--port {twilio_port} --account-sid {ACCOUNT_SID} --auth-token {AUTH_TOKEN} --no-limits"
    settings = environment(dsn) | {
        "TWILIO_API_URL": f"http://127.0.0.1:{twilio_port}",
        "THREADLINE_PLAYBOOK": str(HOME / "examples" / "playbooks" / "retail.yaml"),
        "THREADLINE_ACTIONS": "examples.actions.shop",
        "THREADLINE_ACTION_SHOP_URL": f"http://127.0.0.1:{shop_port}",
        "THREADLINE_ACTION_SHOP_TOKEN": _KEY,
        "BURST_SECONDS": "0",
        "LOG_LEVEL": "error",
    }
    connection = await asyncpg.connect(plain_dsn(dsn))
    try:
        await connection.execute(_HOLD)
        async with (
            process("shop", ["bench.slow_shop", *shop.split()], {}, port=shop_port) as running,
            process("twilio", ["emulators.twilio", *twilio.split()], {}, port=twilio_port),
            process("worker", ["app", "worker"], settings) as worker,
        ):
            yield _Desk(dsn, connection, worker, running)
    finally:
        await connection.close()


def rows(found: Runs) -> list[tuple[str, str, str]]:
    spent = found.spent
    each = f"{spent.worker:.1f}, {spent.postgres:.1f}, {spent.shop:.1f}"
    return [
        ("returns resolved by one worker, /s", f"{found.rate:,.0f}", "at least 50"),
        ("… processor time a return: worker, PostgreSQL, shop, ms", each, ""),
        ("… that the worker's alone allows, /s", f"{1000 / spent.worker:,.0f}", "where it has a processor to itself"),
        ("… statements a return", f"{found.statements:.0f}", "the queue's own included"),
        ("… jobs a return", f"{found.jobs:.0f}", "those that only follow included"),
        ("… ms a return for what only follows", f"{found.after * 1000:.0f}", "cards, watchers, surveys"),
    ]


async def main() -> None:
    engine = EmbeddedEngine(HOME / "var" / "bench")
    try:
        table = Table("What", "Measured", "Wanted")
        for row in rows(await measure(await engine.start(), engine.home / "state" / "postgres.log")):
            table.add_row(*row)
        Console().print(table)
    finally:
        await engine.stop()


if __name__ == "__main__":
    uvloop.run(main())
