"""A digest stands in its reader's direct messages once, with what waits for them and a picture of the last days."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.intents import Action
from bot.telling.post import SETTLED
from core.errors import ChannelUnavailable
from core.ids import new_id
from core.instants import utc_now
from emulators.slack import Channel, Workspace
from emulators.slack import Person as SlackPerson
from emulators.slack.faults import MENU
from sla.calendar import ALWAYS_OPEN
from storage.database import Database
from storage.playbooks import Playbooks
from tests.bot.letterbox import Letterbox
from tests.bot.office import staffed, told
from ticketing.digests.days import WorkingDays, bounds, days_before
from ticketing.digests.plan import LATE
from ticketing.direct_messages.direct_message import DirectMessage, Kind
from ticketing.people.preferences import Preferences


@pytest.fixture
async def box(
    engine: AsyncEngine, store: Database, workspace: Workspace, config: SlackConfig, slack: Slack, support: Channel
) -> AsyncIterator[Letterbox]:
    box = Letterbox()
    async with staffed(engine, store, workspace, config, slack, support, route=box.route) as office:
        box.open(office, store, Playbooks())
        yield box


async def planned(box: Letterbox, who: SlackPerson, *, since: datetime | None = None) -> UUID:
    """Their digest, as the clock has planned it."""
    person = await box.office.desk.person_by_email(str(who.email))
    assert person is not None
    message = DirectMessage(new_id(), person.id, Kind.DIGEST, "digest:2026-11-23", since or utc_now())
    async with box.office.desk.start() as uow:
        assert await uow.direct_messages.owe(message)
    return message.id


@pytest.fixture
async def due(box: Letterbox, ben: SlackPerson) -> UUID:
    """Ben's: he has a ticket, which was opened on the last working day."""
    by = await box.office.desk.person_by_email("ben@desk.example")
    assert by is not None
    await box.office.desk.claim(box.office.ticket.conversation_id, by=by)
    (day,) = days_before(utc_now().date(), WorkingDays(ALWAYS_OPEN), most=1)
    async with box.office.engine.begin() as connection:
        noon = bounds(day, UTC)[0] + timedelta(hours=12)
        await connection.execute(text("UPDATE ticket SET created_at = :noon"), {"noon": noon})
    return await planned(box, ben)


async def test_it_has_what_waits_for_them_and_a_picture_of_the_last_days(
    box: Letterbox, due: UUID, ben: SlackPerson
) -> None:
    await box.tell(due)
    (words,) = box.of(ben)
    assert all(part in words for part in ("Your ", "1 of yours", "Broken mug", "in numbers, yours: 1 opened", "Reply"))
    (post,) = box.office.workspace.channel_messages(box.office.workspace.direct(ben.id))
    (picture,) = [each for each in post["blocks"] if each["type"] == "image"]
    assert "1 opened, 0 resolved" in picture["alt_text"]


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"])
async def test_without_a_picture_where_slack_takes_none(
    box: Letterbox, due: UUID, ben: SlackPerson, method: str
) -> None:
    box.office.workspace.faults.add(method, MENU["server_error"])
    await box.tell(due)
    (post,) = box.office.workspace.channel_messages(box.office.workspace.direct(ben.id))
    assert [each for each in post["blocks"] if each["type"] == "image"] == []


@pytest.mark.parametrize("fault", ["reset_after", "gateway_error", "server_error"])
async def test_killed_between_the_post_and_its_mark_it_stands_there_once(
    box: Letterbox, due: UUID, ben: SlackPerson, fault: str
) -> None:
    box.office.workspace.faults.add("chat.postMessage", MENU[fault])
    with pytest.raises(ChannelUnavailable):
        await box.tell(due)
    for _ in range(2):
        await box.tell(due, after=SETTLED + timedelta(seconds=1))
    assert len(box.of(ben)) == 1


async def test_that_slack_let_nobody_tell_in_time_is_dropped_with_a_record(
    box: Letterbox, due: UUID, ben: SlackPerson
) -> None:
    await box.tell(due, after=LATE + timedelta(minutes=1))
    assert (box.of(ben), await box.states()) == ([], [("digest", "dropped", "late")])


async def test_where_there_is_nothing_to_tell_nobody_is_told(box: Letterbox, mia: SlackPerson) -> None:
    async with box.office.engine.begin() as connection:
        await connection.execute(text("UPDATE ticket SET discarded_at = now()"))
    await box.tell(await planned(box, mia))
    assert (box.of(mia), await box.states()) == ([], [("digest", "dropped", "nothing to tell")])


async def test_one_click_on_it_ends_them(box: Letterbox, due: UUID, ben: SlackPerson) -> None:
    await box.tell(due)
    direct = box.office.workspace.direct(ben.id)
    (post,) = box.office.workspace.channel_messages(direct)
    await ben.press(direct, post["ts"], Action.NO_DIGEST)
    assert "no more digests" in told(ben)
    by = await box.office.desk.person_by_email("ben@desk.example")
    assert by is not None
    assert not (await box.office.desk.preferences(by=by)).digest
    assert await box.office.all("SELECT 1 FROM preference WHERE next_digest_at IS NULL") == [{"?column?": 1}]


async def test_preferences_open_from_it(box: Letterbox, due: UUID, ben: SlackPerson) -> None:
    await box.tell(due)
    direct = box.office.workspace.direct(ben.id)
    (post,) = box.office.workspace.channel_messages(direct)
    await ben.press(direct, post["ts"], Action.PREFERENCES)
    assert ben.modals()[-1]["title"]["text"] == "Preferences"


async def test_who_ended_them_meanwhile_is_not_told(box: Letterbox, due: UUID, ben: SlackPerson) -> None:
    by = await box.office.desk.person_by_email("ben@desk.example")
    assert by is not None
    await box.office.desk.prefer(Preferences(digest=False), by=by)
    await box.tell(due)
    assert (box.of(ben), await box.states()) == ([], [("digest", "dropped", "silenced")])
