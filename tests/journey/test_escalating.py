"""A customer loses patience: the ticket is handed to people, who are told once and have what they need to go on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from app.playbooks import DEFAULT, begin
from app.settings import Settings
from bot.intents import Work
from emulators.slack import Person
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, a_clock, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A desk that follows the shop's playbook."""
    file: Path = tmp_path_factory.mktemp("playbook") / "retail.yaml"
    file.write_text(DEFAULT.read_text())
    async with fresh_database(postgres) as dsn:
        await begin(Settings(_env_file=None, database_url=dsn, threadline_playbook=str(file)), dsn)
        async with staged(dsn, brain, business_hours="Mon-Sun 00:00-24:00") as made:
            yield made


async def test_who_is_upset_is_handed_to_people_who_are_told_once_and_can_go_on_at_once(stage: Stage) -> None:
    uma = stage.customer("Uma Upset")
    card = await stage.writes(uma, "Hello, my parcel with order 4712 has not arrived, I want to complain.")
    assert "Handed to people" not in stage.text(card)

    await uma.write("Outrageous! Still no answer about my complaint, I am furious and disgusted!")
    card = await stage.card_of(uma)
    for words in ("Handed to people", "the customer is upset about a complaint", "frustrated → 😠 upset"):
        assert words in stage.text(card), stage.text(card)
    for words in ("Wants:", "Done:", "the AI opened the ticket", "Missing:", "an answer to the customer", "Next:"):
        assert words in stage.text(card)
    (told,) = _told(stage, stage.sara, "was handed to people")
    for words in ("the customer is upset about a complaint", "Uma Upset", "Next:", "Claim"):
        assert words in stage.text(told)
    assert _told(stage, stage.mia, "was handed to people") == []
    listed = await stage.mia.command(stage.channel, "/ticket", "escalated")
    assert "AI escalated" in stage.told(stage.mia), listed
    assert "#1" in stage.told(stage.mia)

    # Sara takes it from where she was told; that the customer is still upset is no news to her.
    await stage.sara.press(stage.slack.direct(stage.sara.id), told["ts"], "ticket.claim")
    await uma.write("This is unacceptable, I am furious, do something about my complaint!")
    await stage.settled()
    assert len(_told(stage, stage.sara, "was handed to people")) == 1
    assert len(await _escalations(stage)) == 1

    # Nothing moves for a long time: that is another reason, which the clock finds by itself.
    await stage.rows("UPDATE ticket SET created_at = created_at - interval '30 days'")
    await stage.rows("UPDATE escalation_watch SET look_at = now()")
    async with a_clock(stage):
        await until(lambda: len(_told(stage, stage.sara, "was handed to people")) == 2, "what the clock found")
        await stage.settled()
    assert "more than 48 open hours" in stage.text(await stage.card_of(uma))

    # She hands it back: the AI may go on, and what still holds stays quiet.
    screen = await stage.opens(stage.sara, await stage.card_of(uma), "work")
    assert "Handed to people" in stage.screen(stage.sara)
    await stage.sara.press_in(screen["id"], Work.HAND_BACK)
    await stage.settled()
    assert "Handed to people" not in stage.text(await stage.card_of(uma))
    assert len(await _escalations(stage)) == 2
    await stage.mia.command(stage.channel, "/ticket", "escalated")
    assert "The AI has left nothing to people" in stage.told(stage.mia)


async def _escalations(stage: Stage) -> list[Json]:
    return await stage.rows("SELECT after FROM activity WHERE kind = 'ticket.escalated'")


def _told(stage: Stage, person: Person, words: str) -> list[Json]:
    """What stands in their direct messages and has these words."""
    return [each for each in stage.slack.channel_messages(stage.slack.direct(person.id)) if words in stage.text(each)]
