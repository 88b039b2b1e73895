"""The wire: Twilio's Messages API as an ASGI application. Authenticates, routes, faults, records; decides no more."""

import asyncio
import base64
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from emulators.server import hang_up
from emulators.twilio import refusals
from emulators.twilio.account import Account
from emulators.twilio.faults import Fault
from emulators.twilio.ledger import sent_filter
from emulators.twilio.messages import API_VERSION, Message
from emulators.twilio.recording import Call
from emulators.twilio.refusals import Refusal, Refused

_PATH = re.compile(rf"/{API_VERSION}/Accounts/([^/]+)/Messages(?:/([^/]+))?\.json")
_OPERATIONS = {
    ("POST", False): "messages.create",
    ("GET", False): "messages.list",
    ("GET", True): "messages.fetch",
    ("DELETE", True): "messages.delete",
}
_HTML = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"
_MAX_PAGE = 1000


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    path: str
    params: Mapping[str, list[str]]
    authorization: str
    account_sid: str = ""
    message_sid: str = ""
    operation: str = "unknown"

    def one(self, key: str, default: str = "") -> str:
        return self.params.get(key, [default])[0]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: dict[str, Any] | None = None  # None: an empty body
    headers: Mapping[str, str] = field(default_factory=dict)
    html: bool = False
    truncated: bool = False  # half of the JSON only

    def content(self) -> bytes:
        whole = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        return whole[: len(whole) // 2] if self.truncated else whole

    def response(self) -> Response:
        if self.html:
            return Response(_HTML, self.status, dict(self.headers), "text/html")
        content = self.content()
        return Response(content, self.status, dict(self.headers), "application/json;charset=utf-8")


class MessagesApi:
    def __init__(self, account: Account) -> None:
        self._account = account

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = await _question(Request(scope, receive))
        fault = self._account.faults.take(question.operation)
        outcome = _Answer(0) if fault is not None and fault.refuses else await self._carry_out(question)
        shown = outcome if fault is None else _as_the_fault_says(fault, outcome)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        self._record(question, shown, fault, carried_out=200 <= outcome.status < 300)
        if shown is not None:
            await shown.response()(scope, receive, send)
            return
        if fault is not None and fault.cut_answer:
            await _half(outcome, send)
        await _drop(scope, receive, reset=fault is not None and not fault.drop_reply)

    async def _carry_out(self, question: _Question) -> _Answer:
        try:
            self._authenticate(question)
            match question.operation:
                case "messages.create":
                    return await self._create(question)
                case "messages.list":
                    return self._list(question)
                case "messages.fetch":
                    return _Answer(200, self._message(question).resource())
                case "messages.delete":
                    del self._account.ledger.messages[self._message(question).sid]
                    return _Answer(204)
            found = question.account_sid and question.operation == "unknown"
            return _refused(refusals.METHOD_NOT_ALLOWED if found else refusals.not_found(question.path))
        except Refused as refused:
            return _refused(refused.refusal)

    def _authenticate(self, question: _Question) -> None:
        setup = self._account.setup
        expected = base64.b64encode(f"{setup.account_sid}:{setup.auth_token}".encode())
        scheme, _, given = question.authorization.partition(" ")
        if scheme.lower() != "basic" or not secrets.compare_digest(given.strip().encode(), expected):
            raise Refused(refusals.AUTHENTICATE)
        if question.account_sid and question.account_sid != setup.account_sid:
            raise Refused(refusals.not_found(question.path))

    async def _create(self, question: _Question) -> _Answer:
        message = self._account.accept(question.params)
        resource = message.resource()  # as it was accepted, however far the callbacks have come since
        script = self._account.callbacks.take()
        if script.before_response:
            await self._account.courier.carry(message, script)
        else:
            self._account.background(self._account.courier.carry(message, script))
        return _Answer(201, resource)

    def _message(self, question: _Question) -> Message:
        message = self._account.ledger.messages.get(question.message_sid)
        if message is None:
            raise Refused(refusals.not_found(question.path))
        return message

    def _list(self, question: _Question) -> _Answer:
        try:
            sent = sent_filter({key: values[0] for key, values in question.params.items()})
            size = max(1, min(_MAX_PAGE, int(question.one("PageSize", "50"))))
            number = max(0, int(question.one("Page", "0")))
        except ValueError as error:
            raise Refused(Refusal(20001, 400, str(error))) from error
        found = [*self._account.ledger.matching(to=question.one("To"), sender=question.one("From"), sent=sent)]
        token = question.one("PageToken").removeprefix("PA")
        # The token names the last message of the page before, so that new ones do not shift the pages.
        start = next((index + 1 for index, m in enumerate(found) if m.sid == token), number * size)
        return _Answer(200, _page(question, found[start : start + size], number, size, more=len(found) > start + size))

    def _record(self, question: _Question, answer: _Answer | None, fault: Fault | None, *, carried_out: bool) -> None:
        params = {key: values[-1] for key, values in question.params.items()}
        status, body = (None, None) if answer is None else (answer.status, answer.body)
        at = self._account.setup.clock()
        call = Call(question.operation, question.method, question.path, params, at, status, body, fault, carried_out)
        self._account.calls.append(call)


def _page(question: _Question, shown: list[Message], number: int, size: int, *, more: bool) -> dict[str, Any]:
    kept = [(key, values[0]) for key, values in question.params.items() if key not in {"Page", "PageToken", "PageSize"}]

    def uri(page: int, token: str = "") -> str:
        query = [*kept, ("PageSize", str(size)), ("Page", str(page))] + ([("PageToken", f"PA{token}")] if token else [])
        return f"{question.path}?{urlencode(query)}"

    start = number * size
    return {
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, shown[-1].sid) if more and shown else None,
        "previous_page_uri": uri(number - 1) if number else None,
        "uri": uri(number),
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(0, len(shown) - 1),
        "messages": [message.resource() for message in shown],
    }


def _as_the_fault_says(fault: Fault, outcome: _Answer) -> _Answer | None:
    """What the caller gets to see of the outcome; None when the connection ends instead."""
    if fault.reset or fault.drop_reply or fault.reset_after or fault.cut_answer:
        return None
    if (refusal := fault.answer()) is not None:
        return _refused(refusal, html=fault.html)
    return replace(outcome, truncated=fault.truncated)


def _refused(refusal: Refusal, *, html: bool = False) -> _Answer:
    headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
    if refusal.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return _Answer(refusal.status, refusal.answer(), headers, html)


async def _question(request: Request) -> _Question:
    body = (await request.body()).decode("utf-8", "replace") if request.method == "POST" else request.url.query
    params: dict[str, list[str]] = {}
    for key, value in parse_qsl(body, keep_blank_values=True):
        params.setdefault(key, []).append(value)
    authorization = request.headers.get("authorization", "")
    path = request.url.path
    if (found := _PATH.fullmatch(path)) is None:
        return _Question(request.method, path, params, authorization)
    account_sid, message_sid = found[1], found[2] or ""
    operation = _OPERATIONS.get((request.method, bool(message_sid)), "unknown")
    return _Question(request.method, path, params, authorization, account_sid, message_sid, operation)


async def _half(answer: _Answer, send: Send) -> None:
    """Promise the whole answer and send half of it."""
    content = answer.content()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})


async def _drop(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """Close the connection without an answer, and wait until the server has noticed."""
    hang_up(scope, reset=reset)
    while (await receive())["type"] != "http.disconnect":
        pass
