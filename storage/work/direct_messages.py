"""What people are to be told by themselves, for those who plan it."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import DateTime, Integer, Interval, Uuid

from storage.database import Session
from storage.tables import direct_message
from ticketing.direct_messages.direct_message import Assignment, DirectMessage

_OWE = insert(direct_message).on_conflict_do_nothing()
# Who has not told us to be silent is looked at when it is told, like everything else.
_OWE_WATCHERS = text("""
    INSERT INTO direct_message (id, person_id, kind, key, ticket_id, since, due_at, state)
    SELECT gen_random_uuid(), watcher.person_id, 'watched', 'watched:' || watcher.ticket_id || ':' || :since,
        watcher.ticket_id, :since,
        greatest(:due, (
            SELECT settled_at FROM direct_message AS before
            WHERE before.ticket_id = watcher.ticket_id AND before.person_id = watcher.person_id
                AND before.state = 'told' AND before.kind = 'watched'
            ORDER BY settled_at DESC LIMIT 1
        ) + :apart), 'owed'
    FROM ticket_watcher AS watcher
    WHERE watcher.ticket_id = :ticket AND watcher.person_id IS NOT NULL AND watcher.since < :since
    ORDER BY watcher.since LIMIT :most
    ON CONFLICT DO NOTHING
    RETURNING id, due_at
""").bindparams(
    bindparam("ticket", type_=Uuid),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("due", type_=DateTime(timezone=True)),
    bindparam("apart", type_=Interval),
    bindparam("most", type_=Integer),
)
# Backwards along the record of this one ticket, to the first that says who has it.
_ASSIGNMENT = text("""
    SELECT seq, (after ->> 'assignee')::uuid AS assignee_id, actor_name, actor_id, at,
        coalesce(after ->> 'note', '') AS note
    FROM activity
    WHERE stream_kind = 'ticket' AND stream_id = :ticket AND kind IN ('ticket.assigned', 'ticket.handed_off')
    ORDER BY seq DESC LIMIT 1
""").bindparams(bindparam("ticket", type_=Uuid))


class DirectMessages:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def owe(self, message: DirectMessage) -> bool:
        values = {field.name: getattr(message, field.name) for field in fields(DirectMessage)}
        return (await self._session.execute(_OWE, values | {"kind": message.kind.value, "state": "owed"})).rowcount == 1

    async def owe_watchers(
        self, ticket_id: UUID, *, since: datetime, due: datetime, apart: timedelta, most: int
    ) -> Sequence[tuple[UUID, datetime]]:
        asked = {"ticket": ticket_id, "since": since, "due": due, "apart": apart, "most": most}
        return [(row.id, row.due_at) for row in await self._session.execute(_OWE_WATCHERS, asked)]

    async def assignment(self, ticket_id: UUID) -> Assignment | None:
        row = (await self._session.execute(_ASSIGNMENT, {"ticket": ticket_id})).one_or_none()
        if row is None:
            return None
        return Assignment(row.seq, row.assignee_id, row.actor_name, row.actor_id, row.at, row.note)
