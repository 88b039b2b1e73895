"""Puts an organization on a port: the Messages API, and beside it the control API under `/_emulator`.

| request | body | answer |
|---|---|---|
| GET /_emulator | | the number of calls, and what went wrong, by kind |
| GET /_emulator/calls | | every API call |
| POST /_emulator/says | `value`, `times`, `thinking` | |
| POST /_emulator/uses | `tool`, `given`, `times`, `words`, `thinking` | |
| POST /_emulator/faults | `kind`, `times`, `retry_after`, `seconds` | |
| POST /_emulator/at_random | `seed`, `share`, `only`, `seconds` | |
| POST /_emulator/calm | | |
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from emulators.anthropic.api import MessagesApi
from emulators.anthropic.organization import Organization
from emulators.server import Served

PATH = "/_emulator"

Json = dict[str, Any]


def application(organization: Organization) -> ASGIApp:
    messages, control = MessagesApi(organization), _control(organization)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = control if scope["path"].startswith(PATH) else messages
        await chosen(scope, receive, send)

    return app


@asynccontextmanager
async def running(organization: Organization, *, port: int = 0) -> AsyncIterator[Organization]:
    """Serve `organization` on localhost within the block; `organization.url` says where."""
    async with Served(application(organization), port=port) as served:
        organization.url = served.url
        yield organization


def _control(organization: Organization) -> Starlette:
    faults = organization.faults

    def state() -> Json:
        return {"calls": len(organization.calls), "happened": dict(faults.happened)}

    def calls() -> Json:
        return {"calls": [call.as_json() for call in organization.calls]}

    def says(value: Any, **how: Any) -> None:
        organization.says(value, **how)

    def uses(tool: str, **how: Any) -> None:
        organization.uses(tool, **how)

    acts: list[tuple[str, str, Callable[..., Any]]] = [
        ("GET", "", state),
        ("GET", "/calls", calls),
        ("POST", "/says", says),
        ("POST", "/uses", uses),
        ("POST", "/faults", faults.next),
        ("POST", "/at_random", faults.at_random),
        ("POST", "/calm", faults.calm),
    ]
    return Starlette(routes=[Route(PATH + path, _endpoint(act), methods=[method]) for method, path, act in acts])


def _endpoint(act: Callable[..., Any]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            body: Json = await request.json() if await request.body() else {}
            return JSONResponse(act(**body) or {"ok": True})
        except (TypeError, ValueError) as error:
            return JSONResponse({"ok": False, "error": f"{type(error).__name__}: {error}"}, 400)

    return endpoint
