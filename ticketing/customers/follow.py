"""A customer has changed: whatever shows them is shown anew."""

from datetime import datetime
from uuid import UUID

from ticketing.ports import UnitOfWork
from ticketing.tickets.events import ConversationChanged, TicketCustomerChanged

MOST_SHOWN = 200  # cards of one customer that are kept true, the newest; nobody reads the older ones


async def follow_customer(customer_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """Run after a customer changed; safe to repeat."""
    async with uow:
        shown = await uow.customers.shown(customer_id, most=MOST_SHOWN)
        for ticket_id in shown.tickets:
            uow.emit(TicketCustomerChanged(ticket_id=ticket_id, at=now))
        for conversation_id in shown.conversations:
            uow.emit(ConversationChanged(conversation_id=conversation_id, at=now))
