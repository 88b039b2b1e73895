"""The workspace's HTTP door: the Web API, files, Socket Mode, response URLs and the emulator's own controls.

A plain ASGI application: one call of the Web API costs parsing, checking and answering, nothing else. It checks
tokens, rates and scripted faults, and records every call; the methods themselves know none of that.
"""

import asyncio
import json
import urllib.parse
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from emulators.server import hang_up, has_gone
from emulators.slack.api import APP_LEVEL, METHODS
from emulators.slack.api.arguments import Refusal
from emulators.slack.channels import Json
from emulators.slack.control import routes
from emulators.slack.faults import Fault
from emulators.slack.file_door import DOWNLOAD, UPLOAD, FileDoor
from emulators.slack.scopes import lacking
from emulators.slack.workspace import Call, Workspace

_API = "/api/"
# An encoder made once: json.dumps with these settings would make one for every answer.
_WRITTEN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_JSON = b"application/json; charset=utf-8"
_HTML = b"<html><head><title>Slack | Server Error</title></head><body>Something went wrong.</body></html>"


class Web:
    """`Web(workspace)` is an ASGI application; `Workspace.serve` runs it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._rest = Starlette(
            routes=[
                Route("/_response/{key}", self._response, methods=["POST"]),
                WebSocketRoute("/_socket", workspace.sockets.serve),
                *routes(workspace),
            ]
        )
        self._files = FileDoor(workspace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(_API):
            await self._api(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith((UPLOAD, DOWNLOAD)):
            await self._files(scope, receive, send)
        else:
            await self._rest(scope, receive, send)

    async def _api(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["path"][len(_API) :]
        headers = dict(scope["headers"])
        arguments = await _arguments(scope, headers, receive)
        fault = self._workspace.faults.take(method)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        outcome = _Outcome() if fault is not None and fault.refuses else self._carry_out(method, headers, arguments)
        shown = outcome if fault is None else _as_the_fault_says(fault, outcome)
        done = outcome.answer.get("ok") is True
        self._record(method, arguments, shown, carried_out=done, fault=fault, abandoned=has_gone(scope))
        if fault is not None and fault.cut_answer:
            await _respond(send, shown, cut=True)
        if fault is not None and shown.status == 0:
            await _cut(scope, receive, reset=not fault.drop_reply)
        else:
            await _respond(send, shown, truncated=fault is not None and fault.truncated)

    def _carry_out(self, method: str, headers: dict[bytes, bytes], arguments: Json) -> "_Outcome":
        known = METHODS.get(method)
        if known is None:
            return _Outcome({"ok": False, "error": "unknown_method", "req_method": method})
        if refused := self._token_refused(method, headers, arguments):
            return _Outcome({"ok": False, "error": refused})
        if (unscoped := self._scope_refused(method, arguments)) is not None:
            return unscoped
        if self._workspace.limits:
            wait = self._workspace.rates.retry_after(method, str(arguments.get("channel", "")))
            if wait is not None:
                return _too_many_requests(wait)
        try:
            return _Outcome({"ok": True, **known(self._workspace, arguments)}, headers=self._granted())
        except Refusal as refusal:
            answer: Json = {"ok": False, "error": refusal.error}
            if refusal.messages:
                answer |= {"errors": [each.removeprefix("[ERROR] ") for each in refusal.messages]}
                answer |= {"response_metadata": {"messages": refusal.messages}}
            return _Outcome(answer)

    def _token_refused(self, method: str, headers: dict[bytes, bytes], arguments: Json) -> str | None:
        given = headers.get(b"authorization", b"").decode("latin-1").removeprefix("Bearer ").strip()
        token = given or str(arguments.pop("token", "") or "")
        arguments.pop("token", None)
        if not token:
            return "not_authed"
        if token not in (self._workspace.bot_token, self._workspace.app_token):
            return "invalid_auth"
        wanted = self._workspace.app_token if method == APP_LEVEL else self._workspace.bot_token
        return None if token == wanted else "not_allowed_token_type"

    def _granted(self) -> tuple[tuple[bytes, bytes], ...]:
        """Slack says with every answer what the token may."""
        return ((b"x-oauth-scopes", ",".join(sorted(self._workspace.scopes)).encode()),)

    def _scope_refused(self, method: str, arguments: Json) -> "_Outcome | None":
        granted = self._workspace.scopes
        channel = self._workspace.find_channel(str(arguments.get("channel") or ""))
        needed = lacking(method, channel, granted)
        if needed is None:
            return None
        provided = ",".join(sorted(granted))
        return _Outcome({"ok": False, "error": "missing_scope", "needed": needed, "provided": provided})

    def _record(
        self,
        method: str,
        arguments: Json,
        shown: "_Outcome",
        *,
        carried_out: bool,
        fault: Fault | None = None,
        abandoned: bool = False,
    ) -> None:
        at, kind = self._workspace.clock(), None if fault is None else fault.kind
        call = Call(method, arguments, at, shown.answer, shown.status, kind, carried_out, abandoned)
        self._workspace.calls.append(call)

    async def _response(self, request: Request) -> Response:
        try:
            body = await request.json()
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        key = request.path_params["key"]
        status, answer = self._workspace.responses.answer(key, body)
        shown = _Outcome(answer if isinstance(answer, dict) else {}, status)
        self._record("response_url", body, shown, carried_out=status == 200)
        return JSONResponse(answer, status)


async def _arguments(scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Json:
    """Query and body as one mapping; a body that cannot be read counts as empty, like Slack's."""
    found: Json = {}
    if scope["query_string"]:
        found.update(urllib.parse.parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    kind = headers.get(b"content-type", b"")
    if kind.startswith(b"multipart/"):
        form = await Request(scope, receive).form()
        return found | dict(form)
    body = await _body(receive)
    if not body:
        return found
    if kind.startswith(b"application/json"):
        try:
            decoded: Any = json.loads(body)
        except ValueError:
            return found
        return found | decoded if isinstance(decoded, dict) else found
    return found | dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


@dataclass(frozen=True, slots=True)
class _Outcome:
    answer: Json = field(default_factory=dict)  # {}: a page instead of JSON
    status: int = 200  # 0: the connection is cut
    headers: tuple[tuple[bytes, bytes], ...] = ()


def _too_many_requests(wait: int) -> _Outcome:
    return _Outcome({"ok": False, "error": "ratelimited"}, 429, _retry_after(wait))


def _retry_after(wait: int | None) -> tuple[tuple[bytes, bytes], ...]:
    return () if wait is None else ((b"retry-after", str(wait).encode()),)


def _as_the_fault_says(fault: Fault, outcome: _Outcome) -> _Outcome:
    """What the caller gets to see of the outcome."""
    if fault.reset or fault.drop_reply or fault.reset_after or fault.cut_answer:
        return replace(outcome, status=0)
    if fault.status == 429:
        return _too_many_requests(fault.retry_after or 1)
    if fault.status is not None:
        return _Outcome({}, fault.status)
    if fault.error is not None:
        return _Outcome({"ok": False, "error": fault.error}, headers=_retry_after(fault.retry_after))
    return outcome


async def _respond(send: Send, outcome: _Outcome, *, cut: bool = False, truncated: bool = False) -> None:
    """Answer. `truncated`: with half of the JSON; `cut`: with half of what the header promises."""
    body = _WRITTEN(outcome.answer).encode() if outcome.answer else _HTML
    kind = _JSON if outcome.answer else b"text/html; charset=utf-8"
    body = body[: len(body) // 2] if truncated else body
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *outcome.headers]
    await send({"type": "http.response.start", "status": outcome.status or 200, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2] if cut else body, "more_body": cut})


async def _cut(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """End the connection and wait until the server has noticed, so that it does not answer 500 for us."""
    hang_up(scope, reset=reset)
    while (await receive())["type"] != "http.disconnect":
        continue
