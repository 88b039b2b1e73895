"""What `bot.ports.LightCards` promises, held against PostgreSQL and against the fake that tests use instead."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.ports import LightCards
from core.errors import NotFound, Throttled
from core.ids import new_id
from storage.database import Database
from storage.light_cards import SqlLightCards
from tests.bot.cards import a_light_card
from tests.factories import NOW, RULES, a_suggestion
from tests.fakes.light_cards import FakeLightCards
from tests.storage.desk import DeskAtWork, Says
from ticketing.tickets.card import Run, Shown, repair_job

CHANNEL, INTAKE = "C0SUPPORT", "C0INTAKE"
SECOND = timedelta(seconds=1)
HELD_FOR = timedelta(seconds=20)
ONE, TWO, ONE_AGAIN = Run("1"), Run("2"), Run("1")


class Stage(Protocol):
    @property
    def cards(self) -> LightCards: ...

    async def conversation(self, channel: str | None = CHANNEL, intake: str | None = None) -> UUID:
        """One that waits for people; `channel` and `intake` are the default team's."""
        ...


class FakeStage:
    def __init__(self) -> None:
        self.cards = FakeLightCards()

    async def conversation(self, channel: str | None = CHANNEL, intake: str | None = None) -> UUID:
        card = a_light_card(conversation_id=new_id())
        self.cards.put(card, channel=intake or channel)
        return card.conversation_id


class SqlStage:
    def __init__(self, engine: AsyncEngine, store: Database) -> None:
        self.cards = SqlLightCards(store, sure_enough=RULES.sure_enough)
        self._desk = DeskAtWork(engine, store)

    async def conversation(self, channel: str | None = CHANNEL, intake: str | None = None) -> UUID:
        await self._desk.desk.add_team("Support", channel)
        await self._desk.desk.set_intake(intake)
        conversation_id = await self._desk.customer_writes("Hi!")
        await self._desk.understand(conversation_id, Says(a_suggestion(worthy=False)))
        return conversation_id


@pytest.fixture(params=["fake", "postgresql"])
def stage(request: pytest.FixtureRequest) -> Stage:
    if request.param == "fake":
        return FakeStage()
    return SqlStage(request.getfixturevalue("engine"), request.getfixturevalue("store"))


async def take(stage: Stage, owner_id: UUID, run: Run, now: datetime = NOW) -> Shown | None:
    return await stage.cards.take(owner_id, run=run, now=now, until=now + HELD_FOR)


async def test_it_belongs_in_the_default_teams_channel(stage: Stage) -> None:
    conversation = await stage.conversation()
    assert await take(stage, conversation, ONE) == Shown(conversation, CHANNEL, None, None, None)
    assert (await stage.cards.card(conversation)).needs_people


async def test_or_in_the_intake_channel_if_there_is_one(stage: Stage) -> None:
    conversation = await stage.conversation(intake=INTAKE)
    shown = await take(stage, conversation, ONE)
    assert shown is not None
    assert shown.channel == INTAKE


async def test_there_may_be_no_channel_and_then_nothing_is_being_posted(stage: Stage) -> None:
    conversation = await stage.conversation(channel=None)
    for _ in range(2):
        assert await take(stage, conversation, ONE) == Shown(conversation, None, None, None, None)
        assert not await stage.cards.release(conversation, run=ONE)


async def test_one_job_at_a_time_and_it_looks_again_for_the_others(stage: Stage) -> None:
    conversation = await stage.conversation()
    assert await take(stage, conversation, ONE)
    assert await take(stage, conversation, TWO, NOW + SECOND) is None
    assert await stage.cards.release(conversation, run=ONE)
    assert await take(stage, conversation, TWO, NOW + SECOND)


async def test_a_second_run_of_the_same_job_waits_and_what_was_taken_over_never_comes_back(stage: Stage) -> None:
    conversation = await stage.conversation()
    await take(stage, conversation, ONE)
    with pytest.raises(Throttled) as wait:
        await take(stage, conversation, ONE_AGAIN, NOW + 12 * SECOND)
    assert 8 < wait.value.retry_after < 9
    assert await stage.cards.renew(conversation, run=ONE, until=NOW + 30 * SECOND)
    assert await take(stage, conversation, ONE_AGAIN, NOW + 31 * SECOND)
    assert not await stage.cards.renew(conversation, run=ONE, until=NOW + 60 * SECOND)
    assert not await stage.cards.card_shown(conversation, run=ONE, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
    assert await stage.cards.card_shown(conversation, run=ONE_AGAIN, channel=CHANNEL, ts="1.2", digest="d", now=NOW)
    await stage.cards.card_lost(conversation, run=ONE)
    assert await stage.cards.conversation_at(CHANNEL, "1.2") == conversation
    assert await stage.cards.release(conversation, run=ONE)


async def test_whoever_meets_a_repair_comes_again_for_an_interrupted_one_looks_at_no_note(stage: Stage) -> None:
    conversation = await stage.conversation()
    repair = Run(repair_job())
    assert await take(stage, conversation, repair)
    for run in (ONE, Run(repair_job()), Run(repair.job)):
        with pytest.raises(Throttled) as wait:
            await take(stage, conversation, run, NOW + 12 * SECOND)
        assert 8 < wait.value.retry_after < 9
    assert await stage.cards.release(conversation, run=repair), "the repair looks once more all the same"
    assert await take(stage, conversation, ONE, NOW + 13 * SECOND)
    assert await take(stage, conversation, repair, NOW + 13 * SECOND) is None, "a job can be left a note"


async def test_the_first_attempt_to_post_is_the_one_that_counts_and_a_dead_job_is_not_waited_for(stage: Stage) -> None:
    conversation = await stage.conversation()
    await take(stage, conversation, ONE)
    later = await take(stage, conversation, TWO, NOW + 21 * SECOND)
    assert later is not None
    assert later.posting_since == NOW


async def test_where_it_stands_is_remembered_both_ways_until_it_is_lost(stage: Stage) -> None:
    conversation = await stage.conversation()
    await take(stage, conversation, ONE)
    await stage.cards.card_shown(conversation, run=ONE, channel=CHANNEL, ts="1.1", digest="d", now=NOW)
    assert await stage.cards.conversation_at(CHANNEL, "1.1") == conversation
    assert await stage.cards.conversation_at(CHANNEL, "1.2") is None
    await stage.cards.release(conversation, run=ONE)
    assert await take(stage, conversation, ONE) == Shown(conversation, CHANNEL, "1.1", "d", None)
    await stage.cards.card_lost(conversation, run=ONE)
    assert await stage.cards.conversation_at(CHANNEL, "1.1") is None


async def test_there_is_nothing_to_take_of_no_conversation(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await take(stage, new_id(), ONE)
    with pytest.raises(NotFound):
        await stage.cards.card(new_id())
