"""Several tickets locked together, in the one order in which nobody waits in a circle (docs/architecture.md)."""

from collections.abc import Collection
from uuid import UUID

from ticketing.ports import UnitOfWork
from ticketing.tickets.ticket import Ticket


async def lock_tickets(ticket_ids: Collection[UUID], uow: UnitOfWork) -> dict[UUID, Ticket]:
    """All their conversations before any of them; by their ids. Raises NotFound."""
    for conversation_id in await uow.merges.conversations_of(ticket_ids):
        await uow.conversations.lock(conversation_id)
    return {each.id: each for each in await uow.tickets.lock_all(ticket_ids)}
