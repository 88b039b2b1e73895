"""Colleagues hear by themselves of what is given to them, and of a ticket that they are named in."""

import pytest

from tests.journey.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_who_is_assigned_and_who_is_named_are_told_once_and_can_answer_there(stage: Stage) -> None:
    dora = stage.customer("Dora Direct")
    card = await stage.writes(dora, "My mug from order 4712 arrived broken, I want a refund.")
    await stage.fills(stage.sara, card, "assign", {"assignee": await _id_of(stage, "Ben")})
    await stage.mia.say(stage.channel, "@Sara, do we have a photo?", thread_ts=card["ts"])
    await stage.settled()

    told = [each for each in _told(stage, stage.ben.id) if "Dora Direct" in each]
    assert len([each for each in told if "assigned" in each]) == 1
    (mentioned,) = [each for each in _told(stage, stage.sara.id) if "mentioned you" in each]
    assert "do we have a photo?" in mentioned
    assert "Dora Direct" in mentioned


async def _id_of(stage: Stage, name: str) -> str:
    (row,) = await stage.rows("SELECT id FROM person WHERE name = $1", name)
    return str(row["id"])


def _told(stage: Stage, user: str) -> list[str]:
    return [stage.text(each) for each in stage.slack.channel_messages(stage.slack.direct(user))]
