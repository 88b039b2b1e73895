"""Tickets merged into others, and what came with them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from core.errors import NotFound
from core.ids import new_id
from storage.database import Row, Session
from storage.tables import ticket_merge
from ticketing.collaboration.duplicates import Candidate
from ticketing.collaboration.merge import Brought, TicketMerge
from ticketing.tickets.card import TicketName

SHOWN_IN_THREAD = 30  # of the entries that come to a room, the newest are posted in its thread; all are in the room
_DEEPEST = 100  # merges above one another

_TICKET = bindparam("ticket", type_=Uuid)
_TICKETS = bindparam("tickets", type_=ARRAY(Uuid))
_MESSAGES = bindparam("messages", type_=ARRAY(Uuid))
_COMMENTS = bindparam("comments", type_=ARRAY(Uuid))

# One lock for the whole desk: merging is rare and short, and what stands above a ticket must stay so meanwhile.
_HOLD = text("SELECT pg_advisory_xact_lock(hashtext('ticket_merge'))")
_SHARE = text("SELECT pg_advisory_xact_lock_shared(hashtext('ticket_merge'))")
_CONVERSATIONS_OF = text("""
    SELECT DISTINCT conversation_id AS id FROM ticket WHERE id = ANY(:tickets) ORDER BY conversation_id
""").bindparams(_TICKETS)
_COLUMNS = """
    merge.id, merge.survivor_id, merge.absorbed_id, merge.by_id, merge.by_name, merge.at, merge.messages,
    merge.comments, merge.watchers, merge.tags
"""
_ABOVE = text(f"""
    WITH RECURSIVE above AS (
        SELECT {_COLUMNS}, 1 AS depth FROM ticket_merge AS merge WHERE absorbed_id = :ticket AND undone_at IS NULL
        UNION ALL
        SELECT {_COLUMNS}, above.depth + 1
        FROM above JOIN ticket_merge AS merge ON merge.absorbed_id = above.survivor_id AND merge.undone_at IS NULL
        WHERE above.depth < {_DEEPEST}
    )
    SELECT * FROM above ORDER BY depth
""").bindparams(_TICKET)  # noqa: S608 - constants of ours
_ONTO = text(
    f"SELECT {_COLUMNS} FROM ticket_merge AS merge WHERE survivor_id = :ticket AND undone_at IS NULL ORDER BY at, id"  # noqa: S608
).bindparams(_TICKET)
_MERGED_INTO = text("""
    SELECT absorbed.id, absorbed.number, absorbed.subject
    FROM ticket_merge AS merge JOIN ticket AS absorbed ON absorbed.id = merge.absorbed_id
    WHERE merge.survivor_id = :ticket AND merge.undone_at IS NULL
    ORDER BY merge.at DESC, merge.id DESC LIMIT :most
""").bindparams(_TICKET, bindparam("most", type_=Integer))
_BELOW = text(f"""
    WITH RECURSIVE below (id, depth) AS (
        SELECT absorbed_id, 1 FROM ticket_merge WHERE survivor_id = :ticket AND undone_at IS NULL
        UNION ALL
        SELECT merge.absorbed_id, below.depth + 1
        FROM below JOIN ticket_merge AS merge ON merge.survivor_id = below.id AND merge.undone_at IS NULL
        WHERE below.depth < {_DEEPEST}
    )
    SELECT DISTINCT ticket.conversation_id AS id FROM below JOIN ticket ON ticket.id = below.id
    WHERE ticket.conversation_id <> (SELECT conversation_id FROM ticket WHERE id = :ticket)
    ORDER BY ticket.conversation_id
""").bindparams(_TICKET)  # noqa: S608 - a constant of ours
_ACROSS = text("""
    SELECT absorbed.number AS absorbed, survivor.number AS survivor
    FROM ticket_merge AS merge
    JOIN ticket AS absorbed ON absorbed.id = merge.absorbed_id
    JOIN ticket AS survivor ON survivor.id = merge.survivor_id
    WHERE merge.undone_at IS NULL AND (merge.absorbed_id = ANY(:tickets) OR merge.survivor_id = ANY(:tickets))
        AND NOT (merge.absorbed_id = ANY(:tickets) AND merge.survivor_id = ANY(:tickets))
    ORDER BY absorbed.number
""").bindparams(_TICKETS)
_ADD = insert(ticket_merge)
_SAVE = text("""
    UPDATE ticket_merge SET messages = :messages, comments = :comments, watchers = :watchers, tags = :tags
    WHERE id = :merge
