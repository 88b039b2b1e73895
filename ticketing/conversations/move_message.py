"""A message on the wrong ticket is put where it belongs: on another one, on one of its own, or on none in particular.

What left a ticket's room stays there as a line that says where it went: nothing vanishes in silence.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from core.errors import NotFound
from ticketing.activity.record import Record, Stream, Value
from ticketing.conversations.conversation import Conversation, Direction, Message
from ticketing.people.actor import customer_acting, person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.tickets.by_itself import move_by_itself
from ticketing.tickets.changes import CorrectionRefused
from ticketing.tickets.events import MessageMoved
from ticketing.tickets.open_ticket import NewTicket, add_ticket, carry
from ticketing.tickets.ports import Attribution
from ticketing.tickets.ticket import Ticket
from ticketing.triage.correction import Corrected, Correction, Labels
from ticketing.triage.decide import Rules, first_words


async def move_message(entry_id: UUID, to: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> None:
    """The message that this entry of a ticket's room shows belongs to ticket `to`, which goes on as if the customer
    had written it there (SPEC 2.5).

    Safe to repeat. Raises CorrectionRefused (a colleague moved it elsewhere, that ticket is not open), NotFound,
    PermissionRefused.
    """
    async with uow:
        place = await _Place.enter(entry_id, by, uow, now)
        if place.here.moved_to == to or (to == place.here.ticket_id and place.belongs_here):
            return
        place.require_here()
        target = next((ticket for ticket in place.live if ticket.id == to), None)
        if target is None:
            raise CorrectionRefused("That ticket is not open any more. Reopen it first, or choose another one.")
        reading = await uow.corrections.reading_of_message(place.message.id, place.conversation.id)
        right: Labels = {"ticket": target.number}
        if "category" in reading.said:
            right = {**right, "type": target.type, "category": target.category}
        await place.attribute_to(target)
        await place.keep(Correction.MOVED, target.id, right)
        playbook = await uow.playbook()
        if (then := playbook.lifecycle(target.type).status(target.status).when_answered) is not None:
            customer = customer_acting(place.conversation.customer_id, "Customer")
            await move_by_itself(target, then, by=customer, playbook=playbook, uow=uow, now=now)


async def split_message(entry_id: UUID, *, by: Person, rules: Rules, uow: UnitOfWork, now: datetime) -> Ticket:
    """The message is an issue of its own: a new ticket like the one it stood on, with its first words as the subject.

    Raises CorrectionRefused (it has been moved already), NotFound, PermissionRefused.
    """
    async with uow:
        place = await _Place.enter(entry_id, by, uow, now)
        place.require_here()
        like = await uow.tickets.lock(place.here.ticket_id)
        new = NewTicket(first_words(place.message.text), like.priority, like.type, like.category)
        ticket = await add_ticket(
            place.conversation,
            new,
            by=person_acting(by),
            assignee_id=like.assignee_id,
            uow=uow,
            now=now,
        )
        assert ticket is not None, "only a request can have been answered before"
        # It may stand on a ticket that is settled, in a conversation that is: now there is work in it again.
        conversation = await carry(place.conversation, ticket, person_acting(by), rules=rules, uow=uow, now=now)
        place = replace(place, conversation=conversation)
        await place.attribute_to(ticket)
        await place.keep(Correction.SPLIT, ticket.id, {"ticket_worthy": True, "ticket": ticket.number})
        return ticket


async def release_message(entry_id: UUID, *, by: Person, uow: UnitOfWork, now: datetime) -> None:
    """The message concerns no ticket in particular: all open ones of the conversation show it, and none is its own.

    Safe to repeat. Raises CorrectionRefused (it has been moved already), NotFound, PermissionRefused.
    """
    async with uow:
        place = await _Place.enter(entry_id, by, uow, now)
        place.require_here()
        staying = {each.ticket_id for each in place.rooms if each.moved_to is None}
        if not any(each.concerns for each in place.rooms if each.ticket_id in staying):
            return
        rooms = staying | {ticket.id for ticket in place.live}
        await uow.room.attribute(place.message.id, sorted(rooms), concerns=False, at=now)
        await place.record(rooms, None)
        await place.keep(Correction.MOVED, place.here.ticket_id, {"ticket": None, "type": None, "category": None})


async def places_to_go(entry_id: UUID, *, by: Person, uow: UnitOfWork) -> list[Ticket]:
    """The open tickets of the conversation that the message could belong to instead. Raises CorrectionRefused: none."""
    async with uow:
        require(person_acting(by), Act.CORRECT)
        here = await uow.room.entry(entry_id)
        conversation = await uow.conversations.lock_of(here.ticket_id)
        tickets = await uow.tickets.lock_recent(conversation.id)
    live = [each for each in tickets if each.is_live and each.id != here.ticket_id]
    if not live:
        raise CorrectionRefused("There is no other open ticket in this conversation. “New ticket from this” opens one.")
    return live


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a message stands, with everything locked that moving it may touch."""

    conversation: Conversation
    message: Message
    here: Attribution
    rooms: list[Attribution]  # all that show it, or showed it once
    live: list[Ticket]
    by: Person
    uow: UnitOfWork
    now: datetime

    @classmethod
    async def enter(cls, entry_id: UUID, by: Person, uow: UnitOfWork, now: datetime) -> Self:
        require(person_acting(by), Act.CORRECT)
        entry = await uow.room.entry(entry_id)
        conversation = await uow.conversations.lock_of(entry.ticket_id)
        message = await uow.messages.lock(entry.message_id)
        if message.direction is not Direction.INBOUND:
            raise NotFound("Only what the customer wrote can be moved.")
        tickets = await uow.tickets.lock_recent(conversation.id)
        live = [ticket for ticket in tickets if ticket.is_live]
        rooms = list(await uow.room.attributions(message.id))  # read anew: whoever moved it held the conversation
        here = next(each for each in rooms if each.ticket_id == entry.ticket_id)
        return cls(conversation, message, here, rooms, live, by, uow, now)

    @property
    def belongs_here(self) -> bool:
        """It is this ticket's, and stands as nobody's in no other room."""
        vague = any(not each.concerns and each.moved_to is None for each in self.rooms)
        return self.here.concerns and self.here.moved_to is None and not vague

    def require_here(self) -> None:
        """Raises CorrectionRefused: who looks at an old menu is told where the message is now."""
        if self.here.moved_to is not None:
            raise CorrectionRefused(
                f"{self.here.moved_by} has already moved this message to #{self.here.moved_to_number}. Move it from "
                "there."
            )

    async def attribute_to(self, target: Ticket) -> None:
        """It leaves this room, and those that showed it without being meant."""
        leaving = [
            each.ticket_id
            for each in self.rooms
            if each.ticket_id != target.id
            and each.moved_to is None
            and (each.ticket_id == self.here.ticket_id or not each.concerns)
        ]
        await self.uow.room.move_away(self.message.id, leaving, to=target.id, by=self.by.id)
        await self.uow.room.attribute(self.message.id, [target.id], concerns=True, at=self.now)
        await self.record([*leaving, target.id], target)

    async def record(self, ticket_ids: Collection[UUID], target: Ticket | None) -> None:
        """On every ticket that it touches."""
        before: dict[str, Value] = {"ticket": str(self.here.ticket_id) if self.here.concerns else None}
        after: dict[str, Value] = {"ticket": str(target.id) if target else None, "message": str(self.message.id)}
        record = Record("message.moved", person_acting(self.by), self.now, before, after)
        for ticket_id in sorted(ticket_ids):
            await self.uow.activity.append(Stream("ticket", ticket_id), [record])
            self.uow.emit(MessageMoved(ticket_id=ticket_id, at=self.now))
        await self.uow.conversations.save(replace(self.conversation, version=self.conversation.version + 1))

    async def keep(self, kind: Correction, ticket_id: UUID, right: Labels) -> None:
        """As an example."""
        reading = await self.uow.corrections.reading_of_message(self.message.id, self.conversation.id)
        said = {**reading.said, "ticket": self.here.number if self.here.concerns else None}
        corrected = Corrected(
            kind, self.conversation.id, ticket_id, replace(reading, said=said), right, self.by, self.now
        )
        await self.uow.corrections.add(corrected)
