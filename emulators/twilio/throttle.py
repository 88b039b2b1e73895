"""A limit on calls per second, on a clock of the caller's."""

from datetime import datetime


class Throttle:
    def __init__(self, *, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._seen: datetime | None = None

    def admits(self, now: datetime) -> bool:
        if self._seen is not None:
            self._left = min(self._burst, self._left + max(0.0, (now - self._seen).total_seconds()) * self._per_second)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
