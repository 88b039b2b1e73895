"""What a person does about a reply that may not have arrived: say that it did, or send it again (SPEC 1.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from core.errors import NotFound, Refused
from core.messages import Delivery, Limits
from ticketing.activity.record import Record
from ticketing.conversations.conversation import Conversation, Direction, Message
from ticketing.conversations.one_mail import is_one_mail, take_others_along
from ticketing.conversations.outbox import put_in_outbox, request_to_repeat, require_channel, save_progress, stream_of
from ticketing.conversations.parts import Part
from ticketing.conversations.window import require_open
from ticketing.mails.allow import allow_by_sending
from ticketing.people.actor import person_acting
from ticketing.people.permissions import Act, require
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork


class SettledMeanwhile(Refused):
    """The reply is not in the state any more that the button was drawn for."""


_TRUTH = {
    Delivery.PENDING: "It is still waiting to be sent.",
    Delivery.SENDING: "It is on its way just now.",
    Delivery.SENT: "It has been sent meanwhile.",
    Delivery.DELIVERED: "It has been delivered meanwhile.",
    Delivery.READ: "The customer has read it meanwhile.",
    Delivery.FAILED: "It has failed meanwhile.",
    Delivery.WITHDRAWN: "It was withdrawn before it was sent.",
}


async def confirm_arrival(
    message_id: UUID, *, by: Person, limits: Mapping[str, Limits], uow: UnitOfWork, now: datetime
) -> None:
    """A person knows that an `unknown` reply arrived. Later reports still move it on.

    Raises SettledMeanwhile, PermissionRefused, NotFound.
    """
    async with uow:
        conversation = await uow.conversations.lock_with(message_id)
        (message, *others), tickets = await _reply(message_id, conversation, by, limits, uow)
        if message.delivery is not Delivery.UNKNOWN:
            raise SettledMeanwhile(f"{_TRUTH[message.delivery]} Nothing was changed.")
        confirmed = replace(message, delivery=Delivery.SENT, error=None, note=f"{by.name} says that it arrived")
        await save_progress(message, confirmed, uow=uow, now=now)
        if others:
            await take_others_along(confirmed, uow, now)
        record = Record("reply.confirmed", person_acting(by), now, {}, {"message": str(message.id)})
        await uow.activity.append(stream_of(message, tickets), [record])


async def send_again(
    message_id: UUID,
    *,
    by: Person,
    undo: timedelta,
    limits: Mapping[str, Limits],
    zone: tzinfo,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """The same words once more, as a new reply; the old one keeps its state. However many click, it is one.

    Raises SettledMeanwhile, PermissionRefused, NotFound, WindowClosed, AccountRefused (the channel is off).
    """
    async with uow:
        conversation = await uow.conversations.lock_with(message_id)
        sent, tickets = await _reply(message_id, conversation, by, limits, uow)
        message = sent[0]
        if message.delivery not in (Delivery.UNKNOWN, Delivery.FAILED):
            raise SettledMeanwhile(f"{_TRUTH[message.delivery]} It was not sent again.")
        request = request_to_repeat(message.id)
        if (repeated := await uow.messages.by_request(request)) is not None:
            raise SettledMeanwhile(f"{repeated.author_name} has sent it again already.")
        taken = require_channel(conversation, limits)
        if message.template is None:
            require_open(conversation, taken, now=now, zone=zone)
        await allow_by_sending(conversation, by=person_acting(by), uow=uow, now=now)
        parts = [Part(each.text, each.file_id, each.buttons, each.template, repeats=each.id) for each in sent]
        concerns = await uow.room.concerns(message.id)
        new = await put_in_outbox(
            parts,
            conversation,
            rooms=tickets,
            concerns=concerns,
            by=by,
            request=request,
            undo=undo,
            cc=message.cc,
            uow=uow,
            now=now,
        )
        assert new is not None, "the message is locked, so nobody else has written its repetition"
        await uow.offers.sent_again(message.id, new.id, tickets=tickets)
        for each in sent:
            await save_progress(each, each, uow=uow, now=now)  # it says now that it was sent again
        record = Record(
            "reply.repeated", person_acting(by), now, {"message": str(message.id)}, {"message": str(new.id)}
        )
        await uow.activity.append(stream_of(message, tickets), [record])


async def _reply(
    message_id: UUID, conversation: Conversation, by: Person, limits: Mapping[str, Limits], uow: UnitOfWork
) -> tuple[Sequence[Message], list[UUID]]:
    """The reply, locked, and the tickets in whose rooms it stands. Raises PermissionRefused, NotFound.

    As one mail it is all its messages, of whichever of them the button was.
    """
    as_one = is_one_mail(conversation, limits)
    sent = await uow.messages.lock_parts(message_id) if as_one else [await uow.messages.lock(message_id)]
    message = sent[0]
    if message.direction is not Direction.OUTBOUND:
        raise NotFound("There is no such reply.")
    tickets = list(await uow.messages.tickets_of(message.id))
    locked = {ticket.id: ticket for ticket in await uow.tickets.lock_all(tickets)} if tickets else {}
    require(person_acting(by), Act.REPLY, locked[tickets[0]] if tickets else None)
    return sent, tickets
