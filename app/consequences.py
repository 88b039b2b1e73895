"""What follows from events, each a few lines that hand the event to whoever does the work."""

from contextlib import suppress
from datetime import datetime
from typing import Protocol
from uuid import UUID

from app.services import Services
from bot import showing
from bot import telling as direct
from bot.client import Slack
from bot.reach import WorkersReach
from connectors.contract import Presses
from core.errors import AccountRefused, NotFound
from ticketing.approvals import end as ending
from ticketing.approvals.carry_on import carry_on
from ticketing.attachments import fetch
from ticketing.attachments.show import show_again
from ticketing.collaboration.hand_off import release
from ticketing.conversations import deliver, fallback, press
from ticketing.conversations import file_event as filing
from ticketing.conversations import follow_tickets as following
from ticketing.customers import follow as following_customer
from ticketing.direct_messages import plan as telling
from ticketing.drafting.suggest import write_draft
from ticketing.sla import hold as holding
from ticketing.surveys import plan as planning
from ticketing.tickets import migrate as migrating
from ticketing.tickets import stage_messages
from ticketing.tickets.events import (
    ApprovalGranted,
    ColleagueMentioned,
    ConversationChanged,
    CustomerChanged,
    DirectMessageDue,
    DraftAsked,
    DueCame,
    EventStored,
    FileAwaited,
    HomeDue,
    MessageReceived,
    MigrationUnfinished,
    PictureStored,
    PlaybookApplied,
    PressFiled,
    PromisesChanged,
    ReplyDue,
    SlaTold,
    StagePassed,
    SurveyDue,
    TicketTaken,
    WindowClosing,
    WindowRefused,
)
from ticketing.triage import understand


class OnTicket(Protocol):
    """An event that names a ticket."""

    @property
    def ticket_id(self) -> UUID: ...

    @property
    def at(self) -> datetime: ...


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


async def tell_of_sla(services: Services, event: SlaTold, job: str) -> None:  # noqa: ARG001
    client, places = _slack(services), services.rooms
    await showing.show_sla(event, places=places, client=client, now=services.clock)


async def remind_of_due(services: Services, event: DueCame, job: str) -> None:  # noqa: ARG001
    client, places = _slack(services), services.rooms
    await showing.show_reminder(event.ticket_id, event.due, places=places, client=client)


async def tell_assignee(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await telling.tell_assignee(event.ticket_id, uow=services.start(), now=services.clock())


async def tell_mentioned(services: Services, event: ColleagueMentioned, job: str) -> None:  # noqa: ARG001
    ids, uow, now = (event.ticket_id, event.comment_id, event.person_id), services.start(), services.clock()
    await telling.tell_mentioned(*ids, at=event.at, uow=uow, now=now)


async def tell_watchers(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await telling.tell_watchers(event.ticket_id, at=event.at, uow=services.start(), now=services.clock())


async def tell_deciders(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await telling.tell_deciders(event.ticket_id, uow=services.start(), now=services.clock())


async def settle_requests(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    client, messages = _slack(services), services.direct_messages
    await direct.settle_requests(event.ticket_id, messages=messages, rooms=services.rooms, client=client)


async def tell_person(services: Services, event: DirectMessageDue, job: str) -> None:  # noqa: ARG001
    await direct.tell_person(
        event.message_id,
        messages=services.direct_messages,
        digests=services.digests,
        desk=services.desk,
        rooms=services.rooms,
        client=_slack(services),
        clock=services.clock,
    )


async def send_picture(services: Services, event: PictureStored, job: str) -> None:  # noqa: ARG001
    if await showing.send_picture(event.file_id, pictures=services.files.pictures, client=_slack(services)):
        await show_again(event.file_id, uow=services.start(), now=services.clock())


async def follow_tickets(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    rules = services.rules
    await following.follow_tickets(event.ticket_id, rules=rules, start=services.start, now=services.clock())


async def release_conversation(services: Services, event: TicketTaken, job: str) -> None:  # noqa: ARG001
    await release(event.ticket_id, event.person_id, uow=services.start(), now=services.clock())


async def follow_customer(services: Services, event: CustomerChanged, job: str) -> None:  # noqa: ARG001
    await following_customer.follow_customer(event.customer_id, uow=services.start(), now=services.clock())


async def migrate_tickets(services: Services, event: PlaybookApplied | MigrationUnfinished, job: str) -> None:  # noqa: ARG001
    await migrating.migrate_tickets(event.version, start=services.start, clock=services.clock)


async def hold_to_promises(services: Services, event: PromisesChanged, job: str) -> None:  # noqa: ARG001
    await holding.hold_all(event.version, event.after, start=services.start, clock=services.clock)


async def hold_to_tier(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await holding.hold_to_tier(event.ticket_id, uow=services.start(), now=services.clock())


async def review_approvals(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await ending.review(event.ticket_id, uow=services.start(), now=services.clock())


async def carry_on_approved(services: Services, event: ApprovalGranted, job: str) -> None:  # noqa: ARG001
    await carry_on(event.approval_id, start=services.start, now=services.clock())


async def plan_survey(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    uow, now = services.start(), services.clock()
    await planning.plan_survey(event.ticket_id, surveys=services.surveys, uow=uow, now=now)


async def send_stage_messages(services: Services, event: StagePassed, job: str) -> None:  # noqa: ARG001
    await stage_messages.send_stage_messages(
        event,
        surveys=services.surveys,
        limits=services.desk.limits,
        uow=services.start(),
        now=services.clock(),
    )


async def ask_survey(services: Services, event: SurveyDue, job: str) -> None:  # noqa: ARG001
    await planning.ask_survey(
        event.survey_id,
        surveys=services.surveys,
        limits={channel: connector.limits for channel, connector in services.connectors.items()},
        uow=services.start(),
        now=services.clock(),
    )


async def acknowledge_press(services: Services, event: PressFiled, job: str) -> None:  # noqa: ARG001
    parse = {channel: connector.parse for channel, connector in services.connectors.items()}
    answer = await press.words_for_press(event.inbox_id, parse=parse, start=services.start)
    if answer is not None and isinstance(connector := services.connectors.get(answer[0].channel), Presses):
        await connector.acknowledge_press(*answer)


async def suggest_reply(services: Services, event: DraftAsked, job: str) -> None:  # noqa: ARG001
    from bot.handlers.suggest import show_suggestion  # Bolt takes half a second to load, and most processes do without

    reach = WorkersReach(services.desk, services.rooms, _slack(services), services.clock)
    with suppress(NotFound):  # forgotten since: its form is long closed
        start, clock = services.start, services.clock
        asked, person = await write_draft(event.draft_id, drafter=services.brain, start=start, clock=clock)
        await show_suggestion(reach, asked, person)


async def show_ticket(services: Services, event: OnTicket, job: str) -> None:
    client = _slack(services)
    await showing.show_ticket(event.ticket_id, job=job, rooms=services.rooms, client=client, clock=services.clock)


async def refresh_home(services: Services, event: HomeDue, job: str) -> None:  # noqa: ARG001
    await showing.look_again(
        event.person_id,
        desk=services.desk,
        rooms=services.rooms,
        homes=services.homes,
        client=_slack(services),
        clock=services.clock,
    )


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
