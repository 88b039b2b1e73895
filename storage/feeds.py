"""How far each feed of provider events has been read. One row a feed, in statements of their own."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Database
from storage.queries.feeds import SOCKET_STATE, FeedState
from storage.tables import feed

_CURSOR = select(feed.c.cursor).where(
    feed.c.channel == bindparam("of_channel"), feed.c.account == bindparam("of_account")
)
_READ = insert(feed)
_READ = _READ.on_conflict_do_update(
    index_elements=["channel", "account"],
    set_={"cursor": _READ.excluded.cursor, "looked_at": _READ.excluded.looked_at, "error": None, "error_since": None},
)
_FAILED = insert(feed)
_FAILED = _FAILED.on_conflict_do_update(
    index_elements=["channel", "account"],
    set_={
        "looked_at": _FAILED.excluded.looked_at,
        "error": _FAILED.excluded.error,
        "error_since": func.coalesce(feed.c.error_since, _FAILED.excluded.error_since),
    },
)


class SqlFeeds:
    """The cursors of all feeds, and why one cannot be read just now."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cursor(self, channel: str, account: str) -> str | None:
        """None: it was never read."""
        async with self._database.single() as session:
            rows = await session.execute(_CURSOR, {"of_channel": channel, "of_account": account})
        cursor: str | None = rows.scalar()
        return cursor

    async def read(self, channel: str, account: str, *, cursor: str | None, now: datetime) -> None:
        """Everything before `cursor` is in the inbox."""
        await self._save(_READ, channel, account, cursor=cursor, now=now, error=None)

    async def failed(self, channel: str, account: str, *, error: str, now: datetime) -> None:
        """The cursor stays where it is. `error` is in words for an admin."""
        await self._save(_FAILED, channel, account, cursor=None, now=now, error=error)

    async def socket_state(self) -> FeedState | None:
        """What the bot process last noted of Slack's socket; None: nothing ever."""
        async with self._database.single() as session:
            row = (await session.execute(SOCKET_STATE)).one_or_none()
        return FeedState(*row) if row is not None else None

    async def _save(
        self, statement: object, channel: str, account: str, *, cursor: str | None, now: datetime, error: str | None
    ) -> None:
        values = {
            "channel": channel,
            "account": account,
            "cursor": cursor,
            "looked_at": now,
            "error": error,
            "error_since": now if error else None,
        }
        async with self._database.single() as session:
            await session.execute(statement, values)  # type: ignore[arg-type]
