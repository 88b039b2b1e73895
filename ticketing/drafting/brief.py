"""What a brain is told to draft a reply: read from the ticket and its own room, and from nothing else."""

from datetime import datetime
from uuid import UUID

from ticketing.drafting.draft import Brief
from ticketing.fields.give import look_around
from ticketing.fields.values import is_given, show
from ticketing.fields.visibility import in_view
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.saved_reply import filled_replies

_MOST_LINES = 12
_LONGEST_LINE = 2_000  # characters
_MOST_REPLIES = 30


async def brief_of(ticket_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> Brief:
    """Inside a transaction. What is hidden on the ticket is nobody's business. Raises NotFound."""
    ticket = await uow.tickets.get(ticket_id)
    playbook = await uow.playbook()
    around = await look_around(ticket, playbook, uow=uow)
    shown = in_view(ticket, playbook, now=now, around=around).fields
    given = {
        each.label: show(each, ticket.fields[each.key]) for each in shown if is_given(each, ticket.fields.get(each.key))
    }
    return Brief(
        subject=ticket.subject,
        type=playbook.type(ticket.type).label,
        category=playbook.category(ticket.category),
        status=playbook.lifecycle(ticket.type).status(ticket.status).label,
        customer=(await uow.customers.get(ticket.customer_id)).name,
        agent=by.name,
        lines=await uow.drafts.lines(ticket_id, most=_MOST_LINES, longest=_LONGEST_LINE),
        fields=given,
        replies=await filled_replies(ticket, playbook, by=by, most=_MOST_REPLIES, uow=uow, now=now),
        number=ticket.number,
        conversation_id=ticket.conversation_id,
    )
