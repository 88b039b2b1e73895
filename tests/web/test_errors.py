"""Every error of ours has an HTTP answer."""

from collections.abc import AsyncIterator
from importlib import import_module
from pkgutil import walk_packages

import httpx
import pytest
from fastapi import FastAPI

import connectors
import core
import sla
import ticketing
from core.errors import ChannelUnavailable, DeskError, NotFound, RecipientGone
from emulators.server import Served
from web.errors import HTTP_STATUS, add_error_answers


def leaves(kind: type[DeskError]) -> set[type[DeskError]]:
    # Only what the web process can meet: what Slack refuses is told in Slack, and commands speak for themselves.
    here = ("core.", "sla.", "ticketing.", "connectors.")
    below = [child for child in kind.__subclasses__() if child.__module__.startswith(here)]
    return set().union(*(leaves(child) for child in below)) if below else {kind}


def test_every_error_has_an_http_status() -> None:
    for package in (core, sla, ticketing, connectors):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    assert leaves(DeskError) - set(HTTP_STATUS) == set()


class Unheard(RecipientGone):
    """A leaf that the table does not know."""


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    add_error_answers(app)
    errors: dict[str, Exception] = {
        "missing": NotFound("There is no ticket 7."),
        "unheard": Unheard("Gone."),
        "wait": ChannelUnavailable("Later.", retry_after=7.2),
        "bug": ZeroDivisionError("a secret"),
    }

    @app.get("/{name}")
    async def fail(name: str, count: int = 0) -> None:
        del count
        raise errors[name]

    async with Served(app) as served, httpx.AsyncClient(base_url=served.url, verify=False, trust_env=False) as client:
        yield client


async def test_an_error_is_answered_with_its_words_and_its_name(http: httpx.AsyncClient) -> None:
    answer = await http.get("/missing")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no ticket 7.",
        "code": "NotFound",
    }


async def test_an_error_the_table_forgot_is_answered_like_its_parent(http: httpx.AsyncClient) -> None:
    assert (await http.get("/unheard")).status_code == HTTP_STATUS[RecipientGone]


async def test_a_vendors_wait_is_passed_on(http: httpx.AsyncClient) -> None:
    assert (await http.get("/wait")).headers["retry-after"] == "7"


async def test_a_bug_tells_strangers_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.get("/bug")
    assert answer.status_code == 500
    assert "secret" not in answer.text


async def test_a_request_that_does_not_fit_says_where(http: httpx.AsyncClient) -> None:
    answer = await http.get("/missing?count=many")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == ["query", "count"]
