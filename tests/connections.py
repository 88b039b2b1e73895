"""The connections of the tests, which one test after the other takes over as a process keeps its own.

A new one has read nothing about any table and has planned nothing: that costs PostgreSQL more than what most tests ask.
"""

from collections.abc import Sequence

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.database import Database
from storage.engine import create_engine


class KeptConnections:
    """An engine and a store on the same database, each with its pool; made with the first `lead_to`."""

    engine: AsyncEngine
    store: Database

    def __init__(self) -> None:
        self._dsn = ""
        self._of_engine: list[asyncpg.Connection] = []

    async def lead_to(self, dsn: str) -> None:
        """Those that are kept, if they lead there; otherwise new ones."""
        if dsn == self._dsn:
            return
        await self.close()
        self._dsn = dsn
        self.engine = create_engine(dsn, size=10)
        self.store = Database(dsn, size=10)
        event.listen(self.engine.sync_engine, "connect", self._remember)

    def _remember(self, connection: object, _record: object) -> None:
        self._of_engine.append(connection.driver_connection)  # type: ignore[attr-defined]

    async def kept(self) -> Sequence[int]:
        """The processes of PostgreSQL behind them. Where a test has closed a pool or left a connection in use: none."""
        pool = self.store._pool
        if self.engine.pool.checkedout() or (pool and (pool.is_closing() or pool.get_idle_size() < pool.get_size())):  # type: ignore[attr-defined]
            await self.close()
            return ()
        self._of_engine = [each for each in self._of_engine if not each.is_closed()]
        of_store = [each._con for each in pool._holders if each.is_connected()] if pool else []
        return [each.get_server_pid() for each in (*self._of_engine, *of_store)]

    async def close(self) -> None:
        """At once, whatever is under way."""
        if not self._dsn:
            return
        self._dsn = ""
        if self.store._pool is not None:
            self.store._pool.terminate()
        await self.engine.dispose()
        for each in self._of_engine:
            each.terminate()
        self._of_engine = []
