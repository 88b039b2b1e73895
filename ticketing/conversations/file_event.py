"""File one stored provider event: a customer's message into its conversation, or news of a reply we sent."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from core.errors import ChannelUnavailable, NotFound, Unreadable
from core.ids import new_id
from core.messages import Delivery, DeliveryReport, Inbound, Received, advance
from ticketing.conversations.conversation import Conversation, Direction, Message, State
from ticketing.conversations.outbox import save_progress
from ticketing.conversations.save import save_conversation
from ticketing.conversations.state import open_again
from ticketing.people.actor import customer_acting
from ticketing.ports import Parse, StoredEvent, UnitOfWork
from ticketing.tickets.events import MessageReceived

# A report may overtake the answer to our own request. After this long it is about a message that is not ours.
REPORT_PATIENCE = timedelta(minutes=1)


class ChannelOff(ChannelUnavailable):
    """An event of a channel whose settings this process was not given. Another one may have them."""


class ReportTooEarly(ChannelUnavailable):
    """A delivery report for a message whose provider id we have not stored yet."""


async def file_event(inbox_id: int, *, parse: Mapping[str, Parse], uow: UnitOfWork, now: datetime) -> None:
    """Safe to repeat: a settled event is left alone, and the unique message key settles races.

    An event that cannot be read is kept, marked, and blocks nobody.
    Raises ReportTooEarly (retry in a moment), ChannelOff.
    """
    async with uow:
        event = await uow.inbox.lock(inbox_id)
        if event.settled:
            return
        if event.channel not in parse:
            raise ChannelOff(f"{event.channel} is switched off here: its settings are missing.", retry_after=60)
        try:
            items = parse[event.channel](event.request)
        except Unreadable as error:
            await uow.inbox.settle(inbox_id, "unreadable", note=error.message, at=now)
            return
        outcomes = [await _file(item, event, uow, now) for item in items]
        outcome, note = outcomes[0] if outcomes else ("ignored", "")
        await uow.inbox.settle(inbox_id, outcome, note=note, at=now)


async def _file(item: Received, event: StoredEvent, uow: UnitOfWork, now: datetime) -> tuple[str, str]:
    """What became of it, and a note."""
    if isinstance(item, DeliveryReport):
        return await _file_report(item, event, uow, now), ""
    if not isinstance(item, Inbound):
        return "ignored", ""
    if await uow.senders.is_blocked(item.channel, item.sender):
        return "blocked", item.sender  # kept apart: nobody is told, and the sender does not notice
    return await _file_message(item, event, uow, now), ""


async def _file_message(inbound: Inbound, event: StoredEvent, uow: UnitOfWork, now: datetime) -> str:
    conversation = await uow.conversations.open_for(inbound, at=now)
    message = Message(
        new_id(),
        conversation.id,
        Direction.INBOUND,
        inbound.text,
        event.received_at,  # the order the provider delivered in, whichever worker files first
        Delivery.DELIVERED,
        key=f"{inbound.channel}:{inbound.key}",
    )
    if not await uow.messages.add(message):
        return "filed"
    await _open_for(conversation, uow, now)
    uow.emit(MessageReceived(conversation_id=conversation.id, message_id=message.id, at=now))
    return "filed"


async def _open_for(conversation: Conversation, uow: UnitOfWork, now: datetime) -> None:
    """The customer has written: whatever the conversation was, it is open now. Triage says for how long."""
    if conversation.state is State.OPEN:
        await uow.conversations.save(replace(conversation, version=conversation.version + 1))
    else:
        customer = customer_acting(conversation.customer_id, "Customer")
        await save_conversation(open_again(conversation, by=customer, at=now), uow=uow, now=now)


async def _reported(report: DeliveryReport, key: str, uow: UnitOfWork) -> Message | None:
    if report.message_id is not None:
        with suppress(NotFound):
            return await uow.messages.lock(report.message_id)
    return await uow.messages.lock_by_key(key)


async def _file_report(report: DeliveryReport, event: StoredEvent, uow: UnitOfWork, now: datetime) -> str:
    key = f"{event.channel}:{report.provider_id}"
    message = await _reported(report, key, uow)
    if message is None:
        # One that carries our id cannot be early, only about a message of another desk or from before a restore.
        if report.message_id is None and now - event.received_at < REPORT_PATIENCE:
            raise ReportTooEarly(f"no message {key} yet", retry_after=1)
        return "unmatched"
    delivery = advance(message.delivery, report.delivery)
    if delivery is message.delivery:
        return "filed"
    told = replace(message, delivery=delivery, key=key, error=report.error, resendable=report.resendable)
    await save_progress(message, told, uow=uow, now=now)
    return "filed"
