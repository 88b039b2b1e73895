"""Every call of the API, in the order it came: what was asked, what became of it, whether it was carried out."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict

_MOST = 100_000  # calls; the oldest are forgotten first


class Call(BaseModel):
    model_config = ConfigDict(frozen=True)

    number: int
    at: datetime
    method: str
    path: str
    operation: str | None  # None: no such address
    idempotency_key: str | None
    fault: str | None
    carried_out: bool  # the shop heard it; what it decided is told by `decided`
    decided: int | None  # the status it was to be answered with
    answered: int | None  # the status that left; None: no answer did
    replayed: bool  # decided before, under the same Idempotency-Key


class Ledger:
    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_MOST)
        self._count = 0

    def write(self, **facts: Any) -> None:
        """The next call: `facts` are those of Call, all but its number."""
        self._count += 1
        self._calls.append(Call(number=self._count, **facts))

    def calls(self, *, after: int, limit: int) -> Sequence[Call]:
        """Those that came after the one of this number, oldest first."""
        first = self._calls[0].number if self._calls else 1
        start = max(after + 1 - first, 0)
        return tuple(islice(self._calls, start, start + limit))

    @property
    def count(self) -> int:
        """How many there have been, forgotten ones included."""
        return self._count
