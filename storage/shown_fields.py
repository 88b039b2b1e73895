"""The fields that a ticket's card shows, from its row."""

from datetime import datetime
from uuid import UUID

from storage.database import Row
from ticketing.customers.customer import Customer
from ticketing.fields.surroundings import Surroundings
from ticketing.fields.values import is_given, show
from ticketing.fields.visibility import in_view
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.card import ShownField
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority, Sentiment


def shown_fields(row: Row, ticket_id: UUID, playbook: Playbook, *, now: datetime) -> tuple[ShownField, ...]:
    """Those that are there and have a value. `row` is of `storage/queries/rooms.py: CARD`."""
    if not row.fields or not playbook.type(row.type).fields:
        return ()
    ticket, around = _ticket(row, ticket_id), Surroundings(row.channel, row.team, _customer(row))
    return tuple(
        ShownField(
            field.label,
            show(field, ticket.fields[field.key]),
            stale=field.key in (row.stale_fields or ()),
            by_ai=field.key in (row.fields_by_ai or ()),
        )
        for field in in_view(ticket, playbook, now=now, around=around).fields
        if is_given(field, ticket.fields.get(field.key))
    )


def _ticket(row: Row, ticket_id: UUID) -> Ticket:
    return Ticket(
        id=ticket_id,
        number=row.number,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        type=row.type,
        category=row.category,
        subject=row.subject,
        description="",
        status=row.status,
        status_category=StatusCategory(row.status_category),
        priority=Priority(row.priority),
        team_id=None,
        assignee_id=row.assignee_id,
        reporter=row.reporter,
        created_at=row.created_at,
        updated_at=row.created_at,
        status_since=row.status_since,
        fields=row.fields,
        tags=tuple(row.tags),
        due_at=row.due_at,
        sentiment=Sentiment(row.tone) if row.tone else None,
        exchanges=row.exchanges,
        reopenings=row.reopenings,
        hand_offs=row.hand_offs,
        escalated_at=row.escalated_at,
    )


def _customer(row: Row) -> Customer:
    return Customer(row.customer_id, row.customer, row.created_at, row.tier, row.language, row.time_zone, row.custom)
