"""The lasting addresses of tickets: who has one of ours is led to the card, and nobody else learns anything."""

import hashlib
import re
from base64 import b64encode
from collections.abc import AsyncIterator

import httpx
import pytest

from emulators.server import Served
from tests.fakes.inbox import FakeHealth, FakeInbox
from web.app import build
from web.ports import LookupUnavailable, Standing
from web.tickets import TicketDoor

CARD = "https://acme.slack.com/archives/C1/p1795348800000200"


class FakeTickets:
    """#12 has a card, #13 none yet."""

    asked: int = 0

    async def place(self, number: int, signature: str) -> str | None:
        self.asked += 1
        if signature == "away":
            raise LookupUnavailable
        return CARD if (number, signature) == (12, "good") else None

    async def standing(self, number: int, signature: str) -> Standing | None:
        raise AssertionError("in Slack the card says it")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = build(
        webhooks={},
        inbox=FakeInbox(),
        health=FakeHealth(),
        public_base_url="https://desk.example",
        slack=None,
        tickets=TicketDoor(FakeTickets()),
    )
    async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as http:
        yield http


async def test_a_link_of_ours_leads_to_the_card(http: httpx.AsyncClient) -> None:
    answer = await http.get("/tickets/12?s=good")
    assert (answer.status_code, answer.headers["location"]) == (302, CARD)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert (await http.head("/tickets/12?s=good")).status_code == 302


@pytest.mark.parametrize(
    "path", ["12", "13", "999999999", "12?s=bad", "13?s=good", "12?s=", "1234567890?s=good", "%C3%BC?s=good", "-1"]
)
async def test_to_everybody_else_all_numbers_look_the_same(http: httpx.AsyncClient, path: str) -> None:
    answer, other = await http.get(f"/tickets/{path}"), await http.get("/tickets/1")
    assert (answer.status_code, answer.content) == (200, other.content)
    kept = {name: value for name, value in answer.headers.items() if name != "date"}
    assert kept == {name: value for name, value in other.headers.items() if name != "date"}
    assert "Open in Slack" in answer.text
    assert "acme" not in answer.text


async def test_while_the_database_is_away_a_page_says_to_come_again(http: httpx.AsyncClient) -> None:
    answer = await http.get("/tickets/12?s=away")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "<h1>Not now</h1>" in answer.text


async def test_the_page_may_do_nothing_but_look_as_it_does(http: httpx.AsyncClient) -> None:
    answer = await http.get("/tickets/1")
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    allowed = b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{allowed}'" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-robots-tag"] == "noindex"


async def test_nothing_is_looked_up_for_a_number_alone() -> None:
    tickets = FakeTickets()
    app = build(
        webhooks={},
        inbox=FakeInbox(),
        health=FakeHealth(),
        public_base_url="https://desk.example",
        slack=None,
        tickets=TicketDoor(tickets),
    )
    async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as http:
        await http.get("/tickets/12")
        assert tickets.asked == 0
        assert (await http.post("/tickets/12?s=good")).status_code == 405
