"""All that people have arranged around a ticket, for one screen: who answers for it, until when, who watches, what it
goes with, and what whoever looks may change.
"""

from dataclasses import dataclass
from uuid import UUID

from ticketing.collaboration.duplicates import Likely, likely
from ticketing.collaboration.likeness import LOOKED_AT
from ticketing.collaboration.link import Linked
from ticketing.collaboration.watcher import Watcher
from ticketing.collaboration.watching import team_of
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, may, require
from ticketing.people.person import Person, Team
from ticketing.ports import UnitOfWork
from ticketing.tickets.card import TicketName
from ticketing.tickets.changes import require_standing
from ticketing.tickets.ticket import Ticket

MOST_LISTED = 30  # watchers, links and merged tickets, each


@dataclass(frozen=True, slots=True)
class Overview:
    """The ticket as it stands. Of watchers, links and merged tickets, as many as a screen takes."""

    ticket: Ticket
    owner: Person | Team | None = None
    watchers: tuple[Watcher, ...] = ()  # the longest first
    watches: bool = False  # whoever looks
    links: tuple[Linked, ...] = ()  # the oldest first
    merged: tuple[TicketName, ...] = ()  # went on in this one, the newest first
    likely: tuple[Likely, ...] = ()  # the same issue, the best reasons first
    may: frozenset[Act] = frozenset()  # whoever looks, to this ticket


async def overview(ticket_id: UUID, *, by: Person, to: Act | None = None, uow: UnitOfWork) -> Overview:
    """`to`: what somebody is about to do. Changes and locks nothing.

    Raises NotFound; where `to` is given also PermissionRefused, TicketIsDiscarded, TicketIsMerged.
    """
    actor = person_acting(by)
    async with uow:
        ticket = await uow.tickets.get(ticket_id)
        if to is not None:
            require_standing(ticket)
            require(actor, to, ticket)
        watchers = await uow.watchers.of(ticket_id, most=MOST_LISTED)
        return Overview(
            ticket=ticket,
            owner=await _owner(ticket, uow),
            watchers=tuple(watchers),
            watches=await uow.watchers.watches(ticket_id, by.id),
            links=tuple(await uow.links.of(ticket_id, most=MOST_LISTED)),
            merged=tuple(await uow.merges.merged_into(ticket_id, most=MOST_LISTED)),
            likely=await _likely(ticket, uow),
            may=frozenset(act for act in Act if may(actor, act, ticket)),
        )


async def _owner(ticket: Ticket, uow: UnitOfWork) -> Person | Team | None:
    if ticket.owner_team_id is not None:
        return await team_of(ticket.owner_team_id, uow)
    return await uow.people.get(ticket.owner_id) if ticket.owner_id is not None else None


async def _likely(ticket: Ticket, uow: UnitOfWork) -> tuple[Likely, ...]:
    """Nothing is like one that counts nowhere."""
    if ticket.discarded_at is not None or ticket.merged_into is not None:
        return ()
    others = await uow.merges.candidates(ticket.id, most=LOOKED_AT)
    return likely(await uow.merges.candidate(ticket.id), others)
