"""Brings what people do to the application: signed HTTP requests, or envelopes over Socket Mode.

Events are retried by schedule until they are acknowledged; interactions are tried once, as Slack does. Nothing
here decides what to send. Durations are seconds.

`faults` disturbs deliveries (`emulators/chance.py` lists how). Interactions and commands are never duplicated, and one
whose answer is lost is not repeated: the person sees a warning, whatever the application did.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
import urllib.parse
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from emulators.chance import DELIVERIES, Chance
from emulators.slack.channels import Json
from emulators.slack.sockets import Sockets

DEADLINE = 3.0
RETRY_DELAYS = (0.0, 60.0, 300.0)
_ONCE = frozenset({"delayed", "unknown_fields", "answer_lost"})  # what can happen to what is tried once
_UNANNOUNCED: Json = {
    "unannounced_flag": True,
    "unannounced_object": {"since": 1_800_000_000, "words": ["<new>", "🙂"]},
}

Sign = Callable[[bytes], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to the application and what came of it."""

    status: int | None  # None: no answer; 200 for an acknowledged envelope
    body: Any  # the decoded JSON, else the text
    seconds: float
    failure: str | None = None  # Slack's X-Slack-Retry-Reason
    no_retry: bool = False

    @property
    def acknowledged(self) -> bool:
        return self.failure is None


@dataclass(slots=True)
class Delivery:
    """One event on its way. `attempts` grows while it is retried; `settled` is set after the last."""

    payload: Json
    attempts: list[Attempt] = field(default_factory=list)
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def event_id(self) -> str:
        return str(self.payload["event_id"])

    @property
    def acknowledged(self) -> bool:
        return any(each.acknowledged for each in self.attempts)


