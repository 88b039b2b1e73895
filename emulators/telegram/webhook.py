"""Posts updates to the desk's webhook as the open-source server does. Knows no chats, only updates.

Any 2xx is an end of it; a 2xx whose JSON names a `method` is carried out as a call. Anything else is repeated: at once,
then after 2, 4, 8… seconds up to a random 60 to 120, or after what `Retry-After` says, until the update is a day old. A
webhook that answers 410 for 23 hours is removed. Updates of one chat go one after the other, so one that is refused
holds up its chat; other chats go on beside it, `max_connections` at once.

`faults` disturbs what is posted (`emulators/chance.py` lists how). What is delayed holds up its own chat only.

Source: tdlib/telegram-bot-api, WebhookActor.cpp
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from emulators.chance import DELIVERIES, Chance
from emulators.telegram.setup import Json, Setup
from emulators.telegram.updates import Update, Updates

PATIENCE = 60.0  # seconds for one answer
LONGEST_RETRY_AFTER = 3600
GONE_FOR = timedelta(hours=23)
_NEVER_CARRIED_OUT = ("setwebhook", "deletewebhook", "close", "logout")
# Retries without a pause would never let anybody else run.
_SHORTEST_PAUSE = 0.001

# Carries out a call named in an answer of the webhook's.
Execute = Callable[[str, Mapping[str, Any]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Attempt:
    status: int | None  # None: no answer came
    failure: str | None  # in Telegram's words; None: a 2xx
    seconds: float
    body: str = ""
    retry_after: int = 0  # seconds


@dataclass(frozen=True, slots=True)
class Delivery:
    """One update posted to the webhook, with every attempt that took."""

    update_id: int
    kind: str
    url: str
    body: Json
    attempts: tuple[Attempt, ...]
    latency: float  # seconds, first attempt to last answer

    @property
    def status(self) -> int | None:
        return self.attempts[-1].status

    @property
    def ok(self) -> bool:
        return self.attempts[-1].failure is None

    def as_json(self) -> Json:
        attempts = [{"status": a.status, "failure": a.failure, "seconds": a.seconds} for a in self.attempts]
        shown = {"update_id": self.update_id, "kind": self.kind, "url": self.url, "status": self.status, "ok": self.ok}
        return shown | {"latency": self.latency, "attempts": attempts, "body": self.body}


class Courier:
    def __init__(self, setup: Setup, updates: Updates, execute: Execute) -> None:
        self._setup = setup
        self._updates = updates
        self._execute = execute
        self._session: aiohttp.ClientSession | None = None
        self._serving: dict[int, asyncio.Task[None]] = {}  # by chat
        self._free = asyncio.Semaphore(setup.webhook.max_connections)
        self._gone_since: datetime | None = None
        self.deliveries: list[Delivery] = []
        self.faults = Chance(DELIVERIES)
        # Where the posts really go, such as a proxy's `http://127.0.0.1:1234`.
        self.via: str | None = None
        updates.on_news.append(lambda update: self._serve(update.chat_id))

    def restart(self) -> None:
        """The webhook is another one: begin with what is pending."""
        for task in self._serving.values():
            task.cancel()
        self._serving.clear()
        self._free = asyncio.Semaphore(self._setup.webhook.max_connections)
        self._gone_since = None
        for chat_id in self._updates.chats():
            self._serve(chat_id)

    async def settle(self) -> None:
        """Return once nothing is being delivered. A bug in the delivering is raised here."""
        while self._serving:
            await asyncio.gather(*self._serving.values())

    async def close(self) -> None:
        tasks = [*self._serving.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _serve(self, chat_id: int) -> None:
        if self._setup.webhook.url and chat_id not in self._serving:
            task = self._serving[chat_id] = asyncio.create_task(self._serve_chat(chat_id))
            task.add_done_callback(lambda done: self._served(chat_id, done))

    def _served(self, chat_id: int, task: asyncio.Task[None]) -> None:
        if self._serving.get(chat_id) is task:
            del self._serving[chat_id]
            # Something may have happened between the task's last look and now.
            if not task.cancelled() and task.exception() is None and chat_id in self._updates.chats():
                self._serve(chat_id)

    async def _serve_chat(self, chat_id: int) -> None:
        while (update := self._updates.first_of(chat_id)) is not None and self._setup.webhook.url:
            trouble = self.faults.draw()
            if trouble == "delayed":
                await asyncio.sleep(self.faults.seconds())
            if trouble == "duplicate":
                await asyncio.gather(self._deliver(update), self._deliver(update))
            else:
                await self._deliver(update, trouble)
            if self._setup.webhook.url:
                self._updates.take(update)

    async def _deliver(self, update: Update, trouble: str | None = None) -> None:
        """Post it until it is taken, too old, or there is no webhook any more."""
        body = update.as_json(unknown_fields=trouble == "unknown_fields")
        url, began, attempts, pause = self._setup.webhook.url, time.perf_counter(), list[Attempt](), 1.0
        while True:
            async with self._free:
                attempt = await self._attempt(url, body)
            if trouble == "answer_lost" and not attempts:
                attempt = Attempt(None, "Connection reset by peer", attempt.seconds)
            attempts.append(attempt)
            if attempt.failure is None or self._gives_up(update, attempt):
                break
            wait: float = attempt.retry_after
            if not wait and len(attempts) > 1:
                pause = wait = min(pause * 2, random.uniform(60, 120))
            await asyncio.sleep(max(_SHORTEST_PAUSE, wait * self._setup.retry_pause))
        spent = time.perf_counter() - began
        self.deliveries.append(Delivery(update.update_id, update.kind, url, body, tuple(attempts), spent))
        if attempts[-1].failure is None:
            await self._carry_out(attempts[-1].body)

    def _gives_up(self, update: Update, attempt: Attempt) -> bool:
        webhook, now = self._setup.webhook, self._setup.clock()
        webhook.last_error_at, webhook.last_error = now, attempt.failure or ""
        self._gone_since = (self._gone_since or now) if attempt.status == 410 else None
        if self._gone_since is not None and now - self._gone_since >= GONE_FOR:
            webhook.url = ""
        return self._updates.expired(update) or not webhook.url

    async def _carry_out(self, answer: str) -> None:
        try:
            call = json.loads(answer)
        except ValueError:
            return
        method = str(call.get("method", "")) if isinstance(call, dict) else ""
        # Whoever answers a webhook gets no answer of their own, so that asking makes no sense.
        if method and not method.lower().startswith("get") and method.lower() not in _NEVER_CARRIED_OUT:
            await self._execute(method, {name: value for name, value in call.items() if name != "method"})

    async def _attempt(self, url: str, body: Json) -> Attempt:
        began = time.perf_counter()
        headers = {"Content-Type": "application/json"}
        if secret := self._setup.webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret

        def failed(why: str) -> Attempt:
            return Attempt(None, why, time.perf_counter() - began)

        try:
            async with self._open().post(
                self._target(url), data=json.dumps(body).encode(), headers=headers, allow_redirects=False
            ) as answer:
                text = await answer.text(errors="replace")
        except aiohttp.ClientConnectorError:
            return failed("Connection refused")
        except TimeoutError:
            return failed("Read timeout expired")
        except (aiohttp.ClientError, OSError):
            return failed("Connection reset by peer")
        failure = None
        if not 200 <= answer.status < 300:
            failure = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        given = answer.headers.get("Retry-After", "")
        retry_after = min(LONGEST_RETRY_AFTER, int(given)) if given.isdecimal() else 0
        return Attempt(answer.status, failure, time.perf_counter() - began, text, retry_after)

    def _target(self, url: str) -> URL:
        if self.via is None:
            return URL(url, encoded=True)
        way = urlsplit(self.via)
        return URL(urlsplit(url)._replace(scheme=way.scheme, netloc=way.netloc).geturl(), encoded=True)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # One connection per attempt, so that a retry never meets a connection gone stale.
            connector = aiohttp.TCPConnector(limit=0, force_close=True)
            timeout = aiohttp.ClientTimeout(total=PATIENCE)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False)
        return self._session
