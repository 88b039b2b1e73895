"""A PostgreSQL of the run's own, with hands on its processes."""

import contextlib
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import psutil

from storage.embedded import EmbeddedEngine


class Server:
    """The embedded engine. Its guardian brings PostgreSQL back, we bring back the guardian."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True)
        self._engine = EmbeddedEngine(root)

    async def start(self) -> str:
        return await self._engine.start()

    def signal_postmaster(self, number: signal.Signals) -> bool:
        """SIGINT: a fast restart, SIGQUIT: an immediate one, SIGKILL: a crash. False if there is none just now."""
        return self._signal(lambda words: words[1:2] == ["-D"], number)

    def signal_guardian(self, number: signal.Signals) -> bool:
        return self._signal(lambda words: "storage.embedded.guardian" in words, number)

    def _signal(self, wanted: Callable[[list[str]], bool], number: signal.Signals) -> bool:
        home = str(self._engine.home)
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                words = process.cmdline()
                if any(home in word for word in words) and wanted(words):
                    process.send_signal(number)
                    return True
        return False

    async def close(self, logs: Path) -> None:
        """Stopped, its logs kept, and its data gone."""
        home = self._engine.home
        await self._engine.stop()
        for log in (home / "state").glob("*.log*"):
            shutil.copy(log, logs)
        shutil.rmtree(home, ignore_errors=True)
