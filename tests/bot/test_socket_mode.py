"""Slack over Socket Mode, with the SDK's own client on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_bolt.async_app import AsyncApp

from bot.app import build
from bot.client import Slack
from bot.config import SlackConfig
from bot.showing.hold import HOLD
from bot.socket_mode import run
from core.errors import AccountRefused
from emulators.slack import Channel, Person, Workspace
from tests.bot.cards import a_card
from tests.bot.conftest import clock
from tests.bot.office import NO_CUSTOMERS, NO_FINDING
from tests.factories import RULES
from tests.fakes.light_cards import FakeLightCards
from tests.fakes.rooms import FakeRooms
from ticketing.desk import Desk
from ticketing.ports import UnitOfWork
from ticketing.tickets.card import Run


def nowhere() -> UnitOfWork:
    raise ConnectionError("the database is away")


@pytest.fixture
def bolt(config: SlackConfig, slack: Slack, rooms: FakeRooms) -> AsyncApp:
    desk = Desk(nowhere, clock, RULES, {})
    return build(config, desk, rooms, FakeLightCards(), NO_CUSTOMERS, NO_FINDING, slack=slack, clock=clock)


@asynccontextmanager
async def running(bolt: AsyncApp, token: str) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(run(bolt, token, stop, check_every=0.05))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 5)


class TestRun:
    async def test_clicks_and_messages_come_over_the_socket(
        self, workspace: Workspace, bolt: AsyncApp, slack: Slack, support: Channel, rooms: FakeRooms, mia: Person
    ) -> None:
        button = {
            "type": "button",
            "text": {"type": "plain_text", "text": "?"},
            "action_id": "unknown.button",
            "value": "x",
        }
        blocks = [{"type": "actions", "elements": [button]}]
        async with running(bolt, workspace.app_token):
            await asyncio.wait_for(workspace.sockets.until_connected(), 5)
            ts = await slack.post(support.id, "x", blocks, metadata={"event_type": "x", "event_payload": {}})
            done = await mia.press(support, ts, "unknown.button")
            said = await mia.say(support, "hello")
        assert done.outcome == "acknowledged"
        assert "older version" in mia.ephemerals()[0]["text"]
        assert said.delivery is not None
        assert said.delivery.attempts[0].status == 200

    async def test_an_event_that_could_not_be_kept_is_not_acknowledged(
        self, workspace: Workspace, bolt: AsyncApp, slack: Slack, support: Channel, rooms: FakeRooms, mia: Person
    ) -> None:
        ts = await slack.post(support.id, "x", [], metadata={"event_type": "x", "event_payload": {}})
        card = a_card()
        rooms.put(card, channel=support.id)
        first = Run("job 1")
        await rooms.take(card.ticket_id, run=first, now=clock(), until=clock() + HOLD)
        await rooms.card_shown(card.ticket_id, run=first, channel=support.id, ts=ts, digest="", now=clock())
        workspace.courier.deadline = 0.3
        async with running(bolt, workspace.app_token):
            await asyncio.wait_for(workspace.sockets.until_connected(), 5)
            said = await mia.say(support, "hello", ts)
        assert said.delivery is not None
        assert said.delivery.attempts[0].status is None

    async def test_slack_may_ask_to_reconnect(self, workspace: Workspace, bolt: AsyncApp, served: object) -> None:
        async with running(bolt, workspace.app_token):
            await asyncio.wait_for(workspace.sockets.until_connected(), 5)
            await workspace.sockets.disconnect()
            await asyncio.wait_for(workspace.sockets.until_connected(), 10)
        assert workspace.sockets.opened == 2

    async def test_a_socket_that_dies_is_replaced(self, workspace: Workspace, bolt: AsyncApp, served: object) -> None:
        async with running(bolt, workspace.app_token):
            await asyncio.wait_for(workspace.sockets.until_connected(), 5)
            await workspace.sockets.cut()
            await asyncio.wait_for(workspace.sockets.until_connected(), 10)
        assert workspace.sockets.opened >= 2

    async def test_outlives_an_outage_of_slack(self, workspace: Workspace, bolt: AsyncApp, served: object) -> None:
        workspace.faults.next("apps.connections.open", status=503)
        async with running(bolt, workspace.app_token):
            await asyncio.wait_for(workspace.sockets.until_connected(), 10)
        assert len(workspace.calls_of("apps.connections.open")) == 2

    async def test_a_bad_token_ends_it_with_words(self, bolt: AsyncApp) -> None:
        with pytest.raises(AccountRefused, match="SLACK_APP_TOKEN"):
            await asyncio.wait_for(run(bolt, "xapp-wrong", asyncio.Event()), 5)

    async def test_stops_at_once_while_slack_is_away(self, workspace: Workspace, bolt: AsyncApp) -> None:
        workspace.faults.next("apps.connections.open", status=503, times=99)
        async with running(bolt, workspace.app_token):
            await asyncio.sleep(0)
