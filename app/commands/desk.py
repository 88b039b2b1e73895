"""A desk for a command: opened for one call, closed after it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.run import database, prepare
from app.services import Services
from app.settings import Settings
from app.wiring import services
from ticketing.desk import Desk

T = TypeVar("T")


def with_desk(work: Callable[[Desk], Awaitable[T]]) -> T:
    """Run `work` on the desk of the settings. The database is started and brought up to date if it has to be."""
    return with_services(lambda made: work(made.desk))


def with_services(work: Callable[[Services], Awaitable[T]]) -> T:
    """The same, with the channels too."""

    settings = Settings()

    async def run(dsn: str) -> T:
        async with services(settings, dsn, connections=2) as made:
            return await work(made)

    return with_database(run, settings)


def with_database(work: Callable[[str], Awaitable[T]], settings: Settings | None = None) -> T:
    """Only the database, by its DSN."""
    read = settings or Settings()

    async def main() -> T:
        async with database(read) as dsn:
            await prepare(read, dsn)
            return await work(dsn)

    return asyncio.run(main())
