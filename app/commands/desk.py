"""A desk for a command: opened for one call, closed after it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.run import bring_up_to_date, database
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

    async def main() -> T:
        settings = Settings()
        async with database(settings) as dsn:
            await bring_up_to_date(dsn)
            async with services(settings, dsn, connections=2) as made:
                return await work(made)

    return asyncio.run(main())
