"""A lean load generator for the WhatsApp webhook: how many signed messages a second it accepts, and how fast.

It has its own HTTP/1.1 over keep-alive connections and signs its forms before it starts, so that on a small machine the
server is measured rather than the client; its own CPU seconds are reported all the same. It decides about no target.

    python -m bench.load --url http://127.0.0.1:8000/hooks/whatsapp --auth-token T --connections 16 --seconds 5
    python -m bench.load --url … --auth-token T --rate 10 --seconds 20 --json
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import math
import secrets
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast
from urllib.parse import urldefrag, urlencode, urlsplit

import uvloop

TIMEOUT = 15.0  # seconds; Twilio waits no longer
_PAUSE = 0.05  # seconds before connecting again to a server that refused
_TEXTS = (
    "Where is my parcel? Order {n}",
    "My invoice {n} is wrong, please correct it",
    "The app crashes on start ({n})",
)
_SENDER = "whatsapp:+14155238886"
_ACCOUNT = "AC" + "0" * 32


@dataclass(frozen=True, slots=True)
class Load:
    """What to send where. Either `seconds` or `number` ends it; with both, whichever comes first."""

    url: str
    auth_token: str
    signed_url: str | None = None  # the public URL the desk verifies against, if that is not `url`
    account_sid: str = _ACCOUNT
    connections: int = 16
    seconds: float | None = 5.0
    number: int | None = None  # of messages
    rate: float | None = None  # messages a second, evenly spaced; None: as many as are answered
    prepared: int = 10_000  # forms signed ahead; the rest is signed while it runs
    texts: Sequence[str] = _TEXTS  # taken in turn; {n} becomes the message's number


@dataclass(frozen=True, slots=True)
class Sample:
    sid: str
    due_at: float  # Unix time at which it was sent; when paced, was to be sent
    latency: float  # seconds from then to the whole answer
    status: int  # 0: no answer


@dataclass(frozen=True, slots=True)
class Outcome:
    samples: list[Sample] = field(repr=False)
    seconds: float
    cpu_seconds: float  # of this process

    def as_json(self) -> dict[str, Any]:
        answered = sorted(sample.latency for sample in self.samples if sample.status)
        statuses = Counter(sample.status for sample in self.samples)
        accepted = sum(number for status, number in statuses.items() if 200 <= status < 300)
        return {
            "requests": len(self.samples),
            "accepted": accepted,
            "not_accepted": len(self.samples) - accepted,
            "statuses": {str(status): number for status, number in sorted(statuses.items())},
            "seconds": round(self.seconds, 3),
            "accepted_per_second": round(accepted / self.seconds, 1),
            "p50_ms": _percentile(answered, 0.50),
            "p95_ms": _percentile(answered, 0.95),
            "p99_ms": _percentile(answered, 0.99),
            "cpu_seconds": round(self.cpu_seconds, 3),
        }


async def run(load: Load) -> Outcome:
    """Send it and measure. What the server refuses or drops is counted, never raised."""
    requests = _Requests(load)
    samples: list[Sample] = []
    cpu, began = time.process_time(), time.perf_counter()
    schedule = _Schedule(load, began)
    await asyncio.gather(*(_worker(requests, schedule, samples) for _ in range(load.connections)))
    return Outcome(samples, time.perf_counter() - began, time.process_time() - cpu)


class _Schedule:
    """Hands out the instants at which messages are due, until the load is over."""

    def __init__(self, load: Load, began: float) -> None:
        self._load = load
        self._began = began
        self._given = count()

    async def due(self) -> float | None:
        """The due time of the next message (perf_counter), once it has come; None when there are no more."""
        number, load = next(self._given), self._load
        if load.number is not None and number >= load.number:
            return None
        # When paced, latency counts from the planned instant: a slow server cannot slow down its own measurement.
        due = time.perf_counter() if load.rate is None else self._began + number / load.rate
        if load.seconds is not None and due - self._began >= load.seconds:
            return None
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        return due


async def _worker(requests: "_Requests", schedule: _Schedule, samples: list[Sample]) -> None:
    connection: _Connection | None = None
    while (due := await schedule.due()) is not None:
        sid, request = next(requests)
        status = 0
        try:
            if connection is None or connection.closed:
                connection = await _connect(requests.host, requests.port)
            async with asyncio.timeout(TIMEOUT):
                status = await connection.ask(request)
        except (OSError, TimeoutError):
            if connection is not None:
                connection.close()
        latency = time.perf_counter() - due
        samples.append(Sample(sid, time.time() - latency, latency, status))
        if not status:
            await asyncio.sleep(_PAUSE)
    if connection is not None:
        connection.close()


async def _connect(host: str, port: int) -> "_Connection":
    _, connection = await asyncio.get_running_loop().create_connection(_Connection, host, port)
    return connection


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way. Understands Content-Length and chunked answers."""

    def __init__(self) -> None:
        self.closed = False
        self._buffer = b""
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast: uvloop's transports are asyncio's by interface, not by inheritance.
        self._transport = cast("asyncio.Transport", transport)

    async def ask(self, request: bytes) -> int:
        """Send `request`; returns the status once the answer is whole. Raises ConnectionError when it never is."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if found and self._answer is not None and not self._answer.done() and _whole(head.lower(), body):
            self._buffer = b""
            self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("closed without an answer"))

    def close(self) -> None:
        self._transport.close()


def _whole(head: bytes, body: bytes) -> bool:
    _, chunked, _ = head.partition(b"transfer-encoding: chunked")
    if chunked:
        return body.endswith(b"0\r\n\r\n")
    _, _, length = head.partition(b"content-length:")
    return len(body) >= int(length.split(b"\r\n", 1)[0] or 0)


class _Requests(Iterator[tuple[str, bytes]]):
    """Whole signed requests, each with its own MessageSid and From: first those prepared, then fresh ones."""

    def __init__(self, load: Load) -> None:
        parts = urlsplit(urldefrag(load.url).url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        if parts.scheme != "http" or not self.host:
            raise ValueError(f"{load.url}: only http://host… can be measured")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._head = (
            f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: TwilioProxy/1.1\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        )
        self._load = load
        self._signed_url = urldefrag(load.signed_url or load.url).url.encode()
        self._token = load.auth_token.encode()
        self._numbers = count()
        # Numbers of another run on the same database would be the same customers.
        self._first_customer = secrets.randbelow(900_000) * 1000
        ahead = load.prepared if load.number is None else min(load.prepared, load.number)
        self._ready = deque(self._fresh() for _ in range(ahead))

    def __next__(self) -> tuple[str, bytes]:
        return self._ready.popleft() if self._ready else self._fresh()

    def _fresh(self) -> tuple[str, bytes]:
        number = next(self._numbers)
        sid = "SM" + secrets.token_hex(16)
        fields = self._fields(number, sid)
        signed = self._signed_url + "".join(key + fields[key] for key in sorted(fields)).encode()
        signature = base64.b64encode(hmac.digest(self._token, signed, hashlib.sha1)).decode()
        body = urlencode(fields)
        head = f"{self._head}X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        return sid, (head + body).encode()

    def _fields(self, number: int, sid: str) -> dict[str, str]:
        customer = f"49{15_000_000_000 + self._first_customer + number}"
        return {
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ProfileName": f"Customer {number}",
            "MessageType": "text",
            "SmsSid": sid,
            "WaId": customer,
            "SmsStatus": "received",
            "Body": self._load.texts[number % len(self._load.texts)].replace("{n}", str(number)),
            "To": _SENDER,
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "MessageSid": sid,
            "AccountSid": self._load.account_sid,
            "From": f"whatsapp:+{customer}",
            "ApiVersion": "2010-04-01",
        }


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """In milliseconds; the smallest value that at least this share of all do not exceed."""
    if not ordered:
        return None
    return round(ordered[math.ceil(len(ordered) * share) - 1] * 1000, 2)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--auth-token", required=True)
    parser.add_argument("--signed-url", help="the public URL the desk verifies against, if it is not --url")
    parser.add_argument("--account-sid", default=_ACCOUNT)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, help="default: 5, unless --number is given")
    parser.add_argument("--number", type=int, help="stop after this many messages")
    parser.add_argument("--rate", type=float, help="messages a second; default: as fast as they are answered")
    parser.add_argument("--prepared", type=int, default=10_000, help="forms to sign before the measurement")
    parser.add_argument("--json", action="store_true")
    given = vars(parser.parse_args())
    as_json = given.pop("json")
    if given["seconds"] is None and given["number"] is None:
        given["seconds"] = 5.0
    outcome = uvloop.run(run(Load(**given))).as_json()
    print(json.dumps(outcome) if as_json else "\n".join(f"{name:>20}  {value}" for name, value in outcome.items()))


if __name__ == "__main__":
    main()
