"""Rate limits by an own clock, and faults by script, as the real client meets them."""

import asyncio
import contextlib
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from emulators.server import Served
from emulators.slack import Channel, Workspace
from emulators.slack.faults import MENU
from emulators.slack.rates import POST_BURST, Rates
from emulators.waiting import until
from tests.emulators.slack.conftest import Clock


class TestRates:
    def test_a_channel_takes_a_short_burst_and_then_one_post_a_second(self, clock: Clock) -> None:
        rates = Rates(clock)
        assert [rates.retry_after("chat.postMessage", "C1") for _ in range(POST_BURST + 1)] == [None] * POST_BURST + [1]
        assert rates.retry_after("chat.postMessage", "C2") is None
        clock.pass_by(1.0)
        assert rates.retry_after("chat.postMessage", "C1") is None
        assert rates.retry_after("chat.postMessage", "C1") == 1

    def test_updates_are_counted_by_the_minute_over_all_channels(self, clock: Clock) -> None:
        rates = Rates(clock)
        assert {rates.retry_after("chat.update", f"C{n}") for n in range(50)} == {None}
        assert rates.retry_after("chat.update", "C1") == 2
        clock.pass_by(60)
        assert rates.retry_after("chat.update", "C1") is None

    async def test_the_client_gets_429_and_how_long_to_wait(self, clock: Clock) -> None:
        space = Workspace(clock=clock)
        desk = space.add_channel("desk")
        async with space.serve() as slack:
            client = AsyncWebClient(token=space.bot_token, base_url=slack.url + "/api/")
            for _ in range(POST_BURST):
                await client.chat_postMessage(channel=desk.id, text="x")
            with pytest.raises(SlackApiError) as caught:
                await client.chat_postMessage(channel=desk.id, text="x")
        assert caught.value.response.status_code == 429
        assert caught.value.response["error"] == "ratelimited"
        assert caught.value.response.headers["Retry-After"] == "1"
        assert len(space.channel_messages(desk)) == POST_BURST


class TestFaults:
    async def test_a_scripted_429_hits_one_call(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        workspace.faults.next("chat.postMessage", status=429, retry_after=7)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=desk.id, text="x")
        assert caught.value.response.headers["Retry-After"] == "7"
        await client.chat_postMessage(channel=desk.id, text="x")
        assert len(workspace.channel_messages(desk)) == 1

    async def test_a_500_is_a_page_and_nothing_was_done(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        workspace.faults.next("chat.postMessage", status=500)
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=desk.id, text="x")
        assert caught.value.response.status_code == 500
        assert workspace.channel_messages(desk) == []
        assert workspace.calls_of("chat.postMessage")[0].status == 500

    async def test_an_error_is_answered_instead_of_done(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        workspace.faults.next("chat.postMessage", error="internal_error", times=2)
        for _ in range(2):
            with pytest.raises(SlackApiError, match="internal_error"):
                await client.chat_postMessage(channel=desk.id, text="x")
        assert workspace.faults.left == 0

    async def test_a_dropped_reply_leaves_the_message_posted(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        workspace.faults.next("chat.postMessage", drop_reply=True)
        with pytest.raises(aiohttp.ClientConnectionError):
            await client.chat_postMessage(channel=desk.id, text="x")
        assert len(workspace.channel_messages(desk)) == 1
        assert workspace.calls_of("chat.postMessage")[0].status == 0

    async def test_the_sdks_default_retry_posts_twice_after_a_dropped_reply(
        self, slack: Served, workspace: Workspace, desk: Channel
    ) -> None:
        handlers: list[Any] = [AsyncConnectionErrorRetryHandler()]
        client = AsyncWebClient(token=workspace.bot_token, base_url=slack.url + "/api/", retry_handlers=handlers)
        workspace.faults.next("chat.postMessage", drop_reply=True)
        await client.chat_postMessage(channel=desk.id, text="x")
        assert len(workspace.channel_messages(desk)) == 2

    async def test_a_reset_happens_before_anything_is_done(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        workspace.faults.next("*", reset=True)
        with pytest.raises((aiohttp.ClientConnectionError, ConnectionResetError)):
            await client.chat_postMessage(channel=desk.id, text="x")
        assert workspace.channel_messages(desk) == []

    async def test_a_delay_outlasts_an_impatient_client(
        self, slack: Served, workspace: Workspace, desk: Channel
    ) -> None:
        impatient = AsyncWebClient(token=workspace.bot_token, base_url=slack.url + "/api/", retry_handlers=[])
        workspace.faults.next("chat.postMessage", delay=0.2)
        call = asyncio.create_task(impatient.chat_postMessage(channel=desk.id, text="x"))
        await until(lambda: workspace.faults.happened, "the call")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await until(lambda: workspace.calls_of("chat.postMessage"), "the call that was given up")
        assert len(workspace.channel_messages(desk)) == 1


class TestMenu:
    @pytest.mark.parametrize("kind", MENU)
    async def test_a_call_that_meets_it_says_what_was_shown_and_what_was_done(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel, kind: str
    ) -> None:
        workspace.faults.add("chat.postMessage", kind)
        if kind == "slow":
            await client.chat_postMessage(channel=desk.id, text="x")
        else:
            with pytest.raises((SlackApiError, aiohttp.ClientError, ConnectionResetError, ValueError)):
                await client.chat_postMessage(channel=desk.id, text="x")
        (call,) = workspace.calls_of("chat.postMessage")
        assert call.fault == kind
        assert call.carried_out == (not MENU[kind].refuses)
        assert len(workspace.channel_messages(desk)) == call.carried_out
        assert workspace.faults.happened == {kind: 1}

    async def test_half_of_the_json_comes_as_a_whole_answer_and_a_cut_one_does_not(
        self, slack: Served, workspace: Workspace
    ) -> None:
        workspace.faults.add("auth.test", "truncated")
        workspace.faults.add("auth.test", "cut_answer")
        headers = {"Authorization": f"Bearer {workspace.bot_token}"}
        async with aiohttp.ClientSession(trust_env=False) as session:
            async with session.post(slack.url + "/api/auth.test", headers=headers) as answer:
                assert answer.status == 200
                assert (await answer.text()).startswith('{"ok":true')
            with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
                async with session.post(slack.url + "/api/auth.test", headers=headers) as answer:
                    await answer.text()

    async def test_by_chance_the_same_seed_is_the_same_trouble(
        self, client: AsyncWebClient, workspace: Workspace, desk: Channel
    ) -> None:
        async def story() -> list[str | None]:
            workspace.calls.clear()
            workspace.faults.at_random(7, 0.5, only=["internal_error", "too_many_requests"], retry_after=3)
            for _ in range(20):
                with contextlib.suppress(SlackApiError):
                    await client.chat_postMessage(channel=desk.id, text="x")
            workspace.faults.calm()
            return [call.fault for call in workspace.calls]

        first, second = await story(), await story()

        assert first == second
        assert set(first) == {None, "internal_error", "too_many_requests"}
        assert len(workspace.channel_messages(desk)) == (first + second).count(None)
        await client.chat_postMessage(channel=desk.id, text="calm again")
        assert workspace.calls[-1].fault is None
