"""Our processes, each started again whenever it ends, as a supervisor in production does; and their memory."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import psutil

from app.settings import HOME
from chaos.timeline import Timeline

AGAIN = 0.3  # seconds between a death and the next start
PATIENCE = 40.0  # seconds a process gets to stop


@dataclass(slots=True)
class Life:
    """One run of one process, from its start to its end."""

    name: str
    began: float  # time.monotonic()
    samples: list[tuple[float, float]] = field(default_factory=list)  # (seconds since it began, resident MB)
    code: int | None = None  # None: it lives
    killed: bool = False  # by us


class Kept:
    """A process that is kept running. `name` is for people, `command` what `python -m app` is told to run."""

    def __init__(self, name: str, command: str, environment: Mapping[str, str], timeline: Timeline) -> None:
        self.name = name
        self.command = command
        self.lives: list[Life] = []
        self._environment = {**os.environ, **environment, "PYTHONPATH": str(HOME)}
        self._timeline = timeline
        self._log = timeline.path.with_name(f"{name}.log")
        self._process: asyncio.subprocess.Process | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; then it is asked to end."""
        while not stop.is_set():
            life = Life(self.name, time.monotonic())
            with self._log.open("ab") as log:
                self._process = process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", "app", self.command, "--lifeline"),
                    stdin=asyncio.subprocess.PIPE,  # its lifeline: it ends when we do
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env=self._environment,
                )
            self.lives.append(life)
            self._timeline.note(f"{self.name} begins as process {process.pid}")
            await self._end(process, stop)
            life.code = process.returncode
            self._timeline.note(f"{self.name} ended with {life.code}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN)

    async def _end(self, process: asyncio.subprocess.Process, stop: asyncio.Event) -> None:
        ended, stopping = asyncio.create_task(process.wait()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                process.terminate()
                await asyncio.wait((ended,), timeout=PATIENCE)
        finally:
            stopping.cancel()
            if process.returncode is None:
                process.kill()
            await process.wait()

    def signal(self, number: signal.Signals) -> bool:
        """False if it is dead just now."""
        if self._process is None or self._process.returncode is not None or not self.lives:
            return False
        self.lives[-1].killed = True
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        return True

    def sample(self) -> None:
        """Note how much memory it has now, if it lives."""
        if self._process is None or self._process.returncode is not None or not self.lives:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            resident = psutil.Process(self._process.pid).memory_info().rss / 1e6
            self.lives[-1].samples.append((time.monotonic() - self.lives[-1].began, resident))