""").bindparams(
    _MESSAGES,
    _COMMENTS,
    bindparam("watchers", type_=ARRAY(Uuid)),
    bindparam("tags", type_=ARRAY(Text)),
    bindparam("merge", type_=Uuid),
)
_UNDO = text("UPDATE ticket_merge SET undone_at = :at, undone_by = :by WHERE id = :merge").bindparams(
    bindparam("at", type_=DateTime(timezone=True)), bindparam("by", type_=Text), bindparam("merge", type_=Uuid)
)
_HOLDINGS = text("""
    SELECT
        (SELECT array_agg(message_id) FILTER (WHERE message_id IS NOT NULL) FROM room_entry
         WHERE ticket_id = ticket.id AND moved_to IS NULL) AS messages,
        (SELECT array_agg(comment_id) FILTER (WHERE comment_id IS NOT NULL) FROM room_entry
         WHERE ticket_id = ticket.id AND moved_to IS NULL) AS comments,
        (SELECT array_agg(coalesce(person_id, team_id)) FROM ticket_watcher WHERE ticket_id = ticket.id) AS watchers,
        ticket.tags
    FROM ticket WHERE ticket.id = :ticket
""").bindparams(_TICKET)

_CANDIDATE = """
    SELECT candidate.id, candidate.number, candidate.subject, candidate.type, candidate.category, candidate.created_at,
        (SELECT jsonb_agg(jsonb_build_array(entity.value -> 'kind', entity.value -> 'value'))
         FROM ai_context CROSS JOIN LATERAL jsonb_array_elements(ai_context.entities) AS entity (value)
         WHERE ai_context.ticket_id = candidate.id) AS entities
"""
_CANDIDATE_OF = text(f"{_CANDIDATE} FROM ticket AS candidate WHERE candidate.id = :ticket").bindparams(_TICKET)
_CANDIDATES = text(f"""
    {_CANDIDATE}
    FROM (
        SELECT * FROM ticket AS other
        WHERE other.customer_id = (SELECT customer_id FROM ticket AS one WHERE one.id = :ticket)
        ORDER BY number DESC LIMIT :most
    ) AS candidate
    WHERE candidate.discarded_at IS NULL AND candidate.merged_into IS NULL AND candidate.id <> :ticket
""").bindparams(_TICKET, bindparam("most", type_=Integer))  # noqa: S608 - constants of ours

_COME = (
    bindparam("survivor", type_=Uuid),
    bindparam("absorbed", type_=Uuid),
    _MESSAGES,
    _COMMENTS,
)
# What went with an earlier merge that was undone has left a line there: that becomes the entry again.
_BACK_AGAIN = text("""
    UPDATE room_entry SET moved_to = NULL, moved_by = NULL, needs_showing = true
    WHERE ticket_id = :survivor AND (message_id = ANY(:messages) OR comment_id = ANY(:comments))
        AND moved_to IS NOT NULL
""").bindparams(_COME[0], *_COME[2:])
_BRING = text("""
    INSERT INTO room_entry (id, ticket_id, message_id, comment_id, concerns, at, needs_showing)
    SELECT (CAST(:ids AS uuid[]))[place], :survivor, message_id, comment_id, concerns, at, place <= :shown
    FROM (
        SELECT message_id, comment_id, concerns, at, row_number() OVER (ORDER BY at DESC, id DESC) AS place
        FROM room_entry
        WHERE ticket_id = :absorbed AND moved_to IS NULL
            AND (message_id = ANY(:messages) OR comment_id = ANY(:comments))
    ) AS coming
    ON CONFLICT DO NOTHING
""").bindparams(*_COME, bindparam("ids", type_=ARRAY(Uuid)), bindparam("shown", type_=Integer))
_BRING_WATCHERS = text("""
    INSERT INTO ticket_watcher (id, ticket_id, person_id, team_id, because, since)
    SELECT gen_random_uuid(), :survivor, person_id, team_id, 'merged', since FROM ticket_watcher
    WHERE ticket_id = :absorbed AND coalesce(person_id, team_id) = ANY(:watchers)
    ON CONFLICT DO NOTHING
""").bindparams(*_COME[:2], bindparam("watchers", type_=ARRAY(Uuid)))
# What its thread does not show needs no line that it went.
_PART = text("""
    UPDATE room_entry SET moved_to = :absorbed, moved_by = :by,
        needs_showing = slack_ts IS NOT NULL OR posting_since IS NOT NULL
    WHERE ticket_id = :survivor AND moved_to IS NULL
        AND (message_id = ANY(:messages) OR comment_id = ANY(:comments))
""").bindparams(*_COME, bindparam("by", type_=Uuid))
_PART_WATCHERS = text("""
    DELETE FROM ticket_watcher
    WHERE ticket_id = :survivor AND because = 'merged' AND coalesce(person_id, team_id) = ANY(:watchers)
