"""The clock: what happens because time passed. Any number may run; PostgreSQL's advisory lock elects one.

A stalled leader keeps its lock and may wake up late, so everything it does is safe to do twice.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncEngine

from app.feeds import Follower
from app.inbox import FEEDS_PATIENCE, open_gate
from app.services import Services
from app.settings import Settings
from app.templates import sync_or_log
from app.wiring import services
from connectors.registry import KEPT_EVENTS, feeds
from core.instants import utc_now
from storage.engine import DATABASE_AWAY, create_engine, plain_dsn
from storage.prune import prune
from ticketing.activity.checkpoint import Witness
from ticketing.approvals.end import expire_due
from ticketing.attachments.store import StoreAway
from ticketing.collaboration.due import remind_due
from ticketing.conversations.prompt import prompt_due
from ticketing.conversations.set_state import wake_due
from ticketing.digests.plan import plan_digests
from ticketing.direct_messages.plan import tell_due as tell_news
from ticketing.escalation.consider import consider_due
from ticketing.home.refresh import refresh_due
from ticketing.sla.tick import next_due, tell_due
from ticketing.tickets.by_itself import move_on_due

LOCK = 0x636C_6F63_6B  # any constant of our own: "clock"
ELECTION = 1.0  # seconds between two tries to become the leader, and between two looks at whether we still are
SIGNING = 60.0  # seconds between two looks whether a checkpoint of the record of changes is due
EXPIRING = 5.0  # seconds between two looks for approvals that nobody decided about in time
SWEEP = 1.0  # seconds after which SLA clocks are looked at again, whatever was due next when they were last
SHORTEST = 0.05  # seconds between two looks, where something is due that another process has in its hands
LOOKING = 1.0  # seconds between two looks for home tabs that are open
WAKING = 2.0  # seconds between two looks for what has come due: snoozed conversations, tickets that move on
_JUMP = timedelta(seconds=1)

log = structlog.get_logger()


async def run(settings: Settings, dsn: str, stop: asyncio.Event, *, election: float = ELECTION) -> None:
    """Until `stop` is set: try to be elected, tick while elected, begin again when the database was lost."""
    engine = create_engine(dsn, size=2)
    try:
        async with services(settings, dsn, connections=2) as made:
            while not stop.is_set():
                try:
                    await _serve_one_term(dsn, engine, made, stop, election)
                except DATABASE_AWAY as error:
                    log.warning("clock_lost_database", error=repr(error))
                await _pause(stop, election)
    finally:
        await engine.dispose()


async def _serve_one_term(dsn: str, engine: AsyncEngine, made: Services, stop: asyncio.Event, election: float) -> None:
    # A connection of its own, never a pooled one: a pool would release the lock when it takes the connection back.
    connection = await asyncpg.connect(plain_dsn(dsn), timeout=5, command_timeout=2)
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    try:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            if await _pause(stop, election):
                return
        log.info("clock_elected")
        async with _following(dsn, made), _keeping_time(made):
            await _tick(connection, engine, made, stop, lost, election)
    finally:
        with contextlib.suppress(*DATABASE_AWAY):
            await connection.close(timeout=2)


async def _tick(
    connection: asyncpg.Connection,
    engine: AsyncEngine,
    made: Services,
    stop: asyncio.Event,
    lost: asyncio.Event,
    election: float,
) -> None:
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 30})
    scheduler.add_job(_prune, "interval", hours=1, args=[engine, made], next_run_time=utc_now())
    scheduler.add_job(sync_or_log, "interval", hours=1, args=[made], next_run_time=utc_now())
    scheduler.add_job(_prompt, "interval", seconds=WAKING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_forget_files, "interval", hours=1, args=[made], next_run_time=utc_now())
    scheduler.add_job(_move_on, "interval", seconds=WAKING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_escalate, "interval", seconds=WAKING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_wake, "interval", seconds=WAKING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_remind, "interval", seconds=WAKING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_digest, "interval", seconds=WAKING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_tell_news, "interval", seconds=WAKING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_expire, "interval", seconds=EXPIRING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_sign, "interval", seconds=SIGNING, args=[made], next_run_time=utc_now())
    scheduler.add_job(_refresh_homes, "interval", seconds=LOOKING, args=[made], next_run_time=utc_now())
    scheduler.start()
    ahead = _ahead(made)
    try:
        while not lost.is_set() and not await _pause(stop, election):
            await connection.fetchval("SELECT 1")
            if _ahead(made) - ahead > _JUMP:  # an emulated desk travelled in time: nothing waits for its interval
                ahead = _ahead(made)
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=utc_now())
    finally:
        scheduler.shutdown(wait=False)


@contextlib.asynccontextmanager
async def _following(dsn: str, made: Services) -> AsyncIterator[None]:
    """Read the feeds for as long as we lead."""
    if not (followed := feeds(made.connectors)):
        yield
        return
    gate = await open_gate(dsn, patience=FEEDS_PATIENCE)
    tasks = [asyncio.create_task(Follower(feed, gate, made.feeds, made.clock).run()) for feed in followed]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await gate.close()


@contextlib.asynccontextmanager
async def _keeping_time(made: Services) -> AsyncIterator[None]:
    """Tell what SLA clocks have to tell, each at its instant, for as long as we lead."""
    task = asyncio.create_task(keep_time(made))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def keep_time(made: Services) -> None:
    while True:
        pause = SWEEP
        try:
            if told := await tell_due(start=made.start, now=made.clock()):
                log.info("sla_told", count=told)
            following = await next_due(start=made.start)
            if following is not None:
                pause = min(SWEEP, max(0.0, (following - made.clock()).total_seconds()))
        except DATABASE_AWAY as error:
            log.warning("sla_clocks_wait_for_database", error=repr(error))
        except Exception:  # a ticket whose clocks cannot be read: time goes on for the others
            log.exception("sla_not_told")
        await asyncio.sleep(pause or SHORTEST)


def _ahead(made: Services) -> timedelta:
    return made.clock() - utc_now()


async def _prune(engine: AsyncEngine, made: Services) -> None:
    gone = await prune(engine, now=utc_now(), kept=KEPT_EVENTS)
    log.info("pruned", **gone)
    try:
        put_away = await made.files.events.put_away(KEPT_EVENTS, now=utc_now())
    except StoreAway as error:
        log.warning("events_not_put_away", error=error.message)
    else:
        log.info("events_put_away", count=put_away)


async def _sign(made: Services) -> None:
    for each in await made.checkpoints.make_due(now=made.clock()):
        # Whoever keeps the logs can prove that it was not taken out of the database since: `audit verify --witness`.
        witness = str(Witness(each.number, each.digest))
        log.info("checkpoint_signed", witness=witness, heads=each.size, records=each.records)
        if each.left_out:
            log.error("audit_broken", streams=each.left_out, todo="threadline audit verify")


async def _forget_files(made: Services) -> None:
    try:
        unused = await made.files.unused.forget(now=made.clock())
        unfinished = await made.files.store.prune(now=made.clock())
    except StoreAway as error:
        log.warning("files_not_pruned", error=error.message)
    else:
        log.info("files_pruned", unused=unused, unfinished=unfinished)


async def _wake(made: Services) -> None:
    if woken := await wake_due(start=made.start, now=made.clock()):
        log.info("conversations_woken", count=woken)


async def _move_on(made: Services) -> None:
    if moved := await move_on_due(start=made.start, now=made.clock()):
        log.info("tickets_moved_on", count=moved)


async def _escalate(made: Services) -> None:
    if looked_at := await consider_due(start=made.start, now=made.clock()):
        log.info("escalations_considered", count=looked_at)


async def _remind(made: Services) -> None:
    if reminded := await remind_due(start=made.start, now=made.clock()):
        log.info("due_dates_came", count=reminded)


async def _digest(made: Services) -> None:
    if made.slack is None:  # nobody could be told
        return
    hours, zone = made.rules.hours, made.desk.zone
    if planned := await plan_digests(hours=hours, zone=zone, start=made.start, now=made.clock()):
        log.info("digests_planned", count=planned)


async def _tell_news(made: Services) -> None:
    if told := await tell_news(start=made.start, now=made.clock()):
        log.info("watchers_told", count=told)


async def _expire(made: Services) -> None:
    if ended := await expire_due(start=made.start, now=made.clock()):
        log.info("approvals_expired", count=ended)


async def _refresh_homes(made: Services) -> None:
    if made.slack is not None:
        await refresh_due(start=made.start, now=made.clock())


async def _prompt(made: Services) -> None:
    if told := await prompt_due(windows=made.rules.windows, start=made.start, now=made.clock()):
        log.info("windows_closing", count=told)


async def _pause(stop: asyncio.Event, seconds: float) -> bool:
    """True as soon as `stop` is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
