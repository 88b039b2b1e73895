"""Tickets."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, bindparam, column, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.types import Uuid

from core.errors import NotFound
from storage.database import Row, Session
from storage.tables import ai_context, ticket, ticket_number
from ticketing.playbook.lifecycle import Lifecycle
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import KnownTicket, Priority

# A customer of many years does not make every message dearer: the oldest settled tickets are left out.
RECENT = 20

_COLUMNS = (
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
)


_RECENT = (
    select(*_COLUMNS)
    .where(
        ticket.c.conversation_id == bindparam("conversation"),
        ticket.c.discarded_at.is_(None),
        or_(
            ticket.c.resolved_at.is_(None),
            ticket.c.number.in_(
                select(ticket.c.number)
                .where(ticket.c.conversation_id == bindparam("conversation"), ticket.c.discarded_at.is_(None))
                .order_by(ticket.c.number.desc())
                .limit(RECENT)
            ),
        ),
    )
    .order_by(ticket.c.number)
)
_LOCK_RECENT = _RECENT.with_for_update(key_share=True)
_LOCK = select(*_COLUMNS).where(ticket.c.id == bindparam("ticket")).with_for_update(key_share=True)
_NEXT_NUMBER = select(ticket_number.next_value())
_ADD = insert(ticket).on_conflict_do_nothing(index_elements=[ticket.c.request])
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
)
_SAVE = (
    update(ticket)
    .where(ticket.c.id == bindparam("ticket"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_ENTITY = func.jsonb_array_elements(ai_context.c.entities).table_valued(column("value", JSONB), name="entity")
_REFERENCES = (
    select(ai_context.c.ticket_id, func.array_agg(_ENTITY.c.value["value"].astext.distinct()))
    .join(_ENTITY, _ENTITY.c.value["kind"].astext == "order")
    .where(ai_context.c.ticket_id == any_(bindparam("tickets", type_=ARRAY(Uuid))))
    .group_by(ai_context.c.ticket_id)
)


def _ticket(row: Row) -> Ticket:
    values = row.as_dict()
    values["priority"] = Priority(values["priority"])
    return Ticket(**values)


class Tickets:
    def __init__(self, session: Session, lifecycle: Lifecycle) -> None:
        self._session = session
        self._lifecycle = lifecycle

    async def next_number(self) -> int:
        return int((await self._session.execute(_NEXT_NUMBER)).scalar())

    async def add(self, new: Ticket, *, request: str | None) -> bool:
        values = {column.name: getattr(new, column.name) for column in _COLUMNS}
        values |= {"priority": new.priority.value, "request": request}
        return (await self._session.execute(_ADD, values)).rowcount == 1

    async def save(self, changed: Ticket) -> None:
        new = {f"new_{name}": getattr(changed, name) for name in _CHANGING}
        await self._session.execute(_SAVE, {"ticket": changed.id} | new)

    async def lock(self, ticket_id: UUID) -> Ticket:
        row = (await self._session.execute(_LOCK, {"ticket": ticket_id})).one_or_none()
        if row is None:
            raise NotFound("There is no such ticket.")
        return _ticket(row)

    async def lock_recent(self, conversation_id: UUID) -> Sequence[Ticket]:
        rows = await self._session.execute(_LOCK_RECENT, {"conversation": conversation_id})
        return [_ticket(row) for row in rows]

    async def known(self, conversation_id: UUID) -> Sequence[KnownTicket]:
        rows = await self._session.execute(_RECENT, {"conversation": conversation_id})
        tickets = [_ticket(row) for row in rows]
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
                self._lifecycle.status(known.status).category.value,
                references.get(known.id, ()),
            )
            for known in tickets
        ]
