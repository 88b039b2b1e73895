"""Direct messages as they are told: the storage side of `bot/telling/ports.py`, and for mail of
`ticketing/direct_messages/ports.py`. Each method is short."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.errors import NotFound
from storage.database import Database, Row, Session
from storage.playbooks import Playbooks
from storage.queries import direct_messages as sql
from storage.queries.approvals import shown_approvals
from storage.rooms import SqlRooms
from storage.work.autonomy import Levels
from storage.work.direct_messages import DirectMessages
from storage.work.escalations import Escalations
from storage.work.people import People
from ticketing.direct_messages.direct_message import Kind
from ticketing.direct_messages.shown import (
    Mailing,
    MailState,
    Move,
    News,
    Owed,
    Remark,
    ShownMove,
    StandingRequest,
    Told,
)
from ticketing.people.preferences import ByMail
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.card import TicketCard


class SqlDirectMessages:
    """Over the same connections as the use cases. `rooms` reads the tickets that messages are about."""

    def __init__(self, database: Database, playbooks: Playbooks, rooms: SqlRooms) -> None:
        self._database, self._playbooks, self._rooms = database, playbooks, rooms

    async def owed(self, message_id: UUID) -> Owed | None:
        async with self._database.single() as session:
            row = (await session.execute(sql.OWED, {"message": message_id})).one_or_none()
            return await _owed(message_id, row, session) if row else None

    async def mailing(self, message_id: UUID) -> Mailing | None:
        async with self._database.single() as session:
            row = (await session.execute(sql.MAILING, {"message": message_id})).one_or_none()
            if row is None:
                return None
            owed = await _owed(message_id, row, session)
        state = MailState(row.mail) if row.mail else None
        return Mailing(owed, ByMail(row.by_mail), row.missed, state, row.mail_job)

    async def told(self, owed: Owed) -> Told:
        """Raises NotFound."""
        if owed.ticket_id is None:
            raise NotFound("This message is about no ticket.")
        card = await self._rooms.card(owed.ticket_id)
        async with self._database.single() as session:
            match owed.kind:
                case Kind.ASSIGNED:
                    return Told(owed, card, assignment=await DirectMessages(session).assignment(owed.ticket_id))
                case Kind.MENTIONED:
                    return await self._mention(owed, card, session)
                case Kind.ESCALATED:
                    assert owed.about_id is not None
                    return Told(owed, card, escalation=await Escalations(session).get(owed.about_id))
                case Kind.AUTONOMY:
                    return Told(owed, card, move=await self._move(owed, session))
                case Kind.WATCHED:
                    return Told(owed, card, news=await self._news(owed, session))
                case _:
                    return await self._request(owed, card, session)

    async def begin(self, message_id: UUID, *, run: UUID, seen: datetime | None, now: datetime) -> bool:
        asked = {"message": message_id, "run": run, "seen": seen, "now": now}
        async with self._database.single() as session:
            return (await session.execute(sql.BEGIN, asked)).one_or_none() is not None

    async def not_posted(self, message_id: UUID, *, run: UUID) -> None:
        async with self._database.single() as session:
            await session.execute(sql.NOT_POSTED, {"message": message_id, "run": run})

    async def was_told(self, message_id: UUID, *, channel: str, ts: str, now: datetime) -> None:
        async with self._database.single() as session:
            told = {"message": message_id, "channel": channel, "ts": ts, "now": now}
            await session.execute(sql.TOLD, told)

    async def drop(self, message_id: UUID, why: str, *, now: datetime) -> None:
        async with self._database.single() as session:
            await session.execute(sql.DROPPED, {"message": message_id, "why": why, "now": now})

    async def requests(self, ticket_id: UUID, *, most: int) -> Sequence[StandingRequest]:
        async with self._database.single() as session:
            rows = (await session.execute(sql.REQUESTS, {"ticket": ticket_id, "most": most})).all()
            if not rows:
                return []
            playbook = await self._playbooks.current(session)
            found = await shown_approvals(session, [row.about_id for row in rows], playbook)
        return [StandingRequest(row.id, found[row.about_id], row.channel, row.ts) for row in rows]

    async def asked_about(self, message_id: UUID) -> UUID | None:
        async with self._database.single() as session:
            row = (await session.execute(sql.ASKED_ABOUT, {"message": message_id})).one_or_none()
        return row.ticket_id if row else None

    async def over(self, message_id: UUID) -> None:
        async with self._database.single() as session:
            await session.execute(sql.OVER, {"message": message_id})

    async def opened(self, slack_user: str, channel: str) -> None:
        async with self._database.single() as session:
            await session.execute(sql.OPENED, {"user": slack_user, "channel": channel})

    async def _mention(self, owed: Owed, card: TicketCard, session: Session) -> Told:
        row = (await session.execute(sql.REMARK, {"comment": owed.about_id})).one_or_none()
        asked = {"ticket": owed.ticket_id, "person": owed.reader.id, "since": owed.since}
        stands = (await session.execute(sql.SETTLED_SINCE, asked)).one()
        ids = [each.id for each in await session.execute(sql.DECIDED, {"ticket": owed.ticket_id})]
        playbook = await self._playbooks.current(session)
        found = await shown_approvals(session, ids, playbook) if ids else {}
        decided = tuple(found[each] for each in ids if each in found)
        remark = Remark(row.name, row.id, row.text, row.slack_user, _in_thread(row.source)) if row else None
        return Told(
            owed, card, remark=remark, decided=decided, briefed=stands.briefed, settled_since=bool(stands.settled)
        )

    async def _news(self, owed: Owed, session: Session) -> News:
        asked = {"ticket": owed.ticket_id, "person": owed.reader.id, "since": owed.since}
        written = (await session.execute(sql.WRITTEN_SINCE, asked)).one_or_none()
        moved = (await session.execute(sql.MOVED_SINCE, asked)).all()
        playbook = await self._playbooks.current(session)
        kind = (await session.execute(sql.TYPE_OF, {"ticket": owed.ticket_id})).scalar()
        moves = tuple(_move(row, playbook.lifecycle(kind)) for row in reversed(moved))
        return News(written.messages if written else 0, (written.words if written else "") or "", moves)

    async def _move(self, owed: Owed, session: Session) -> ShownMove:
        assert owed.about_id is not None
        move, playbook = await Levels(session).get(owed.about_id), await self._playbooks.current(session)
        return ShownMove(move, playbook.types[move.type].label if move.type in playbook.types else move.type)

    async def _request(self, owed: Owed, card: TicketCard, session: Session) -> Told:
        playbook: Playbook = await self._playbooks.current(session)
        found = await shown_approvals(session, [owed.about_id] if owed.about_id else [], playbook)
        return Told(owed, card, approval=found.get(owed.about_id) if owed.about_id else None)


async def _owed(message_id: UUID, row: Row, session: Session) -> Owed:
    return Owed(
        message_id,
        Kind(row.kind),
        await People(session).get(row.person_id),
        row.wanted,
        row.since,
        row.ticket_id,
        row.about_id,
        row.slack_user,
        row.seen_at,
        row.direct,
        row.posting_since,
    )


def _in_thread(source: str | None) -> bool:
    """Comments that were written in Slack itself are named for channel and ts; those of forms for the form."""
    return source is not None and source.startswith("slack:") and source.count(":") == 2


def _move(row: Row, rules: Lifecycle) -> Move:
    def label(key: str) -> str:
        return rules.status(key).label if rules.knows(key) else key

    return Move(label(row.origin), label(row.status), row.actor_name, row.actor_id)
