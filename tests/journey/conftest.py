"""One stage for the journeys of a module: each brings customers of its own, so they do not meet."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from tests.conftest import fresh_database
from tests.journey.stage import Stage, staged
from tests.trained import trained_brain


@pytest.fixture(scope="session")
def brain() -> OfflineBrain:
    return trained_brain()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain) -> AsyncIterator[Stage]:
    """Web, worker, Slack over HTTP and Twilio, all running."""
    async with fresh_database(postgres) as dsn, staged(dsn, brain) as made:
        yield made
