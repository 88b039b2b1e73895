"""Colleagues hear by themselves what concerns them: what is given to them, what they watch, what waits this morning."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from app.playbooks import DEFAULT, begin
from app.settings import Settings
from bot.intents import Action, Field
from bot.views.preferences_modal import DAILY
from core.instants import utc_now
from emulators.slack import Person
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, a_clock, staged
from ticketing.people.preferences import Notice

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A desk that works every day of the week, whatever day it is today."""
    file: Path = tmp_path_factory.mktemp("playbook") / "always.yaml"
    file.write_text(DEFAULT.read_text().replace("\ncalendars:\n", "\ncalendars:\n  always: {zone: UTC}\n"))
    async with fresh_database(postgres) as dsn:
        await begin(Settings(_env_file=None, database_url=dsn, threadline_playbook=str(file)), dsn)
        async with staged(dsn, brain, business_hours="Mon-Sun 00:00-24:00") as made:
            yield made


async def test_who_is_assigned_and_who_is_named_are_told_once_and_can_answer_there(stage: Stage) -> None:
    dora = stage.customer("Dora Direct")
    card = await stage.writes(dora, "My mug from order 4712 arrived broken, I want a refund.")
    await stage.fills(stage.sara, card, "assign", {"assignee": await _id_of(stage, "Ben")})
    await stage.mia.say(stage.channel, "@Sara, do we have a photo?", thread_ts=card["ts"])
    await stage.settled()

    (assigned,) = [each for each in _told(stage, stage.ben, "Dora Direct") if "assigned" in stage.text(each)]
    (mentioned,) = _told(stage, stage.sara, "mentioned you")
    for words in ("do we have a photo?", "Dora Direct"):
        assert words in stage.text(mentioned)
    await stage.ben.press(stage.slack.direct(stage.ben.id), assigned["ts"], "ticket.reply")
    await stage.ben.submit(stage.ben.modals()[-1]["id"], {Field.TEXT: "Could you send us a photo?"})
    await stage.settled()
    assert [each.body for each in dora.inbox] == ["Could you send us a photo?"]


async def test_who_watches_is_told_once_what_others_did_meanwhile_and_nobody_of_their_own_deeds(stage: Stage) -> None:
    wanda = stage.customer("Wanda Watched")
    card = await stage.writes(wanda, "This is the third time my lamp is late, I am really annoyed.")
    for name in ("Ben", "Mia"):
        form = await stage.opens(stage.ben, card, "watchers")
        await stage.ben.submit(form["id"], {Field.WATCHER: await stage.offers(stage.ben, form, Field.WATCHER, name)})
    await stage.settled()
    await stage.press(stage.mia, await stage.card_of(wanda), "claim")
    await stage.fills(stage.mia, await stage.card_of(wanda), "status", {"status": "in_progress"})
    await stage.settled()

    async with a_clock(stage):
        await _passes(stage, "UPDATE direct_message SET due_at = now() WHERE due_at IS NOT NULL")
        await until(lambda: _told(stage, stage.ben, "News of"), "the news")
        await stage.settled()
    (news,) = _told(stage, stage.ben, "News of")
    for words in ("third time my lamp", "which you watch", "In progress", "Mia"):
        assert words in stage.text(news)
    assert _told(stage, stage.mia, "News of") == []


async def test_on_the_morning_of_a_working_day_a_digest_comes_once_until_they_want_no_more(stage: Stage) -> None:
    mona = stage.customer("Mona Morning")
    await stage.press(stage.mia, await stage.writes(mona, "My clock from order 4714 arrived broken."), "claim")
    yesterday = "UPDATE ticket SET created_at = created_at - interval '1 day'"  # what its picture shows
    await stage.rows(f"{yesterday} WHERE number = (SELECT max(number) FROM ticket)")
    await stage.mia.open_home()
    page = stage.mia.home()
    assert page is not None
    await stage.mia.press_in(page["id"], Action.PREFERENCES)
    wanted: Json = {
        Field.NOTICES: [each.value for each in Notice],
        Field.DIGEST: [DAILY],
        Field.DIGEST_AT: f"{utc_now():%H:%M}",
        Field.TIME_ZONE: "UTC",
    }
    assert (await stage.mia.submit(stage.mia.modals()[-1]["id"], wanted)).outcome == "closed"

    async with a_clock(stage):
        await _passes(stage, "UPDATE preference SET next_digest_at = next_digest_at - interval '1 day'")
        await until(lambda: _told(stage, stage.mia, "in numbers"), "the digest")
        await stage.settled()
    (digest,) = _told(stage, stage.mia, "in numbers")
    for words in ("Mona Morning", "1 opened"):
        assert words in stage.text(digest)
    assert [each["type"] for each in digest["blocks"]].count("image") == 1
    await stage.mia.press(stage.slack.direct(stage.mia.id), digest["ts"], Action.NO_DIGEST)
    assert "no more digests" in stage.told(stage.mia)


async def _passes(stage: Stage, time: str) -> None:
    """What is awaited has come due, by this statement."""
    await stage.settled()
    await stage.rows(time)


async def _id_of(stage: Stage, name: str) -> str:
    (row,) = await stage.rows("SELECT id FROM person WHERE name = $1", name)
    return str(row["id"])


def _told(stage: Stage, person: Person, words: str) -> list[Json]:
    """What stands in their direct messages and has these words."""
    return [each for each in stage.slack.channel_messages(stage.slack.direct(person.id)) if words in stage.text(each)]
