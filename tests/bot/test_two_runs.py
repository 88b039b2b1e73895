"""A job that seems dead is begun again while its first run goes on: one card, and one post of each entry, all the same.

Real PostgreSQL, real requests; only the clock is the test's own, so that nobody waits for a hold to expire.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.client import Slack
from bot.config import SlackConfig
from bot.showing import show_conversation, show_ticket
from bot.showing.hold import HOLD, LATE, SETTLING, HoldLost
from core.errors import ChannelUnavailable, Throttled
from core.instants import utc_now
from emulators.slack import Channel, Workspace, as_text
from emulators.waiting import until
from storage.database import Database
from storage.light_cards import SqlLightCards
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.factories import RULES, a_suggestion
from tests.storage.desk import DeskAtWork, Says
from ticketing.conversations.light_card import LightCard
from ticketing.tickets.card import RoomEntry, Run, TicketCard

SECOND = timedelta(seconds=1)
LANDS_AFTER = 0.5  # seconds that a slow Slack takes to post


class Stall:
    """Where a process stands still, once, until it may go on."""

    def __init__(self) -> None:
        self.where = ""
        self.reached, self.over = asyncio.Event(), asyncio.Event()

    async def here(self, where: str) -> None:
        if where == self.where:
            self.where = ""
            self.reached.set()
            await self.over.wait()


class StallingRooms(SqlRooms):
    stall: Stall

    async def card(self, ticket_id: UUID) -> TicketCard:
        card = await super().card(ticket_id)
        await self.stall.here("drawn")
        return card

    async def renew(self, ticket_id: UUID, /, *, run: Run, until: datetime) -> bool:
        renewed = await super().renew(ticket_id, run=run, until=until)
        await self.stall.here("renewed")
        return renewed

    async def begin_entries(self, ticket_id: UUID, *, now: datetime) -> Sequence[RoomEntry]:
        entries = await super().begin_entries(ticket_id, now=now)
        await self.stall.here("entries begun")
        return entries


class StallingLights(SqlLightCards):
    stall: Stall

    async def card(self, conversation_id: UUID) -> LightCard:
        card = await super().card(conversation_id)
        await self.stall.here("drawn")
        return card

    async def renew(self, conversation_id: UUID, /, *, run: Run, until: datetime) -> bool:
        renewed = await super().renew(conversation_id, run=run, until=until)
        await self.stall.here("renewed")
        return renewed


class Shop:
    """A ticket, or a conversation without one, that workers show."""

    ticket: UUID | None = None
    conversation: UUID | None = None

    def __init__(self, desk: DeskAtWork, workspace: Workspace, support: Channel, slack: Slack) -> None:
        self.desk, self.workspace, self.support, self.slack = desk, workspace, support, slack
        self.stall = Stall()
        self.rooms = StallingRooms(desk.database, Playbooks())
        self.lights = StallingLights(desk.database, sure_enough=RULES.sure_enough)
        self.rooms.stall = self.lights.stall = self.stall
        self.now = utc_now()

    def clock(self) -> datetime:
        return self.now

    async def run(self, job: str = "job") -> None:
        if self.ticket is not None:
            await show_ticket(self.ticket, job=job, rooms=self.rooms, client=self.slack, clock=self.clock)
        else:
            assert self.conversation is not None
            await show_conversation(self.conversation, job=job, cards=self.lights, client=self.slack, clock=self.clock)

    async def begun(self, *, stalled: str) -> asyncio.Task[None]:
        """A run of the job, which has come this far and no further."""
        self.stall.where = stalled
        first = asyncio.create_task(self.run())
        await asyncio.wait_for(self.stall.reached.wait(), 30)
        return first

    async def posting(self) -> asyncio.Task[None]:
        """A run of the job, whose next post is under way and lands when Slack finds the time."""
        self.workspace.faults.next("chat.postMessage", delay=LANDS_AFTER)
        first = asyncio.create_task(self.run())
        await until(lambda: not self.workspace.faults.left, "the post to be under way", patience=30)
        return first

    async def comments(self, *texts: str) -> None:
        assert self.ticket is not None
        mia = (await self.desk.desk.people())[0]
        for each in texts:
            await self.desk.desk.comment(self.ticket, each, by=mia)
            self.desk.now += SECOND

    def posts(self) -> list[str]:
        """The last line of each post below the cards."""
        return [line for message in self._messages(in_thread=True) for line in as_text(message).splitlines()[-1:]]

    def cards(self) -> list[str]:
        return [str(message["ts"]) for message in self._messages(in_thread=False)]

    async def landed(self, number: int) -> None:
        posts = self.workspace.channel_messages
        await until(lambda: len(posts(self.support)) >= number, f"{number} posts", patience=30)

    async def noted(self) -> str:
        """Where the card stands, as far as we know."""
        (row,) = await self.desk.rows("SELECT ts FROM ticket_card UNION ALL SELECT ts FROM conversation_card")
        return str(row.ts)

    def _messages(self, *, in_thread: bool) -> list[dict[str, Any]]:
        messages = self.workspace.channel_messages(self.support)
        return [each for each in messages if (each.get("thread_ts", each["ts"]) != each["ts"]) is in_thread]


@pytest.fixture
async def a_shop(engine: AsyncEngine, store: Database, workspace: Workspace, support: Channel, slack: Slack) -> Shop:
    desk = DeskAtWork(engine, store)
    await desk.desk.add_team("Support", support.id)
    return Shop(desk, workspace, support, slack)


@pytest.fixture
async def room(a_shop: Shop) -> Shop:
    """Of a ticket with two comments."""
    desk = a_shop.desk
    a_shop.ticket = (await desk.ticket(await desk.customer_writes(), await desk.person("Mia"), "Broken mug")).id
    await a_shop.comments("one", "two")
    return a_shop


@pytest.fixture
async def light(a_shop: Shop) -> Shop:
    a_shop.conversation = await a_shop.desk.customer_writes("Hi!")
    await a_shop.desk.understand(a_shop.conversation, Says(a_suggestion(worthy=False)))
    return a_shop


@pytest.fixture(params=["room", "light"])
def shop(request: pytest.FixtureRequest) -> Shop:
    made: Shop = request.getfixturevalue(request.param)
    return made


EXPECTED = ["one", "two"]


def whole(shop: Shop) -> bool:
    """One card, and under a ticket's each entry once."""
    return len(shop.cards()) == 1 and shop.posts() == (EXPECTED if shop.ticket else [])


