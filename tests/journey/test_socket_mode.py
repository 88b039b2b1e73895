"""The same desk behind a NAT: Slack comes by Socket Mode, and the bot process answers it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from ai.offline import OfflineBrain
from emulators.waiting import until
from tests.conftest import fresh_database
from tests.journey.stage import Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(postgres: str, brain: OfflineBrain) -> AsyncIterator[Stage]:
    async with fresh_database(postgres) as dsn, staged(dsn, brain, socket_mode=True) as made:
        yield made


async def test_claim_comment_and_reply_by_socket(stage: Stage) -> None:
    clara = stage.customer("Clara Socket")
    card = await stage.writes(clara, "My mug from order 4711 arrived broken, I want a refund.")

    await stage.press(stage.mia, card, "claim")
    await stage.mia.say(stage.channel, "asking logistics", thread_ts=card["ts"])
    answer = await stage.fills(stage.mia, card, "reply", {"text": "We send a new one."})

    card = await stage.card_of(clara)
    assert answer.outcome == "closed"
    assert "Assignee: Mia" in stage.text(card)
    assert "1 comment" in stage.text(card)
    assert "✓✓ delivered" in stage.thread_text(card)
    assert [message.body for message in clara.inbox] == ["We send a new one."]


async def test_whoever_asks_is_told_how_it_stands_with_the_socket(stage: Stage) -> None:
    async def ready() -> dict[str, str]:
        async with httpx.AsyncClient(trust_env=False) as http:
            return dict((await http.get(f"{stage.url}/readyz")).json())

    async def is_ready() -> bool:
        return await ready() == {"status": "ok"}

    await until(is_ready, "the bot process to have noted its socket")


async def test_a_stranger_is_refused_by_socket_too(stage: Stage) -> None:
    sid = stage.customer("Sid Socket")
    card = await stage.writes(sid, "My mug from order 4711 arrived broken, I want a refund.")

    await stage.press(stage.stranger, card, "claim")

    assert "You are not in Threadline" in stage.told(stage.stranger)
    assert "nobody yet" in stage.text(await stage.card_of(sid))
