"""Link two tickets, or take a link away. Both have it in their record."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ticketing.activity.record import Record, Stream
from ticketing.collaboration.link import Link, Linked, LinkKind, LinkRefused
from ticketing.collaboration.locking import lock_tickets
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import require_standing
from ticketing.tickets.events import TicketChanged
from ticketing.tickets.ticket import Ticket


async def link(origin: UUID, kind: LinkKind, target: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> None:
    """`origin` relates to, duplicates, blocks, or is the parent of `target`. Safe to repeat.

    Raises LinkRefused (itself, a circle, a second parent), TicketIsDiscarded, PermissionRefused, NotFound.
    """
    actor = person_acting(by)
    wanted = Link.of(kind, origin, target)
    async with uow:
        require(actor, Act.LINK)
        await uow.links.hold()
        both = await lock_tickets((origin, target), uow)
        known = {each.link for each in await uow.links.of(origin)}
        if wanted in known:
            return
        for ticket in both.values():
            require_standing(ticket)
        await _require_no_circle(wanted, known, both, uow)
        if await uow.links.add(wanted, by=by.name, at=now):
            await record_link("link.added", wanted, by=actor, uow=uow, now=now)


async def unlink(origin: UUID, kind: LinkKind, target: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> None:
    """Safe to repeat. Raises PermissionRefused, NotFound."""
    actor = person_acting(by)
    unwanted = Link.of(kind, origin, target)
    async with uow:
        require(actor, Act.LINK)
        await uow.links.hold()
        await lock_tickets((origin, target), uow)
        if await uow.links.remove(unwanted):
            await record_link("link.removed", unwanted, by=actor, uow=uow, now=now)


async def links(ticket_id: UUID, *, by: Person, uow: UnitOfWork) -> Sequence[Linked]:
    """What it is linked with."""
    async with uow:
        require(person_acting(by), Act.LINK)
        return await uow.links.of(ticket_id)


async def _require_no_circle(wanted: Link, known: set[Link], both: dict[UUID, Ticket], uow: UnitOfWork) -> None:
    origin, target = both[wanted.origin], both[wanted.target]
    back = Link(wanted.kind, wanted.target, wanted.origin)
    circles = wanted.kind.may_not_circle and await uow.links.leads(wanted.kind, target.id, origin.id)
    if circles or (wanted.kind.is_directed and back in known):
        raise LinkRefused(
            f"#{target.number} {wanted.words_from(origin.id)} #{origin.number} already, directly or over others: the "
            "other way round as well would be a circle."
        )
    parent = await uow.links.parent_of(target.id) if wanted.kind is LinkKind.PARENT else None
    if parent is not None:
        raise LinkRefused(f"#{target.number} is a child of #{parent} already. Take that link away first.")


async def record_link(kind: str, about: Link, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """In both tickets' streams, and for both their cards."""
    what = {"link": about.kind.value, "origin": str(about.origin), "target": str(about.target)}
    before, after = ({}, what) if kind == "link.added" else (what, {})
    for ticket_id in sorted((about.origin, about.target)):
        await uow.activity.append(Stream("ticket", ticket_id), [Record(kind, by, now, before, after)])
        uow.emit(TicketChanged(ticket_id=ticket_id, at=now))