async def test_a_second_run_waits_while_the_first_one_waits_for_slack(shop: Shop) -> None:
    first = await shop.posting()
    shop.now += 12 * SECOND  # PgQueuer has not heard of it for ten
    with pytest.raises(Throttled) as wait:
        await shop.run()
    left = (HOLD - 12 * SECOND).total_seconds()
    assert left < wait.value.retry_after < left + 1
    await first
    await shop.run()
    assert whole(shop)


@pytest.mark.parametrize("stalled", ["drawn", "renewed"])
async def test_a_run_that_stood_still_posts_nothing_once_it_was_taken_over(shop: Shop, stalled: str) -> None:
    """The other one is done and gone by then, so nobody has the hold; what the first one knows is old all the same.

    It also counts how long it takes to ask whether it still has the hold: the database may have been away.
    """
    if stalled == "renewed":
        first = await a_run_that_renews(shop)
    else:
        first = await shop.begun(stalled=stalled)
    shop.now += HOLD + SECOND
    await shop.run()
    assert whole(shop)

    shop.stall.over.set()
    with pytest.raises(HoldLost):
        await first
    await shop.run()
    assert whole(shop)
    assert await shop.noted() in shop.cards()


async def a_run_that_renews(shop: Shop) -> asyncio.Task[None]:
    """It stood still for six seconds before its first post, so it renews, and stands still with that done."""
    first = await shop.begun(stalled="drawn")
    shop.now += 6 * SECOND
    before, shop.stall.reached = shop.stall.over, asyncio.Event()
    shop.stall.over, shop.stall.where = asyncio.Event(), "renewed"
    before.set()
    await asyncio.wait_for(shop.stall.reached.wait(), 30)
    return first


async def test_a_run_that_stood_still_with_the_entries_in_hand_posts_none_of_them_again(room: Shop) -> None:
    first = await room.begun(stalled="entries begun")
    room.now += HOLD + SECOND
    await room.run()
    room.stall.over.set()
    with pytest.raises(HoldLost):
        await first
    await room.comments("three")
    await room.run()
    assert (len(room.cards()), room.posts()) == (1, [*EXPECTED, "three"])


async def test_two_runs_that_both_stood_still_with_the_entries_in_hand_post_each_once(room: Shop) -> None:
    first = await room.begun(stalled="entries begun")
    room.now += HOLD + SECOND
    room.stall.reached.clear()
    second = await room.begun(stalled="entries begun")
    room.stall.over.set()
    results = await asyncio.gather(first, second, return_exceptions=True)
    assert isinstance(results[0], HoldLost)
    assert results[1] is None
    assert whole(room)


