"""One trained brain for the whole session; the Claude brain against an emulated Anthropic."""

from collections.abc import AsyncIterator

import pytest

from ai.claude.brain import ClaudeBrain
from ai.claude.config import ClaudeConfig, Prices
from ai.offline import OfflineBrain
from emulators.anthropic import Organization, running
from tests.ai.thinking import Thinking
from tests.trained import trained_brain
from ticketing.triage.model_call import ModelCall

PRICES = Prices(input=0.1, output=0.5, cache_write=0.125, cache_read=0.01)


class Books:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.calls: list[ModelCall] = []

    async def add(self, call: ModelCall) -> None:
        self.calls.append(call)


def a_config(organization: Organization, *, timeout: float = 20.0, max_tokens: int = 4000) -> ClaudeConfig:
    return ClaudeConfig(
        organization.api_key, "claude-haiku-5-5", max_tokens, PRICES, base_url=organization.url, timeout=timeout
    )


@pytest.fixture(scope="session")
def offline() -> OfflineBrain:
    return trained_brain()


@pytest.fixture
def thinking(offline: OfflineBrain) -> Thinking:
    return Thinking(offline)


@pytest.fixture
async def organization(thinking: Thinking) -> AsyncIterator[Organization]:
    async with running(Organization(responder=thinking)) as served:
        yield served


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
async def claude(organization: Organization, books: Books) -> AsyncIterator[ClaudeBrain]:
    brain = ClaudeBrain(a_config(organization), books)
    yield brain
    await brain.close()