def signed(secret: str, body: bytes, at: float) -> dict[str, str]:
    """Slack's signature headers for a body. Source: docs.slack.dev, Verifying requests from Slack."""
    stamp = str(int(at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


class Courier:
    """Delivers to one application, over its sockets while it has any open, else to its URL.

    `socket_mode` is the switch on the app's page: True, only over sockets; False, only to the URL.
    """

    def __init__(
        self,
        *,
        url: str | None,
        signing_secret: str,
        sockets: Sockets,
        deadline: float = DEADLINE,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.url = url
        self.sockets = sockets
        self.socket_mode: bool | None = None
        self.deadline = deadline
        self.retry_delays = tuple(retry_delays)
        # Replaceable, so that a test can sign badly. It reads the real clock, as the application will.
        self.sign: Sign = lambda body: signed(signing_secret, body, time.time())
        self.faults = Chance((*DELIVERIES, "disconnect"))
        self.sent = 0  # attempts so far
        self.latest: Attempt | None = None
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._held: list[Delivery] | None = None

    @property
    def connected(self) -> bool:
        """Is anybody there to deliver to?"""
        return self.url is not None or self.sockets.connected

    @property
    def _by_socket(self) -> bool:
        return self.sockets.connected if self.socket_mode is None else self.socket_mode

    @property
    def holding(self) -> bool:
        return self._held is not None

    def event(self, payload: Json) -> Delivery:
        """Set an event on its way and return at once."""
        delivery = Delivery(payload)
        if self._held is not None:
            self._held.append(delivery)
        else:
            self._start(delivery)
        return delivery

    async def interaction(self, payload: Json) -> Attempt:
        """A press, a submission, a shortcut: one attempt."""
        return await self._once("interactive", payload)

    async def command(self, payload: Json) -> Attempt:
        """A slash command: one attempt."""
        return await self._once("slash_commands", payload)

    async def repeat(self, delivery: Delivery) -> Attempt:
        """Deliver an event once more, as a network that duplicates would."""
        attempt = await self._send_event(delivery.payload, 0, "")
        delivery.attempts.append(attempt)
        return attempt

    def hold(self) -> None:
        """Keep events back until `release`."""
        self._held = [] if self._held is None else self._held

    async def release(self, *, newest_first: bool = False) -> list[Delivery]:
        """Send what was held, one after the other, and stop holding."""
        held, self._held = self._held or [], None
        ordered = held[::-1] if newest_first else held
        for delivery in ordered:
            self._start(delivery)
            await delivery.tried.wait()
        return ordered

    async def idle(self) -> None:
        """Wait until no event is under way any more, retries included."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post_raw(self, body: bytes, content_type: str, headers: dict[str, str]) -> Attempt:
        """POST to the application's URL: 3 s, two redirects at most."""
        if self.url is None:
            return Attempt(None, "", 0.0, "connection_failed")
        started = time.perf_counter()
        try:
            async with self._open().post(
                self.url,
                data=body,
                headers={"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **headers},
                timeout=aiohttp.ClientTimeout(total=self.deadline),
                max_redirects=2,
            ) as response:
                answer = _decoded(await response.read(), response.content_type)
                failure = None if 200 <= response.status < 300 else "http_error"
                no_retry = response.headers.get("X-Slack-No-Retry") == "1"
                return Attempt(response.status, answer, time.perf_counter() - started, failure, no_retry)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Attempt(None, "", time.perf_counter() - started, _reason(error))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False, connector=aiohttp.TCPConnector(limit=0))
        return self._session

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(delivery))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _once(self, kind: str, payload: Json) -> Attempt:
        trouble = self.faults.draw(_ONCE)
        payload = await self._disturbed(payload, trouble)
        form = {"payload": json.dumps(payload)} if kind == "interactive" else payload
        body = urllib.parse.urlencode(form).encode()
        attempt = await self._try(kind, payload, body, "application/x-www-form-urlencoded", {})
        return _unheard(attempt) if trouble == "answer_lost" else attempt

    async def _disturbed(self, payload: Json, trouble: str | None) -> Json:
        """The payload as it leaves, once what happens before that has happened."""
        if trouble == "delayed":
            await asyncio.sleep(self.faults.seconds())
        if trouble == "disconnect":
            await self.sockets.disconnect()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.deadline):
                    await self.sockets.until_connected()
        if trouble != "unknown_fields":
            return payload
        inner = payload.get("event")
        return {**payload, **_UNANNOUNCED, **({"event": {**inner, **_UNANNOUNCED}} if isinstance(inner, dict) else {})}

    async def _deliver(self, delivery: Delivery) -> None:
        possible = self.faults.menu if self._by_socket else DELIVERIES
        trouble = self.faults.draw(possible)
        payload = await self._disturbed(delivery.payload, trouble)
        reason = ""
        for number in range(len(self.retry_delays) + 1):
            if number:
                await self._sleep(self.retry_delays[number - 1])
            copies = 2 if trouble == "duplicate" and not number else 1
            attempt, *others = await asyncio.gather(*(self._send_event(payload, number, reason) for _ in range(copies)))
            delivery.attempts.extend(others)
            if trouble == "answer_lost" and not number:
                attempt = _unheard(attempt)
            delivery.attempts.append(attempt)
            delivery.tried.set()
            if attempt.failure is None or attempt.no_retry:
                break
            reason = attempt.failure
        delivery.settled.set()

    async def _send_event(self, payload: Json, number: int, reason: str) -> Attempt:
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason} if number else {}
        return await self._try("events_api", payload, json.dumps(payload).encode(), "application/json", headers)

    async def _try(self, kind: str, payload: Json, body: bytes, content_type: str, headers: dict[str, str]) -> Attempt:
        self.latest = attempt = await self._bring(kind, payload, body, content_type, headers)
        self.sent += 1
        return attempt

    async def _bring(
        self, kind: str, payload: Json, body: bytes, content_type: str, headers: dict[str, str]
    ) -> Attempt:
        if not self._by_socket:
            return await self.post_raw(body, content_type, {**self.sign(body), **headers})
        if not self.sockets.connected:
            return Attempt(None, "", 0.0, "connection_failed")
        started = time.perf_counter()
        retry = (int(headers.get("X-Slack-Retry-Num", 0)), headers.get("X-Slack-Retry-Reason", ""))
        try:
            answer = await self.sockets.send(kind, payload, retry=retry, deadline=self.deadline)
        except TimeoutError:
            return Attempt(None, "", time.perf_counter() - started, "timeout")
        return Attempt(200, answer, time.perf_counter() - started)


def _unheard(attempt: Attempt) -> Attempt:
    """The same, as it looks to Slack when the answer got lost on its way."""
    return Attempt(None, "", attempt.seconds, "http_timeout")


def _decoded(body: bytes, content_type: str) -> Any:
    if content_type == "application/json" and body:
        try:
            return json.loads(body)
        except ValueError:
            pass
    return body.decode("utf-8", "replace")


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "http_timeout"
    if isinstance(error, aiohttp.ClientSSLError):
        return "ssl_error"
    if isinstance(error, aiohttp.TooManyRedirects):
        return "too_many_redirects"
    if isinstance(error, (aiohttp.ClientConnectionError, OSError)):
        return "connection_failed"
    return "unknown_error"