@pytest.mark.parametrize("job", ["job", "another job"])
async def test_a_card_whose_run_was_cancelled_while_slack_took_it_is_found(shop: Shop, job: str) -> None:
    """A worker that stops hands its jobs back at once: Slack may still be about to post."""
    first = await shop.posting()
    first.cancel()
    await asyncio.wait((first,))
    with pytest.raises(Throttled) as wait:
        await shop.run()
    await shop.run("another job")  # leaves a note and goes
    assert shop.cards() == []
    await shop.landed(1)
    shop.now += timedelta(seconds=wait.value.retry_after)
    await shop.run(job)
    assert whole(shop)
    assert await shop.noted() == shop.cards()[0]


async def test_an_entry_whose_run_was_cancelled_while_slack_took_it_is_found(room: Shop) -> None:
    await room.run()
    await room.comments("three", "four")
    first = await room.posting()
    first.cancel()
    await asyncio.wait((first,))
    with pytest.raises(Throttled):
        await room.run()
    await room.landed(4)
    room.now += LATE + SECOND
    await room.run()
    assert room.posts() == [*EXPECTED, "three", "four"]


async def test_a_card_that_slack_posts_long_after_we_stopped_listening_is_found(
    shop: Shop, config: SlackConfig
) -> None:
    """Found by `make chaos`: a Slack in trouble did what it was asked five seconds after our patience had ended."""
    patient, shop.slack = shop.slack, Slack(replace(config, timeout=1.5))
    shop.workspace.faults.next("chat.postMessage", delay=3)
    with pytest.raises(ChannelUnavailable) as wait:
        await shop.run()
    await shop.slack.close()
    shop.slack = patient
    assert wait.value.retry_after == LATE.total_seconds()
    shop.now += SETTLING + SECOND  # enough after a connection that broke
    with pytest.raises(Throttled):
        await shop.run()
    await shop.landed(1)
    shop.now += LATE
    await shop.run()
    assert whole(shop)


async def test_what_a_killed_run_has_posted_is_found_when_its_time_is_over(shop: Shop) -> None:
    """Slack has taken the card, and the worker is gone before it could note so: nothing was let go."""
    first = await shop.posting()
    first.cancel()  # before the card has landed, or it might have begun to post an entry already
    await asyncio.wait((first,))
    await shop.landed(1)
    async with shop.desk.engine.begin() as connection:  # as it was when the power went
        for table in ("ticket_card", "conversation_card"):
            await connection.execute(
                text(
                    f"UPDATE {table} SET ts = NULL, digest = NULL, held_by = 'job', held_run = :run, "
                    "posting_since = :now, held_until = :until"
                ),
                {"run": UUID(int=1), "now": shop.now, "until": shop.now + HOLD},
            )
        await connection.execute(text("UPDATE room_entry SET slack_ts = NULL, needs_showing = true"))
    with pytest.raises(Throttled):
        await shop.run()
    shop.now += HOLD + SECOND
    await shop.run()
    assert whole(shop)


class Watching(Slack):
    """Notes how long the hold of the ticket lasts when a request to post begins."""

    def watch(self, shop: Shop) -> None:
        self.shop: Shop = shop
        self.left: list[timedelta] = []

    async def post(self, *arguments: Any, **named: Any) -> str:
        (row,) = await self.shop.desk.rows("SELECT held_until FROM ticket_card")
        self.left.append(row.held_until - self.shop.now)
        return await super().post(*arguments, **named)


async def test_whenever_a_post_begins_the_hold_lasts_longer_than_slack_may_take(
    room: Shop, config: SlackConfig
) -> None:
    """So whoever takes over finds all that the run before has posted: nothing of it can still be under way."""

    def creeping() -> datetime:
        room.now += 3 * SECOND
        return room.now

    await room.comments(*"abcdef")
    slack = Watching(config)
    slack.watch(room)
    assert room.ticket is not None
    await show_ticket(room.ticket, job="job", rooms=room.rooms, client=slack, clock=creeping)
    await slack.close()
    assert len(slack.left) == 9
    assert min(slack.left) >= timedelta(seconds=SlackConfig("xoxb-1", "").timeout) + 5 * SECOND


async def test_notes_of_others_outlive_renewals(room: Shop) -> None:
    first = await room.begun(stalled="entries begun")
    await room.comments("three")
    await room.run("another job")  # finds it taken
    room.now += 6 * SECOND
    room.stall.over.set()
    await first
    assert room.posts() == [*EXPECTED, "three"]