""").bindparams(_COME[0], bindparam("watchers", type_=ARRAY(Uuid)))


class Merges:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def hold(self) -> None:
        await self._session.execute(_HOLD)

    async def share(self) -> None:
        await self._session.execute(_SHARE)

    async def conversations_of(self, ticket_ids: Collection[UUID]) -> Sequence[UUID]:
        rows = await self._session.execute(_CONVERSATIONS_OF, {"tickets": list(ticket_ids)})
        return [row.id for row in rows]

    async def attached(self, ticket_id: UUID) -> Sequence[UUID]:
        return [row.id for row in await self._session.execute(_BELOW, {"ticket": ticket_id})]

    async def above(self, ticket_id: UUID) -> Sequence[TicketMerge]:
        return [_merge(row) for row in await self._session.execute(_ABOVE, {"ticket": ticket_id})]

    async def onto(self, ticket_id: UUID) -> Sequence[TicketMerge]:
        return [_merge(row) for row in await self._session.execute(_ONTO, {"ticket": ticket_id})]

    async def merged_into(self, ticket_id: UUID, *, most: int) -> Sequence[TicketName]:
        rows = await self._session.execute(_MERGED_INTO, {"ticket": ticket_id, "most": most})
        return [TicketName(*row) for row in rows]

    async def across(self, ticket_ids: Collection[UUID]) -> Sequence[tuple[int, int]]:
        rows = await self._session.execute(_ACROSS, {"tickets": list(ticket_ids)})
        return [(row.absorbed, row.survivor) for row in rows]

    async def add(self, merge: TicketMerge) -> None:
        values = {
            "id": merge.id,
            "survivor_id": merge.survivor_id,
            "absorbed_id": merge.absorbed_id,
            "by_id": merge.by_id,
            "by_name": merge.by_name,
            "at": merge.at,
        }
        await self._session.execute(_ADD, {**values, **_plain(merge.brought)})

    async def save(self, merge: TicketMerge) -> None:
        await self._session.execute(_SAVE, {"merge": merge.id, **_plain(merge.brought)})

    async def undo(self, merge_id: UUID, *, by: str, at: datetime) -> None:
        await self._session.execute(_UNDO, {"merge": merge_id, "by": by, "at": at})

    async def candidate(self, ticket_id: UUID) -> Candidate:
        row = (await self._session.execute(_CANDIDATE_OF, {"ticket": ticket_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such ticket.")
        return _candidate(row)

    async def candidates(self, ticket_id: UUID, *, most: int) -> Sequence[Candidate]:
        rows = await self._session.execute(_CANDIDATES, {"ticket": ticket_id, "most": most})
        return [_candidate(row) for row in rows]

    async def holdings(self, ticket_id: UUID) -> Brought:
        return _brought((await self._session.execute(_HOLDINGS, {"ticket": ticket_id})).one())

    async def bring(self, survivor_id: UUID, absorbed_id: UUID, brought: Brought) -> None:
        entries = {"messages": list(brought.messages), "comments": list(brought.comments)}
        await self._session.execute(_BACK_AGAIN, {"survivor": survivor_id, **entries})
        both = {"survivor": survivor_id, "absorbed": absorbed_id}
        ids = [new_id() for _ in range(len(brought.messages) + len(brought.comments))]
        await self._session.execute(_BRING, {**both, **entries, "ids": ids, "shown": SHOWN_IN_THREAD})
        await self._session.execute(_BRING_WATCHERS, {**both, "watchers": list(brought.watchers)})

    async def part(self, survivor_id: UUID, absorbed_id: UUID, leaving: Brought, *, by: UUID) -> None:
        entries = {"messages": list(leaving.messages), "comments": list(leaving.comments)}
        both = {"survivor": survivor_id, "absorbed": absorbed_id}
        await self._session.execute(_PART, {**both, **entries, "by": by})
        watchers = {"survivor": survivor_id, "watchers": list(leaving.watchers)}
        await self._session.execute(_PART_WATCHERS, watchers)


def _plain(brought: Brought) -> dict[str, object]:
    return {
        "messages": list(brought.messages),
        "comments": list(brought.comments),
        "watchers": list(brought.watchers),
        "tags": list(brought.tags),
    }


def _brought(row: Row) -> Brought:
    return Brought(
        frozenset(row.messages or ()), frozenset(row.comments or ()), frozenset(row.watchers or ()), tuple(row.tags)
    )


def _merge(row: Row) -> TicketMerge:
    return TicketMerge(row.id, row.survivor_id, row.absorbed_id, row.by_id, row.by_name, row.at, _brought(row))


def _candidate(row: Row) -> Candidate:
    references = frozenset((kind, value) for kind, value in row.entities or ())
    return Candidate(row.id, row.number, row.subject, row.type, row.category, row.created_at, references)
