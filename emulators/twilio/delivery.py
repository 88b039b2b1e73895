"""Posts signed forms to the desk's webhooks, with Twilio's timeouts and retries. Knows no messages.

`faults` disturbs what is posted (`emulators/chance.py` lists how). A lost answer is repeated only when the URL's
fragment asks for that (`#rc=1&rp=rt`), as with Twilio; `Written.status` is None when nobody came back with one.

Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlencode, urlsplit

import aiohttp
from yarl import URL

from emulators.chance import DELIVERIES, Chance
from emulators.twilio.messages import new_sid
from emulators.twilio.signing import FORM, signature

# What ends an exchange without a status: no connection, or a connection without an answer.
CONNECT, READ = "ct", "rt"
# What can be lost for good, as when nobody listened for longer than Twilio tries.
MESSAGE_LOST, REPORT_LOST = LOSSES = ("message_lost", "report_lost")
_UNANNOUNCED = (("UnannouncedFlag", "true"), ("UnannouncedWords", "<neu> & größer 🙂"), ("Unannounced Blank", ""))


@dataclass(frozen=True, slots=True)
class Overrides:
    """Connection settings from a webhook URL's fragment, such as `#rc=3&rp=ct,rt,5xx`. Times are in seconds."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    # The documentation names no default; retrying failed connections only is what is observed: a 5xx is final.
    policy: frozenset[str] = frozenset({CONNECT})

    @classmethod
    def of(cls, url: str) -> "Overrides":
        """Read them from `url`. Values out of range are brought into range; nonsense is ignored."""
        given = dict(parse_qsl(urldefrag(url).fragment))

        def number(key: str, low: int, high: int, default: int) -> int:
            text = given.get(key, "")
            return max(low, min(high, int(text))) if text.isdecimal() else default

        policy = frozenset(part.strip() for part in given.get("rp", CONNECT).split(","))
        return cls(
            connect=number("ct", 100, 10_000, 5_000) / 1000,
            read=number("rt", 100, 15_000, 15_000) / 1000,
            total=number("tt", 100, 15_000, 15_000) / 1000,
            retries=number("rc", 0, 5, 1),
            policy=frozenset({CONNECT, READ, "4xx", "5xx"}) if "all" in policy else policy,
        )

    def retry(self, attempt: "Attempt") -> bool:
        return attempt.failure is not None and attempt.failure in self.policy


