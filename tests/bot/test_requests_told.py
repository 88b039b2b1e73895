"""A request for approval comes to those who can decide, one by one, and can be decided where it comes."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action
from bot.telling import settle_requests
from core.errors import Throttled
from core.instants import utc_now
from emulators.slack import Channel, Person, Workspace
from emulators.slack.faults import MENU
from storage.database import Database
from storage.direct_messages import SqlDirectMessages
from tests.bot.letterbox import Letterbox
from tests.bot.office import staffed, told
from tests.bot.test_approvals import WHY, hold
from tests.playbooks import IN_PROGRESS, RESOLVED, InForce, gated
from ticketing.approvals.approval import Approval, Verdict
from ticketing.people.person import Role


@pytest.fixture
def sara(workspace: Workspace) -> Person:
    return workspace.add_user("sara", "sara@desk.example")


@pytest.fixture
def omar(workspace: Workspace) -> Person:
    return workspace.add_user("omar", "omar@desk.example")


@pytest.fixture
async def box(
    engine: AsyncEngine,
    store: Database,
    workspace: Workspace,
    config: SlackConfig,
    slack: Slack,
    support: Channel,
    mia: Person,
) -> AsyncIterator[Letterbox]:
    """Mia has a ticket with a refund of 250; Sara and Omar supervise."""
    box, playbooks = Letterbox(), InForce(gated())
    async with staffed(engine, store, workspace, config, slack, support, playbooks, route=box.route) as office:
        box.open(office, store, playbooks)
        for name in ("Sara", "Omar"):
            await office.desk.add_person(name, f"{name.lower()}@desk.example", Role.SUPERVISOR)
        await office.press(mia, Action.CLAIM)
        by = await office.desk.person_by_email("mia@desk.example")
        assert by is not None
        await office.desk.change_status(office.ticket.id, IN_PROGRESS, by=by)
        await hold(office, refund_amount="250.00", order_number="78932")
        yield box


@pytest.fixture
async def asked(box: Letterbox) -> Approval:
    by = await box.office.desk.person_by_email("mia@desk.example")
    assert by is not None
    return await box.office.desk.request_approval(box.office.ticket.id, RESOLVED, WHY, by=by)


@pytest.mark.usefixtures("asked")
async def test_it_comes_with_the_evidence_to_each_who_can_decide_and_not_to_who_asked(
    box: Letterbox, mia: Person, ben: Person, sara: Person, omar: Person
) -> None:
    await box.tell()
    for person in (sara, omar):
        (words,) = box.of(person)
        assert all(part in words for part in ("You are asked about #1", "250.00", "Approve", "Reject", WHY))
    assert (box.of(mia), box.of(ben)) == ([], [])


async def test_it_can_be_decided_there_and_the_other_is_not_told_any_more(
    box: Letterbox, asked: Approval, sara: Person, omar: Person
) -> None:
    first, second = await box.plan()
    await box.tell(first.message_id)
    reader = sara if box.of(sara) else omar
    direct = box.office.workspace.direct(reader.id)
    (post,) = box.office.workspace.channel_messages(direct)
    await reader.press(direct, post["ts"], Action.APPROVE)
    assert told(reader) == "You have approved it."
    assert (await box.office.desk.approval(asked.id)).settled_at is not None
    await box.tell(second.message_id)
    assert sorted((len(box.of(sara)), len(box.of(omar)))) == [0, 1]


async def test_once_it_is_decided_it_shows_by_whom_wherever_it_was_told(
    box: Letterbox, asked: Approval, sara: Person, omar: Person
) -> None:
    await box.tell()
    by = await box.office.desk.person_by_email("sara@desk.example")
    assert by is not None
    await settle_requests(box.office.ticket.id, messages=box.messages, rooms=box.office.rooms, client=box.office.slack)
    assert all("[Approve]" in box.of(each)[0] for each in (sara, omar))
    await box.office.desk.decide(asked.id, Verdict.REJECT, by=by, reason="No photo.")
    for _ in range(2):
        await settle_requests(
            box.office.ticket.id, messages=box.messages, rooms=box.office.rooms, client=box.office.slack
        )
    for person in (sara, omar):
        (words,) = box.of(person)
        assert "[Approve]" not in words
        assert "You were asked about #1" in words
        assert "No photo." in words
    assert len(box.office.workspace.calls_of("chat.update")) == 2


async def test_what_is_decided_while_it_is_being_told_shows_so_though_the_run_that_told_it_came_no_further(
    box: Letterbox, asked: Approval, sara: Person
) -> None:
    found = [await box.office.desk.person_by_email(f"{name}@desk.example") for name in ("sara", "omar")]
    reader, other = [each for each in found if each is not None]
    due = [each.message_id for each in await box.plan()]
    rows = await box.office.all("SELECT id FROM direct_message WHERE person_id = :id", id=reader.id)
    (hers,) = [each for each in due if each == rows[0]["id"]]

    class Slow(SqlDirectMessages):
        async def begin(self, message_id: UUID, *, run: UUID, seen: datetime | None, now: datetime) -> bool:
            await box.office.desk.decide(asked.id, Verdict.APPROVE, by=other)
            rooms, client = box.office.rooms, box.office.slack  # the job of the decision: nothing stands there yet
            await settle_requests(box.office.ticket.id, messages=self, rooms=rooms, client=client)
            return await super().begin(message_id, run=run, seen=seen, now=now)

    quick, box.messages = box.messages, Slow(box.office.store, InForce(gated()), box.office.rooms)
    box.office.workspace.faults.add("chat.update", MENU["too_many_requests"])
    with pytest.raises(Throttled):
        await box.tell(hers)
    assert "[Approve]" in box.of(sara)[0]
    box.messages = quick
    await box.tell(hers)
    (words,) = box.of(sara)
    assert "[Approve]" not in words


async def test_a_delegate_whose_time_is_over_is_not_told(box: Letterbox, ben: Person, sara: Person) -> None:
    await box.office.desk.delegate("sara@desk.example", "ben@desk.example", utc_now() + timedelta(days=1))
    by = await box.office.desk.person_by_email("mia@desk.example")
    assert by is not None
    await box.office.desk.request_approval(box.office.ticket.id, RESOLVED, WHY, by=by)
    await box.plan()
    await box.office.desk.end_delegation("sara@desk.example")
    await box.tell()
    assert (len(box.of(ben)), len(box.of(sara))) == (0, 1)


async def test_what_was_decided_before_it_was_told_is_told_to_nobody(
    box: Letterbox, asked: Approval, sara: Person, omar: Person
) -> None:
    await box.plan()
    by = await box.office.desk.person_by_email("sara@desk.example")
    assert by is not None
    await box.office.desk.decide(asked.id, Verdict.REJECT, by=by, reason="No photo.")
    await box.tell()
    assert (box.of(sara), box.of(omar)) == ([], [])
