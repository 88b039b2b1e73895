"""Slack over Socket Mode, with the SDK's own client on a real socket."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

import pytest
from slack_bolt.async_app import AsyncApp

from bot.app import build
from bot.client import Slack
from bot.config import SlackConfig
from bot.showing.hold import HOLD
from bot.socket_connection import Silence
from bot.socket_mode import run
from core.errors import AccountRefused
from emulators.relay import Relay
from emulators.server import Served
from emulators.slack import Channel, Person, Workspace
from emulators.waiting import until
from tests.bot.cards import a_card
from tests.bot.conftest import clock
from tests.bot.office import NO_CUSTOMERS, NO_FINDING, NO_HOMES, QUICK, connected
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
    return build(config, desk, rooms, FakeLightCards(), NO_CUSTOMERS, NO_FINDING, NO_HOMES, slack=slack, clock=clock)


BUTTON = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": "?"},
                "action_id": "unknown.button",
                "value": "x",
            }
        ],
    }
]
MARK = {"event_type": "x", "event_payload": {}}


async def soon(something: Awaitable[object]) -> None:
    await asyncio.wait_for(something, 10)


class TestRun:
    async def test_clicks_and_messages_come_over_the_socket(
        self, workspace: Workspace, bolt: AsyncApp, slack: Slack, support: Channel, rooms: FakeRooms, mia: Person
    ) -> None:
        async with connected(bolt, workspace):
            await asyncio.wait_for(workspace.sockets.until_connected(), 5)
            ts = await slack.post(support.id, "x", BUTTON, metadata=MARK)
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
        async with connected(bolt, workspace):
            await asyncio.wait_for(workspace.sockets.until_connected(), 5)
            said = await mia.say(support, "hello", ts)
        assert said.delivery is not None
        assert said.delivery.attempts[0].status is None

    async def test_outlives_an_outage_of_slack(self, workspace: Workspace, bolt: AsyncApp, served: object) -> None:
        workspace.faults.next("apps.connections.open", status=503)
        async with connected(bolt, workspace):
            await asyncio.wait_for(workspace.sockets.until_connected(), 10)
        assert len(workspace.calls_of("apps.connections.open")) == 2

    async def test_a_bad_token_ends_it_with_words(self, bolt: AsyncApp) -> None:
        with pytest.raises(AccountRefused, match="SLACK_APP_TOKEN"):
            await asyncio.wait_for(run(bolt, "xapp-wrong", asyncio.Event()), 5)

    async def test_stops_at_once_while_slack_is_away(self, workspace: Workspace, bolt: AsyncApp) -> None:
        workspace.faults.next("apps.connections.open", status=503, times=99)
        async with connected(bolt, workspace):
            await until(lambda: workspace.calls_of("apps.connections.open"), "the first call")

    async def test_what_is_under_way_is_answered_before_it_ends(
        self, workspace: Workspace, bolt: AsyncApp, slack: Slack, support: Channel, mia: Person
    ) -> None:
        ts = await slack.post(support.id, "x", BUTTON, metadata=MARK)
        async with connected(bolt, workspace):
            await soon(workspace.sockets.until_connected())
            workspace.faults.next("chat.postEphemeral", delay=0.3)
            press = asyncio.create_task(mia.press(support, ts, "unknown.button"))
            await until(lambda: workspace.faults.left == 0, "the press")
        assert (await press).outcome == "acknowledged"


class TestRenewal:
    async def test_warned_the_next_socket_is_open_before_the_old_one_goes_and_nothing_is_missed(
        self, workspace: Workspace, bolt: AsyncApp, support: Channel, mia: Person
    ) -> None:
        async with connected(bolt, workspace):
            await soon(workspace.sockets.until_connected())
            said = [asyncio.create_task(mia.say(support, f"before {number}")) for number in range(10)]
            await workspace.sockets.disconnect("warning")
            said += [asyncio.create_task(mia.say(support, f"after {number}")) for number in range(10)]
            await until(lambda: workspace.sockets.opened == 2 and workspace.sockets.connected, "the next socket")
            said += [asyncio.create_task(mia.say(support, f"then {number}")) for number in range(10)]
            deliveries = [each.delivery for each in await asyncio.gather(*said)]
        tried = [len(each.attempts) for each in deliveries if each is not None and each.acknowledged]
        assert tried == [1] * 30

    async def test_a_press_that_is_being_answered_is_answered_on_the_socket_it_came_by(
        self, workspace: Workspace, bolt: AsyncApp, slack: Slack, support: Channel, mia: Person
    ) -> None:
        ts = await slack.post(support.id, "x", BUTTON, metadata=MARK)
        async with connected(bolt, workspace):
            await soon(workspace.sockets.until_connected())
            workspace.faults.next("chat.postEphemeral", delay=0.3)
            press = asyncio.create_task(mia.press(support, ts, "unknown.button"))
            await until(lambda: workspace.faults.left == 0, "the press")
            await workspace.sockets.disconnect()
            assert (await press).outcome == "acknowledged"


class TestDeadSockets:
    async def test_one_that_slack_cuts_is_replaced(self, workspace: Workspace, bolt: AsyncApp, served: object) -> None:
        async with connected(bolt, workspace):
            await soon(workspace.sockets.until_connected())
            await workspace.sockets.cut()
            await soon(workspace.sockets.until_connected())
        assert workspace.sockets.opened >= 2

    async def test_one_that_falls_silent_without_an_end_is_replaced(
        self, workspace: Workspace, bolt: AsyncApp, served: Served, support: Channel, mia: Person
    ) -> None:
        """A cable that was pulled, a NAT that forgot: nobody is told anything."""
        async with Relay(served.port) as relay:
            workspace.sockets.via = f"ws://127.0.0.1:{relay.port}"
            async with connected(bolt, workspace):
                await soon(workspace.sockets.until_connected())
                relay.freeze()
                workspace.sockets.via = None
                await until(lambda: workspace.sockets.opened == 2, "the next socket")
                workspace.courier.deadline = 0.2
                said = await mia.say(support, "hello")  # Slack may try the dead one first
                await until(lambda: said.delivery is not None and said.delivery.acknowledged, "the event")

    async def test_a_proxy_that_takes_the_connection_and_says_nothing_is_not_waited_for(
        self, workspace: Workspace, bolt: AsyncApp, served: Served
    ) -> None:
        async with Relay(served.port) as relay:
            relay.freeze()
            workspace.sockets.via = f"ws://127.0.0.1:{relay.port}"
            async with connected(bolt, workspace) as reports:
                await until(lambda: "Slack does not answer at the socket." in reports, "the report")
                workspace.sockets.via = None
                await soon(workspace.sockets.until_connected())
                await until(lambda: reports[-1] is None, "the end of it")

    async def test_a_socket_without_a_hello_is_none(self, workspace: Workspace, bolt: AsyncApp, served: object) -> None:
        workspace.sockets.mute = True
        async with connected(bolt, workspace) as reports:
            await until(lambda: "Slack does not answer at the socket." in reports, "the report")
            workspace.sockets.mute = False
            await soon(workspace.sockets.until_connected())
            await until(lambda: reports[-1] is None, "the end of it")

    async def test_one_too_many_waits_for_a_place(self, workspace: Workspace, bolt: AsyncApp, served: object) -> None:
        workspace.sockets.most = 0
        async with connected(bolt, workspace) as reports:
            await until(lambda: "Slack lets no socket be opened (too_many_websockets)." in reports, "the report")
            workspace.sockets.most = 10
            await soon(workspace.sockets.until_connected())

    async def test_slack_is_asked_for_an_address_no_sooner_than_it_says(
        self, workspace: Workspace, bolt: AsyncApp, served: object
    ) -> None:
        workspace.faults.next("apps.connections.open", status=429, retry_after=1)
        async with connected(bolt, workspace) as reports:
            await soon(workspace.sockets.until_connected())
        first, second = workspace.calls_of("apps.connections.open")
        assert second.at - first.at >= 1
        assert reports[0] == "Slack asks us to slow down."

    async def test_a_socket_that_keeps_ending_is_not_opened_in_a_hurry(
        self, workspace: Workspace, bolt: AsyncApp, served: object
    ) -> None:
        pace = replace(QUICK, check=0.2, longest_pause=0.2)
        async with connected(bolt, workspace, pace=pace):
            for _ in range(3):
                await soon(workspace.sockets.until_connected())
                await workspace.sockets.disconnect("link_disabled")
            await soon(workspace.sockets.until_connected())
        first, *_, last = workspace.calls_of("apps.connections.open")
        assert last.at - first.at >= 0.6


class TestSilence:
    """Pings are dated by the wall's clock, which people and machines set; what counts is how long it is quiet."""

    def test_answers_that_keep_coming_are_no_silence_whatever_the_wall_says(self) -> None:
        silence = Silence()
        wall = [None, 1000.0, 1005.0, 87_400.0, 10.0, 15.0]  # a day ahead, then back to the beginning
        assert [silence.seconds(pong, now) for now, pong in enumerate(wall)] == [0.0] * 6

    def test_it_is_noticed_also_after_the_wall_went_back(self) -> None:
        silence = Silence()
        silence.seconds(87_400.0, 0.0)
        assert silence.seconds(87_400.0, 31.0) == 31.0
