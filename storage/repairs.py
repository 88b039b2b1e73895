"""What `threadline doctor --repair` asks and tells the database: the storage side of `bot/ports.py`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime, Text, Uuid

from storage.database import Database, Row
from storage.queries.rooms import CARD_DELETED
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.tickets.card import Standing

# An entry that was written in the thread itself has no ts of ours, and stands there all the same.
_STANDING = """
    SELECT ticket.id, ticket.number, ticket.created_at, team.slack_channel AS home, card.channel, card.ts,
        ticket.status = ANY(:live) AND ticket.discarded_at IS NULL AS live,
        (SELECT count(*) FROM room_entry AS entry
         WHERE entry.ticket_id = ticket.id AND NOT entry.needs_showing AND entry.posting_since IS NULL) AS entries,
        (SELECT count(*) FROM room_entry AS entry
         WHERE entry.ticket_id = ticket.id AND (entry.needs_showing OR entry.posting_since IS NOT NULL)) AS due
    FROM ticket
    LEFT JOIN ticket_card AS card ON card.ticket_id = ticket.id
    LEFT JOIN team ON team.id = coalesce(ticket.team_id, (SELECT id FROM team WHERE is_default))
"""
_live = bindparam("live", type_=ARRAY(Text))
_LIVE = text(
    f"{_STANDING} WHERE ticket.status = ANY(:live) AND ticket.discarded_at IS NULL ORDER BY number"
).bindparams(_live)
_THESE = text(f"{_STANDING} WHERE ticket.id = ANY(:tickets) ORDER BY number").bindparams(
    _live, bindparam("tickets", type_=ARRAY(Uuid))
)

_DOUBT_CARD = text("UPDATE ticket_card SET digest = NULL WHERE ticket_id = :ticket").bindparams(
    bindparam("ticket", type_=Uuid)
)

# A row there may not be: of a database that was restored, Slack knows more than the database does.
_ADOPT_CARD = text("""
    WITH adopted AS (
        INSERT INTO ticket_card AS card (ticket_id, channel, posting_since, again)
        VALUES (:ticket, :channel, :since, false)
        ON CONFLICT (ticket_id) DO UPDATE
            SET ts = NULL, digest = NULL, channel = EXCLUDED.channel, posting_since = EXCLUDED.posting_since
            WHERE card.ts IS NOT DISTINCT FROM :instead_of
        RETURNING ticket_id
    )
    UPDATE room_entry SET slack_ts = NULL, posting_since = :since, needs_showing = true
    FROM adopted
    WHERE room_entry.ticket_id = adopted.ticket_id
        AND NOT EXISTS (
            SELECT FROM comment WHERE comment.id = room_entry.comment_id AND comment.source = ANY(:comments)
        )
""").bindparams(
    bindparam("ticket", type_=Uuid),
    bindparam("channel", type_=Text),
    bindparam("instead_of", type_=Text),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("comments", type_=ARRAY(Text)),
)

_ENTRIES_GONE = text("""
    UPDATE room_entry SET slack_ts = NULL, posting_since = NULL, needs_showing = true
    WHERE ticket_id = :ticket AND slack_ts = ANY(:gone)
""").bindparams(bindparam("ticket", type_=Uuid), bindparam("gone", type_=ARRAY(Text)))

_POSTED = text("SELECT slack_ts FROM room_entry WHERE ticket_id = :ticket AND slack_ts IS NOT NULL").bindparams(
    bindparam("ticket", type_=Uuid)
)


class SqlRepairs:
    """Over the same connections as the use cases."""

    def __init__(self, database: Database, lifecycle: Lifecycle) -> None:
        self._database = database
        self._live = [status.key for status in lifecycle.statuses if status.category.is_live]

    async def live(self) -> Sequence[Standing]:
        async with self._database.single() as session:
            return [_standing(row) for row in await session.execute(_LIVE, {"live": self._live})]

    async def these(self, ticket_ids: Sequence[UUID]) -> Sequence[Standing]:
        async with self._database.single() as session:
            rows = await session.execute(_THESE, {"live": self._live, "tickets": list(ticket_ids)})
            return [_standing(row) for row in rows]

    async def doubt_card(self, ticket_id: UUID) -> None:
        async with self._database.single() as session:
            await session.execute(_DOUBT_CARD, {"ticket": ticket_id})

    async def forget_card(self, channel: str, ts: str) -> None:
        async with self._database.single() as session:
            await session.execute(CARD_DELETED, {"channel": channel, "ts": ts})

    async def adopt_card(
        self, ticket_id: UUID, *, channel: str, instead_of: str | None, since: datetime, comments: Collection[str]
    ) -> None:
        values = {"ticket": ticket_id, "channel": channel, "since": since}
        async with self._database.single() as session:
            await session.execute(_ADOPT_CARD, values | {"instead_of": instead_of, "comments": list(comments)})

    async def posted(self, ticket_id: UUID) -> frozenset[str]:
        async with self._database.single() as session:
            return frozenset(row.slack_ts for row in await session.execute(_POSTED, {"ticket": ticket_id}))

    async def entries_gone(self, ticket_id: UUID, gone: Collection[str]) -> None:
        async with self._database.single() as session:
            await session.execute(_ENTRIES_GONE, {"ticket": ticket_id, "gone": list(gone)})


def _standing(row: Row) -> Standing:
    return Standing(row.id, row.number, row.live, row.created_at, row.home, row.channel, row.ts, row.entries, row.due)
