"""One question to a model that somebody else runs, with what it cost. Every call is kept, the failed ones too."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Outcome(StrEnum):
    """What became of a call."""

    OK = "ok"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    UNFINISHED = "unfinished"  # the stream ended before the answer did
    CANCELLED = "cancelled"  # we stopped waiting, because the process was told to end
    ACCOUNT_REFUSED = "account_refused"  # the key, its rights, its money, or the model's name
    REQUEST_REFUSED = "request_refused"  # we asked in a way that the provider does not accept
    REFUSAL = "refusal"  # the model declined to answer
    TRUNCATED = "truncated"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the provider counts them for its bill."""

    input: int = 0  # neither written to the cache nor read from it
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0


@dataclass(frozen=True, slots=True)
class ModelCall:
    id: UUID
    conversation_id: UUID | None
    triage_id: UUID | None  # the triage it was asked for; there is none under this id if it came to nothing
    purpose: str  # "triage", "draft", "resolve", "phrase"
    brain: str
    model: str
    usage: Usage
    cost: int  # micro-dollars
    took_ms: float
    outcome: Outcome
    request_id: str | None  # the provider's, for its support
    at: datetime
    run_id: UUID | None = None  # the run over a ticket that asked


class Ledger(Protocol):
    """Where calls are kept, each in a transaction of its own."""

    async def add(self, call: ModelCall) -> None: ...
