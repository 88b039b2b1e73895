"""How a process begins and ends: signals, the lifeline, the database it works on."""

import asyncio
import contextlib
import gc
import os
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import uvloop
from sqlalchemy.exc import ArgumentError

from app.playbooks import begin
from app.settings import HOME, Settings
from core.errors import ChannelUnavailable
from storage.embedded import EmbeddedEngine, EngineFailed
from storage.engine import DATABASE_AWAY, create_engine, plain_dsn
from storage.migrate import migrate

Process = Callable[[Settings, str, asyncio.Event], Awaitable[None]]

_UNUSABLE: tuple[type[Exception], ...] = (ValueError, ArgumentError, *DATABASE_AWAY)  # a DATABASE_URL


@asynccontextmanager
async def database(settings: Settings, *, home: Path = HOME) -> AsyncIterator[str]:
    """The DSN: of DATABASE_URL, or of the embedded PostgreSQL, which is stopped by its last user.

    Raises ChannelUnavailable, in words for whoever started the program, when there is no database to be had.
    """
    if settings.database_url:
        await _reach(settings.database_url)
        yield settings.database_url
        return
    engine = EmbeddedEngine(home)
    try:
        dsn = await engine.start()
    except EngineFailed as error:
        raise ChannelUnavailable(str(error)) from error
    try:
        yield dsn
    finally:
        await engine.stop()


async def _reach(dsn: str) -> None:
    try:
        connection = await asyncpg.connect(plain_dsn(dsn), timeout=10)
        await connection.close(timeout=5)
    except _UNUSABLE as error:
        raise ChannelUnavailable(
            f"The database of DATABASE_URL cannot be used: {str(error) or type(error).__name__}\n"
            "Check the address, name and password in it; unset, Threadline brings a database of its own."
        ) from error


async def bring_up_to_date(dsn: str) -> None:
    """Migrate the schema to what this code needs, which takes as long as the desk is large."""
    engine = create_engine(dsn, size=1, patience=None)
    try:
        await migrate(engine)
    finally:
        await engine.dispose()


async def prepare(settings: Settings, dsn: str) -> None:
    """The same, with a playbook in force. Raises what `app.playbooks.begin` raises."""
    await bring_up_to_date(dsn)
    await begin(settings, dsn)


def collect_patiently() -> None:
    """What was imported stays for ever: the collector need not look through it again and again."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def run_process(process: Process, settings: Settings, *, lifeline: bool) -> None:
    """Run one process until SIGTERM, SIGINT or the end of its lifeline. Migrates first: whoever comes first does it."""

    async def main() -> None:
        collect_patiently()
        stop = asyncio.Event()
        stop_on_signals(stop)
        if lifeline:
            watch_lifeline(stop)
        async with database(settings) as dsn:
            await prepare(settings, dsn)
            await process(settings, dsn, stop)

    uvloop.run(main())


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and SIGINT ask for an orderly end; a second one is not waited for."""
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)


def watch_lifeline(stop: asyncio.Event) -> None:
    """End when standard input ends: the process that started us is gone, even if it was killed."""
    loop = asyncio.get_running_loop()

    def wait() -> None:
        # Not through sys.stdin: its lock, held by a thread that waits, is a fatal error when the interpreter ends.
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()
