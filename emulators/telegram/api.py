"""The wire: the Bot API as an ASGI application. Authenticates, routes, faults, records; decides no more.

`/bot<token>/<method>` answers JSON, `/file/bot<token>/<path>` the bytes of a file for whose link getFile was asked.
"""

import asyncio
import inspect
import json
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from emulators.server import hang_up
from emulators.telegram import methods, refusals
from emulators.telegram.cloud import Cloud
from emulators.telegram.faults import DOWNLOAD, Fault, Faults
from emulators.telegram.files import StoredFile
from emulators.telegram.parameters import Parameters, parameters
from emulators.telegram.recording import Call
from emulators.telegram.refusals import Refusal, Refused
from emulators.telegram.setup import Json

_METHOD = re.compile(r"/bot([^/]+)/([^/]+)")
_FILE = re.compile(r"/file/bot([^/]+)/(.+)")
_HTML = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"
# Telegram says with these results what has been done.
_DESCRIBED = {"setWebhook": "Webhook was set", "deleteWebhook": "Webhook was deleted"}
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Question:
    token: str
    operation: str
    given: Parameters
    path: str = ""  # of a file


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Json | None = None
    file: StoredFile | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    html: bool = False

    @property
    def ok(self) -> bool:
        return self.status == 200

    def content(self) -> bytes:
        return _HTML.encode() if self.html else json.dumps(self.body).encode()


class BotApi:
    def __init__(self, cloud: Cloud, faults: Faults, calls: list[Call]) -> None:
        self._cloud = cloud
        self._faults = faults
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            question = await _question(Request(scope, receive))
        except Refused as refused:
            await _response(_refused(refused.refusal), Fault())(scope, receive, send)
            return
        fault = self._faults.take(question.operation) or Fault()
        outcome = _Answer(0) if fault.refuses else await self._carry_out(question)
        shown = _as_the_fault_says(fault, outcome)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        self._record(question, shown, fault, carried_out=outcome.ok)
        if shown is not None:
            await _response(shown, fault)(scope, receive, send)
            return
        if fault.cut_answer:
            await _half(outcome, send)
        await _drop(scope, receive, reset=not fault.drop_reply)

    async def execute(self, method: str, values: Mapping[str, Any]) -> None:
        """Carry out the call that a webhook's answer named; nobody gets to see what comes of it."""
        question = _Question(self._cloud.setup.token, methods.named(method) or UNKNOWN, Parameters(values))
        outcome = await self._carry_out(question)
        self._record(question, outcome, Fault(), carried_out=outcome.ok)

    async def _carry_out(self, question: _Question) -> _Answer:
        if not secrets.compare_digest(question.token.encode(), self._cloud.setup.token.encode()):
            return _refused(refusals.UNAUTHORIZED)
        if question.operation == DOWNLOAD:
            file = self._cloud.files.at(question.path)
            return _refused(refusals.NOT_FOUND) if file is None else _Answer(200, file=file)
        if question.operation == UNKNOWN:
            return _refused(refusals.NOT_FOUND)
        try:
            result = methods.METHODS[question.operation](self._cloud, question.given)
            result = await result if inspect.isawaitable(result) else result
        except Refused as refused:
            return _refused(refused.refusal)
        described = _DESCRIBED.get(question.operation)
        return _Answer(200, {"ok": True, "result": result} | ({"description": described} if described else {}))

    def _record(self, question: _Question, answer: _Answer | None, fault: Fault, *, carried_out: bool) -> None:
        status, body = (None, None) if answer is None else (answer.status, answer.body)
        given = {"file_path": question.path} if question.path else question.given.recorded()
        at, met = self._cloud.setup.clock(), fault if fault != Fault() else None
        # A copy: the messages in an answer change when they are edited.
        self._calls.append(Call(question.operation, given, at, status, _copied(body), met, carried_out))


def _copied(body: Json | None) -> Json | None:
    return None if body is None else json.loads(json.dumps(body))


def _as_the_fault_says(fault: Fault, outcome: _Answer) -> _Answer | None:
    """What the caller gets to see of the outcome; None when the connection ends instead."""
    if fault.reset or fault.drop_reply or fault.reset_after or fault.cut_answer:
        return None
    if (refusal := fault.answer()) is not None:
        return _refused(refusal, html=fault.html)
    return outcome


def _refused(refusal: Refusal, *, html: bool = False) -> _Answer:
    wait = refusal.parameters.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return _Answer(refusal.code, refusal.answer(), None, headers, html)


def _response(answer: _Answer, fault: Fault) -> Response:
    if answer.html:
        return Response(_HTML, answer.status, dict(answer.headers), "text/html")
    if (file := answer.file) is not None:
        size = file.size // 2 if fault.truncated else file.size
        headers = {"content-length": str(size), "content-disposition": "attachment"}
        return StreamingResponse(_pieces(file, size, fault.pace), 200, headers, "application/octet-stream")
    content = answer.content()
    shown = content[: len(content) // 2] if fault.truncated else content
    return Response(shown, answer.status, dict(answer.headers), "application/json")


async def _pieces(file: StoredFile, size: int, pace: float) -> AsyncIterator[bytes]:
    for piece in file.chunks():
        if pace:
            await asyncio.sleep(pace)
        if size <= 0:
            return
        yield piece[:size]
        size -= len(piece)


async def _question(request: Request) -> _Question:
    path = request.url.path
    if (found := _FILE.fullmatch(path)) is not None:
        return _Question(found[1], DOWNLOAD, Parameters(), found[2])
    if (found := _METHOD.fullmatch(path)) is None:
        raise Refused(refusals.NOT_FOUND)
    return _Question(found[1], methods.named(found[2]) or UNKNOWN, await parameters(request))


async def _half(answer: _Answer, send: Send) -> None:
    """Promise the whole answer and send half of it."""
    content = answer.content() if answer.file is None else b""
    size = len(content) if answer.file is None else answer.file.size
    headers = [(b"content-type", b"application/json"), (b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": content[: size // 2], "more_body": True})
    if answer.file is not None:
        async for piece in _pieces(answer.file, size // 2, 0):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    # What was written is on its way before the reset would overtake it.
    await asyncio.sleep(0.01)


async def _drop(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """Close the connection without an answer, and wait until the server has noticed."""
    hang_up(scope, reset=reset)
    while (await receive())["type"] != "http.disconnect":
        pass
