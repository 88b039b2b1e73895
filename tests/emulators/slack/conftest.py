"""One vocabulary for these tests: a workspace with Ana and a channel, served, and the real SDK pointed at it."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from emulators.server import Served
from emulators.slack import Channel, Person, Workspace


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self, at: float = 1_800_000_000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += seconds


class App:
    """An application on HTTP that writes down what it is sent and answers from a script (200 when it runs out)."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, str, dict[str, str]]] = []

    def will_answer(self, status: int, body: str = "", **headers: str) -> None:
        self.answers.append((status, body, {name.replace("_", "-"): value for name, value in headers.items()}))

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body)["event"] for headers, body in self.requests if "json" in headers["content-type"]]

    def asgi(self) -> FastAPI:
        web = FastAPI()

        @web.post("/slack/events")
        async def receive(request: Request) -> Response:
            self.requests.append((dict(request.headers), await request.body()))
            status, body, headers = self.answers.pop(0) if self.answers else (200, "", {})
            return Response(body, status, headers=headers)

        return web


@contextlib.asynccontextmanager
async def bolt_over_http(workspace: Workspace, bolt: AsyncApp) -> AsyncIterator[None]:
    """Run a Bolt app behind HTTP and point the workspace at it."""
    web = FastAPI()
    handler = AsyncSlackRequestHandler(bolt)

    @web.post("/slack/events")
    async def receive(request: Request) -> Response:
        return await handler.handle(request)

    async with Served(web) as served:
        workspace.courier.url = served.url + "/slack/events"
        yield
        workspace.courier.url = None


def bolt_app(workspace: Workspace) -> AsyncApp:
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.base_url + "/api/")
    # Without a name it looks for one through the source of all that is on the stack.
    return AsyncApp(name="tests", client=client, token=workspace.bot_token, signing_secret=workspace.signing_secret)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(limits=False, echoes=False, retry_delays=(0, 0, 0))


@pytest.fixture
def ana(workspace: Workspace) -> Person:
    return workspace.add_user("ana", "ana@example.com", real_name="Ana Sol")


@pytest.fixture
def desk(workspace: Workspace, ana: Person) -> Channel:
    return workspace.add_channel("desk")


@pytest.fixture
async def slack(workspace: Workspace, desk: Channel) -> AsyncIterator[Served]:
    async with workspace.serve() as served:
        yield served


@pytest.fixture
async def client(workspace: Workspace, slack: Served) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=slack.url + "/api/", retry_handlers=[])


@pytest.fixture
async def app(workspace: Workspace, slack: Served) -> AsyncIterator[App]:
    """A scripted application that the workspace delivers to."""
    it = App()
    async with Served(it.asgi()) as served:
        workspace.courier.url = served.url + "/slack/events"
        yield it
        workspace.courier.url = None


def button(action_id: str, label: str = "Claim", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": label}, **more}


def card(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks of a small ticket card; `elements` are its buttons."""
    title = {"type": "header", "text": {"type": "plain_text", "text": "#12 Where is my order?"}}
    return [title, {"type": "actions", "block_id": "deed", "elements": list(elements)}]


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "reply.v1",
        "title": {"type": "plain_text", "text": "Reply"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": list(blocks) or [{"type": "divider"}],
        **more,
    }


def text_input(block_id: str = "words", action_id: str = "text", **more: Any) -> dict[str, Any]:
    optional = more.pop("optional", False)
    element = {"type": "plain_text_input", "action_id": action_id, **more}
    label = {"type": "plain_text", "text": "Message"}
    return {"type": "input", "block_id": block_id, "label": label, "element": element, "optional": optional}
