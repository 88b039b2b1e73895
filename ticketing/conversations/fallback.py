"""What becomes of a message that the window did not let through: a template, another channel, or a clear refusal.

The rules are the desk's, tried in their order. A person's own choice comes first: what somebody has sent again already
is left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from core.errors import Refused
from core.messages import Delivery, Limits
from ticketing.activity.record import Record
from ticketing.conversations.conversation import Conversation, Message
from ticketing.conversations.outbox import put_in_outbox, repeated_by, request_to_repeat, stream_of
from ticketing.conversations.parts import Part, parts_of
from ticketing.conversations.window import Closed, Free, window
from ticketing.people.actor import SYSTEM
from ticketing.ports import UnitOfWork
from ticketing.templates.fill import fill


class Fallback(StrEnum):
    TEMPLATE = "template"  # the channel's fallback template, with the words as its variable
    CHANNEL = "channel"  # the conversation on another channel that the customer used last and that is open


@dataclass(frozen=True, slots=True)
class Outside:
    """What the desk does outside the window. `zone` is its own, for what it says."""

    rules: tuple[Fallback, ...] = (Fallback.TEMPLATE,)
    zone: tzinfo = UTC


async def as_template(message: Message, conversation: Conversation, limits: Limits, uow: UnitOfWork) -> Part | None:
    """The words in the channel's fallback template; None: there is none, or they do not fit."""
    if message.file_id is not None or message.buttons:
        return None
    template = await uow.templates.fallback(conversation.channel)
    if template is None or len(template.variables) != 1:
        return None
    try:
        return fill(template, {template.variables[0]: message.text}, limits)
    except Refused:
        return None


async def on_other_channel(
    message: Message, conversation: Conversation, limits: Mapping[str, Limits], *, uow: UnitOfWork, now: datetime
) -> Conversation | None:
    """Write it anew where the customer can be reached freely; None: nowhere. That conversation, once it is written."""
    if repeated_by(message) is not None:  # it has been passed on once: never round in circles
        return None
    for other_id in await uow.conversations.others_of(conversation.customer_id, but=conversation.id):
        other = await uow.conversations.get(other_id)
        taken = limits.get(other.channel)
        if taken is None or other.unreachable_since is not None or not isinstance(window(other, taken, now), Free):
            continue
        if other.is_group:
            continue  # what was written to one person is not for everybody there
        try:
            fits = parts_of(message.text, taken, buttons=message.buttons)
        except Refused:
            continue
        if message.file_id is not None or len(fits) > 1:
            continue  # a person chooses how a file, or what is too long there, is sent
        return other if await _again(message, fits[0], other, uow=uow, now=now) else None
    return None


async def replan(
    message_id: UUID, *, limits: Mapping[str, Limits], outside: Outside, uow: UnitOfWork, now: datetime
) -> None:
    """The provider refused this message for its window: send it by the desk's rules, once.

    Safe to repeat, and beside a person who sends it again: of a message there is one repetition.
    """
    async with uow:
        conversation = await uow.conversations.lock_with(message_id)
        message = await uow.messages.lock(message_id)
        if message.delivery is not Delivery.FAILED or message.template is not None:
            return
        if await uow.messages.by_request(request_to_repeat(message_id)) is not None:
            return
        taken = limits.get(conversation.channel)
        if taken is None or not isinstance(window(conversation, taken, now), Closed):
            return  # they have written since: a person sees what fits now
        for rule in outside.rules:
            if rule is Fallback.CHANNEL:
                if await on_other_channel(message, conversation, limits, uow=uow, now=now):
                    return
            elif part := await as_template(message, conversation, taken, uow):
                await _again(message, part, conversation, uow=uow, now=now)
                return


async def _again(message: Message, part: Part, where: Conversation, *, uow: UnitOfWork, now: datetime) -> bool:
    tickets = await uow.messages.tickets_of(message.id)
    new = await put_in_outbox(
        [part],
        where,
        rooms=tickets,
        concerns=await uow.room.concerns(message.id),
        by=SYSTEM,
        of=message,
        request=request_to_repeat(message.id),
        undo=timedelta(),
        then=message.next_status,
        uow=uow,
        now=now,
    )
    if new is None:
        return False
    await uow.messages.save_delivery(message)  # it says now that it was sent again
    record = Record("reply.replanned", SYSTEM, now, {"message": str(message.id)}, {"message": str(new.id)})
    await uow.activity.append(stream_of(message, tickets), [record])
    return True


def sent_as(message: Message, part: Part) -> Message:
    """The waiting message as the template that it leaves as, and what to say of that."""
    name = part.template.name if part.template else ""
    return replace(message, text=part.text, template=part.template, note=f"sent as template {name}")
