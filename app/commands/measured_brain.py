"""The brain that `threadline eval` measures, and what asking it costs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Protocol, TypeVar

from app.settings import HOME, Settings
from core.errors import AccountRefused, ChannelUnavailable
from ticketing.resolution.proposal import Case, Proposed
from ticketing.triage.model_call import ModelCall
from ticketing.triage.suggestion import Burst, Suggestion, Triager, Vocabulary

T = TypeVar("T")
_TRIES = 6  # of one case, when the provider is away or asks us to slow down


class BrainName(StrEnum):
    OFFLINE = "offline"
    CLAUDE = "claude"


class Measured(Triager, Protocol):
    """What of a brain is measured."""

    async def propose(self, case: Case) -> Proposed: ...


class Books:
    """What this evaluation costs. It belongs to no conversation, so it is not in the database's books."""

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []

    async def add(self, call: ModelCall) -> None:
        self.calls.append(call)


@asynccontextmanager
async def measured_brain(name: BrainName, books: Books) -> AsyncIterator[Measured]:
    """Raises AccountRefused without a key."""
    if name is BrainName.OFFLINE:
        from ai.offline import OfflineBrain

        yield OfflineBrain.train(cache=HOME / "var" / "cache")
        return
    from ai.claude.brain import ClaudeBrain

    config = Settings(threadline_brain="claude").claude
    if config is None:
        raise AccountRefused("There is no key to ask Claude with: set ANTHROPIC_API_KEY.")
    claude = ClaudeBrain(config, books)
    try:
        yield _Patient(claude)
    finally:
        await claude.close()


class _Patient:
    """Asks again where a worker would put the job back into the queue."""

    def __init__(self, brain: Measured) -> None:
        self._brain = brain

    async def triage(self, burst: Burst, vocabulary: Vocabulary) -> Suggestion:
        return await _patiently(lambda: self._brain.triage(burst, vocabulary))

    async def propose(self, case: Case) -> Proposed:
        return await _patiently(lambda: self._brain.propose(case))


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, _TRIES):
        try:
            return await ask()
        except ChannelUnavailable as away:
            await asyncio.sleep(2.0**attempt / 4 if away.retry_after is None else away.retry_after)
    return await ask()
