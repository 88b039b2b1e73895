"""The owner: who is accountable for a ticket, a person or a team, whoever works on it (SPEC 2.2)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Record, Value
from ticketing.collaboration.watching import team_of
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person, Team, still_here
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed, require_standing, require_unchanged
from ticketing.tickets.events import TicketChanged
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import Ticket


def own(ticket: Ticket, owner: Person | Team | None, *, by: Actor, at: datetime) -> Changed:
    """Make them accountable, or nobody. Raises PermissionRefused, TicketIsDiscarded."""
    person_id = owner.id if isinstance(owner, Person) else None
    team_id = owner.id if isinstance(owner, Team) else None
    if (person_id, team_id) == (ticket.owner_id, ticket.owner_team_id):
        return Changed(ticket)
    require_standing(ticket)
    require(by, Act.SET_OWNER, ticket)
    before = _named(ticket.owner_id, ticket.owner_team_id)
    after = _named(person_id, team_id) | {"name": owner.name if owner else None}
    changed = replace(ticket.touched(at), owner_id=person_id, owner_team_id=team_id)
    record = Record("owner.changed", by, at, before, after)
    return Changed(changed, record, TicketChanged(ticket_id=ticket.id, at=at))


async def set_owner(
    ticket_id: UUID,
    *,
    person: UUID | None = None,
    team: UUID | None = None,
    by: Person,
    seen: int | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Ticket:
    """A person, or a team; neither: nobody. Raises as `own`, ChangedMeanwhile, NotFound."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        owner: Person | Team | None = None
        if team is not None:
            owner = await team_of(team, uow)
        elif person is not None:
            owner = still_here(await uow.people.get(person))
        change = own(ticket, owner, by=person_acting(by), at=now)
        if change.record is not None:  # pressed twice, the first time counted
            require_unchanged(ticket, seen)
        return await save_change(change, uow=uow)


def _named(person_id: UUID | None, team_id: UUID | None) -> dict[str, Value]:
    return {"person": str(person_id) if person_id else None, "team": str(team_id) if team_id else None}
