"""Which home tabs are open, for the clock. What they show is read by `storage/homes.py`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.types import DateTime, Integer

from storage.database import Session

OPEN_FOR = timedelta(minutes=10)  # after it was opened, or anything was pressed: Slack does not say when people leave
EVERY = timedelta(seconds=30)  # so often one that is open is looked at

_AT = DateTime(timezone=True)
_DUE = text("""
    UPDATE slack_home SET look_at = CASE WHEN opened_at > :open_since THEN CAST(:next AS timestamptz) END
    WHERE person_id IN (
        SELECT person_id FROM slack_home WHERE look_at <= :now ORDER BY look_at, person_id LIMIT :most
        FOR UPDATE SKIP LOCKED
    )
    RETURNING person_id
""").bindparams(
    bindparam("open_since", type_=_AT),
    bindparam("next", type_=_AT),
    bindparam("now", type_=_AT),
    bindparam("most", type_=Integer),
)


class OpenHomes:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def due(self, now: datetime, *, most: int) -> Sequence[UUID]:
        asked = {"now": now, "open_since": now - OPEN_FOR, "next": now + EVERY, "most": most}
        return [row.person_id for row in await self._session.execute(_DUE, asked)]
