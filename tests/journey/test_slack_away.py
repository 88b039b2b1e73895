"""Slack is away for an hour, or shuts us out: nothing is lost, doubled or spins, and the doctor says what to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import text

from app.commands.doctor import examine
from emulators.slack import Fault
from emulators.waiting import until
from storage.engine import create_engine
from storage.jobs.parked import retry
from tests.journey.stage import Json, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAMAGED = "My mug from order 4711 arrived broken, I want a refund."
NEWS = "Any news about order 4711?"
_OLDER = text("""
    UPDATE pgqueuer SET created = created - make_interval(hours => :hours), execute_after = least(execute_after, now())
    WHERE status = 'queued'
""")


async def forward(stage: Stage, *, hours: int = 1) -> None:
    """So many hours pass for the jobs that wait; with none they are due, and no older."""
    engine = create_engine(stage.dsn, size=1)
    async with engine.begin() as connection:
        await connection.execute(_OLDER, {"hours": hours})
    await engine.dispose()


async def waiting(stage: Stage) -> list[Json]:
    return await stage.rows("SELECT id FROM pgqueuer WHERE status = 'queued' AND entrypoint LIKE '%.show_ticket'")


async def tried_in_vain(stage: Stage) -> None:
    """An hour later Slack is called once more, and the jobs wait again."""
    fails = stage.slack.faults.left
    await forward(stage)
    await until(lambda: stage.slack.faults.left < fails, "another call of Slack")
    await until(lambda: waiting(stage), "jobs that wait for Slack")


async def parked(stage: Stage) -> list[Json]:
    return await stage.rows("SELECT attempts FROM pgqueuer WHERE status = 'failed'")


async def said(stage: Stage) -> list[str]:
    engine = create_engine(stage.dsn, size=1)
    try:
        findings, _, _ = await examine(stage.settings, engine)
        return [f"{finding.what} {finding.todo}" for finding in findings]
    finally:
        await engine.dispose()


async def hours_behind(stage: Stage) -> int:
    """As Prometheus is told."""
    async with httpx.AsyncClient(trust_env=False) as http:
        lines = (await http.get(f"{stage.url}/metrics")).text.splitlines()
    (line,) = [each for each in lines if each.startswith("threadline_cards_behind_seconds ")]
    return int(float(line.split()[1])) // 3600


async def retried(stage: Stage) -> None:
    engine = create_engine(stage.dsn, size=1)
    await retry(engine)
    await engine.dispose()
    await stage.settled()


@asynccontextmanager
async def away(stage: Stage) -> AsyncIterator[None]:
    """Every call of ours fails, some of them without saying whether they were carried out."""
    for fault in (Fault(status=503), Fault(reset=True), Fault(status=500)):
        stage.slack.faults.add("*", fault, times=2000)
    try:
        yield
    finally:
        stage.slack.faults.clear()


async def test_after_an_hour_without_slack_every_card_is_true_and_nothing_is_doubled(stage: Stage) -> None:
    old, new = stage.customer("Olga Outage"), [stage.customer(f"Nora {number}") for number in range(3)]
    card = await stage.writes(old, DAMAGED)

    async with away(stage):
        await asyncio.gather(*(each.write(DAMAGED) for each in new))
        await old.write(NEWS)
        await until(lambda: waiting(stage), "jobs that wait for Slack")
        for _ in range(3):
            await tried_in_vain(stage)
        assert await parked(stage) == []
        assert any(each.startswith("Cards in Slack are ") for each in await said(stage))
        assert await hours_behind(stage) >= 1
    await until(lambda: _settled_soon(stage), "an idle queue", patience=60)
    assert await hours_behind(stage) == 0

    assert stage.thread_text(await stage.card_of(old)).count(NEWS) == 1
    assert (await stage.cards_of(old))[0]["ts"] == card["ts"]
    for customer in new:
        assert len(stage.thread(await stage.card_of(customer))) == 1


async def _settled_soon(stage: Stage) -> bool:
    await forward(stage, hours=0)  # asked many times: an hour each would be a day, after which jobs are parked
    return await stage.rows("SELECT 1 FROM pgqueuer WHERE status <> 'failed' LIMIT 1") == []


async def test_a_card_that_somebody_deletes_comes_back_with_its_thread_at_once(stage: Stage) -> None:
    dora = stage.customer("Dora Deleted")
    card = await stage.writes(dora, DAMAGED)
    await stage.mia.say(stage.channel, "asking logistics", thread_ts=card["ts"])
    await stage.settled()

    bot_deletes(stage, card)
    await stage.slack.courier.idle()

    anew = await stage.card_of(dora)
    assert anew["ts"] != card["ts"]
    assert [stage.text(each).splitlines()[-1] for each in stage.thread(anew)] == [DAMAGED, "asking logistics"]


def bot_deletes(stage: Stage, card: Json) -> None:
    """What an administrator does with the bot's message."""
    from emulators.slack import posting

    posting.remove(stage.slack, stage.channel, card["ts"])


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("archived", "Archived in Slack: the channel {channel}. Unarchive it"),
        ("removed", "not in the channel {channel}: write `/invite @Threadline` there."),
        ("account_inactive", "The Slack app has been removed from the workspace: install it again."),
        ("token_revoked", "The Slack token has been revoked: install the app again"),
    ],
)
async def test_what_only_an_admin_can_mend_is_parked_once_said_once_and_made_up_for(
    stage: Stage, trouble: str, words: str
) -> None:
    customers = [stage.customer(f"{trouble} {number}") for number in range(2)]
    first = await stage.writes(customers[0], DAMAGED)

    async with shut_out(stage, trouble):
        await customers[0].write(NEWS)
        await customers[1].write(DAMAGED)
        await stage.settled()  # with nothing left that spins
        jobs = await parked(stage)
        told = [each for each in await said(stage) if words.format(channel=stage.channel.id) in each]
    assert len(jobs) >= 2
    assert {job["attempts"] for job in jobs} == {0}
    assert len(told) == 1
    assert f"{len(jobs)} jobs wait for it." in told[0]
    assert "threadline doctor --retry" in told[0]

    await retried(stage)
    assert await parked(stage) == []
    assert (await stage.card_of(customers[0]))["ts"] == first["ts"]
    for customer, entries in zip(customers, (2, 1), strict=True):
        assert len(stage.thread(await stage.card_of(customer))) == entries


@asynccontextmanager
async def shut_out(stage: Stage, trouble: str) -> AsyncIterator[None]:
    bot = stage.slack.bot_user
    if trouble == "archived":
        stage.channel.is_archived = True
    elif trouble == "removed":
        stage.channel.members.remove(bot)
    else:
        stage.slack.faults.add("*", Fault(error=trouble), times=2000)
    try:
        yield
    finally:
        stage.channel.is_archived = False
        stage.channel.members.add(bot)
        stage.slack.faults.clear()
