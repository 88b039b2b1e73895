"""What menus offer while somebody types: people, teams, tags and tickets, as far as whoever chooses may choose them.

Everything is cut to what a menu holds. What is chosen is looked at again by the use case that it goes to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.errors import NotFound
from ticketing.collaboration.colleague import Colleague
from ticketing.collaboration.duplicates import Candidate, Likely, likely
from ticketing.collaboration.likeness import LOOKED_AT
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, may, require
from ticketing.people.person import Person, Team
from ticketing.ports import UnitOfWork
from ticketing.tickets.card import TicketName
from ticketing.tickets.search import Query, read_query

MOST_OFFERED = 50


@dataclass(frozen=True, slots=True)
class Everybody:
    """People and teams, for whoever chooses one of either."""

    people: Sequence[Colleague]
    teams: Sequence[Team]


async def assignable(ticket_id: UUID, said: str, *, by: Person, uow: UnitOfWork) -> Sequence[Colleague]:
    """Whom `by` may give this ticket to: themselves first, then its team, then the others. Raises NotFound."""
    async with uow:
        ticket = await uow.tickets.get(ticket_id)
        others = may(person_acting(by), Act.ASSIGN_OTHER, ticket)
        found = await uow.choices.people(said, me=by.id, team=ticket.team_id, most=MOST_OFFERED)
        return [each for each in found if others or each.is_me]


async def members(ticket_id: UUID, team: UUID, said: str, *, by: Person, uow: UnitOfWork) -> Sequence[Colleague]:
    """Who of a team `by` may give this ticket to. Raises NotFound."""
    async with uow:
        ticket = await uow.tickets.get(ticket_id)
        others = may(person_acting(by), Act.ASSIGN_OTHER, ticket)
        found = await uow.choices.people(said, me=by.id, team=team, within=True, most=MOST_OFFERED)
        return [each for each in found if others or each.is_me]


async def everybody(ticket_id: UUID, said: str, *, by: Person, uow: UnitOfWork) -> Everybody:
    """People, the ticket's team before others, and teams. Raises NotFound, PermissionRefused."""
    async with uow:
        require(person_acting(by), Act.WATCH)
        ticket = await uow.tickets.get(ticket_id)
        people = await uow.choices.people(said, me=by.id, team=ticket.team_id, most=MOST_OFFERED)
        wanted = said.strip().casefold()
        teams = [each for each in await uow.people.teams() if wanted in each.name.casefold()]
        return Everybody(people, teams[:MOST_OFFERED])


async def known_tags(said: str, *, by: Person, uow: UnitOfWork) -> Sequence[str]:
    """Tags that the desk has used lately, those that begin so first. Raises PermissionRefused."""
    async with uow:
        require(person_acting(by), Act.TAG)
        return await uow.choices.tags(" ".join(said.casefold().split()), most=MOST_OFFERED)


async def linkable(ticket_id: UUID, said: str, *, by: Person, uow: UnitOfWork) -> Sequence[TicketName]:
    """Tickets by number or words, the newest first; before anything is typed, others of its customer.

    Raises PermissionRefused.
    """
    async with uow:
        require(person_acting(by), Act.LINK)
        if not said.strip():
            others = await uow.merges.candidates(ticket_id, most=LOOKED_AT)
            return [TicketName(each.id, each.number, each.subject) for each in others]
        found = await uow.choices.tickets(as_typed(said), most=MOST_OFFERED)
        return [each for each in found if each.id != ticket_id]


async def mergeable(ticket_id: UUID, said: str, *, by: Person, uow: UnitOfWork) -> Sequence[Likely]:
    """Other tickets of its customer: likely duplicates first, each with its reason; "" where there is none.

    Raises NotFound, PermissionRefused.
    """
    async with uow:
        require(person_acting(by), Act.MERGE)
        ticket = await uow.merges.candidate(ticket_id)
        others = await uow.merges.candidates(ticket_id, most=LOOKED_AT)
        older = await _older(ticket_id, read_query(said), uow)
    alike = likely(ticket, others)
    shown = {each.ticket.id for each in alike}
    rest = [Likely(each, "") for each in (*others, *older) if each.id not in shown]
    wanted = said.strip().removeprefix("#").casefold()
    return [each for each in (*alike, *rest) if wanted in f"{each.ticket.number} {each.ticket.subject}".casefold()]


async def _older(ticket_id: UUID, query: Query, uow: UnitOfWork) -> Sequence[Candidate]:
    """One of the customer's that is not among the newest, where its number was typed."""
    if query.number is None:
        return ()
    try:
        other = await uow.tickets.get(await uow.tickets.numbered(query.number))
    except NotFound:
        return ()
    ticket = await uow.tickets.get(ticket_id)
    newest = await uow.merges.candidates(ticket_id, most=LOOKED_AT)
    counts = other.discarded_at is None and other.merged_into is None
    is_new = counts and other.id not in {ticket.id, *(each.id for each in newest)}
    return (await uow.merges.candidate(other.id),) if is_new and other.customer_id == ticket.customer_id else ()


def as_typed(said: str) -> Query:
    """A question that is still being typed: its last word may be the beginning of one."""
    begun = read_query(f"{said.rstrip()}*" if said and said[-1].isalnum() else said)
    return Query(begun.terms, read_query(said).number)
