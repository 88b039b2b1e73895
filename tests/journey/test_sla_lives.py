"""The clocks of a ticket through its life on the wire: what stops, pauses, tightens and resumes them, and what not."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from ruamel.yaml import YAML

from ai.offline import OfflineBrain
from app.playbooks import DEFAULT, begin
from app.settings import Settings
from emulators.slack import Person
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Json, Stage, a_clock, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Two days, but a second where it is urgent: by then a journey has lasted longer.
_PROMISES: dict[str, Any] = {
    "calendars": {"always": {"zone": "UTC"}},
    "sla": {
        "two_days": {
            "label": "Two days",
            "calendar": "always",
            "first_response": dict.fromkeys(("low", "normal", "high", "urgent"), "4h"),
            "resolution": {"low": "48h", "normal": "48h", "high": "48h", "urgent": "1s"},
        }
    },
}
_MOVES = """
    SELECT after ->> 'sla' AS sla, at FROM activity JOIN ticket ON ticket.id = stream_id
    WHERE number = $1 AND after ? 'sla' ORDER BY seq
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The shop's process, in which complaints are promised to be resolved within two days."""
    file: Path = tmp_path_factory.mktemp("playbook") / "two_days.yaml"
    playbook = YAML(typ="safe").load(DEFAULT.read_text()) | _PROMISES
    for key, kind in playbook["types"].items():
        kind.pop("sla", None)
        if key == "complaint":
            kind |= {"sla": "two_days", "lifecycle": "standard"}
    with file.open("w") as text:
        YAML(typ="safe").dump(playbook, text)
    async with fresh_database(postgres) as dsn:
        await begin(Settings(_env_file=None, database_url=dsn, threadline_playbook=str(file)), dsn)
        async with staged(dsn, brain) as made:
            yield made


async def clocks(stage: Stage, number: int) -> Json:
    (row,) = await stage.rows(
        "SELECT clocks::text, next_event_at FROM service_level JOIN ticket ON ticket.id = ticket_id WHERE number = $1",
        number,
    )
    found: Json = json.loads(row["clocks"])
    return found | {"next_event_at": row["next_event_at"]}


def due(found: Json) -> datetime:
    (at,) = [at for event, at, _ in found["resolution"]["schedule"] if event == "breached"]
    return datetime.fromisoformat(str(at))


async def test_a_ticket_lives_with_its_clocks_and_another_one_beside_it_with_its_own(stage: Stage) -> None:
    karl = stage.customer("Karl Clock")
    card = await stage.writes(karl, "This is the third time my parcel is late, I am really annoyed.")

    async def fills(person: Person, action: str, values: Json) -> None:
        """The card as it is by now: its buttons know its version."""
        await stage.settled()
        done = await stage.fills(person, (await stage.cards_of(karl))[0], action, values)
        assert done.outcome == "closed"

    async def shows(words: str) -> Json:
        await until(lambda: words in stage.text(stage.slack.message(stage.channel, card["ts"])), f"“{words}”")
        return await clocks(stage, 1)

    await shows("First response due")
    begun = await shows("Resolution due")

    # Whose it is means nothing to clocks.
    await stage.press(stage.ben, card, "claim")
    assert await shows("Assignee: Ben") == begun
    await stage.settled()
    form = await stage.opens(stage.sara, (await stage.cards_of(karl))[0], "assign")
    await stage.sara.submit(form["id"], {"assignee": await stage.offers(stage.sara, form, "assignee", "sara")})
    assert await shows("Assignee: Sara") == begun
    await stage.settled()
    form = await stage.opens(stage.sara, (await stage.cards_of(karl))[0], "assign")
    await stage.sara.submit(form["id"], {"assignee": await stage.offers(stage.sara, form, "assignee", "mia")})
    assert await shows("Assignee: Mia") == begun

    # An answer is the first response; waiting for the customer pauses, and what they write goes on.
    await fills(stage.mia, "reply", {"text": "What is the number?", "then": "waiting_on_customer"})
    paused = await shows("Resolution paused")
    assert (paused["first_response"]["phase"], paused["next_event_at"]) == ("stopped", None)
    await karl.write("Here is the order number you asked for: 4711")
    resumed = await shows("Resolution due")
    pause, resume = await stage.rows(_MOVES, 1)
    assert (pause["sla"], resume["sla"]) == ("paused", "running")
    assert due(resumed) - due(begun) == resume["at"] - pause["at"] > timedelta()

    # A second ticket of the conversation has clocks of its own.
    await fills(stage.mia, "new_ticket", {"subject": "The refund itself"})
    await stage.card_of(karl, number=2)

    async with a_clock(stage):
        # Urgent means a second, of which more was used already.
        await stage.settled()
        await stage.sets_priority(stage.mia, (await stage.cards_of(karl))[0], "urgent")
        await shows("Resolution was due")

        def told(sign: str) -> list[str]:
            return [stage.text(each) for each in stage.thread(card) if sign in stage.text(each)]

        await until(lambda: told("🔴"), "the breach")
        await fills(stage.mia, "status", {"status": "resolved"})
        await until(lambda: len(stage.slack.message(stage.channel, card["ts"])["blocks"]) == 1, "the card to collapse")
        settled = await clocks(stage, 1)
        assert settled["resolution"]["phase"] == "stopped"

        # Reopened it goes on from where it stood, and nobody is told twice.
        await fills(stage.mia, "status", {"status": "in_progress"})
        reopened = await shows("Resolution was due")
        assert (reopened["resolution"]["phase"], reopened["resolution"]["round"]) == ("running", 1)
        assert reopened["resolution"]["spent"] == settled["resolution"]["spent"]
        await stage.settled()
        assert len(told("🔴")) == 1
        assert sum("Mia" in each for each in told("🔴")) == 1
    (other,) = await stage.rows(
        "SELECT count(*) FROM activity JOIN ticket ON ticket.id = stream_id WHERE number = 2 AND kind = 'sla.fired'"
    )
    assert other["count"] == 0
