"""Tickets."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import NotFound
from storage.rows import AnyRow, AnySelect
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
)


def _ticket(row: AnyRow) -> Ticket:
    values = row._asdict()
    values["priority"] = Priority(values["priority"])
    return Ticket(**values)


def _recent(conversation_id: UUID) -> AnySelect:
    newest = (
        select(ticket.c.id)
        .where(ticket.c.conversation_id == conversation_id)
        .order_by(ticket.c.number.desc())
        .limit(RECENT)
    )
    return select(*_COLUMNS).where(ticket.c.id.in_(newest)).order_by(ticket.c.number)


class Tickets:
    def __init__(self, connection: AsyncConnection, lifecycle: Lifecycle) -> None:
        self._connection = connection
        self._lifecycle = lifecycle

    async def next_number(self) -> int:
        return (await self._connection.execute(select(ticket_number.next_value()))).scalar_one()

    async def add(self, new: Ticket) -> None:
        await self._connection.execute(ticket.insert().values(asdict(new) | {"priority": new.priority.value}))

    async def save(self, changed: Ticket) -> None:
        await self._connection.execute(
            update(ticket)
            .where(ticket.c.id == changed.id)
            .values(
                status=changed.status,
                priority=changed.priority.value,
                team_id=changed.team_id,
                assignee_id=changed.assignee_id,
                updated_at=changed.updated_at,
                resolved_at=changed.resolved_at,
                version=changed.version,
            )
        )

    async def lock(self, ticket_id: UUID) -> Ticket:
        row = (
            await self._connection.execute(select(*_COLUMNS).where(ticket.c.id == ticket_id).with_for_update())
        ).one_or_none()
        if row is None:
            raise NotFound("There is no such ticket.")
        return _ticket(row)

    async def lock_recent(self, conversation_id: UUID) -> Sequence[Ticket]:
        rows = await self._connection.execute(_recent(conversation_id).with_for_update())
        return [_ticket(row) for row in rows]

    async def known(self, conversation_id: UUID) -> Sequence[KnownTicket]:
        tickets = [_ticket(row) for row in await self._connection.execute(_recent(conversation_id))]
        if not tickets:
            return []
        references = await self._references([known.id for known in tickets])
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

    async def _references(self, ticket_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
        entity = func.jsonb_array_elements(ai_context.c.entities).table_valued("value", name="entity")
        kind, value = entity.c.value.op("->>")("kind"), entity.c.value.op("->>")("value")
        rows = await self._connection.execute(
            select(ai_context.c.ticket_id, func.array_agg(value.distinct()))
            .select_from(ai_context)
            .join(entity, kind == "order")
            .where(ai_context.c.ticket_id.in_(ticket_ids))
            .group_by(ai_context.c.ticket_id)
        )
        return {ticket_id: tuple(values) for ticket_id, values in rows}
