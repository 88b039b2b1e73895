"""A PostgreSQL of the run's own, with hands on its processes."""

import contextlib
import secrets
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import psutil

from storage.embedded import EmbeddedEngine


class Server:
    """The embedded engine. Its guardian brings PostgreSQL back, we bring back the guardian."""

    def __init__(self, root: Path) -> None:
        # Each has a folder of its own name: for root the engine's data lies elsewhere, by that name, and outlives a
        # run that was killed. The next one in the same place would find a desk with people.
        own = root / secrets.token_hex(4)
        own.mkdir(parents=True)
        self._engine = EmbeddedEngine(own)

    @property
    def home(self) -> Path:
        """Where its data lies."""
        return self._engine.home

    async def start(self) -> str:
        return await self._engine.start()

    def signal_postmaster(self, number: signal.Signals) -> bool:
        """SIGINT: a fast restart, SIGQUIT: an immediate one, SIGKILL: a crash. False if there is none just now."""
        return self._signal(lambda words: words[1:2] == ["-D"], number)

    def signal_guardian(self, number: signal.Signals) -> bool:
        return self._signal(lambda words: "storage.embedded.guardian" in words, number)

    def _signal(self, wanted: Callable[[list[str]], bool], number: signal.Signals) -> bool:
        home = str(self.home)
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                words = process.cmdline()
                if any(home in word for word in words) and wanted(words):
                    process.send_signal(number)
                    return True
        return False

    async def close(self, logs: Path) -> None:
        """Stopped, its logs kept, and its data gone."""
        home = self.home
        await self._engine.stop()
        for log in (home / "state").glob("*.log*"):
            shutil.copy(log, logs)
        shutil.rmtree(home, ignore_errors=True)
