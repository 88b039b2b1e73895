"""Connections to PostgreSQL: the SQLAlchemy engine of the use cases and raw asyncpg pools for hot paths."""

from collections.abc import Awaitable, Callable, Mapping

import asyncpg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def sqlalchemy_url(dsn: str) -> URL:
    """Any PostgreSQL DSN, as the asyncpg dialect takes it."""
    return make_url(dsn).set(drivername="postgresql+asyncpg")


def plain_dsn(dsn: str) -> str:
    """Any PostgreSQL DSN, as asyncpg itself takes it."""
    return make_url(dsn).set(drivername="postgresql").render_as_string(hide_password=False)


def create_engine(dsn: str, *, size: int = 10) -> AsyncEngine:
    """Connections are probed before use, so that a restart of PostgreSQL costs no request."""
    return create_async_engine(
        sqlalchemy_url(dsn),
        pool_size=size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={"timeout": 10, "command_timeout": 60, "server_settings": {"application_name": "threadline"}},
    )


async def _keep(_connection: object) -> None:
    """Nothing to reset: these pools run single statements outside transactions, and resetting costs a round trip."""


async def create_pool(
    dsn: str,
    *,
    size: int,
    settings: Mapping[str, str] | None = None,
    reset: bool = True,
    setup: Callable[[asyncpg.Connection], Awaitable[None]] | None = None,
) -> asyncpg.Pool:
    """A raw pool. `settings` are PostgreSQL settings for its sessions; `reset=False` only for single statements."""
    return await asyncpg.create_pool(
        plain_dsn(dsn),
        min_size=1,
        max_size=size,
        timeout=10,
        command_timeout=60,
        server_settings={"application_name": "threadline", **(settings or {})},
        init=setup,
        reset=None if reset else _keep,
    )
