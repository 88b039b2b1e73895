"""The same conversation over Socket Mode, with the real AsyncSocketModeHandler."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from emulators.server import Served
from emulators.slack import Channel, Person, Workspace
from tests.emulators.slack.conftest import bolt_app, button, card, modal, text_input


@contextlib.asynccontextmanager
async def connected(workspace: Workspace, bolt: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(bolt, workspace.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        async with asyncio.timeout(5):
            await workspace.sockets.until_connected()
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
async def bolt(workspace: Workspace, slack: Served) -> AsyncApp:
    return bolt_app(workspace)


async def test_events_presses_and_forms_go_over_the_socket(
    workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
) -> None:
    heard: list[Any] = []

    @bolt.event("message")
    async def message(event: Any) -> None:
        heard.append(event["text"])

    @bolt.action("reply")
    async def reply(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(text_input()))
        await ack()

    @bolt.view("reply.v1")
    async def submitted(ack: Any, view: Any) -> None:
        heard.append(view["state"]["values"]["words"]["text"]["value"])
        await ack(response_action="errors", errors={"words": "Not today."})

    @bolt.command("/desk")
    async def command(ack: Any) -> None:
        await ack("At your service")

    async with connected(workspace, bolt):
        said = await ana.say(desk, "hello")
        assert said.delivery is not None
        assert said.delivery.acknowledged
        posted = await bolt.client.chat_postMessage(channel=desk.id, text="c", blocks=card(button("reply")))
        assert (await ana.press(desk, posted["ts"], "reply")).outcome == "acknowledged"
        refused = await ana.submit(ana.modals()[0]["id"], {"text": "words"})
        assert refused.errors == {"words": "Not today."}
        await ana.command(desk, "/desk")
    assert heard == ["hello", "words"]
    assert [each["text"] for each in ana.ephemerals()] == ["At your service"]


async def test_an_event_nobody_acknowledges_is_sent_again(
    workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
) -> None:
    # Bolt answers an event without a listener with 404, which in Socket Mode means silence.
    workspace.courier.deadline = 0.1
    async with connected(workspace, bolt):
        said = await ana.say(desk, "hello")
        await workspace.courier.idle()
    assert said.delivery is not None
    assert [each.failure for each in said.delivery.attempts] == ["timeout"] * 4


async def test_a_disconnect_makes_the_client_come_back(
    workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
) -> None:
    heard: list[str] = []

    @bolt.event("message")
    async def message(event: Any) -> None:
        heard.append(event["text"])

    async with connected(workspace, bolt):
        assert await workspace.sockets.disconnect() == 1
        async with asyncio.timeout(5):
            await workspace.sockets.until_connected()
        await ana.say(desk, "still there?")
    assert workspace.sockets.opened == 2
    assert heard == ["still there?"]


async def test_a_cut_socket_is_replaced_too(workspace: Workspace, bolt: AsyncApp) -> None:
    async with connected(workspace, bolt):
        assert await workspace.sockets.cut() == 1
        async with asyncio.timeout(5):
            await workspace.sockets.until_connected()


async def test_a_socket_needs_an_address_that_was_handed_out(workspace: Workspace, slack: Served) -> None:
    async with aiohttp.ClientSession(trust_env=False) as http:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(slack.url.replace("http", "ws") + "/_socket?ticket=guessed")


async def test_an_address_is_good_for_one_socket(workspace: Workspace, slack: Served) -> None:
    address = f"{slack.url.replace('http', 'ws')}/_socket?ticket={workspace.sockets.ticket()}"
    async with aiohttp.ClientSession(trust_env=False) as http:
        async with http.ws_connect(address) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(address)


async def test_a_renewed_socket_before_a_delivery_loses_nothing(
    workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
) -> None:
    heard: list[Any] = []

    @bolt.event("message")
    async def message(event: Any) -> None:
        heard.append(event["text"])

    async with connected(workspace, bolt):
        workspace.delivery_faults.next("disconnect")
        await ana.say(desk, "hello")
        await workspace.courier.idle()
        assert heard == ["hello"]
        assert workspace.sockets.opened == 2


async def test_what_arrives_just_before_its_socket_ends_comes_again(
    workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
) -> None:
    heard: list[str] = []

    @bolt.event("message")
    async def message(event: Any) -> None:
        heard.append(event["text"])

    workspace.courier.retry_delays = (0.3, 0.3, 0.3)
    async with connected(workspace, bolt):
        workspace.sockets.cut_after_next = True
        said = await ana.say(desk, "hello")
        await workspace.courier.idle()
    assert said.delivery is not None
    assert not said.delivery.attempts[0].acknowledged
    assert said.delivery.acknowledged
    assert heard == ["hello", "hello"]
    assert workspace.sockets.ended["cut after delivering"] == 1


async def test_the_switch_of_socket_mode_decides_which_way_things_come(
    workspace: Workspace, bolt: AsyncApp, ana: Person, desk: Channel
) -> None:
    @bolt.command("/desk")
    async def command(ack: Any) -> None:
        await ack()

    workspace.courier.socket_mode = True
    assert not (await ana.command(desk, "/desk")).attempt.acknowledged  # and no socket
    async with connected(workspace, bolt):
        assert (await ana.command(desk, "/desk")).attempt.acknowledged
        workspace.courier.socket_mode = False
        assert not (await ana.command(desk, "/desk")).attempt.acknowledged  # and nothing at the URL
