"""Deliver one message from the outbox: the one way out, whoever wrote it. What the 24-hour window lets through is
decided here. Two transactions around the provider's call, so that no lock waits for a network.

A crash between them leaves the message in `sending`: whoever finds it so marks it `unknown`, because the provider may
have got it, and only a person may send it again (SPEC 1.4).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from core.errors import ChannelError, ChannelUnavailable, OutcomeUnknown, RecipientMoved
from core.instants import Clock
from core.messages import Delivery, Limits, Outbound, OutboundFile, OutboundLetter, TemplateUse
from ticketing.answers.link import with_links
from ticketing.attachments.attachment import Attachment
from ticketing.attachments.outgoing import Outgoing, outbound_file
from ticketing.conversations.carry_files import cannot_be_sent
from ticketing.conversations.conversation import Conversation, Message
from ticketing.conversations.fallback import Fallback, Outside, as_template, on_other_channel, sent_as
from ticketing.conversations.hindrance import SENDING_AT_MOST, MayBeUndone, hindrance, not_here, patience
from ticketing.conversations.move_address import move_address
from ticketing.conversations.next_status import follow, skip
from ticketing.conversations.one_mail import files_of_others, go_with_first
from ticketing.conversations.outbox import save_progress
from ticketing.conversations.ports import Channels
from ticketing.conversations.sent import UNKNOWN_OUTCOME, note_failed, note_sent, note_unknown
from ticketing.conversations.window import Free, closed_words, may_leave
from ticketing.mails.outgoing import Written, outbound_letter
from ticketing.mails.suppression import noted
from ticketing.ports import StartWork, UnitOfWork

_AGAIN = " It will be tried again."
_BROKEN_OFF = "An earlier part of this reply did not arrive, so this one was not sent: send that one first."


async def deliver(
    message_id: UUID,
    *,
    job: str,
    channels: Channels,
    outside: Outside,
    start: StartWork,
    clock: Clock,
    files: Outgoing | None = None,
) -> None:
    """Safe to repeat, and by several jobs at once: a message leaves `pending` once.

    `job` names this run and every repetition of it: who finds its own name on a message in `sending` has died sending.
    Without `files`, what carries one waits; buttons of a letter are links by them.
    Raises ChannelUnavailable: nothing was sent, try again.
    """
    links = await files.links() if files is not None else None
    carry = partial(outbound_file, links=links, store=files.store) if files is not None and links is not None else None
    outbound = await _take(message_id, job, channels, outside, carry, uow=start(), now=clock())
    if outbound is None:
        return
    channel, message = outbound
    is_letter = channels[channel].limits.letters
    if links is not None and is_letter:
        message = with_links(message, links, now=clock())
    try:
        receipt = await channels[channel].send(message)
    except ChannelUnavailable as error:
        await _put_back(message_id, job, error, uow=start(), now=clock())
        error.patience = channels[channel].limits.patience
        raise
    except RecipientMoved as error:
        # Put back first: who is killed before the rest asks the provider again, and is told the same.
        moved = ChannelUnavailable("The customer's address on the channel has changed.", retry_after=1)
        await _put_back(message_id, job, moved, uow=start(), now=clock())
        async with start() as uow:  # nothing was sent: it goes to their new address, with all that we owe them
            await move_address(channel, message.recipient, error.to, uow=uow, now=clock())
        raise moved from error
    except OutcomeUnknown:
        await note_unknown(message_id, uow=start(), now=clock())
    except ChannelError as error:
        await note_failed(message_id, error, is_letter=is_letter, uow=start(), now=clock())
    else:
        await note_sent(message_id, receipt, channel, is_letter=is_letter, uow=start(), now=clock())


async def _take(
    message_id: UUID,
    job: str,
    channels: Channels,
    outside: Outside,
    carry: Callable[..., OutboundFile] | None,
    *,
    uow: UnitOfWork,
    now: datetime,
) -> tuple[str, Outbound] | None:
    async with uow:
        message = await uow.messages.lock(message_id)
        if _died_sending(message, job, now):
            unknown = replace(message, delivery=Delivery.UNKNOWN, error=UNKNOWN_OUTCOME)
            await save_progress(message, unknown, uow=uow, now=now)
        if message.delivery is not Delivery.PENDING:
            return None
        conversation = await uow.conversations.get(message.conversation_id)
        tried_for = patience(conversation, channels)
        if now - message.at >= tried_for:
            await _give_up(message, tried_for, uow, now)
            return None
        file = await uow.attachments.get(message.file_id) if message.file_id is not None else None
        others = await _others(message, conversation, channels, uow)
        in_the_way = await hindrance(message, conversation, channels, uow, now) or not_here((file, *others), carry)
        if in_the_way is None:
            if _is_letter(conversation, channels) and message.part_of is not None:
                await go_with_first(message, uow, now)
                return None
            if await uow.messages.broken_off(message):  # the rest of it would make no sense, or another one
                await _refuse(message, _BROKEN_OFF, uow, now)
                return None
            limits = {channel: sender.limits for channel, sender in channels.items()}
            allowed = await _through_the_window(message, conversation, limits, outside, uow, now)
            if allowed is None:
                return None
            message = allowed
            written = await _fitting(message, conversation, (file, *others), limits[conversation.channel], outside, uow)
            if written.refusal is not None:
                await _refuse(message, written.refusal, uow, now)
                return None
            message = noted(message, written.note)
            carried, *more = [carry(each, now=now) if each and carry else None for each in (file, *others)]
            letter = written.letter and replace(written.letter, files=tuple(each for each in more if each))
            await follow(message, uow=uow, now=now)
            taken = replace(message, delivery=Delivery.SENDING, next_status=None, sending_job=job, sending_since=now)
            await uow.messages.save_delivery(taken)
            return conversation.channel, _outbound(message, conversation, carried, letter)
        if not isinstance(in_the_way, MayBeUndone):
            await _say_why_it_waits(message, in_the_way, uow, now)
    in_the_way.patience = tried_for
    raise in_the_way


def _is_letter(conversation: Conversation, channels: Channels) -> bool:
    sender = channels.get(conversation.channel)
    return sender is not None and sender.limits.letters


async def _others(
    message: Message, conversation: Conversation, channels: Channels, uow: UnitOfWork
) -> Sequence[Attachment]:
    """The files that go with it beside its own."""
    if message.part_of is not None or not _is_letter(conversation, channels):
        return ()
    return await files_of_others(message, uow)


async def _fitting(
    message: Message,
    conversation: Conversation,
    files: Sequence[Attachment | None],
    limits: Limits,
    outside: Outside,
    uow: UnitOfWork,
) -> Written:
    """With the letter that it goes as, on a channel with letters; or why it can never go."""
    words = next((found for file in files if file and (found := cannot_be_sent(file, limits)) is not None), None)
    if words is not None or not limits.letters:
        return Written(None, refusal=words)
    return await outbound_letter(message, conversation, zone=outside.zone, uow=uow)


def _outbound(
    message: Message, conversation: Conversation, file: OutboundFile | None, letter: OutboundLetter | None
) -> Outbound:
    used = message.template
    return Outbound(
        message.id,
        conversation.account,
        conversation.recipient,
        message.text,
        file=file,
        buttons=message.buttons,
        template=TemplateUse(used.id, used.variables) if used else None,
        letter=letter,
    )


async def _through_the_window(
    message: Message,
    conversation: Conversation,
    limits: Mapping[str, Limits],
    outside: Outside,
    uow: UnitOfWork,
    now: datetime,
) -> Message | None:
    """The message as it may leave. None: it may not, and it says why, and where it is sent instead."""
    here = limits[conversation.channel]
    found = may_leave(message, conversation, here, now)
    if isinstance(found, Free):
        return message
    for rule in outside.rules:
        if rule is Fallback.TEMPLATE:
            if part := await as_template(message, conversation, here, uow):
                return sent_as(message, part)
        elif other := await on_other_channel(message, conversation, limits, uow=uow, now=now):
            words = f"The window closed here, so it is sent on {other.channel.title()}."
            gone = replace(message, delivery=Delivery.FAILED, next_status=None, error=words)
            await save_progress(message, gone, uow=uow, now=now)
            return None
    await _refuse(message, closed_words(found, here, now, outside.zone), uow, now)
    return None


async def _refuse(message: Message, words: str, uow: UnitOfWork, now: datetime) -> None:
    """It may not leave, and nothing was sent. Once the customer has written it may be sent again."""
    await skip(message, "The reply was never sent.", uow=uow, now=now)
    failed = replace(message, delivery=Delivery.FAILED, next_status=None, error=words, resendable=True)
    await save_progress(message, failed, uow=uow, now=now)


def _died_sending(message: Message, job: str, now: datetime) -> bool:
    """Between the two transactions. Another job that has it may be at it just now, but not for ever."""
    if message.delivery is not Delivery.SENDING:
        return False
    since = message.sending_since
    return message.sending_job == job or since is None or now - since >= SENDING_AT_MOST


async def _say_why_it_waits(message: Message, why: ChannelUnavailable, uow: UnitOfWork, now: datetime) -> None:
    waiting = replace(message, delivery=Delivery.PENDING, error=f"{why.message}{_AGAIN}")
    if waiting != message:
        tell = waiting.error != message.error  # each try would change the post in Slack otherwise
        await (save_progress(message, waiting, uow=uow, now=now) if tell else uow.messages.save_delivery(waiting))


async def _give_up(message: Message, patience: timedelta, uow: UnitOfWork, now: datetime) -> None:
    why = f" {message.error.removesuffix(_AGAIN)}" if message.error else ""
    time = "a day" if patience.days == 1 else f"{patience.days} days"
    words = f"It could not be sent for {time}, so it was given up.{why} See whether it still fits, and send it again."
    await _refuse(message, words, uow, now)


async def _put_back(message_id: UUID, job: str, error: ChannelUnavailable, *, uow: UnitOfWork, now: datetime) -> None:
    """Provably not sent: the one step back there is."""
    async with uow:
        message = await uow.messages.lock(message_id)
        if message.delivery is Delivery.SENDING and message.sending_job == job:
            await _say_why_it_waits(replace(message, sending_job=None, sending_since=None), error, uow, now)
