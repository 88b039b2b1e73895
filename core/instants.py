"""Instants: always aware, always UTC. Only the edges read the clock; everything else is passed `now`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present, aware, in UTC. Called by edges and composition only."""
    return datetime.now(UTC)
