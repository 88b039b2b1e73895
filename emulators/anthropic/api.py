"""The wire: the Messages API as an ASGI application. Authenticates, routes, faults, records; decides no more."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from emulators.anthropic import answers, faults, questions, refusals
from emulators.anthropic.answers import Answer
from emulators.anthropic.faults import Fault
from emulators.anthropic.organization import LEAST_CACHED, AnswerMisfits, Organization
from emulators.anthropic.recording import Call
from emulators.anthropic.refusals import Refusal, Refused, invalid
from emulators.server import hang_up

Json = dict[str, Any]

_MOST_BYTES = 32 * 1024 * 1024
_VERSIONS = {"2023-01-01", "2023-06-01", "2026-10-21"}
_EVENTS_BEFORE_TROUBLE = 4  # message_start, content_block_start, ping, one delta
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
_REFUSED = {
    faults.RATE_LIMITED: Refusal("rate_limit_error", refusals.LIMITED),
    faults.OVERLOADED: refusals.OVERLOADED,
    faults.SERVER_ERROR: refusals.BROKEN,
    faults.TOO_LARGE: refusals.TOO_LARGE,
}


class MessagesApi:
    def __init__(self, organization: Organization) -> None:
        self._organization = organization

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _Exchange(self._organization, scope, receive, send).run()


class _Exchange:
    """One request and what becomes of it."""

    def __init__(self, organization: Organization, scope: Scope, receive: Receive, send: Send) -> None:
        self.organization = organization
        self.scope = scope
        self.receive = receive
        self.send = send
        self.request = Request(scope, receive)
        self.request_id = f"req_{secrets.token_hex(12)}"
        self.operation = _operation(scope["method"], scope["path"])
        self.fault: Fault | None = None
        self.body: Json = {}

    async def run(self) -> None:
        try:
            self._authenticate()
            if self.operation == "messages.create":
                await self._create()
            else:
                await self._answer(200, await self._other())
        except Refused as refused:
            await self._refuse(refused.refusal)
        except AnswerMisfits as misfit:
            await self._refuse(Refusal("api_error", f"the scripted answer does not fit the schema: {misfit}"))

    def _authenticate(self) -> None:
        headers = self.request.headers
        given = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        if not secrets.compare_digest(given.encode(), self.organization.api_key.encode()):
            raise Refused(refusals.BAD_KEY)
        version = headers.get("anthropic-version")
        if version is None:
            raise Refused(refusals.NO_VERSION)
        if version not in _VERSIONS:
            raise invalid(f"anthropic-version: {version!r} is not a valid version")

    async def _other(self) -> Json:
        models = [_model(name, label) for name, label in self.organization.models.items()]
        match self.operation:
            case "messages.count_tokens":
                question = questions.read(await self._json(), self.organization.models, counting=True)
                counted = answers.usage(question, cached=False, least_cached=LEAST_CACHED)
                return {"input_tokens": counted["input_tokens"] + counted["cache_creation_input_tokens"]}
            case "models.list":
                ends = {"first_id": models[0]["id"], "last_id": models[-1]["id"]} if models else {}
                return {"data": models, "has_more": False} | ends
            case "models.retrieve":
                for model in models:
                    if model["id"] == self.scope["path"].rpartition("/")[2]:
                        return model
        raise Refused(refusals.NOT_FOUND)

    async def _create(self) -> None:
        self.fault = self.organization.faults.take()
        self.body = await self._json()
        kind = self.fault.kind if self.fault else None
        if kind in {faults.RESET, faults.STALL, faults.BAD_GATEWAY}:
            await self._no_answer(kind)
            return
        if self.fault is not None and kind in _REFUSED:
            refusal = _REFUSED[kind]
            raise Refused(Refusal(refusal.type, refusal.message, self.fault.retry_after))
        question = questions.read(self.body, self.organization.models)
        thought = await self.organization.think(question)
        cached = self.organization.remember(question.constant)
        counted = answers.usage(question, cached=cached, least_cached=LEAST_CACHED)
        answer = answers.message(question, thought, counted, kind)
        self._record(200, answer.whole)
        await (self._stream(answer) if question.stream else self._whole(answer.whole))

    async def _json(self) -> Json:
        raw = await self.request.body()
        if len(raw) > _MOST_BYTES:
            raise Refused(refusals.TOO_LARGE)
        try:
            body = json.loads(raw)
            json.dumps(body, ensure_ascii=False).encode()  # half a character is no JSON for Anthropic
        except ValueError as error:
            raise invalid(f"The request body is not valid JSON: {error}") from error
        if isinstance(body, dict):
            self.body = body
        return body  # type: ignore[no-any-return]  # whatever it is: questions.read refuses what is no object

    async def _whole(self, whole: Json) -> None:
        """A stream's faults, for a message that is not streamed."""
        kind = self.fault.kind if self.fault else None
        if kind == faults.STREAM_ERROR:
            await self._respond(529, refusals.OVERLOADED.body(self.request_id))
        elif kind in {faults.STREAM_CUT, faults.STREAM_STALL}:
            raw = json.dumps(whole).encode()
            await self._start(200, {"content-length": str(len(raw))})
            await self.send({"type": "http.response.body", "body": raw[: len(raw) // 2], "more_body": True})
            if kind == faults.STREAM_STALL:
                await self._wait()
            hang_up(self.scope, reset=False)
        else:
            await self._respond(200, whole)

    async def _stream(self, answer: Answer) -> None:
        kind = self.fault.kind if self.fault else None
        troubled = kind in {faults.STREAM_ERROR, faults.STREAM_CUT, faults.STREAM_STALL}
        written = islice(answers.events(answer), _EVENTS_BEFORE_TROUBLE if troubled else None)
        await self._start(200, {"content-type": "text/event-stream; charset=utf-8"})
        sent = [answers.on_the_wire(event) for event in written]
        if kind == faults.STREAM_ERROR:
            error = {"error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": self.request_id}
            sent.append(answers.on_the_wire(("error", error)))
        for piece in sent:
            await self.send({"type": "http.response.body", "body": piece, "more_body": True})
        if kind == faults.STREAM_STALL:
            await self._wait()
            hang_up(self.scope, reset=False)
            return
        await self.send({"type": "http.response.body", "body": b""})

    async def _no_answer(self, kind: str) -> None:
        if kind == faults.BAD_GATEWAY:
            self._record(502, None)
            await self._start(502, {"content-type": "text/html"})
            await self.send({"type": "http.response.body", "body": _HTML})
            return
        self._record(None, None)
        if kind == faults.STALL:
            await self._wait()
        hang_up(self.scope, reset=kind == faults.RESET)

    async def _wait(self) -> None:
        """Until the stall is over, or the client has gone away."""
        assert self.fault is not None
        try:
            async with asyncio.timeout(self.fault.seconds):
                while (await self.receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            pass

    async def _refuse(self, refusal: Refusal) -> None:
        body = refusal.body(self.request_id)
        self._record(refusal.status, body)
        retry_after = {} if refusal.retry_after is None else {"retry-after": f"{refusal.retry_after:g}"}
        await self._respond(refusal.status, body, retry_after)

    async def _answer(self, status: int, body: Json) -> None:
        self._record(status, body)
        await self._respond(status, body)

    async def _respond(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> None:
        await self._start(status, dict(headers or {}))
        await self.send({"type": "http.response.body", "body": json.dumps(body, ensure_ascii=False).encode()})

    async def _start(self, status: int, headers: Mapping[str, str]) -> None:
        given = {"content-type": "application/json", "request-id": self.request_id} | dict(headers)
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})

    def _record(self, status: int | None, answer: Json | None) -> None:
        call = Call(self.operation, self.body, status, answer, self.fault, self.request_id)
        self.organization.calls.append(call)


def _operation(method: str, path: str) -> str:
    match method, path.strip("/").split("/"):
        case "POST", ["v1", "messages"]:
            return "messages.create"
        case "POST", ["v1", "messages", "count_tokens"]:
            return "messages.count_tokens"
        case "GET", ["v1", "models"]:
            return "models.list"
        case "GET", ["v1", "models", _]:
            return "models.retrieve"
    return "unknown"


def _model(name: str, label: str) -> Json:
    return {
        "type": "model",
        "id": name,
        "display_name": label,
        "created_at": "2026-10-07T00:00:00Z",
        "lifecycle": "active",
    }
