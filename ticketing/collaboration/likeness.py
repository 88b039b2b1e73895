"""Ask for the tickets that are likely the same issue as this one."""

from collections.abc import Sequence
from uuid import UUID

from ticketing.collaboration.duplicates import Likely, likely
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork

LOOKED_AT = 30  # of the customer's newest tickets, whatever they have had


async def likely_duplicates(ticket_id: UUID, *, by: Person, uow: UnitOfWork) -> Sequence[Likely]:
    """The best reasons first. Raises NotFound, PermissionRefused."""
    async with uow:
        require(person_acting(by), Act.MERGE)
        ticket = await uow.merges.candidate(ticket_id)
        return likely(ticket, await uow.merges.candidates(ticket_id, most=LOOKED_AT))
