"""Tickets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, any_, bindparam, column, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.types import DateTime, Integer, Interval, Text, Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.tables import ai_context, conversation, ticket, ticket_number
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.succession import Standing
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import KnownTicket, Priority, Sentiment

# A customer of many years does not make every message dearer: the oldest settled tickets are left out.
RECENT = 20

COLUMNS = (
    ticket.c.id,
    ticket.c.number,
    ticket.c.conversation_id,
    ticket.c.customer_id,
    ticket.c.type,
    ticket.c.category,
    ticket.c.subject,
    ticket.c.description,
    ticket.c.status,
    ticket.c.priority,
    ticket.c.team_id,
    ticket.c.assignee_id,
    ticket.c.reporter,
    ticket.c.created_at,
    ticket.c.updated_at,
    ticket.c.resolved_at,
    ticket.c.version,
    ticket.c.discarded_at,
    ticket.c.discarded_by,
    ticket.c.status_category,
    ticket.c.status_since,
    ticket.c.fields,
    ticket.c.tags,
    ticket.c.due_at,
    ticket.c.owner_id,
    ticket.c.owner_team_id,
    ticket.c.moves_on_at,
    ticket.c.merged_into,
    ticket.c.remind_at,
    ticket.c.sentiment,
    ticket.c.exchanges,
    ticket.c.reopenings,
    ticket.c.hand_offs,
    ticket.c.escalated_at,
)


_HERE = ticket.c.conversation_id == bindparam("conversation")
_COUNTS = (ticket.c.discarded_at.is_(None), ticket.c.merged_into.is_(None))
_NEWEST = select(ticket.c.number).where(_HERE, *_COUNTS).order_by(ticket.c.number.desc()).limit(RECENT)
_RECENT = (
    select(*COLUMNS)
    .where(_HERE, *_COUNTS, or_(ticket.c.resolved_at.is_(None), ticket.c.number.in_(_NEWEST)))
    .order_by(ticket.c.number)
)
_LOCK_RECENT = _RECENT.with_for_update(key_share=True)

# Where those of this conversation that were merged went on in the end. Nothing else but the newest few is looked at.
_MERGED = ticket.alias("merged")
_GOING_ON = (
    select(_MERGED.c.merged_into.label("id"))
    .where(_MERGED.c.conversation_id == bindparam("conversation"), _MERGED.c.merged_into.is_not(None))
    .order_by(_MERGED.c.number.desc())
    .limit(RECENT)
    .cte("going_on", recursive=True)
)
_BETWEEN = ticket.alias("between")
_GOING_ON = _GOING_ON.union(
    select(_BETWEEN.c.merged_into).where(_BETWEEN.c.id == _GOING_ON.c.id, _BETWEEN.c.merged_into.is_not(None))
)
_WHOSE = select(conversation.c.customer_id).where(conversation.c.id == bindparam("conversation")).scalar_subquery()
_ELSEWHERE = (
    select(*COLUMNS)
    .where(
        ticket.c.id.in_(select(_GOING_ON.c.id)),
        ticket.c.conversation_id != bindparam("conversation"),
        ticket.c.customer_id == _WHOSE,  # customers that were merged may have been parted again
        *_COUNTS,
    )
    .order_by(ticket.c.number)
)
_LOCK_ELSEWHERE = _ELSEWHERE.with_for_update(key_share=True, of=ticket)
_GET = select(*COLUMNS).where(ticket.c.id == bindparam("ticket"))
_LOCK = _GET.with_for_update(key_share=True)
_STANDING = (
    select(*COLUMNS)
    .where(
        ticket.c.type == bindparam("type"),
        ticket.c.status == bindparam("status"),
        ticket.c.status_category == bindparam("category"),
        ticket.c.number > bindparam("after"),
    )
    .order_by(ticket.c.number)
    .limit(bindparam("most", type_=Integer))
)
_LASTS, _NOW = bindparam("lasts", type_=Interval), bindparam("now", type_=DateTime(timezone=True))
# As `moving_on.py` has it: neither sooner than so long after it came there, nor later than so long after now.
_MISTIMED = _STANDING.where(
    ticket.c.merged_into.is_(None),
    or_(
        and_(_LASTS.is_(None), ticket.c.moves_on_at.is_not(None)),
        and_(_LASTS.is_not(None), ticket.c.moves_on_at.is_(None)),
        ticket.c.moves_on_at < ticket.c.status_since + _LASTS,
        ticket.c.moves_on_at > _NOW + _LASTS,
    ),
)
_LOCK_STANDING = _STANDING.with_for_update(key_share=True, skip_locked=True)
_WAIT_STANDING = _STANDING.with_for_update(key_share=True)
_LOCK_MISTIMED = _MISTIMED.with_for_update(key_share=True, skip_locked=True)
_WAIT_MISTIMED = _MISTIMED.with_for_update(key_share=True)
_LOCK_ALL = (
    select(*COLUMNS)
    .where(ticket.c.id == any_(bindparam("tickets", type_=ARRAY(Uuid))))
    .order_by(ticket.c.number)
    .with_for_update(key_share=True)
)
_LOCK_LIVE = (
    select(*COLUMNS)
    .where(
        ticket.c.number > bindparam("after"),
        text("ticket.status_category IN ('open', 'active', 'pending')"),
        *_COUNTS,
    )
    .order_by(ticket.c.number)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(key_share=True)
)
_LOCK_FREE = (
    select(*COLUMNS)
    .where(ticket.c.id == any_(bindparam("tickets", type_=ARRAY(Uuid))))
    .order_by(ticket.c.number)
    .with_for_update(key_share=True, skip_locked=True)
)
_THESE = select(*COLUMNS).where(ticket.c.id == any_(bindparam("tickets", type_=ARRAY(Uuid))))
_NUMBERED = select(ticket.c.id).where(ticket.c.number == bindparam("number"))
_TO_REMIND = (
    select(ticket.c.id)
    .where(ticket.c.remind_at.is_not(None), ticket.c.remind_at <= bindparam("now", type_=DateTime(timezone=True)))
    .order_by(ticket.c.remind_at, ticket.c.id)
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)
_NEXT_NUMBER = select(ticket_number.next_value())
# Column by column: what PostgreSQL makes itself cannot be inserted.
_ADD = (
    insert(ticket)
    .values(
        {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in (*COLUMNS, ticket.c.request)}
    )
    .on_conflict_do_nothing(index_elements=[ticket.c.request])
)
_CHANGING = (
    "type",
    "category",
    "status",
    "priority",
    "team_id",
    "assignee_id",
    "updated_at",
    "resolved_at",
    "version",
    "discarded_at",
    "discarded_by",
    "status_category",
    "status_since",
    "fields",
    "tags",
    "due_at",
    "owner_id",
    "owner_team_id",
    "moves_on_at",
    "merged_into",
    "remind_at",
    "sentiment",
    "exchanges",
    "reopenings",
    "hand_offs",
    "escalated_at",
)
_SAVE = (
    update(ticket)
    .where(ticket.c.id == bindparam("ticket"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_HEARD = text("""
    UPDATE ticket SET sentiment = coalesce(:sentiment, sentiment),
        exchanges = exchanges + (id = ANY (:exchanged))::integer
    WHERE id = ANY (:tickets)
