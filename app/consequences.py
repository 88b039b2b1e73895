"""What follows from events, each a few lines that hand the event to whoever does the work."""

from typing import Protocol
from uuid import UUID

from app.services import Services
from bot import showing
from bot.client import Slack
from connectors.contract import Presses
from core.errors import AccountRefused
from ticketing.attachments import fetch
from ticketing.attachments.show import show_again
from ticketing.conversations import deliver, fallback, press
from ticketing.conversations import file_event as filing
from ticketing.conversations import follow_tickets as following
from ticketing.customers import follow as following_customer
from ticketing.playbook.shipped import VOCABULARY
from ticketing.surveys import plan as planning
from ticketing.tickets.events import (
    ConversationChanged,
    CustomerChanged,
    EventStored,
    FileAwaited,
    MessageReceived,
    PictureStored,
    PressFiled,
    ReplyDue,
    SurveyDue,
    WindowClosing,
    WindowRefused,
)
from ticketing.triage import understand


class OnTicket(Protocol):
    """An event that names a ticket."""

    @property
    def ticket_id(self) -> UUID: ...


async def file_event(services: Services, event: EventStored, job: str) -> None:  # noqa: ARG001 - one shape for all
    parse = {channel: connector.parse for channel, connector in services.connectors.items()}
    await filing.file_event(
        event.inbox_id, parse=parse, welcome=services.welcome, uow=services.start(), now=services.clock()
    )


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
        stand_in=services.stand_in,
        patience=services.patience,
    )


async def deliver_reply(services: Services, event: ReplyDue, job: str) -> None:
    await deliver.deliver(
        event.message_id,
        job=job,
        channels=services.connectors,
        rules=services.rules.lifecycle,
        outside=services.outside,
        start=services.start,
        clock=services.clock,
        files=services.files.outgoing,
    )


async def fetch_file(services: Services, event: FileAwaited, job: str) -> None:  # noqa: ARG001
    files = services.files
    await fetch.fetch_file(
        event.file_id, sources=files.sources, store=files.store, start=services.start, clock=services.clock
    )


async def replan_reply(services: Services, event: WindowRefused, job: str) -> None:  # noqa: ARG001
    await fallback.replan(
        event.message_id,
        limits=services.desk.limits,
        outside=services.outside,
        uow=services.start(),
        now=services.clock(),
    )


async def tell_of_window(services: Services, event: WindowClosing, job: str) -> None:  # noqa: ARG001
    client, places = _slack(services), services.rooms
    await showing.show_prompt(event.conversation_id, event.until, places=places, client=client, clock=services.clock)


async def send_picture(services: Services, event: PictureStored, job: str) -> None:  # noqa: ARG001
    if await showing.send_picture(event.file_id, pictures=services.files.pictures, client=_slack(services)):
        await show_again(event.file_id, uow=services.start(), now=services.clock())


async def follow_tickets(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    rules = services.rules
    await following.follow_tickets(event.ticket_id, rules=rules, uow=services.start(), now=services.clock())


async def follow_customer(services: Services, event: CustomerChanged, job: str) -> None:  # noqa: ARG001
    await following_customer.follow_customer(event.customer_id, uow=services.start(), now=services.clock())


async def plan_survey(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    lifecycle = services.rules.lifecycle
    uow, now = services.start(), services.clock()
    await planning.plan_survey(event.ticket_id, surveys=services.surveys, rules=lifecycle, uow=uow, now=now)


async def ask_survey(services: Services, event: SurveyDue, job: str) -> None:  # noqa: ARG001
    await planning.ask_survey(
        event.survey_id,
        surveys=services.surveys,
        limits={channel: connector.limits for channel, connector in services.connectors.items()},
        rules=services.rules.lifecycle,
        uow=services.start(),
        now=services.clock(),
    )


async def acknowledge_press(services: Services, event: PressFiled, job: str) -> None:  # noqa: ARG001
    parse = {channel: connector.parse for channel, connector in services.connectors.items()}
    answer = await press.words_for_press(event.inbox_id, parse=parse, start=services.start)
    if answer is not None and isinstance(connector := services.connectors.get(answer[0].channel), Presses):
        await connector.acknowledge_press(*answer)


async def show_ticket(services: Services, event: OnTicket, job: str) -> None:
    client = _slack(services)
    await showing.show_ticket(event.ticket_id, job=job, rooms=services.rooms, client=client, clock=services.clock)


async def show_conversation(services: Services, event: ConversationChanged, job: str) -> None:
    await showing.show_conversation(
        event.conversation_id,
        job=job,
        cards=services.light_cards,
        client=_slack(services),
        clock=services.clock,
    )


def _slack(services: Services) -> Slack:
    if services.slack is None:
        raise AccountRefused("Slack is off: set SLACK_BOT_TOKEN, then run `threadline doctor --retry`.")
    return services.slack
