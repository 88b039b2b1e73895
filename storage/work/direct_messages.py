"""What people are to be told by themselves, for those who plan it."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import DateTime, Integer, Interval, Text, Uuid

from storage.database import Session
from storage.tables import direct_message
from ticketing.direct_messages.direct_message import Assignment, DirectMessage
from ticketing.direct_messages.shown import MailState

_OWE = insert(direct_message).on_conflict_do_nothing()
# Who has not told us to be silent is looked at when it is told, like everything else. What waits for the clock takes in
# what comes meanwhile; what the clock has come to may have been read already, so whatever comes then is told after it.
_OWE_WATCHERS = text("""
    WITH news AS (
        SELECT watcher.person_id, greatest(:due, (
            SELECT coalesce(settled_at, :since) FROM direct_message AS before
            WHERE before.ticket_id = :ticket AND before.person_id = watcher.person_id
                AND before.state IN ('told', 'owed') AND before.kind = 'watched' AND before.due_at IS NULL
            ORDER BY settled_at DESC LIMIT 1
        ) + :apart) AS due_at
        FROM ticket_watcher AS watcher
        WHERE watcher.ticket_id = :ticket AND watcher.person_id IS NOT NULL AND watcher.since < :since
        ORDER BY watcher.since LIMIT :most
    )
    INSERT INTO direct_message (id, person_id, kind, key, ticket_id, since, due_at, state)
    SELECT gen_random_uuid(), person_id, 'watched', concat('watched:', :ticket, ':', :since), :ticket, :since, due_at,
        'owed'
    FROM news
    ON CONFLICT DO NOTHING
""").bindparams(
    bindparam("ticket", type_=Uuid),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("due", type_=DateTime(timezone=True)),
    bindparam("apart", type_=Interval),
    bindparam("most", type_=Integer),
)
_DUE = text("""
    SELECT id FROM direct_message WHERE due_at <= :now ORDER BY due_at LIMIT :most OFFSET :skip
""").bindparams(
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("most", type_=Integer),
    bindparam("skip", type_=Integer),
)
_QUEUE = text("""
    UPDATE direct_message SET due_at = NULL WHERE id = :message AND due_at <= :now RETURNING id
""").bindparams(bindparam("message", type_=Uuid), bindparam("now", type_=DateTime(timezone=True)))
_MISS_IN_SLACK = text("""
    UPDATE direct_message SET state = 'dropped', why = 'not in Slack', settled_at = :now
    WHERE id = :message AND state = 'owed' RETURNING id
""").bindparams(bindparam("message", type_=Uuid), bindparam("now", type_=DateTime(timezone=True)))
_BEGIN_MAIL = text("""
    UPDATE direct_message SET mail = 'sending', mail_job = :job WHERE id = :message AND mail IS NULL RETURNING id
""").bindparams(bindparam("message", type_=Uuid))
_PUT_MAIL_BACK = text("""
    UPDATE direct_message SET mail = NULL, mail_job = NULL
    WHERE id = :message AND mail = 'sending' AND mail_job = :job
""").bindparams(bindparam("message", type_=Uuid))
_END_MAIL = text("""
    UPDATE direct_message SET mail = :state, mail_why = :why
    WHERE id = :message AND mail_job IS NOT DISTINCT FROM :job AND (mail = 'sending' OR mail IS NULL)
""").bindparams(bindparam("message", type_=Uuid), bindparam("job", type_=Text), bindparam("why", type_=Text))
_TOLD_BY_MAIL = text("""
    UPDATE direct_message SET state = 'told', why = NULL, settled_at = :now
    WHERE id = :message AND (state = 'owed' OR (state = 'dropped' AND why = 'not in Slack'))
""").bindparams(bindparam("message", type_=Uuid), bindparam("now", type_=DateTime(timezone=True)))
# Backwards along the record of this one ticket, to the first that says who has it.
_ASSIGNMENT = text("""
    SELECT seq, (after ->> 'assignee')::uuid AS assignee_id, actor_name, actor_id, at,
        coalesce(after ->> 'note', '') AS note
    FROM activity
    WHERE stream_kind = 'ticket' AND stream_id = :ticket
        AND kind IN ('ticket.opened', 'ticket.assigned', 'ticket.handed_off')
    ORDER BY seq DESC LIMIT 1
""").bindparams(bindparam("ticket", type_=Uuid))


class DirectMessages:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def owe(self, message: DirectMessage) -> bool:
        return (await self._session.execute(_OWE, _values(message) | {"state": "owed"})).rowcount == 1

    async def miss(self, message: DirectMessage, why: str, *, now: datetime) -> None:
        values = _values(message) | {"state": "dropped", "why": why, "settled_at": now}
        await self._session.execute(_OWE, values)

    async def owe_watchers(
        self, ticket_id: UUID, *, since: datetime, due: datetime, apart: timedelta, most: int
    ) -> None:
        asked = {"ticket": ticket_id, "since": since, "due": due, "apart": apart, "most": most}
        await self._session.execute(_OWE_WATCHERS, asked)

    async def due(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        rows = await self._session.execute(_DUE, {"now": now, "most": most, "skip": skip})
        return [row.id for row in rows]

    async def queue(self, message_id: UUID, *, now: datetime) -> bool:
        found = await self._session.execute(_QUEUE, {"message": message_id, "now": now})
        return found.one_or_none() is not None

    async def miss_in_slack(self, message_id: UUID, *, now: datetime) -> bool:
        missed = await self._session.execute(_MISS_IN_SLACK, {"message": message_id, "now": now})
        return missed.one_or_none() is not None

    async def begin_mail(self, message_id: UUID, *, job: str) -> bool:
        begun = await self._session.execute(_BEGIN_MAIL, {"message": message_id, "job": job})
        return begun.one_or_none() is not None

    async def put_mail_back(self, message_id: UUID, *, job: str) -> None:
        await self._session.execute(_PUT_MAIL_BACK, {"message": message_id, "job": job})

    async def end_mail(self, message_id: UUID, state: MailState, *, why: str | None, job: str | None) -> None:
        ended = {"message": message_id, "state": state.value, "why": why, "job": job}
        await self._session.execute(_END_MAIL, ended)

    async def told_by_mail(self, message_id: UUID, *, now: datetime) -> None:
        await self._session.execute(_TOLD_BY_MAIL, {"message": message_id, "now": now})

    async def assignment(self, ticket_id: UUID) -> Assignment | None:
        row = (await self._session.execute(_ASSIGNMENT, {"ticket": ticket_id})).one_or_none()
        if row is None:
            return None
        return Assignment(row.seq, row.assignee_id, row.actor_name, row.actor_id, row.at, row.note)


def _values(message: DirectMessage) -> dict[str, object]:
    return {field.name: getattr(message, field.name) for field in fields(DirectMessage)} | {"kind": message.kind.value}