""").bindparams(
    bindparam("tickets", type_=ARRAY(Uuid)),
    bindparam("exchanged", type_=ARRAY(Uuid)),
    bindparam("sentiment", type_=Text),
)
_TO_MOVE_ON = (
    select(ticket.c.id)
    .where(ticket.c.moves_on_at <= bindparam("now"), ticket.c.discarded_at.is_(None))
    .order_by(ticket.c.moves_on_at, ticket.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("skip"))
)
# By the index that holds a customer's live tickets only: however many they have had, it costs what is open.
_COUNT_OPEN = text("""
    SELECT count(*) FROM (
        SELECT FROM ticket
        WHERE customer_id = :customer AND resolved_at IS NULL AND discarded_at IS NULL
            AND conversation_id = :conversation AND merged_into IS NULL
            AND status_category IN ('open', 'active', 'pending')
        LIMIT 100
    ) AS live
""").bindparams(bindparam("customer", type_=Uuid), bindparam("conversation", type_=Uuid))
_ENTITY = func.jsonb_array_elements(ai_context.c.entities).table_valued(column("value", JSONB), name="entity")
_REFERENCES = (
    select(ai_context.c.ticket_id, func.array_agg(_ENTITY.c.value["value"].astext.distinct()))
    .join(_ENTITY, _ENTITY.c.value["kind"].astext == "order")
    .where(ai_context.c.ticket_id == any_(bindparam("tickets", type_=ARRAY(Uuid))))
    .group_by(ai_context.c.ticket_id)
)


def ticket_of(row: Row | Mapping[str, Any]) -> Ticket:
    """Of a row with COLUMNS and nothing else."""
    values = dict(row.items())
    values["priority"] = Priority(values["priority"])
    values["status_category"] = StatusCategory(values["status_category"])
    values["tags"] = tuple(values["tags"])
    values["sentiment"] = Sentiment(values["sentiment"]) if values["sentiment"] else None
    return Ticket(**values)


def _at(place: Standing) -> dict[str, object]:
    return {"type": place.type, "status": place.status, "category": place.category.value}


def _plain(ticket: Ticket) -> dict[str, object]:
    """What its row holds otherwise than the value."""
    return {
        "priority": ticket.priority.value,
        "status_category": ticket.status_category.value,
        "fields": dict(ticket.fields),
        "tags": list(ticket.tags),
        "sentiment": ticket.sentiment.value if ticket.sentiment else None,
    }


class Tickets:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def next_number(self) -> int:
        return int((await self._session.execute(_NEXT_NUMBER)).scalar())

    async def add(self, new: Ticket, *, request: str | None) -> bool:
        values = {column.name: getattr(new, column.name) for column in COLUMNS}
        values |= _plain(new) | {"request": request}
        new_row = {f"new_{name}": value for name, value in values.items()}
        return (await self._session.execute(_ADD, new_row)).rowcount == 1

    async def save(self, changed: Ticket) -> None:
        values = {name: getattr(changed, name) for name in _CHANGING} | _plain(changed)
        new = {f"new_{name}": value for name, value in values.items()}
        await self._session.execute(_SAVE, {"ticket": changed.id} | new)

    async def heard(self, sentiment: Sentiment | None, *, of: Collection[UUID], exchanged: Collection[UUID]) -> None:
        heard = {"tickets": list(of), "exchanged": list(exchanged), "sentiment": sentiment and sentiment.value}
        await self._session.execute(_HEARD, heard)

    async def get(self, ticket_id: UUID) -> Ticket:
        return await self._one(_GET, ticket_id)

    async def lock(self, ticket_id: UUID) -> Ticket:
        return await self._one(_LOCK, ticket_id)

    async def _one(self, statement: Select[Any], ticket_id: UUID) -> Ticket:
        row = (await self._session.execute(statement, {"ticket": ticket_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such ticket.")
        return ticket_of(row)

    async def lock_all(self, ticket_ids: Collection[UUID]) -> Sequence[Ticket]:
        rows = (await self._session.execute(_LOCK_ALL, {"tickets": list(ticket_ids)})).all()
        if len(rows) < len(set(ticket_ids)):
            raise NotFound("There is no such ticket.")
        return [ticket_of(row) for row in rows]

    async def lock_live(self, *, after: int, most: int) -> Sequence[Ticket]:
        return [ticket_of(row) for row in await self._session.execute(_LOCK_LIVE, {"after": after, "most": most})]

    async def lock_free(self, ticket_ids: Collection[UUID]) -> Sequence[Ticket]:
        return [ticket_of(row) for row in await self._session.execute(_LOCK_FREE, {"tickets": list(ticket_ids)})]

    async def these(self, ticket_ids: Collection[UUID]) -> Sequence[Ticket]:
        """Those of them that there are, not locked, in no order."""
        return [ticket_of(row) for row in await self._session.execute(_THESE, {"tickets": list(ticket_ids)})]

    async def numbered(self, number: int) -> UUID:
        row = (await self._session.execute(_NUMBERED, {"number": number})).one_or_none()
        if row is None:
            raise NotFound(f"There is no ticket #{number}.")
        ticket_id: UUID = row.id
        return ticket_id

    async def to_remind(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        rows = await self._session.execute(_TO_REMIND, {"now": now, "most": most, "skip": skip})
        return [row.id for row in rows]

    async def _concerned(self, here: Select[Any], elsewhere: Select[Any], conversation_id: UUID) -> list[Ticket]:
        parameters = {"conversation": conversation_id}
        rows = [*await self._session.execute(here, parameters), *await self._session.execute(elsewhere, parameters)]
        return [ticket_of(row) for row in rows]

    async def lock_recent(self, conversation_id: UUID) -> Sequence[Ticket]:
        rows = await self._session.execute(_LOCK_RECENT, {"conversation": conversation_id})
        return [ticket_of(row) for row in rows]

    async def to_move_on(self, now: datetime, *, most: int, skip: int = 0) -> Sequence[UUID]:
        rows = await self._session.execute(_TO_MOVE_ON, {"now": now, "most": most, "skip": skip})
        return [row[0] for row in rows]

    async def lock_standing(self, place: Standing, *, after: int, most: int) -> Sequence[Ticket]:
        statement = _WAIT_STANDING if most == 1 else _LOCK_STANDING
        rows = await self._session.execute(statement, _at(place) | {"after": after, "most": most})
        return [ticket_of(row) for row in rows]

    async def lock_mistimed(
        self, place: Standing, lasts: timedelta | None, *, now: datetime, after: int, most: int
    ) -> Sequence[Ticket]:
        statement = _WAIT_MISTIMED if most == 1 else _LOCK_MISTIMED
        values = _at(place) | {"lasts": lasts, "now": now, "after": after, "most": most}
        return [ticket_of(row) for row in await self._session.execute(statement, values)]

    async def lock_concerned(self, conversation_id: UUID) -> Sequence[Ticket]:
        return await self._concerned(_LOCK_RECENT, _LOCK_ELSEWHERE, conversation_id)

    async def count_open(self, conversation_id: UUID, customer_id: UUID) -> int:
        asked = {"conversation": conversation_id, "customer": customer_id}
        return int((await self._session.execute(_COUNT_OPEN, asked)).scalar())

    async def known(self, conversation_id: UUID) -> Sequence[KnownTicket]:
        tickets = await self._concerned(_RECENT, _ELSEWHERE, conversation_id)
        if not tickets:
            return []
        parameters = {"tickets": [known.id for known in tickets]}
        references = {row[0]: tuple(row[1]) for row in await self._session.execute(_REFERENCES, parameters)}
        return [
            KnownTicket(
                known.id,
                known.number,
                known.subject,
                known.type,
                known.category,
                known.status_category.value,
                references.get(known.id, ()),
            )
            for known in tickets
        ]
