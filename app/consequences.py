"""What follows from events, each a few lines that hand the event to whoever does the work.

What is shown and told in Slack stands in `slack_consequences.py`; who hears what, in `subscriptions.py`.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from app.services import Services
from connectors.contract import Announces, Presses
from ticketing.approvals import end as ending
from ticketing.approvals.carry_on import carry_on
from ticketing.attachments import fetch
from ticketing.collaboration.hand_off import release
from ticketing.conversations import deliver, fallback, press
from ticketing.conversations import file_event as filing
from ticketing.conversations import follow_tickets as following
from ticketing.customers import follow as following_customer
from ticketing.direct_messages import by_mail
from ticketing.direct_messages import plan as telling
from ticketing.escalation import consider as considering
from ticketing.escalation import watch as watching
from ticketing.ports import UnitOfWork
from ticketing.resolution import begin as beginning
from ticketing.resolution import give_up as giving_up
from ticketing.resolution import move_level as levels
from ticketing.resolution import resume as resuming
from ticketing.resolution import work as working
from ticketing.sla import hold as holding
from ticketing.surveys import plan as planning
from ticketing.tickets import migrate as migrating
from ticketing.tickets import stage_messages
from ticketing.tickets.events import (
    ApprovalGranted,
    AutonomyMoved,
    ColleagueMentioned,
    CustomerChanged,
    DirectMessageDue,
    EscalationsChanged,
    EventStored,
    FileAwaited,
    MessageReceived,
    MigrationUnfinished,
    MissedInSlack,
    OutcomeChanged,
    PlaybookApplied,
    PressFiled,
    PromisesChanged,
    ReplyDue,
    RunDue,
    StagePassed,
    SurveyDue,
    TicketEscalated,
    TicketHandedBack,
    TicketTaken,
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

    async def file(uow: UnitOfWork) -> None:
        await filing.file_event(event.inbox_id, parse=parse, welcome=services.welcome, uow=uow, now=services.clock())

    await services.sharing.filing.do(file)


async def understand_conversation(services: Services, event: MessageReceived, job: str) -> None:  # noqa: ARG001
    await understand.understand(
        event.conversation_id,
        message_id=event.message_id,
        brain=services.brain,
        rules=services.rules,
        pace=services.pace,
        reading=services.sharing.reading,
        applying=services.sharing.applying,
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


async def tell_assignee(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await telling.tell_assignee(event.ticket_id, uow=services.start(), now=services.clock())


async def tell_mentioned(services: Services, event: ColleagueMentioned, job: str) -> None:  # noqa: ARG001
    ids, uow, now = (event.ticket_id, event.comment_id, event.person_id), services.start(), services.clock()
    await telling.tell_mentioned(*ids, at=event.at, uow=uow, now=now)


async def tell_watchers(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await telling.tell_watchers(event.ticket_id, at=event.at, uow=services.start(), now=services.clock())


async def mail_person(services: Services, event: DirectMessageDue | MissedInSlack, job: str) -> None:
    post = _post(services)
    if post is not None:  # a desk without mail tells nobody by it
        messages, start = services.direct_messages, services.start
        await by_mail.mail_person(
            event.message_id, job=job, post=post, messages=messages, start=start, clock=services.clock
        )


def _post(services: Services) -> by_mail.Post | None:
    for channel, connector in services.connectors.items():
        if isinstance(connector, Announces) and connector.announces_from is not None:
            account, proves = connector.announces_from, connector.proves_writers
            in_slack = services.slack is not None
            return by_mail.Post(connector, channel, account, proves, services.files.links, in_slack)
    return None


async def tell_escalated(services: Services, event: TicketEscalated, job: str) -> None:  # noqa: ARG001
    await telling.tell_escalated(event.escalation_id, uow=services.start(), now=services.clock())


async def watch_tickets(services: Services, event: EscalationsChanged, job: str) -> None:  # noqa: ARG001
    await watching.watch_all(event.version, event.after, start=services.start, clock=services.clock)


async def consider_escalation(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await considering.consider(event.ticket_id, uow=services.start(), now=services.clock())


async def tell_deciders(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await telling.tell_deciders(event.ticket_id, uow=services.start(), now=services.clock())


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


async def begin_run(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    await beginning.begin_run(
        event.ticket_id,
        actions=services.actions.of,
        limits=services.desk.limits,
        start=services.start,
        now=services.clock(),
        handed_back=isinstance(event, TicketHandedBack),
    )


async def work_run(services: Services, event: RunDue, job: str) -> None:
    await working.work_run(
        event.run_id,
        brain=services.brain,
        actions=services.actions.of,
        limits=services.desk.limits,
        start=services.start,
        clock=services.clock,
        patience=services.run_patience,
        job=job,
    )


async def wake_run(services: Services, event: OnTicket, job: str) -> None:  # noqa: ARG001
    uow, now = services.start(), services.clock()
    await resuming.look_again(event.ticket_id, limits=services.desk.limits, uow=uow, now=now)


async def give_up_run(services: Services, event: RunDue, error: Exception) -> None:
    limits, start = services.desk.limits, services.start
    await giving_up.give_up_work(event.run_id, error, limits=limits, start=start, now=services.clock())


async def give_up_waiting(services: Services, event: OnTicket, error: Exception) -> None:
    limits, start = services.desk.limits, services.start
    await giving_up.give_up_waiting(event.ticket_id, error, limits=limits, start=start, now=services.clock())


async def measure_autonomy(services: Services, event: OutcomeChanged, job: str) -> None:  # noqa: ARG001
    await levels.measure(event.ticket_id, uow=services.start(), now=services.clock())


async def tell_autonomy(services: Services, event: AutonomyMoved, job: str) -> None:  # noqa: ARG001
    await telling.tell_autonomy(event.move_id, uow=services.start(), now=services.clock())


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
