"""Tags: words of the desk's own by which it finds tickets again. They are recorded: no place for a customer's data."""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record
from ticketing.people.actor import Actor, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import Changed, require_standing
from ticketing.tickets.events import TicketChanged
from ticketing.tickets.save import save_change
from ticketing.tickets.ticket import MOST_TAGS, Ticket

TAG_LENGTH = 40  # characters


class TagRefused(Refused):
    """Empty, too long, or one too many."""


def normalised(words: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: without regard to case and spaces around, each once. Raises TagRefused."""
    tags = []
    for word in words:
        plain = unicodedata.normalize("NFC", "".join(char if char.isprintable() else " " for char in word).casefold())
        tag = " ".join(plain.split())
        if not 1 <= len(tag) <= TAG_LENGTH:
            raise TagRefused(f"A tag has 1 to {TAG_LENGTH} characters; “{tag[:80]}” has {len(tag)}.")
        tags.append(tag)
    return tuple(dict.fromkeys(tags))


def retag(ticket: Ticket, *, add: Iterable[str] = (), remove: Iterable[str] = (), by: Actor, at: datetime) -> Changed:
    """Raises TagRefused, PermissionRefused, TicketIsDiscarded."""
    gone = set(normalised(remove))
    tags = tuple(dict.fromkeys([tag for tag in ticket.tags if tag not in gone] + list(normalised(add))))
    if tags == ticket.tags:
        return Changed(ticket)
    require(by, Act.TAG, ticket)
    require_standing(ticket)
    if len(tags) > MOST_TAGS:
        raise TagRefused(f"A ticket has {MOST_TAGS} tags at most; this would make {len(tags)}.")
    record = Record("tags.changed", by, at, {"tags": list(ticket.tags)}, {"tags": list(tags)})
    return Changed(replace(ticket.touched(at), tags=tags), record, TicketChanged(ticket_id=ticket.id, at=at))


async def tag(
    ticket_id: UUID, *, add: Iterable[str], remove: Iterable[str], by: Person, uow: UnitOfWork, now: datetime
) -> Ticket:
    """Raises as `retag`, and NotFound."""
    async with uow:
        ticket = await uow.tickets.lock(ticket_id)
        return await save_change(retag(ticket, add=add, remove=remove, by=person_acting(by), at=now), uow=uow)
