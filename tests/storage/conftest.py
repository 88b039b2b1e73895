"""A desk at work, over the test's own database."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Database
from tests.storage.desk import DeskAtWork


@pytest.fixture
def desk(engine: AsyncEngine, store: Database) -> DeskAtWork:
    return DeskAtWork(engine, store)
