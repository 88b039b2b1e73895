"""Promises on the wire: a warning, a breach, what was settled in time, and the view of those at risk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from app.playbooks import DEFAULT, begin
from app.settings import Settings
from bot.intents import COMMAND
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Stage, a_clock, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

# In seconds, so that a journey lives through all of it.
_CALENDAR = "  always: {zone: UTC}\n"
_POLICY = """  quick:
    label: Quick
    calendar: always
    first_response: {low: 300s, normal: 300s, high: 300s, urgent: 300s}
    resolution: {low: 4s, normal: 4s, high: 4s, urgent: 4s}
    escalation:
      - {clock: resolution, after: 1s, set_priority: urgent, notify: supervisor}
"""
_SECTIONS = {"\ncalendars:\n": _CALENDAR, "\nsla:\n": _POLICY, "    sla: complaints\n": ""}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The shop's process, in which complaints are promised to be resolved within four seconds."""
    file: Path = tmp_path_factory.mktemp("playbook") / "quick.yaml"
    text = DEFAULT.read_text()
    for head, more in _SECTIONS.items():
        assert text.count(head) == 1
        text = text.replace(head, head.replace("complaints", "quick") + more)
    file.write_text(text)
    async with fresh_database(postgres) as dsn:
        await begin(Settings(_env_file=None, database_url=dsn, threadline_playbook=str(file)), dsn)
        async with staged(dsn, brain) as made:
            yield made


async def test_a_warning_and_a_breach_are_told_once_and_nothing_after_it_is_settled(stage: Stage) -> None:
    karl = stage.customer("Karl Clock")
    card = await stage.writes(karl, "This is the third time my parcel is late, I am really annoyed.")
    await stage.press(stage.mia, card, "claim")
    await until(
        lambda: "First response due" in stage.text(stage.slack.message(stage.channel, card["ts"])),
        "the clocks on the card",
    )
    async with a_clock(stage):

        def told(sign: str) -> list[str]:
            return [stage.text(each) for each in stage.thread(card) if sign in stage.text(each)]

        await until(lambda: told("⚠️"), "the warning")
        await until(lambda: len(told("🔴")) == 2, "the breach, and the step of escalation")
        (warning,) = told("⚠️")
        assert "Mia" in warning
        assert "resolution on" in warning
        assert "was due" in told("🔴")[0]
        await until(
            lambda: "Urgent" in stage.text(stage.slack.message(stage.channel, card["ts"])), "the higher priority"
        )

        lotte = stage.customer("Lotte In Time")
        other = await stage.writes(lotte, "You charged my card twice and nobody answers, this is outrageous.")
        await stage.press(stage.mia, other, "claim")
        await stage.fills(stage.mia, other, "status", {"status": "resolved"})
        await until(lambda: len(told("🔴")) == 2, "nothing more of the first one")
    events = await stage.rows(
        "SELECT after->>'event' AS event FROM activity WHERE kind = 'sla.fired' AND stream_id = "
        "(SELECT id FROM ticket ORDER BY number DESC LIMIT 1)"
    )
    assert [each["event"] for each in events] in ([], ["at_risk"], ["at_risk", "warning"])


async def test_what_is_at_risk_is_listed_in_private_until_it_is_settled(stage: Stage) -> None:
    rita = stage.customer("Rita Risk")
    card = await stage.writes(rita, "Nobody answers about my late parcel, I am really annoyed.")
    await stage.sets_priority(stage.sara, card, "urgent")  # which is at risk at once

    assert "Rita Risk" in await _at_risk(stage)
    await stage.press(stage.mia, card, "claim")
    await stage.fills(stage.mia, await stage.card_of(rita), "status", {"status": "resolved"})
    assert "Rita Risk" not in await _at_risk(stage)


async def _at_risk(stage: Stage) -> str:
    """What Mia alone sees."""
    asked = await stage.mia.command(stage.channel, COMMAND, "at-risk")
    assert asked.outcome == "acknowledged"
    return stage.told(stage.mia)
