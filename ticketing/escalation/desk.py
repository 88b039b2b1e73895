"""The part of the desk by which people give tickets back to the AI. `ticketing/desk.py` is the whole of it."""

from dataclasses import dataclass
from uuid import UUID

from ticketing.escalation.hand_back import hand_back
from ticketing.part import Part
from ticketing.people.person import Person
from ticketing.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Escalating(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def hand_back(self, ticket_id: UUID, *, by: Person, seen: int | None = None) -> Ticket:
        """Raises ChangedMeanwhile, PermissionRefused, NotFound."""
        return await hand_back(ticket_id, by=by, seen=seen, uow=self.start(), now=self.clock())
