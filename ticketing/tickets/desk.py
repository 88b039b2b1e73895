"""The part of the desk by which people work on one ticket. `ticketing/desk.py` is the whole of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.messages import RemoteFile
from ticketing.conversations.first_message import Recipient
from ticketing.conversations.move_message import move_message, places_to_go, release_message, split_message
from ticketing.fields.form import FieldForm, field_form
from ticketing.fields.give import look_around
from ticketing.fields.set_fields import set_fields
from ticketing.fields.values import Raw
from ticketing.part import Part
from ticketing.people.actor import person_acting
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.assign import assign
from ticketing.tickets.card import TicketName
from ticketing.tickets.card_deleted import card_deleted
from ticketing.tickets.change_status import NOTHING, change_status
from ticketing.tickets.change_type import change_type
from ticketing.tickets.changes import transitions
from ticketing.tickets.comment import comment
from ticketing.tickets.discard import discard, restore
from ticketing.tickets.edit_comment import delete_comment, delete_unheard, edit_comment
from ticketing.tickets.open_ticket import NewTicket, open_ticket
from ticketing.tickets.set_priority import set_priority
from ticketing.tickets.status_form import StatusForm, status_form
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority


@dataclass(frozen=True, slots=True)
class TicketWork(Part):
    """Every method is one transaction and raises leaves of Refused, with words for the person."""

    async def comment(
        self,
        ticket_id: UUID,
        text: str,
        *,
        by: Person,
        files: Sequence[RemoteFile] = (),
        source: str | None = None,
        in_thread: bool = False,
        mentions: Collection[UUID] = (),
    ) -> None:
        """Write to the team. `source` names where it was written; `in_thread`: it already stands in the thread.

        `files` are in Slack, and are fetched from there. Whom it names watches the ticket: "@Mia", or `mentions`.
        """
        await comment(
            ticket_id,
            text,
            by=by,
            files=files,
            source=source,
            in_thread=in_thread,
            mentions=mentions,
            uow=self.start(),
            now=self.clock(),
        )

    async def edit_comment(
        self, source: str, text: str, *, by: Person, at: datetime, mentions: Collection[UUID] = ()
    ) -> bool:
        """What was written at `source` says something else since `at`. False: no such comment was kept."""
        return await edit_comment(source, text, by=by, at=at, mentions=mentions, uow=self.start(), now=self.clock())

    async def delete_comment(self, source: str) -> bool:
        """What was written at `source` is gone there. False: no such comment was kept."""
        return await delete_comment(source, uow=self.start(), now=self.clock())

    async def delete_unheard(self, ticket_id: UUID, text: str, *, by: Person, source: str) -> None:
        """The same of what we had not heard of yet: it is a deleted comment of this ticket's."""
        await delete_unheard(ticket_id, text, by=by, source=source, uow=self.start(), now=self.clock())

    async def change_status(
        self,
        ticket_id: UUID,
        to: str,
        *,
        by: Person,
        note: str = "",
        given: Mapping[str, Raw] = NOTHING,
        seen: int | None = None,
    ) -> Ticket:
        """`given`: values for fields. Raises TransitionRefused, FieldsRefused, FieldsMissing, ChangedMeanwhile;
        ApprovalNeeded: then it can be asked for.
        """
        return await change_status(
            ticket_id,
            to,
            by=person_acting(by),
            note=note,
            given=given,
            seen=seen,
            uow=self.start(),
            now=self.clock(),
        )

    async def transitions(self, ticket_id: UUID, *, by: Person) -> Sequence[Status]:
        """The statuses they may put the ticket in now, for a menu. Raises PermissionRefused."""
        async with self.start() as uow:
            ticket = await uow.tickets.lock(ticket_id)
            playbook = await uow.playbook()
            around = await look_around(ticket, playbook, uow=uow)
        return transitions(ticket, by=person_acting(by), at=self.clock(), playbook=playbook, around=around)

    async def status_form(self, ticket_id: UUID, to: str, *, by: Person, given: Mapping[str, Raw]) -> StatusForm:
        """What going there asks for, with what was `given` for fields so far. It changes nothing."""
        actor = person_acting(by)
        return await status_form(ticket_id, to, by=actor, given=given, uow=self.start(), now=self.clock())

    async def set_fields(
        self, ticket_id: UUID, given: Mapping[str, Raw], *, by: Person, seen: int | None = None
    ) -> Ticket:
        """Values for fields, by key; None empties one. Raises FieldsRefused, FieldsMissing, ChangedMeanwhile."""
        return await set_fields(ticket_id, given, by=person_acting(by), seen=seen, uow=self.start(), now=self.clock())

    async def field_form(self, ticket_id: UUID, given: Mapping[str, Raw], *, by: Person) -> FieldForm:
        """`given`: what a form holds so far. Raises PermissionRefused."""
        return await field_form(ticket_id, given, by=by, uow=self.start(), now=self.clock())

    async def set_priority(self, ticket_id: UUID, to: Priority, *, by: Person, seen: int | None = None) -> Ticket:
        return await set_priority(ticket_id, to, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def change_type(
        self, ticket_id: UUID, kind: str, category: str, *, by: Person, seen: int | None = None
    ) -> Ticket:
        return await change_type(ticket_id, kind, category, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def discard(self, ticket_id: UUID, *, by: Person, seen: int | None = None) -> Ticket:
        """It was no ticket. Raises CorrectionRefused, ChangedMeanwhile."""
        return await discard(ticket_id, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def restore(self, ticket_id: UUID, *, by: Person, seen: int | None = None) -> Ticket:
        """It was one after all."""
        return await restore(ticket_id, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def move_message(self, entry_id: UUID, to: UUID, *, by: Person) -> None:
        """The message of this entry of a room belongs to ticket `to`. Raises CorrectionRefused."""
        await move_message(entry_id, to, by=by, uow=self.start(), now=self.clock())

    async def split_message(self, entry_id: UUID, *, by: Person) -> Ticket:
        """The message becomes a ticket of its own. Raises CorrectionRefused."""
        return await split_message(entry_id, by=by, rules=self.rules, uow=self.start(), now=self.clock())

    async def release_message(self, entry_id: UUID, *, by: Person) -> None:
        """The message concerns no ticket in particular. Raises CorrectionRefused."""
        await release_message(entry_id, by=by, uow=self.start(), now=self.clock())

    async def places_to_go(self, entry_id: UUID, *, by: Person) -> Sequence[TicketName]:
        """The tickets it could be moved to, for a menu. Raises CorrectionRefused: there is none."""
        tickets = await places_to_go(entry_id, by=by, uow=self.start())
        return [TicketName(ticket.id, ticket.number, ticket.subject) for ticket in tickets]

    async def assign(self, ticket_id: UUID, to: UUID, *, by: Person, seen: int | None = None) -> Ticket:
        return await assign(ticket_id, to, by=by, seen=seen, uow=self.start(), now=self.clock())

    async def open_ticket(
        self,
        place: UUID | Recipient,
        new: NewTicket,
        *,
        by: Person,
        request: str | None = None,
        beside_others: bool = True,
    ) -> Ticket | None:
        """`place`: a conversation, or whom one is started with. `request` names the submission of a form: the same
        one twice is one ticket, and None.

        `beside_others`: also where one is open already. Raises CarriedByTicket.
        """
        return await open_ticket(
            place,
            new,
            by=by,
            request=request,
            beside_others=beside_others,
            rules=self.rules,
            uow=self.start(),
            now=self.clock(),
        )

    async def card_deleted(self, channel: str, ts: str) -> None:
        """A message was deleted in Slack: if it was a ticket's card, it is shown anew."""
        await card_deleted(channel, ts, uow=self.start(), now=self.clock())
