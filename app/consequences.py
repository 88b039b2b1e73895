"""What follows from events, each a few lines that hand the event to whoever does the work."""

from typing import Protocol
from uuid import UUID

from app.services import Services
from bot.showing import show_ticket as show
from core.errors import AccountRefused
from ticketing.conversations import deliver
from ticketing.conversations import file_event as filing
from ticketing.playbook.shipped import VOCABULARY
from ticketing.tickets.events import EventStored, MessageReceived, ReplyDue
from ticketing.triage import understand


class OnTicket(Protocol):
    """An event that names a ticket."""

    @property
    def ticket_id(self) -> UUID: ...


async def file_event(services: Services, event: EventStored, job: str) -> None:  # noqa: ARG001 - one shape for all
    parse = {channel: connector.parse for channel, connector in services.connectors.items()}
    await filing.file_event(event.inbox_id, parse=parse, uow=services.start(), now=services.clock())


async def understand_conversation(services: Services, event: MessageReceived, job: str) -> None:  # noqa: ARG001
    await understand.understand(
        event.conversation_id,
        message_id=event.message_id,
        brain=services.brain,
        vocabulary=VOCABULARY,
        rules=services.rules,
        pace=services.pace,
        start=services.start,
        clock=services.clock,
    )


async def deliver_reply(services: Services, event: ReplyDue, job: str) -> None:
    await deliver.deliver(
        event.message_id,
        job=job,
        channels=services.connectors,
        rules=services.rules.lifecycle,
        start=services.start,
        clock=services.clock,
    )


async def show_ticket(services: Services, event: OnTicket, job: str) -> None:
    if services.slack is None:
        raise AccountRefused("Slack is off: set SLACK_BOT_TOKEN, then run `threadline doctor --retry`.")
    await show(event.ticket_id, job=job, rooms=services.rooms, client=services.slack, clock=services.clock)
