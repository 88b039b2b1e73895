"""Deliver one reply from the outbox. Two transactions around the provider's call, so that no lock waits for a network.

A crash between them leaves the message in `sending`: whoever finds it so marks it `unknown`, because the provider may
have got it, and only a person may send it again (SPEC 1.4).
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import ChannelError, ChannelUnavailable, OutcomeUnknown
from core.instants import Clock
from core.messages import Delivery, Outbound, Receipt, advance
from ticketing.conversations.outbox import save_progress
from ticketing.ports import Channels, StartWork, UnitOfWork

UNKNOWN_OUTCOME = "It is not known whether this arrived: the connection broke while sending. Ask the customer, or wait."


async def deliver(message_id: UUID, *, channels: Channels, start: StartWork, clock: Clock) -> None:
    """Safe to repeat: a message leaves `pending` once. Raises ChannelUnavailable: nothing was sent, try again."""
    outbound = await _take(message_id, channels, uow=start(), now=clock())
    if outbound is None:
        return
    channel, message = outbound
    try:
        receipt = await channels[channel].send(message)
    except ChannelUnavailable:
        await _settle(message_id, Delivery.PENDING, None, "", uow=start(), now=clock())
        raise
    except OutcomeUnknown:
        await _settle(message_id, Delivery.UNKNOWN, None, UNKNOWN_OUTCOME, uow=start(), now=clock())
    except ChannelError as error:
        await _settle(message_id, Delivery.FAILED, None, error.message, uow=start(), now=clock())
    else:
        await _settle(message_id, receipt.delivery, _key(channel, receipt), "", uow=start(), now=clock())


def _key(channel: str, receipt: Receipt) -> str:
    return f"{channel}:{receipt.provider_id}"


async def _take(message_id: UUID, channels: Channels, *, uow: UnitOfWork, now: datetime) -> tuple[str, Outbound] | None:
    async with uow:
        message = await uow.messages.lock(message_id)
        if message.delivery is Delivery.SENDING:  # an earlier attempt died between the two transactions
            await save_progress(replace(message, delivery=Delivery.UNKNOWN, error=UNKNOWN_OUTCOME), uow=uow, now=now)
            return None
        if message.delivery is not Delivery.PENDING:
            return None
        conversation = await uow.conversations.get(message.conversation_id)
        if conversation.channel not in channels:  # said before anything is sent: it stays pending
            raise ChannelUnavailable(f"The channel {conversation.channel} is switched off.", retry_after=60)
        await uow.messages.save_delivery(replace(message, delivery=Delivery.SENDING))
        outbound = Outbound(message.id, conversation.account, conversation.address, message.text)
        return conversation.channel, outbound


async def _settle(
    message_id: UUID, delivery: Delivery, key: str | None, error: str, *, uow: UnitOfWork, now: datetime
) -> None:
    async with uow:
        message = await uow.messages.lock(message_id)
        if delivery is Delivery.PENDING:  # provably not sent: the one step back there is
            if message.delivery is Delivery.SENDING:
                await uow.messages.save_delivery(replace(message, delivery=delivery))
            return
        reached = advance(message.delivery, delivery)  # a callback may have overtaken us
        kept_error = error if reached is delivery else message.error
        reached_it = replace(message, delivery=reached, key=key or message.key, error=kept_error or None)
        await save_progress(reached_it, uow=uow, now=now)
