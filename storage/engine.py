"""Connections to PostgreSQL: asyncpg pools, and SQLAlchemy's engine for what is in no hurry (migrations, doctor)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.connections import Connection

# What a statement of asyncpg's own raises when PostgreSQL is away, or went away while it ran. The last one is raised
# where a connection is lost between two messages of the protocol.
DATABASE_AWAY: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

# Of these, what only a lost or missing connection raises: never a statement of ours that PostgreSQL refuses.
DATABASE_LOST: tuple[type[Exception], ...] = (
    ConnectionError,
    FileNotFoundError,  # the socket of a server that is not there
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


def sqlalchemy_url(dsn: str) -> URL:
    """Any PostgreSQL DSN, as the asyncpg dialect takes it."""
    return make_url(dsn).set(drivername="postgresql+asyncpg")


def plain_dsn(dsn: str) -> str:
    """Any PostgreSQL DSN, as asyncpg itself takes it."""
    return make_url(dsn).set(drivername="postgresql").render_as_string(hide_password=False)


def create_engine(dsn: str, *, size: int = 10, patience: float | None = 60.0) -> AsyncEngine:
    """A connection that PostgreSQL has closed is replaced before use, so that its restart costs no request.

    `patience` is how long one statement may take, in seconds.
    """
    engine = create_async_engine(
        sqlalchemy_url(dsn),
        pool_size=size,
        max_overflow=0,
        pool_use_lifo=True,  # few connections that know their statements serve better than many that do not
        pool_timeout=10,
        connect_args={
            "connection_class": Connection,
            "timeout": 10,
            "command_timeout": patience,
            "server_settings": {"application_name": "threadline"},
        },
    )
    event.listen(engine.sync_engine, "checkout", _replace_closed)
    return engine


def _replace_closed(connection: Any, _record: object, _proxy: object) -> None:
    """What `pool_pre_ping` is for, without its three round trips: asyncpg knows when its socket was closed."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def _keep(_connection: object) -> None:
    """Nothing to reset: nobody leaves settings, locks or listeners behind, and resetting costs a round trip.

    A transaction that was left open asyncpg itself rolls back before it asks us.
    """


async def create_pool(
    dsn: str,
    *,
    size: int,
    settings: Mapping[str, str] | None = None,
    patience: float = 60.0,
    setup: Callable[[asyncpg.Connection], Awaitable[None]] | None = None,
) -> asyncpg.Pool:
    """A raw pool. `settings` are PostgreSQL settings for its sessions.

    `patience` is how long one statement may take, in seconds.
    """
    return await asyncpg.create_pool(
        plain_dsn(dsn),
        connection_class=Connection,
        min_size=1,
        max_size=size,
        timeout=10,
        command_timeout=patience,
        server_settings={"application_name": "threadline", **(settings or {})},
        init=setup,
        reset=_keep,
    )
