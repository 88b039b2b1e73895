"""Faults by script: what goes wrong with the next calls of a method, in the order they were asked for.

Each entry is consumed by one call. This module says what shall happen; `web.py` makes it happen.
"""

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one call. `delay` (seconds) combines with any other; by itself the call then succeeds."""

    status: int | None = None  # answered with this HTTP status; 429 as a rate limit, others as an HTML page
    retry_after: int | None = None  # seconds, for 429
    error: str | None = None  # answered 200 {"ok": false, "error": …}, and not carried out
    delay: float = 0.0
    drop_reply: bool = False  # carried out, then the connection ends without an answer
    reset: bool = False  # the connection is reset before anything is carried out


class Faults:
    """The script. `next("*", …)` is for any method; one that names its method goes first."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def next(
        self,
        method: str,
        *,
        status: int | None = None,
        retry_after: int | None = None,
        error: str | None = None,
        delay: float = 0.0,
        drop_reply: bool = False,
        reset: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next `times` calls of `method` go wrong this way."""
        self.add(method, Fault(status, retry_after, error, delay, drop_reply, reset), times=times)

    def add(self, method: str, fault: Fault, *, times: int = 1) -> None:
        self._waiting[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The fault for a call that arrives now, if any."""
        if not self._waiting:
            return None
        for key in (method, "*"):
            if waiting := self._waiting.get(key):
                fault = waiting.popleft()
                if not waiting:
                    del self._waiting[key]
                return fault
        return None

    def clear(self) -> None:
        self._waiting.clear()

    @property
    def left(self) -> int:
        return sum(len(each) for each in self._waiting.values())
