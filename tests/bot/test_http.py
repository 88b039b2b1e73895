"""The address that Slack calls: what is signed gets an answer, everything else a refusal, nothing a 500."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bot.app import build
from bot.client import Slack
from bot.config import SlackConfig
from bot.http import slack_endpoint
from bot.showing.hold import HOLD
from tests.bot.cards import a_card
from tests.bot.conftest import clock
from tests.bot.office import NO_CUSTOMERS, NO_FINDING, NO_HOMES
from tests.factories import RULES
from tests.fakes.light_cards import FakeLightCards
from tests.fakes.rooms import FakeRooms
from ticketing.desk import Desk
from ticketing.ports import UnitOfWork
from ticketing.tickets.card import Run

SECRET = "a-signing-secret"
CONFIG = SlackConfig("xoxb-1", SECRET, api_url="http://127.0.0.1:9/api/")
FORM = "application/x-www-form-urlencoded"


def nowhere() -> UnitOfWork:
    raise ConnectionError("the database is away")


@pytest.fixture
async def door(rooms: FakeRooms) -> AsyncIterator[httpx.AsyncClient]:
    slack = Slack(CONFIG)
    desk = Desk(nowhere, clock, RULES, {})
    bolt = build(CONFIG, desk, rooms, FakeLightCards(), NO_CUSTOMERS, NO_FINDING, NO_HOMES, slack=slack, clock=clock)
    app = Starlette(routes=[Route("/slack/events", slack_endpoint(bolt, CONFIG), methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.example") as client:
        yield client
    await slack.close()


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(at if at is not None else time.time()))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}", "Content-Type": "application/json"}


async def post(
    door: httpx.AsyncClient, body: bytes, headers: dict[str, str] | list[tuple[bytes, bytes]]
) -> httpx.Response:
    return await door.post("/slack/events", content=body, headers=headers)


def event(kind: str) -> bytes:
    return json.dumps({"type": "event_callback", "team_id": "T1", "event": {"type": kind}}).encode()


class TestSignature:
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            signed(b"another body"),
            signed(b"{}", secret="another secret"),
            signed(b"{}", at=time.time() - 400),
            signed(b"{}", at=time.time() + 3600),
            {**signed(b"{}"), "X-Slack-Request-Timestamp": "yesterday"},
            {**signed(b"{}"), "X-Slack-Request-Timestamp": "1e9"},
            {**signed(b"{}"), "X-Slack-Request-Timestamp": "9" * 5000},
            {"X-Slack-Request-Timestamp": str(int(time.time()))},
        ],
    )
    async def test_without_a_right_one_the_answer_is_401(
        self, door: httpx.AsyncClient, headers: dict[str, str]
    ) -> None:
        assert (await post(door, b"{}", headers)).status_code == 401

    async def test_characters_that_no_signature_has_are_401(self, door: httpx.AsyncClient) -> None:
        headers = [(b"x-slack-request-timestamp", "²".encode("latin-1")), (b"x-slack-signature", b"v0=\xe9")]
        assert (await post(door, b"{}", headers)).status_code == 401
        headers[0] = (b"x-slack-request-timestamp", str(int(time.time())).encode())
        assert (await post(door, b"{}", headers)).status_code == 401

    @pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1", b"x" * 100_000])
    async def test_what_a_stranger_sends_is_not_even_read(self, door: httpx.AsyncClient, body: bytes) -> None:
        assert (await post(door, body, {})).status_code == 401

    def test_without_a_secret_there_is_no_endpoint(self) -> None:
        desk = Desk(nowhere, clock, RULES, {})
        unsigned = SlackConfig("xoxb-1", "", "xapp-1")
        bolt = build(
            unsigned,
            desk,
            FakeRooms(),
            FakeLightCards(),
            NO_CUSTOMERS,
            NO_FINDING,
            NO_HOMES,
            slack=Slack(unsigned),
            clock=clock,
        )
        with pytest.raises(ValueError, match="SLACK_SIGNING_SECRET"):
            slack_endpoint(bolt, unsigned)


class TestWhatSlackSends:
    async def test_it_may_ask_whether_this_is_the_right_address(self, door: httpx.AsyncClient) -> None:
        body = json.dumps({"type": "url_verification", "challenge": "c-1"}).encode()
        answer = await post(door, body, signed(body))
        assert (answer.status_code, answer.json()) == (200, {"challenge": "c-1"})

    @pytest.mark.parametrize("kind", ["member_joined_channel", "reaction_added", "something_new", "message"])
    async def test_events_that_nobody_waits_for_are_acknowledged(self, door: httpx.AsyncClient, kind: str) -> None:
        assert (await post(door, event(kind), signed(event(kind)))).status_code == 200

    async def test_an_event_that_cannot_be_kept_is_refused_so_that_it_comes_again(
        self, door: httpx.AsyncClient, rooms: FakeRooms
    ) -> None:
        card = a_card()
        rooms.put(card, channel="C1")
        first = Run("job 1")
        await rooms.take(card.ticket_id, run=first, now=clock(), until=clock() + HOLD)
        await rooms.card_shown(card.ticket_id, run=first, channel="C1", ts="1.1", digest="", now=clock())
        rooms.users["U1"] = "mia@desk.example", clock()
        said = {"type": "message", "channel": "C1", "user": "U1", "text": "hi", "ts": "2.1", "thread_ts": "1.1"}
        body = json.dumps({"type": "event_callback", "team_id": "T1", "event": said}).encode()
        assert (await post(door, body, signed(body))).status_code == 500

    async def test_a_form_of_another_age_is_answered_in_place(self, door: httpx.AsyncClient) -> None:
        view = {"id": "V1", "callback_id": "gone.v0", "type": "modal", "state": {"values": {}}}
        payload = {"type": "view_submission", "user": {"id": "U1"}, "team": {"id": "T1"}, "view": view}
        body = httpx.QueryParams({"payload": json.dumps(payload)})
        raw = str(body).encode()
        answer = await post(door, raw, {**signed(raw), "Content-Type": FORM})
        assert answer.json()["response_action"] == "update"

    async def test_a_click_that_can_neither_be_served_nor_told_is_500(self, door: httpx.AsyncClient) -> None:
        payload = {
            "type": "block_actions",
            "user": {"id": "U1"},
            "team": {"id": "T1"},
            "container": {"channel_id": "C1"},
            "actions": [{"action_id": "ticket.claim", "block_id": "b", "type": "button", "value": "{}"}],
        }
        raw = str(httpx.QueryParams({"payload": json.dumps(payload)})).encode()
        answer = await post(door, raw, {**signed(raw), "Content-Type": FORM})
        assert answer.status_code == 500  # and Slack shows by itself that the click failed

    @pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"payload=%7B", b"payload=1", b'"x"', b"{}", b""])
    async def test_signed_nonsense_has_a_clear_answer(self, door: httpx.AsyncClient, body: bytes) -> None:
        for kind in ("application/json", FORM):
            answer = await post(door, body, {**signed(body), "Content-Type": kind})
            assert answer.status_code in (400, 401, 404)
