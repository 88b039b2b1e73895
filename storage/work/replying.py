"""Who is writing a reply just now. `storage/prune.py` forgets those whose end nobody heard of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.types import DateTime, Uuid

from storage.database import Session
from ticketing.conversations.ports import Writer

_WHO = (bindparam("conversation", type_=Uuid), bindparam("person", type_=Uuid))

# Who began later is right: the same person may have two forms open, or a click may be carried out late.
_BEGIN = text("""
    WITH mine AS (
        INSERT INTO replying AS known (conversation_id, person_id, since) VALUES (:conversation, :person, :at)
        ON CONFLICT (conversation_id, person_id) DO UPDATE SET since = greatest(known.since, EXCLUDED.since)
    )
    SELECT person.name, replying.since
    FROM replying JOIN person ON person.id = replying.person_id
    WHERE replying.conversation_id = :conversation AND replying.person_id <> :person AND replying.since > :after
    ORDER BY replying.since, person.name
""").bindparams(*_WHO, *(bindparam(name, type_=DateTime(timezone=True)) for name in ("at", "after")))

_END = text("""
    DELETE FROM replying WHERE conversation_id = :conversation AND person_id = :person AND since <= :until
""").bindparams(*_WHO, bindparam("until", type_=DateTime(timezone=True)))


class Replying:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def begin(self, conversation_id: UUID, person_id: UUID, *, at: datetime, after: datetime) -> Sequence[Writer]:
        asked = {"conversation": conversation_id, "person": person_id, "at": at, "after": after}
        return [Writer(row.name, row.since) for row in await self._session.execute(_BEGIN, asked)]

    async def end(self, conversation_id: UUID, person_id: UUID, *, until: datetime) -> None:
        who = {"conversation": conversation_id, "person": person_id}
        await self._session.execute(_END, who | {"until": until})
