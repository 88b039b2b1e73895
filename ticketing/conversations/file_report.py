"""File what the provider says became of a message of ours."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from core.errors import ChannelUnavailable, NotFound
from core.messages import DeliveryReport, advance
from ticketing.conversations.conversation import Message
from ticketing.conversations.outbox import note_refusal, save_progress
from ticketing.ports import StoredEvent, UnitOfWork

# A report may overtake the answer to our own request. After this long it is about a message that is not ours.
REPORT_PATIENCE = timedelta(minutes=1)


class ReportTooEarly(ChannelUnavailable):
    """A delivery report for a message whose provider id we have not stored yet."""


async def file_report(report: DeliveryReport, event: StoredEvent, *, uow: UnitOfWork, now: datetime) -> str:
    """The inbox's outcome. Reports come in any order. Raises ReportTooEarly."""
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
    if report.window_closed:
        await note_refusal(message, uow=uow, now=now)
    await save_progress(message, told, uow=uow, now=now)
    return "filed"


async def _reported(report: DeliveryReport, key: str, uow: UnitOfWork) -> Message | None:
    if report.message_id is not None:
        with suppress(NotFound):
            return await uow.messages.lock(report.message_id)
    return await uow.messages.lock_by_key(key)
