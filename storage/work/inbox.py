"""Stored provider events, for the use case that files them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, literal_column, select, update

from core.errors import NotFound
from core.messages import RawRequest
from storage.database import Session
from storage.tables import inbox
from ticketing.conversations.ports import StoredEvent

_LOCK = (
    select(inbox.c.channel, inbox.c.url, inbox.c.body, inbox.c.received_at, inbox.c.outcome, inbox.c.note)
    .where(inbox.c.id == bindparam("event"))
    .with_for_update(key_share=True)
)
_SETTLE = (
    update(inbox)
    .where(inbox.c.id == bindparam("event"))
    .values(outcome=bindparam("new_outcome"), note=bindparam("new_note"), settled_at=bindparam("at"))
)
# `note` of a blocked event is its sender's address.
_RELEASE = (
    update(inbox)
    .where(
        inbox.c.channel == bindparam("of_channel"),
        inbox.c.note == bindparam("sender"),
        inbox.c.outcome == literal_column("'blocked'"),  # as a parameter it would not meet its index
    )
    .values(outcome=None, note=None, settled_at=None)
    .returning(inbox.c.id)
)
# What stands in `note` until the event is settled anew.
_BY_HAND = "by hand"
_RELEASE_ASIDE = (
    update(inbox)
    .where(inbox.c.id == bindparam("event"), inbox.c.outcome == "set_aside")
    .values(outcome=None, note=_BY_HAND, settled_at=None)
)


class Inbox:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def lock(self, inbox_id: int) -> StoredEvent:
        row = (await self._session.execute(_LOCK, {"event": inbox_id})).one_or_none()
        if row is None:
            raise NotFound(f"Inbox event {inbox_id} is gone.")
        request = RawRequest(row.url, {}, bytes(row.body), by_hand=row.outcome is None and row.note == _BY_HAND)
        return StoredEvent(inbox_id, row.channel, request, row.received_at, row.outcome is not None)

    async def settle(self, inbox_id: int, outcome: str, *, note: str, at: datetime) -> None:
        new = {"new_outcome": outcome, "new_note": note or None, "at": at}
        await self._session.execute(_SETTLE, {"event": inbox_id} | new)

    async def release_blocked(self, channel: str, address: str) -> Sequence[int]:
        rows = await self._session.execute(_RELEASE, {"of_channel": channel, "sender": address})
        return sorted(row.id for row in rows)

    async def release_set_aside(self, inbox_id: int) -> bool:
        return (await self._session.execute(_RELEASE_ASIDE, {"event": inbox_id})).rowcount == 1
