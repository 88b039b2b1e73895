"""What goes wrong with calls, by script: each entry meets one call of its operation, in the order they were asked for.

| kind | what the caller gets | carried out |
|---|---|---|
| down | 503 | no |
| busy | 429 with Retry-After | no |
| request_lost | no answer at all | no |
| reply_lost | no answer at all | yes |
| failed_after | 500 | yes |
| slow | the answer, late | yes |
| malformed | 200 or so, with half of the JSON | yes |
| wrong_currency | the answer, in another currency | yes |
"""

import json
from collections import defaultdict, deque
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

ANY = "*"


class Kind(StrEnum):
    DOWN = "down"
    BUSY = "busy"
    REQUEST_LOST = "request_lost"
    REPLY_LOST = "reply_lost"
    FAILED_AFTER = "failed_after"
    SLOW = "slow"
    MALFORMED = "malformed"
    WRONG_CURRENCY = "wrong_currency"

    @property
    def carried_out(self) -> bool:
        return self not in {Kind.DOWN, Kind.BUSY, Kind.REQUEST_LOST}


class Fault(BaseModel):
    """`operation`: an operationId of /openapi.json, or * for any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    operation: str = ANY
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    delay_seconds: Annotated[float, Field(ge=0, le=120)] = 2.0  # of what is slow
    retry_after_seconds: Annotated[int, Field(ge=0, le=3600)] = 1  # of what is busy


class Faults:
    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, fault: Fault) -> None:
        self._waiting[fault.operation].extend([fault.model_copy(update={"times": 1})] * fault.times)

    def take(self, operation: str) -> Fault | None:
        """The fault for a call that arrives now, if any. What names its operation goes before what meets any."""
        for key in (operation, ANY):
            if waiting := self._waiting.get(key):
                return waiting.popleft()
        return None

    def left(self) -> list[Fault]:
        return [each for waiting in self._waiting.values() for each in waiting]

    def clear(self) -> None:
        self._waiting.clear()


def half(body: bytes) -> bytes:
    """The first half of an answer: it ends in the middle of the JSON."""
    return body[: max(len(body) // 2, 1)]


def in_another_currency(body: bytes) -> bytes:
    """The same answer, every currency in it exchanged for another one: amounts stay."""
    try:
        return json.dumps(_exchanged(json.loads(body))).encode()
    except ValueError:
        return body


def _exchanged(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _other(each) if name == "currency" else _exchanged(each) for name, each in value.items()}
    return [_exchanged(each) for each in value] if isinstance(value, list) else value


def _other(currency: Any) -> str:
    return "EUR" if currency == "USD" else "USD"
