"""A desk at work, over the test's own database."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.storage.desk import DeskAtWork


@pytest.fixture
def desk(engine: AsyncEngine) -> DeskAtWork:
    return DeskAtWork(engine)
