"""A saved reply with what it leaves open filled in, for one ticket."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import NotFound, Refused
from ticketing.fields.give import look_around
from ticketing.fields.values import show
from ticketing.fields.visibility import in_view
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.playbook.places import FIELD, PLACE, PLACES, places
from ticketing.playbook.playbook import Playbook, SavedReply
from ticketing.ports import UnitOfWork
from ticketing.tickets.ticket import Ticket

_GAP = re.compile(r"[^\S\n]+(?=[,.!?;:)]|$)", re.MULTILINE)  # left where there was nothing to fill in


class ReplyIncomplete(Refused):
    """Something that a saved reply fills in has no value."""


async def filled_in(
    reply: SavedReply, ticket: Ticket, playbook: Playbook, *, by: Person | None = None, uow: UnitOfWork, now: datetime
) -> str:
    """`by`: who sends it; None: it goes by itself, and the ticket's assignee speaks. What has no value is left out."""
    return rendered(reply.text, await _values(reply, ticket, playbook, by, uow, now))


async def filled_replies(
    ticket: Ticket, playbook: Playbook, *, by: Person, most: int, uow: UnitOfWork, now: datetime
) -> Sequence[SavedReply]:
    """The playbook's, each with everything filled in for this ticket. Those that lack something are left out, and those
    that say how something came out: nobody knows here whether it did.
    """
    replies = [each for key, each in playbook.replies.items() if key not in playbook.results][:most]
    if not replies:
        return ()
    every = SavedReply("", "", "\n".join(each.text for each in replies))
    values = await _values(every, ticket, playbook, by, uow, now)
    return [replace(each, text=rendered(each.text, values)) for each in replies if not _missing(each, values)]


def _missing(reply: SavedReply, values: Mapping[str, str]) -> list[str]:
    """The places of it that have no value, in their order."""
    return list(dict.fromkeys(name for _, name in places(reply.text) if not values.get(name, "").strip()))


async def _values(
    reply: SavedReply, ticket: Ticket, playbook: Playbook, by: Person | None, uow: UnitOfWork, now: datetime
) -> dict[str, str]:
    names = {name for _, name in places(reply.text)}
    around = await look_around(ticket, playbook, uow=uow)
    shown = in_view(ticket, playbook, now=now, around=around).keys  # a hidden value is nobody's business
    values = values_of(
        replace(ticket, fields={key: value for key, value in ticket.fields.items() if key in shown}), playbook
    )
    if "customer.name" in names:
        values["customer.name"] = (await uow.customers.get(ticket.customer_id)).name
    if "agent.name" in names:
        agent = by or (await uow.people.get(ticket.assignee_id) if ticket.assignee_id else None)
        values["agent.name"] = agent.name if agent else ""
    return values


async def saved_replies(ticket_id: UUID, *, by: Person, uow: UnitOfWork) -> Sequence[SavedReply]:
    """Those that the playbook has, for somebody who answers about this ticket. Raises PermissionRefused, NotFound."""
    async with uow:
        require(person_acting(by), Act.REPLY, await uow.tickets.get(ticket_id))
        return tuple((await uow.playbook()).replies.values())


async def fill_saved_reply(ticket_id: UUID, key: str, *, by: Person, uow: UnitOfWork, now: datetime) -> str:
    """The words for the box that a reply is written in. They are not sent by this.

    Raises ReplyIncomplete (something that it names has no value: never with holes), NotFound, PermissionRefused.
    """
    async with uow:
        ticket = await uow.tickets.get(ticket_id)
        require(person_acting(by), Act.REPLY, ticket)
        playbook = await uow.playbook()
        reply = playbook.replies.get(key)
        if reply is None:
            raise NotFound("There is no such saved reply any more. Choose another one.")
        values = await _values(reply, ticket, playbook, by, uow, now)
        if missing := _missing(reply, values):
            names = ", ".join(_called(name, playbook) for name in missing)
            raise ReplyIncomplete(
                f"“{reply.label}” needs what #{ticket.number} does not have: {names}. Fill it in first, or write it "
                "yourself."
            )
        return rendered(reply.text, values)


def _called(name: str, playbook: Playbook) -> str:
    """As people know it: "the customer's name", or the label of the field."""
    field = playbook.fields.get(name.removeprefix(FIELD)) if name.startswith(FIELD) else None
    return field.label if field else PLACES.get(name, name)


def values_of(ticket: Ticket, playbook: Playbook) -> dict[str, str]:
    """What the ticket itself has to say, by the name of the place."""
    own = {
        "ticket.number": str(ticket.number),
        "ticket.subject": ticket.subject,
        "ticket.type": playbook.type(ticket.type).label,
        "ticket.category": playbook.category(ticket.category),
        "ticket.status": playbook.lifecycle(ticket.type).status(ticket.status).label,
    }
    fields = {FIELD + key: show(field, ticket.fields.get(key)) for key, field in playbook.fields.items()}
    return own | fields


def rendered(text: str, values: Mapping[str, str]) -> str:
    """The text as its reader gets it."""
    return _GAP.sub("", PLACE.sub(lambda place: values.get(place[1].strip(), ""), text)).strip()
