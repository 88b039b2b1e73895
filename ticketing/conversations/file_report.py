"""File what the provider says became of a message of ours."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import ChannelUnavailable, NotFound
from core.messages import Delivery, DeliveryReport, advance
from ticketing.conversations.conversation import Conversation, Message
from ticketing.conversations.outbox import note_refusal, save_progress
from ticketing.conversations.ports import StoredEvent
from ticketing.mails.file_bounce import file_bounce
from ticketing.ports import UnitOfWork

# A report may overtake the answer to our own request. After this long it is about a message that is not ours.
REPORT_PATIENCE = timedelta(minutes=1)


class ReportTooEarly(ChannelUnavailable):
    """A delivery report for a message whose provider id we have not stored yet."""


async def file_report(report: DeliveryReport, event: StoredEvent, *, uow: UnitOfWork, now: datetime) -> str:
    """The inbox's outcome. Reports come in any order. Raises ReportTooEarly."""
    if report.bounced is not None:
        return await file_bounce(report, report.bounced, event, uow=uow, now=now)
    key = f"{event.channel}:{report.provider_id}"
    reported = await _reported(report, key, uow)
    if reported is None:
        # One that carries our id cannot be early, only about a message of another desk or from before a restore.
        if report.message_id is None and now - event.received_at < REPORT_PATIENCE:
            raise ReportTooEarly(f"no message {key} yet", retry_after=1)
        reported = await _by_its_copy(report, event.channel, uow)
    if reported is None:
        return "unmatched"
    message, conversation = reported
    delivery = advance(message.delivery, report.delivery)
    if delivery is message.delivery:
        return "filed"
    told = replace(message, delivery=delivery, key=key, error=report.error, resendable=report.resendable)
    if conversation is not None:
        await note_refusal(message, conversation, uow=uow, now=now)
    await save_progress(message, told, uow=uow, now=now)
    return "filed"


async def _reported(report: DeliveryReport, key: str, uow: UnitOfWork) -> tuple[Message, Conversation | None] | None:
    """The message, locked; and before it its conversation, if the report changes that too."""
    if report.message_id is not None:
        with suppress(NotFound):
            return await _locked(report.message_id, report, uow)
    known = await uow.messages.by_key(key)
    return await _locked(known.id, report, uow) if known is not None else None


async def _by_its_copy(
    report: DeliveryReport, channel: str, uow: UnitOfWork
) -> tuple[Message, Conversation | None] | None:
    """The reply whose sender died, or lost the answer, before the provider's id was known: `unknown` since.

    Raises ReportTooEarly while one with the same words is being sent: the id may be that one's.
    """
    if report.copy is None or (found := await uow.messages.unaccounted(report.copy, channel)) is None:
        return None
    message, conversation = await _locked(found.id, report, uow)
    if message.key is not None:  # its own report came just now
        return None
    if message.delivery is not Delivery.UNKNOWN:
        raise ReportTooEarly("a reply with these words is being sent", retry_after=15)
    return message, conversation


async def _locked(message_id: UUID, report: DeliveryReport, uow: UnitOfWork) -> tuple[Message, Conversation | None]:
    conversation = await uow.conversations.lock_with(message_id) if report.window_closed else None
    return await uow.messages.lock(message_id), conversation
