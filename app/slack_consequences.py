"""What follows from events in Slack: what is shown there, and who is told. All else: `consequences.py`."""

from contextlib import suppress

from app.consequences import OnTicket
from app.services import Services
from bot import showing
from bot import telling as direct
from bot.client import Slack
from bot.reach import WorkersReach
from core.errors import AccountRefused, NotFound
from ticketing.attachments.show import show_again
from ticketing.drafting.suggest import write_draft
from ticketing.resolution.made_by_hand import make_call
from ticketing.tickets.events import (
    ConversationChanged,
    DirectMessageDue,
    DraftAsked,
    DueCame,
    HandCallDue,
    HomeDue,
    PictureStored,
    SlaTold,
    WindowClosing,
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


async def suggest_reply(services: Services, event: DraftAsked, job: str) -> None:  # noqa: ARG001
    from bot.handlers.suggest import show_suggestion  # Bolt takes half a second to load, and most processes do without

    reach = WorkersReach(services.desk, services.rooms, _slack(services), services.clock)
    with suppress(NotFound):  # forgotten since: its form is long closed
        start, clock = services.start, services.clock
        asked, person = await write_draft(event.draft_id, drafter=services.brain, start=start, clock=clock)
        await show_suggestion(reach, asked, person)


async def call_by_hand(services: Services, event: HandCallDue, job: str) -> None:
    from bot.handlers.run_action import show_outcome  # as above

    reach = WorkersReach(services.desk, services.rooms, _slack(services), services.clock)
    with suppress(NotFound):
        actions, start, clock = services.actions.of, services.start, services.clock
        call = await make_call(event.call_id, actions=actions, start=start, clock=clock, job=job)
        await show_outcome(reach, call)


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
