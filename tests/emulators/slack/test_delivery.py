"""How events and interactions travel: signed, within a deadline, retried or not."""

import asyncio
import json
import urllib.parse
from typing import Any

from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from emulators.server import Served
from emulators.slack import Channel, Person, Workspace
from emulators.slack.delivery import signed
from tests.emulators.slack.conftest import App, button, card


def retry_headers(app: App) -> list[tuple[str | None, str | None]]:
    return [(each.get("x-slack-retry-num"), each.get("x-slack-retry-reason")) for each, _ in app.requests]


async def test_what_is_delivered_is_signed_as_the_sdk_verifies_it(
    workspace: Workspace, app: App, ana: Person, desk: Channel
) -> None:
    await ana.say(desk, "grüße 🎫")
    headers, body = app.requests[0]
    assert SignatureVerifier(workspace.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another secret").is_valid_request(body, headers)


def test_a_published_example_is_signed_to_the_letter() -> None:
    # docs.slack.dev, Verifying requests from Slack
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = signed("8f742231b10e8888abcd99yyyzzz85a5", body.encode(), 1531420618)
    assert headers["X-Slack-Signature"] == "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


async def test_an_event_carries_what_identifies_it(workspace: Workspace, app: App, ana: Person, desk: Channel) -> None:
    said = await ana.say(desk, "hello")
    payload = json.loads(app.requests[0][1])
    assert said.delivery is not None
    assert payload["event_id"] == said.delivery.event_id
    assert payload["authorizations"][0]["user_id"] == workspace.bot_user
    assert (payload["type"], payload["team_id"]) == ("event_callback", workspace.team_id)


async def test_an_event_is_retried_until_it_is_taken(
    workspace: Workspace, app: App, ana: Person, desk: Channel
) -> None:
    app.will_answer(500)
    app.will_answer(404)
    said = await ana.say(desk, "hello")
    await workspace.courier.idle()
    assert said.delivery is not None
    assert [each.status for each in said.delivery.attempts] == [500, 404, 200]
    assert retry_headers(app) == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({body for _, body in app.requests}) == 1


async def test_after_three_retries_an_event_is_lost(workspace: Workspace, app: App, ana: Person, desk: Channel) -> None:
    for _ in range(5):
        app.will_answer(500)
    said = await ana.say(desk, "hello")
    await workspace.courier.idle()
    assert said.delivery is not None
    assert len(said.delivery.attempts) == 4
    assert not said.delivery.acknowledged


async def test_the_schedule_is_at_once_a_minute_and_five_minutes(ana: Person) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    space = Workspace(events_url="http://127.0.0.1:9/nobody", sleep=sleep)
    bo, desk = space.add_user("bo"), space.add_channel("desk")
    said = await bo.say(desk, "hello")
    await space.courier.idle()
    await space.courier.close()
    assert slept == [0.0, 60.0, 300.0]
    assert said.delivery is not None
    assert {each.failure for each in said.delivery.attempts} == {"connection_failed"}


async def test_an_app_can_decline_retries(workspace: Workspace, app: App, ana: Person, desk: Channel) -> None:
    app.will_answer(500, X_Slack_No_Retry="1")
    await ana.say(desk, "hello")
    await workspace.courier.idle()
    assert len(app.requests) == 1


async def test_a_slow_app_is_given_up_after_the_deadline(
    slack: Served, workspace: Workspace, ana: Person, desk: Channel
) -> None:
    async def never(_: Any, receive: Any, __: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    workspace.courier.deadline = 0.05
    workspace.courier.retry_delays = ()
    async with Served(never) as served:
        workspace.courier.url = served.url
        said = await ana.say(desk, "hello")
    assert said.delivery is not None
    assert said.delivery.attempts[0].failure == "http_timeout"


async def test_a_press_is_never_retried(workspace: Workspace, app: App, ana: Person, desk: Channel) -> None:
    message = {"type": "message", "user": workspace.bot_user, "ts": "1.000001", "blocks": card(button("claim"))}
    desk.add(message)
    app.will_answer(500)
    done = await ana.press(desk, "1.000001", "claim")
    assert (done.outcome, done.status) == ("failed", 500)
    assert len(app.requests) == 1
    payload = json.loads(urllib.parse.parse_qs(app.requests[0][1].decode())["payload"][0])
    assert payload["actions"][0]["action_id"] == "claim"
    assert payload["container"]["message_ts"] == "1.000001"


async def test_an_event_can_be_duplicated_and_events_can_change_places(
    workspace: Workspace, app: App, ana: Person, desk: Channel
) -> None:
    said = await ana.say(desk, "one")
    assert said.delivery is not None
    await workspace.courier.repeat(said.delivery)
    workspace.courier.hold()
    await ana.say(desk, "two")
    await ana.say(desk, "three")
    await workspace.courier.release(newest_first=True)
    assert [each["text"] for each in app.events()] == ["one", "one", "three", "two"]


async def test_the_app_hears_nothing_where_it_is_not_a_member(workspace: Workspace, app: App, ana: Person) -> None:
    elsewhere = workspace.add_channel("elsewhere", bot=False)
    said = await ana.say(elsewhere, "psst")
    assert said.delivery is None
    assert app.requests == []


async def test_a_bad_signature_can_be_sent(workspace: Workspace, app: App, ana: Person, desk: Channel) -> None:
    workspace.courier.sign = lambda body: signed("wrong", body, 0)
    await ana.say(desk, "hello")
    headers, body = app.requests[0]
    assert headers["x-slack-request-timestamp"] == "0"
    assert not SignatureVerifier(workspace.signing_secret).is_valid_request(body, headers)


async def test_leaving_stops_retries_that_are_still_waiting(ana: Person) -> None:
    space = Workspace(events_url="http://127.0.0.1:9/nobody", retry_delays=(3600,))
    bo, desk = space.add_user("bo"), space.add_channel("desk")
    async with asyncio.timeout(5):
        async with space.serve():
            await bo.say(desk, "hello")


class TestTrouble:
    async def test_a_duplicate_is_the_same_event_twice(
        self, workspace: Workspace, app: App, ana: Person, desk: Channel
    ) -> None:
        workspace.delivery_faults.next("duplicate")
        said = await ana.say(desk, "hello")
        assert said.delivery is not None
        assert [json.loads(body)["event_id"] for _, body in app.requests] == [said.delivery.event_id] * 2
        assert retry_headers(app) == [(None, None)] * 2

    async def test_a_lost_answer_brings_the_event_again_and_a_press_only_a_warning(
        self, workspace: Workspace, app: App, ana: Person, desk: Channel, client: AsyncWebClient
    ) -> None:
        workspace.delivery_faults.next("answer_lost", times=2)
        await ana.say(desk, "hello")
        await workspace.courier.idle()
        assert retry_headers(app) == [(None, None), ("1", "http_timeout")]
        ts = (await client.chat_postMessage(channel=desk.id, text="x", blocks=card(button("go"))))["ts"]
        pressed = await ana.press(desk, ts, "go")
        assert (pressed.outcome, pressed.attempt.failure) == ("failed", "http_timeout")
        assert len(app.requests) == 3  # it had arrived

    async def test_what_waits_is_overtaken(self, workspace: Workspace, app: App, ana: Person, desk: Channel) -> None:
        workspace.delivery_faults.next("delayed", longest=1.0)
        await asyncio.gather(ana.say(desk, "first"), ana.say(desk, "second"))
        assert [event["text"] for event in app.events()] == ["second", "first"]

    async def test_fields_that_nobody_announced_are_signed_like_the_others(
        self, workspace: Workspace, app: App, ana: Person, desk: Channel
    ) -> None:
        workspace.delivery_faults.next("unknown_fields")
        await ana.say(desk, "hello")
        ((headers, body),) = app.requests
        assert SignatureVerifier(workspace.signing_secret).is_valid_request(body, headers)
        assert json.loads(body)["unannounced_flag"] is True
        assert json.loads(body)["event"]["unannounced_object"]["words"] == ["<new>", "🙂"]

    async def test_by_chance_nothing_is_lost_and_what_is_pressed_is_never_doubled(
        self, workspace: Workspace, app: App, ana: Person, desk: Channel, client: AsyncWebClient
    ) -> None:
        workspace.delivery_faults.at_random(3, 0.7, longest=0.02)
        for number in range(20):
            await ana.say(desk, f"{number}")
        await workspace.courier.idle()
        assert {event["text"] for event in app.events()} == {f"{number}" for number in range(20)}
        before = len(app.requests)
        ts = (await client.chat_postMessage(channel=desk.id, text="x", blocks=card(button("go"))))["ts"]
        for _ in range(10):
            await ana.press(desk, ts, "go")
        assert len(app.requests) == before + 10
        assert set(workspace.delivery_faults.happened) == {"duplicate", "delayed", "unknown_fields", "answer_lost"}
