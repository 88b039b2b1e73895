"""What became of a message that was handed to the provider: the second transaction of `deliver.py`."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import ChannelError, MessageRefused, RecipientGone
from core.messages import Delivery, Receipt, advance
from ticketing.conversations.conversation import Conversation, Message
from ticketing.conversations.one_mail import take_others_along
from ticketing.conversations.outbox import note_refusal, save_progress
from ticketing.conversations.reachability import found_gone
from ticketing.mails.suppression import noted, suppress
from ticketing.ports import UnitOfWork

UNKNOWN_OUTCOME = (
    "It is not known whether this arrived: the connection broke while sending. A report may still come; "
    "if none does, ask the customer, and say here what they saw."
)


async def note_sent(
    message_id: UUID, receipt: Receipt, channel: str, *, is_letter: bool, uow: UnitOfWork, now: datetime
) -> None:
    """The provider took it, though perhaps not for everybody. `is_letter`: of a channel with letters."""
    async with uow:
        conversation = await uow.conversations.lock_with(message_id) if receipt.gone else None
        message = await uow.messages.lock(message_id)
        sent = replace(noted(message, receipt.note), key=f"{channel}:{receipt.provider_id}")
        if conversation is not None:
            for address, why in receipt.gone:
                await suppress(address, why, message, conversation, uow=uow, now=now)
        await _save(message, _advanced(sent, receipt.delivery), is_letter=is_letter, uow=uow, now=now)


async def note_unknown(message_id: UUID, *, uow: UnitOfWork, now: datetime) -> None:
    """Nobody knows whether the provider took it."""
    async with uow:
        message = await uow.messages.lock(message_id)
        await save_progress(message, _advanced(message, Delivery.UNKNOWN, UNKNOWN_OUTCOME), uow=uow, now=now)


async def note_failed(
    message_id: UUID, error: ChannelError, *, is_letter: bool, uow: UnitOfWork, now: datetime
) -> None:
    """The provider refused it. `is_letter` as in `note_sent`."""
    async with uow:
        concerns_more = isinstance(error, RecipientGone) or _window_closed(error)
        conversation = await uow.conversations.lock_with(message_id) if concerns_more else None
        message = await uow.messages.lock(message_id)
        if conversation is not None:
            await _note_cause(error, message, conversation, is_letter=is_letter, uow=uow, now=now)
        failed = _advanced(message, Delivery.FAILED, error.message, resendable=error.resendable)
        await _save(message, failed, is_letter=is_letter, uow=uow, now=now)


async def _save(before: Message, after: Message, *, is_letter: bool, uow: UnitOfWork, now: datetime) -> None:
    await save_progress(before, after, uow=uow, now=now)
    if is_letter and before.delivery is Delivery.UNKNOWN:  # it took so long that it was given up for dead
        await take_others_along(after, uow, now)


async def _note_cause(
    error: ChannelError,
    message: Message,
    conversation: Conversation,
    *,
    is_letter: bool,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """What the refusal says of the customer."""
    if _window_closed(error):
        await note_refusal(message, conversation, uow=uow, now=now)
    elif is_letter:
        await suppress(conversation.recipient, error.message, message, conversation, uow=uow, now=now)
    else:
        await found_gone(conversation, uow=uow, now=now)


def _window_closed(error: ChannelError) -> bool:
    return isinstance(error, MessageRefused) and error.window_closed


def _advanced(message: Message, delivery: Delivery, error: str | None = None, *, resendable: bool = False) -> Message:
    """A callback may have overtaken us: what it said stays."""
    if advance(message.delivery, delivery) is not delivery:
        return message
    return replace(message, delivery=delivery, error=error, resendable=resendable)
