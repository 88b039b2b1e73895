"""The outbox: a reply goes in here, and whoever shows it hears what becomes of it. It is sent by `deliver.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from core.errors import AccountRefused
from core.ids import new_id
from core.messages import Delivery, Limits, Party
from ticketing.activity.record import Record, Stream, Value
from ticketing.conversations.conversation import Conversation, Direction, Message
from ticketing.conversations.origin import TYPED, Origin
from ticketing.conversations.parts import GivenFile, Part, parts_of
from ticketing.conversations.reachability import cards_say_so
from ticketing.conversations.window import refused, require_open
from ticketing.mails.machines import is_held_back
from ticketing.people.actor import Actor, person_acting
from ticketing.people.person import Person
from ticketing.ports import UnitOfWork
from ticketing.sla.history import ABOUT_NO_TICKET
from ticketing.sla.keep import note_answer
from ticketing.tickets.events import (
    ConversationChanged,
    DeliveryChanged,
    ReplyDue,
    ReplyWritten,
    WindowRefused,
)

_HOLDS_UP = frozenset({Delivery.PENDING, Delivery.SENDING})
_AGAIN = "again:"


def sendable(
    text: str,
    conversation: Conversation,
    limits: Mapping[str, Limits],
    *,
    files: Sequence[GivenFile] = (),
    now: datetime,
    zone: tzinfo,
) -> tuple[Part, ...]:
    """The messages that it will be sent as. Raises TextRefused (never cut in silence), FileRefused, WindowClosed,
    AccountRefused (the channel is off).
    """
    taken = require_channel(conversation, limits)
    parts = parts_of(text, taken, files=files)
    require_open(conversation, taken, now=now, zone=zone)
    return parts


def require_channel(conversation: Conversation, limits: Mapping[str, Limits]) -> Limits:
    """What its channel takes. Raises AccountRefused: it is off."""
    return limits_on(conversation.channel, limits)


def limits_on(channel: str, limits: Mapping[str, Limits]) -> Limits:
    """Raises AccountRefused: the channel is off, or there is no such channel."""
    if (found := limits.get(channel)) is None:
        raise AccountRefused(f"The channel {channel} is switched off: an admin must set it up again.")
    return found


async def put_in_outbox(
    parts: Sequence[Part],
    conversation: Conversation,
    *,
    rooms: Sequence[UUID],
    concerns: bool,
    by: Person | Actor,
    request: str,
    undo: timedelta,
    then: str | None = None,
    of: Message | None = None,
    origin: Origin = TYPED,
    by_hand: bool = False,
    cc: Sequence[Party] | None = None,
    uow: UnitOfWork,
    now: datetime,
) -> Message | None:
    """The waiting reply, inside a transaction that holds the conversation: the first of its parts, one message each.

    They are sent in their order, and undone together. None: this request has written it already,
    or no person wrote it and no machine may write there, which is recorded.

    `rooms` are the tickets in whose rooms it stands; `concerns`: it is about them, not about the conversation. It can
    be undone for `undo`; `then` is what its ticket becomes when it leaves. `of`: whose words these are, where `by` only
    sends them another way. `origin`: where they came from, for the record. `by_hand`: somebody whom we cannot name
    wrote them. `cc`: who has a copy of it, by mail; None: whoever reads along when it leaves.
    """
    actor = by if isinstance(by, Actor) else person_acting(by)
    is_automatic = of.is_automatic if of else not by_hand and actor.id is None
    if is_automatic and await _is_held_back(conversation, rooms, request, actor, uow, now):
        return None
    message = Message(
        new_id(),
        conversation.id,
        Direction.OUTBOUND,
        parts[0].text,
        now,
        Delivery.PENDING,
        request=request,
        author_id=of.author_id if of else actor.id,
        author_name=of.author_name if of else actor.name,
        triaged=True,
        send_after=now + undo,
        next_status=then,
        file_id=parts[0].file_id,
        buttons=parts[0].buttons,
        template=parts[0].template,
        cc=_copies(cc, conversation),
        note=f"sent as template {parts[0].template.name}" if parts[0].template else None,
        is_automatic=is_automatic,
    )
    messages = [message, *(_following(message, place, part) for place, part in enumerate(parts[1:], start=1))]
    for each in messages:
        if not await uow.messages.add(each):
            return None  # the first one: with it, all of them are there
    for ticket_id in rooms:
        await uow.room.add_messages(ticket_id, [each.id for each in messages], concerns=concerns, at=now)
        uow.emit(ReplyWritten(ticket_id=ticket_id, message_id=message.id, at=now))
    if not rooms:
        uow.emit(ConversationChanged(conversation_id=conversation.id, at=now))
    written: dict[str, Value] = {"message": str(message.id), **origin.recorded}
    if rooms and concerns:
        await note_answer(rooms, Record("reply.written", actor, now, {}, written), uow=uow)
    else:
        about = ABOUT_NO_TICKET if rooms else {}
        record = Record("reply.written", actor, now, {}, {**written, **about})
        await uow.activity.append(stream_of(message, rooms), [record])
    for each in messages:
        uow.emit(ReplyDue(message_id=each.id, due=now + undo, at=now))
    return message


def _copies(cc: Sequence[Party] | None, conversation: Conversation) -> tuple[Party, ...] | None:
    """Without the customer, who has it anyway, and without us."""
    if cc is None:
        return None
    have_it = {conversation.recipient.lower(), conversation.account.lower()}
    return tuple(each for each in cc if each.address.lower() not in have_it)


async def _is_held_back(
    conversation: Conversation, rooms: Sequence[UUID], request: str, by: Actor, uow: UnitOfWork, now: datetime
) -> bool:
    if not conversation.thread or await uow.messages.by_request(request) is not None:  # it was asked about then
        return False
    stream = Stream("ticket", rooms[0]) if rooms else Stream("conversation", conversation.id)
    return await is_held_back(conversation, stream, request=request, by=by, uow=uow, now=now)


def _following(first: Message, place: int, part: Part) -> Message:
    """A later part: its instant puts it behind those before it, wherever replies are put in order."""
    return replace(
        first,
        id=new_id(),
        text=part.text,
        at=first.at + place * timedelta(microseconds=1),
        request=f"{first.request}#{place + 1}" if part.repeats is None else request_to_repeat(part.repeats),
        next_status=None,
        part_of=first.id,
        file_id=part.file_id,
        buttons=part.buttons,
        template=part.template,
    )


async def save_progress(before: Message, message: Message, *, uow: UnitOfWork, now: datetime) -> None:
    """Save how far a reply has come, tell whoever shows it, and let the next one go if it waited for this one."""
    await uow.messages.save_delivery(message)
    if before.delivery in _HOLDS_UP and message.delivery not in _HOLDS_UP:
        waiting = await uow.messages.first_waiting(message.conversation_id)
        if waiting is not None and (waiting.send_after is None or waiting.send_after <= now):
            uow.emit(ReplyDue(message_id=waiting.id, due=now, at=now))  # its own job may be waiting out an outage
    rooms = await uow.messages.tickets_of(message.id)
    for ticket_id in rooms:
        uow.emit(DeliveryChanged(ticket_id=ticket_id, at=now))
    if not rooms:
        uow.emit(ConversationChanged(conversation_id=message.conversation_id, at=now))


async def note_refusal(message: Message, conversation: Conversation, *, uow: UnitOfWork, now: datetime) -> None:
    """The provider refused this message because the window is closed, whatever we thought of it. Both are locked."""
    after = refused(conversation, message.sending_since, now)
    await uow.conversations.save(after)
    uow.emit(WindowRefused(message_id=message.id, at=now))
    if after != conversation:
        await cards_say_so(after, uow=uow, now=now)


def stream_of(message: Message, tickets: Sequence[UUID]) -> Stream:
    """Where a reply is recorded: with the first ticket in whose room it stands, or with its conversation."""
    return Stream("ticket", tickets[0]) if tickets else Stream("conversation", message.conversation_id)


def request_to_repeat(message_id: UUID) -> str:
    """Of a message there is one repetition, whoever asks for it: this is what it goes by."""
    return f"{_AGAIN}{message_id}"


def repeated_by(message: Message) -> UUID | None:
    """The message that this one repeats."""
    request = message.request or ""
    return UUID(request.removeprefix(_AGAIN)) if request.startswith(_AGAIN) else None
