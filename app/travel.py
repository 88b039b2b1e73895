"""Time travel: a desk whose providers are all emulated may be ahead of the world's time, and jump on.

By how much stands in a file that all its processes read whenever they ask what time it is. Only time of the desk jumps:
the pauses of its jobs, timeouts, and the signatures on the wire stay in the world's time.
"""

import contextlib
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from core.instants import Clock, utc_now

FARTHEST = timedelta(days=366)  # from the world's time
_HERE = {"127.0.0.1", "::1", "localhost"}


class CannotTravel(Exception):
    """The words are for whoever wanted to."""


class Travel:
    """The desk's time, by its file. Never goes backwards: neither is the file written so, nor a process taken so.

    `file` need not exist yet: then the desk lives in the world's time.
    """

    def __init__(self, file: Path, *, world: Clock = utc_now) -> None:
        self._file, self._world, self._ahead = file, world, timedelta()

    def __call__(self) -> datetime:
        """The desk's present. Raises ValueError if the file holds anything but seconds."""
        return self._world() + self.ahead

    @property
    def ahead(self) -> timedelta:
        """Before the world's time, by what the file says now."""
        with contextlib.suppress(FileNotFoundError):
            self._ahead = max(self._ahead, timedelta(seconds=float(self._file.read_text())))
        return self._ahead

    def by(self, length: timedelta) -> datetime:
        """Jump, and say where to. Every process is there from its next look on. Raises CannotTravel."""
        ahead = self.ahead + length
        if length < timedelta():
            raise CannotTravel("Time never goes backwards.")
        if ahead > FARTHEST:
            raise CannotTravel(f"Further than {FARTHEST.days} days ahead nobody travels.")
        written = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        written.write_text(str(ahead.total_seconds()))
        written.replace(self._file)  # whole, or not at all: others read it at any instant
        return self()

    def to(self, instant: datetime) -> datetime:
        """As `by`. Raises CannotTravel, also when it has passed."""
        return self.by(instant - self())


def real_providers(addresses: Mapping[str, str | None]) -> list[str]:
    """Those whose address is not on this machine; None: the provider's own."""
    return [name for name, address in addresses.items() if urlsplit(address or "").hostname not in _HERE]
