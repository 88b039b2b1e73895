"""One browser and one simulator for a module; each test opens pages of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from ai.offline import OfflineBrain
from emulators.simulator import Simulator
from tests.browser import chromium
from tests.conftest import fresh_database
from tests.journey.stage import Stage, staged
from tests.trained import trained_brain


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    if chromium.path() is None:
        pytest.skip(chromium.MISSING)
    async with chromium.chromium() as made:
        yield made


@pytest.fixture(scope="session")
def brain() -> OfflineBrain:
    return trained_brain()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(browser: Browser, postgres: str, brain: OfflineBrain) -> AsyncIterator[Stage]:
    """Threadline, running. It needs the browser first: without one there is nothing to start."""
    async with fresh_database(postgres) as dsn, staged(dsn, brain) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(stage: Stage) -> AsyncIterator[str]:
    """The simulator of that stage."""
    async with Simulator(stage.slack, stage.twilio).serve() as served:
        yield served.url
