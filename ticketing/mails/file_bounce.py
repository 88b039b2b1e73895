"""File a mail of ours that came back. Anybody can write such news, so they count for little.

Only of a message that we sent not long ago, and only of an address that it may have gone to. What is said of anything
else is nobody's business: spammers write in our name, and what comes back of that comes to us. Whoever had a copy knows
a mail's id, and could have it that nobody writes to its customer any more: who writes themselves is there.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from core.errors import NotFound
from core.messages import Delivery, DeliveryReport, advance
from ticketing.conversations.conversation import Conversation, Direction, Message
from ticketing.conversations.one_mail import take_others_along
from ticketing.conversations.outbox import save_progress
from ticketing.conversations.ports import StoredEvent
from ticketing.mails.suppression import noted, suppress
from ticketing.ports import UnitOfWork

# Mail servers give up after five days at most.
BOUNCE_PATIENCE = timedelta(days=7)
_NEVER_LEFT = frozenset({Delivery.PENDING, Delivery.WITHDRAWN})


async def file_bounce(
    report: DeliveryReport, bounced: str, event: StoredEvent, *, uow: UnitOfWork, now: datetime
) -> str:
    """The inbox's outcome. Nobody waits for the message: an id of ours is known before it leaves."""
    reported = await _reported(report, event.channel, uow)
    if reported is None or now - reported[0].at > BOUNCE_PATIENCE:
        return "ignored"
    message, conversation = reported
    is_copy = bounced.lower() != conversation.recipient.lower()
    if is_copy and not await uow.mails.takes_part(conversation.id, bounced):
        return "ignored"
    words = report.error or f"{bounced} could not be reached."
    got = await uow.mails.got(conversation.id, bounced, report.provider_id, since=message.at)
    if got.answered:
        return "ignored"
    if report.gone and not got.wrote:
        await suppress(bounced, words, message, conversation, uow=uow, now=now)
    after = noted(message, f"not reached: {words}") if is_copy else _failed(message, words)
    if after != message:
        await save_progress(message, after, uow=uow, now=now)
        await take_others_along(after, uow, now)
    return "filed"


async def _reported(report: DeliveryReport, channel: str, uow: UnitOfWork) -> tuple[Message, Conversation] | None:
    """A message of ours, which went by this channel, and before it its conversation: both locked."""
    message_id = report.message_id
    if message_id is None:
        known = await uow.messages.by_key(f"{channel}:{report.provider_id}")
        message_id = known.id if known is not None else None
    if message_id is None:
        return None
    try:
        conversation = await uow.conversations.lock_with(message_id)
    except NotFound:
        return None
    message = await uow.messages.lock(message_id)
    is_ours = message.direction is Direction.OUTBOUND and message.delivery not in _NEVER_LEFT
    return (message, conversation) if is_ours and conversation.channel == channel else None


def _failed(message: Message, words: str) -> Message:
    delivery = advance(message.delivery, Delivery.FAILED)
    if delivery is message.delivery:
        return message
    return replace(message, delivery=delivery, error=words, resendable=True)
