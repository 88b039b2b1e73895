"""Where every call of the API comes in: it is written into the ledger, and meets the fault that waits for it.

It wraps the whole application, so that a fault can keep a call out, or keep its answer from leaving.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from examples.shop.faults import Fault, Faults, Kind, half, in_another_currency
from examples.shop.idempotency import HEADER, REPLAYED
from examples.shop.ledger import Ledger
from examples.shop.problems import TooLarge, answered, problem

_MOST_BYTES = 64 * 1024


@dataclass(slots=True)
class _Answer:
    """What the application said, kept until it is known whether it leaves."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def send(self, send: Send) -> None:
        start: dict[str, Any] = {"type": "http.response.start", "status": self.status, "headers": self.headers}
        MutableHeaders(scope=start)["content-length"] = str(len(self.body))
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


class Door:
    """`routes`: those of the API. Whatever else the application serves passes by without a word in the ledger."""

    def __init__(
        self, app: ASGIApp, *, routes: Sequence[APIRoute], faults: Faults, ledger: Ledger, now: Callable[[], datetime]
    ) -> None:
        self._app, self._routes, self._now = app, routes, now
        self._faults, self._ledger = faults, ledger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _not_api(scope["path"]):
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        if body is None:
            return  # the caller left in the middle of the request, so nobody asked for anything
        operation = self._operation(scope)
        fault = self._faults.take(operation) if operation else None
        decided = await self._heard(scope, body, fault)
        leaving = await _leaving(scope, decided, fault)
        # Written before it leaves: who is told of something finds it in the ledger.
        self._write(scope, operation, fault, decided, leaving)
        if fault is not None and fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.delay_seconds)
        if leaving is None:
            await _gone(receive)
        else:
            await leaving.send(send)

    async def _heard(self, scope: Scope, body: bytes, fault: Fault | None) -> _Answer | None:
        """Let the application carry it out. None: the fault keeps it out."""
        if fault is not None and not fault.kind.carried_out:
            return None
        answer = _Answer()
        if len(body) > _MOST_BYTES:
            words = f"Requests of this API have at most {_MOST_BYTES // 1024} KB."
            await answered(TooLarge("too_large", words))(scope, _never, answer.take)
        else:
            await self._app(scope, _once(body), answer.take)
        return answer

    def _write(
        self, scope: Scope, operation: str | None, fault: Fault | None, decided: _Answer | None, leaving: _Answer | None
    ) -> None:
        self._ledger.write(
            at=self._now(),
            method=scope["method"],
            path=scope["path"],
            operation=operation,
            idempotency_key=Headers(scope=scope).get(HEADER),
            fault=fault.kind if fault else None,
            carried_out=decided is not None,
            decided=decided.status if decided else None,
            answered=leaving.status if leaving else None,
            replayed=decided is not None and (REPLAYED.lower().encode(), b"true") in decided.headers,
        )

    def _operation(self, scope: Scope) -> str | None:
        matching = (route for route in self._routes if route.matches(scope)[0] is Match.FULL)
        return next((route.operation_id for route in matching), None)


async def _leaving(scope: Scope, decided: _Answer | None, fault: Fault | None) -> _Answer | None:
    """What the fault lets out; None: nothing."""
    if fault is None:
        return decided
    if fault.kind in {Kind.REPLY_LOST, Kind.REQUEST_LOST}:
        return None
    if decided is None or fault.kind is Kind.FAILED_AFTER:
        failure = _Answer()
        await _failure(fault)(scope, _never, failure.take)
        return failure
    return replace(decided, body=_spoilt(decided.body, fault))


def _failure(fault: Fault) -> Response:
    if fault.kind is Kind.BUSY:
        retry = {"Retry-After": str(fault.retry_after_seconds)}
        return problem(429, "Too many requests", "busy", "The shop is busy: ask again later.", headers=retry)
    if fault.kind is Kind.DOWN:
        return problem(503, "The shop is down", "down", "The shop is being repaired: ask again later.")
    return problem(500, "The shop failed", "failed", "Something broke in the shop. Nobody knows what was done.")


def _spoilt(body: bytes, fault: Fault) -> bytes:
    if fault.kind is Kind.MALFORMED:
        return half(body)
    return in_another_currency(body) if fault.kind is Kind.WRONG_CURRENCY else body


async def _gone(receive: Receive) -> None:
    """Wait until the caller has given up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _whole(receive: Receive) -> bytes | None:
    """The body, or somewhat more than is taken of one that is too large. None: the caller has gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body") or len(body) > _MOST_BYTES:
            return bytes(body)


def _once(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _never() -> Message:
    return {"type": "http.disconnect"}


def _not_api(path: str) -> bool:
    """The page, and what rules the shop from outside."""
    return path in {"/", "/openapi.json", "/favicon.ico"} or path.startswith("/_")