@dataclass(frozen=True, slots=True)
class Attempt:
    status: int | None  # None: no answer came
    failure: str | None  # "ct", "rt", "3xx", "4xx" or "5xx"; None: a 2xx
    seconds: float
    body: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One form posted to one webhook, with every attempt that took."""

    sid: str  # of the message it is about
    url: str
    params: tuple[tuple[str, str], ...]
    attempts: tuple[Attempt, ...]
    latency: float  # seconds, first attempt to last answer

    @property
    def status(self) -> int | None:
        return self.attempts[-1].status

    @property
    def ok(self) -> bool:
        return self.attempts[-1].failure is None

    def as_json(self) -> dict[str, Any]:
        attempts = [{"status": a.status, "failure": a.failure, "seconds": a.seconds} for a in self.attempts]
        shown = {"sid": self.sid, "url": self.url, "status": self.status, "ok": self.ok}
        return shown | {"latency": self.latency, "attempts": attempts, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Form:
    """A form to post, and how honestly. `body` replaces the encoded parameters, for hostile tests."""

    sid: str
    params: Sequence[tuple[str, str]]
    signed: bool = True
    token: str | None = None  # sign with this token in place of the account's
    body: bytes | None = None

    @property
    def loss(self) -> str:
        """What it is called when this form is lost."""
        return REPORT_LOST if any(name == "MessageStatus" for name, _ in self.params) else MESSAGE_LOST


class Poster:
    """The account's way out. One connection per attempt, so that a retry never meets a connection gone stale."""

    def __init__(self, auth_token: str, *, retry_pause: float = 0.0) -> None:
        self._auth_token = auth_token
        self._retry_pause = retry_pause  # seconds between attempts; Twilio's own is not documented
        self._session: aiohttp.ClientSession | None = None
        self.deliveries: list[Delivery] = []  # everything posted so far
        self.faults = Chance(DELIVERIES)
        self.losses = Chance(LOSSES)
        # Where the posts really go, such as a proxy's `http://127.0.0.1:1234`; they are signed as addressed.
        self.via: str | None = None

    async def post(self, url: str, form: Form) -> Delivery:
        """Deliver `form` to `url`, retrying as the URL's fragment says. Never raises for what the receiver does."""
        # A body given as it is, or signed by somebody else, is not Twilio's: it goes out untouched.
        honest = form.signed and form.token is None and form.body is None
        if honest and self.losses.draw((form.loss,)) is not None:
            return self._lost(url, form)
        trouble = self.faults.draw() if honest else None
        if trouble == "delayed":
            await asyncio.sleep(self.faults.seconds())
        if trouble == "unknown_fields":
            form = replace(form, params=(*form.params, *_UNANNOUNCED))
        if trouble == "duplicate":
            first, _ = await asyncio.gather(self._post(url, form), self._post(url, form))
            return first
        return await self._post(url, form, answer_lost=trouble == "answer_lost")

    def _lost(self, url: str, form: Form) -> Delivery:
        delivery = Delivery(form.sid, url, tuple(form.params), (Attempt(None, CONNECT, 0.0),), 0.0)
        self.deliveries.append(delivery)
        return delivery

    async def _post(self, url: str, form: Form, *, answer_lost: bool = False) -> Delivery:
        overrides = Overrides.of(url)
        headers = self._headers(url, form)
        body = urlencode(form.params).encode() if form.body is None else form.body
        target = self._target(urldefrag(url).url)
        began, attempts = time.perf_counter(), list[Attempt]()
        while True:
            left = overrides.total - (time.perf_counter() - began)
            attempt = await self._attempt(target, body, headers, overrides, left)
            attempts.append(Attempt(None, READ, attempt.seconds) if answer_lost and not attempts else attempt)
            spent = time.perf_counter() - began
            out_of_time = spent + self._retry_pause >= overrides.total
            if out_of_time or len(attempts) > overrides.retries or not overrides.retry(attempts[-1]):
                delivery = Delivery(form.sid, url, tuple(form.params), tuple(attempts), spent)
                self.deliveries.append(delivery)
                return delivery
            await asyncio.sleep(self._retry_pause)

    def _target(self, url: str) -> URL:
        if self.via is None:
            return URL(url, encoded=True)
        way = urlsplit(self.via)
        return URL(urlsplit(url)._replace(scheme=way.scheme, netloc=way.netloc).geturl(), encoded=True)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _headers(self, url: str, form: Form) -> Mapping[str, str]:
        # The idempotency token is the same on every retry of one webhook.
        headers = {"Content-Type": FORM, "User-Agent": "TwilioProxy/1.1", "I-Twilio-Idempotency-Token": new_sid("")}
        if form.signed:
            headers["X-Twilio-Signature"] = signature(url, form.params, form.token or self._auth_token)
        return headers

    async def _attempt(
        self, target: URL, body: bytes, headers: Mapping[str, str], overrides: Overrides, left: float
    ) -> Attempt:
        began = time.perf_counter()
        timeout = aiohttp.ClientTimeout(total=left, sock_connect=overrides.connect, sock_read=overrides.read)

        def failed(failure: str) -> Attempt:
            return Attempt(None, failure, time.perf_counter() - began)

        try:
            async with self._open().post(
                target, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                text = await answer.text(errors="replace")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return failed(CONNECT)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return failed(READ)
        failure = None if answer.ok and answer.status < 300 else f"{answer.status // 100}xx"
        return Attempt(answer.status, failure, time.perf_counter() - began, text)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, force_close=True)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=False)
        return self._session
