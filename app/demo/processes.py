"""Threadline itself on the stage: its web, worker and clock, as `threadline up` runs them."""

import asyncio
import contextlib
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from app.demo.telling import Teller
from app.demo.waiting import until
from app.processes.clock import LOCK as CLOCK_LOCK
from app.processes.up import run_processes
from app.settings import HOME, Settings
from storage.queries.running import is_locked, workers

_START_WITHIN = 90.0  # seconds; a slow machine that starts cold needs some


class Running:
    """Some processes, until they are stopped."""

    def __init__(self, names: tuple[str, ...], environment: Mapping[str, str], logs: Path) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(run_processes(names, environment, self._stop, home=HOME, logs=logs))

    async def stop(self) -> None:
        self._stop.set()
        await asyncio.shield(self._task)


class Processes:
    """The worker may be changed for one with another brain, as a restart with other settings does."""

    def __init__(self, environment: Mapping[str, str], engine: AsyncEngine, logs: Path) -> None:
        self._environment, self._engine, self._logs = environment, engine, logs
        self._others = Running(("web", "clock"), environment, logs)
        self._worker = Running(("worker",), environment, logs)

    async def think_with(self, brain: str) -> None:
        """`offline` or `claude` from here on."""
        await self._worker.stop()
        await until(self._nobody_works, "the worker to stop", patience=_START_WITHIN)
        self._worker = Running(("worker",), {**self._environment, "THREADLINE_BRAIN": brain}, self._logs)
        await until(lambda: workers(self._engine), "the worker to listen for jobs", patience=_START_WITHIN)

    async def stop(self) -> None:
        await asyncio.gather(self._worker.stop(), self._others.stop())

    async def _nobody_works(self) -> bool:
        return not await workers(self._engine)


@asynccontextmanager
async def running_processes(
    settings: Settings, beside: Mapping[str, str], engine: AsyncEngine, teller: Teller, *, logs: Path
) -> AsyncIterator[Processes]:
    """`beside`: variables that are no setting of ours."""
    began = time.perf_counter()
    processes = Processes({**_environment(settings), **beside}, engine, logs)
    try:
        with teller.start("Threadline's web process: takes the webhooks", since=began):
            await until(lambda: _answers(settings.public_base_url), "the web process to answer", patience=_START_WITHIN)
        with teller.start("Threadline's worker: does the work; it learns at its first start", since=began):
            await until(lambda: workers(engine), "the worker to listen for jobs", patience=_START_WITHIN)
        with teller.start("Threadline's clock: does what time brings", since=began):
            await until(lambda: is_locked(engine, CLOCK_LOCK), "the clock to be elected", patience=_START_WITHIN)
        yield processes
    finally:
        await processes.stop()


def _environment(settings: Settings) -> dict[str, str]:
    """Every setting by its variable. An empty one is as good as unset, and hides one from a .env file."""
    values = settings.model_dump()
    return {name.upper(): "" if value is None else str(value) for name, value in values.items()}


async def _answers(url: str) -> bool:
    """Whether the web process is ready for work."""
    return await asyncio.to_thread(_get, f"{url}/readyz") is not None


def _get(url: str) -> str | None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is reached without a proxy
    with contextlib.suppress(OSError, urllib.error.URLError), direct.open(url, timeout=5) as answer:
        return str(answer.read().decode())
    return None


async def metrics(url: str) -> str:
    """What the web process counted, as Prometheus reads it."""
    return await asyncio.to_thread(_get, f"{url}/metrics") or ""
