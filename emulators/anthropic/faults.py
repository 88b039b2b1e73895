"""What goes wrong, by script or at random. This module says what shall happen; `api.py` makes it happen."""

import random
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

RATE_LIMITED = "rate_limited"  # 429 with retry-after
OVERLOADED = "overloaded"  # 529
SERVER_ERROR = "server_error"  # 500
BAD_GATEWAY = "bad_gateway"  # 502 with a proxy's HTML page
TOO_LARGE = "too_large"  # 413
REFUSAL = "refusal"  # 200, stop_reason "refusal", no text
TRUNCATED = "truncated"  # 200, stop_reason "max_tokens", the text cut
INVALID_JSON = "invalid_json"  # 200, text, or what a tool gets, that is no JSON
WRONG_SHAPE = "wrong_shape"  # 200, JSON that is not what the schema says
NO_TOOL = "no_tool"  # 200, words where a tool should be used
STREAM_ERROR = "stream_error"  # an error event in the middle of the stream
STREAM_CUT = "stream_cut"  # the stream ends in the middle, orderly, without its last events
STREAM_STALL = "stream_stall"  # the stream stops in the middle and stays open
RESET = "reset"  # the connection is reset before anything is answered
STALL = "stall"  # no answer at all

FAULTS = (
    RATE_LIMITED,
    OVERLOADED,
    SERVER_ERROR,
    BAD_GATEWAY,
    TOO_LARGE,
    REFUSAL,
    TRUNCATED,
    INVALID_JSON,
    WRONG_SHAPE,
    NO_TOOL,
    STREAM_ERROR,
    STREAM_CUT,
    STREAM_STALL,
    RESET,
    STALL,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to go wrong with one call."""

    kind: str  # one of FAULTS
    retry_after: float | None = None  # seconds; sent with 429 and 529
    seconds: float = 60.0  # how long a stall lasts, unless the client goes away first


class Faults:
    """Scripted faults go first, one for each call; chance comes after them. `happened` counts by kind."""

    def __init__(self) -> None:
        self.happened: Counter[str] = Counter()
        self._waiting: deque[Fault] = deque()
        self._chance: random.Random | None = None
        self._share = 0.0
        self._only: tuple[str, ...] = FAULTS
        self._seconds = 60.0

    def next(self, kind: str, *, times: int = 1, retry_after: float | None = None, seconds: float = 60.0) -> None:
        """Let the next `times` calls go wrong this way."""
        self._waiting.extend([Fault(_known(kind), retry_after, seconds)] * times)

    def at_random(self, seed: int, share: float, only: Sequence[str] | None = None, *, seconds: float = 2.0) -> None:
        """From now on let this share (0..1) of calls go wrong, each in one of these ways. `seconds`: of a stall."""
        self._chance = random.Random(seed)
        self._share = share
        self._only = tuple(_known(kind) for kind in only or FAULTS)
        self._seconds = seconds

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()
        self._chance = None

    def take(self) -> Fault | None:
        """The fault of a call that arrives now, if any."""
        fault = self._waiting.popleft() if self._waiting else self._drawn()
        if fault is not None:
            self.happened[fault.kind] += 1
        return fault

    def _drawn(self) -> Fault | None:
        if self._chance is None or self._chance.random() >= self._share:
            return None
        return Fault(self._chance.choice(self._only), retry_after=0.2, seconds=self._seconds)


def _known(kind: str) -> str:
    if kind not in FAULTS:
        raise ValueError(f"no fault is called {kind!r}; there are {', '.join(FAULTS)}")
    return kind
