"""How the checkpoints of the record of changes are, for whoever looks after the desk."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ticketing.activity.checkpoint import Checkpoint

_NEWEST = text("""
    SELECT number, at, previous, size, root, streams, records, left_out, key, digest, signature
    FROM checkpoint ORDER BY number DESC LIMIT 1
""")
# Those of one run of the clock are made at the same instant; it makes few.
_LEFT_OUT = text("""
    SELECT coalesce(sum(left_out), 0)
    FROM (SELECT at, left_out FROM checkpoint ORDER BY number DESC LIMIT 1000) AS newest
    WHERE at = (SELECT at FROM checkpoint ORDER BY number DESC LIMIT 1)
""")
_PENDING = text("SELECT EXISTS (SELECT FROM activity_head WHERE pending)")
_OLDEST = text("SELECT at FROM activity ORDER BY id LIMIT 1")
_SECRET = text("SELECT value FROM secret WHERE name = 'audit'")


@dataclass(frozen=True, slots=True)
class State:
    """`left_out`: streams that the last run did not cover, because they do not hold. `secret`: kept here, if any is."""

    newest: Checkpoint | None
    left_out: int
    is_pending: bool  # something changed that no checkpoint covers
    oldest: datetime | None  # record
    secret: bytes | None


async def state(engine: AsyncEngine) -> State:
    async with engine.connect() as connection:
        newest = (await connection.execute(_NEWEST)).one_or_none()
        secret = (await connection.execute(_SECRET)).scalar()
        return State(
            Checkpoint(*newest) if newest else None,
            int((await connection.execute(_LEFT_OUT)).scalar_one()),
            bool((await connection.execute(_PENDING)).scalar()),
            (await connection.execute(_OLDEST)).scalar(),
            bytes.fromhex(secret) if secret else None,
        )
