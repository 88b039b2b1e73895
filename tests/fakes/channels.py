"""A channel that remembers what it sent. Held to `tests/connectors/test_contract.py` like the real ones.

Its wire format is a JSON object: {"kind": "message", "id", "from", "to", "text"}, and the same with other kinds:
edit (of the message "id", "at" an instant), press ("id" of the press, "data", "of" a message of ours), reach
("reachable": "yes" or "no"), move ("new" address), status ("id" of a message of ours, "delivery"). A message may have
"start", "pressed", "replies_to" ("id" of a message) and, of a group, the "author" who wrote it (an address) and their
"author_name". Its signature is an HMAC over the address and the body.
"""

import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from connectors.contract import OpenFile
from core.errors import BadSignature, ChannelError, FileGone, FileTooLarge, MessageRefused, MessageTooLong, Unreadable
from core.messages import (
    Delivery,
    DeliveryReport,
    Edited,
    Inbound,
    Limits,
    Moved,
    Outbound,
    Pressed,
    RawRequest,
    Reachability,
    Receipt,
    Received,
    SentCopy,
)

SIGNATURE = "x-fake-signature"


def sign(url: str, body: bytes, secret: str) -> str:
    """The signature the fake provider puts on an event."""
    return hmac.digest(secret.encode(), url.encode("utf-8", "replace") + b"\n" + body, "sha256").hex()


class FakeConnector:
    """Sender, Webhook, FileSource and Presses without a network. `fail_next` is raised by one send, then cleared."""

    acknowledgement: tuple[str, bytes] = ("text/plain", b"")

    def __init__(self, *, channel: str = "fake", secret: str = "a fake secret", limits: Limits | None = None) -> None:
        self.channel = channel
        self.limits = limits or Limits(text=1000)
        self.sent: list[Outbound] = []
        self.fail_next: ChannelError | None = None
        self.receipt: Receipt | None = None  # of the next one; None: an ordinary one
        self.closed = False
        self.files: dict[str, bytes] = {}  # of customers, by their source
        self.answered: dict[str, str] = {}  # presses, with what was said to them
        self._secret = secret

    async def send(self, message: Outbound) -> Receipt:
        if self.closed:
            raise RuntimeError("the fake channel is closed")
        if len(message.text) > self.limits.text:
            raise MessageTooLong(f"The fake channel takes {self.limits.text} characters.")
        if not message.text.strip() and message.file is None:
            raise MessageRefused("The message is empty.")
        if self.fail_next is not None:
            failure, self.fail_next = self.fail_next, None
            raise failure
        self.sent.append(message)
        receipt, self.receipt = self.receipt, None
        return receipt or Receipt(f"fake-{len(self.sent)}")

    async def prepare(self) -> None:
        """There is nothing to load."""

    async def close(self) -> None:
        self.closed = True

    @asynccontextmanager
    async def fetch(self, source: str, *, most: int) -> AsyncIterator[OpenFile]:
        if self.closed:
            raise RuntimeError("the fake channel is closed")
        if source not in self.files:
            raise FileGone("The fake channel does not have this file.")
        content = self.files[source]
        yield OpenFile(None, None, _pieces(content, most))

    async def acknowledge_press(self, press: Pressed, text: str) -> None:
        self.answered.setdefault(press.key, text)

    def admit(self, request: RawRequest) -> str:
        given = request.headers.get(SIGNATURE, "").encode("utf-8", "replace")
        if not hmac.compare_digest(sign(request.url, request.body, self._secret).encode(), given):
            raise BadSignature("The fake signature does not match.")
        try:
            event = _event(request.body)
        except Unreadable:
            return "unreadable:" + hmac.digest(b"", request.body, "sha256").hex()
        return ":".join([event["kind"], event["id"], event.get("delivery", ""), event.get("at", "")])

    def parse(self, request: RawRequest) -> tuple[Received, ...]:
        event = _event(request.body)
        try:
            if event["kind"] == "status":
                message_id = UUID(event["message"]) if "message" in event else None
                return (DeliveryReport(event["id"], message_id, Delivery(event["delivery"]), copy=_copy(event)),)
            return (self._of_a_customer(event, event["to"], event["from"]),)
        except (KeyError, ValueError) as error:
            raise Unreadable("The event lacks a field.") from error

    def _of_a_customer(self, event: Mapping[str, str], ours: str, sender: str) -> Received:
        match event["kind"]:
            case "edit":
                at = datetime.fromisoformat(event["at"]).astimezone(UTC) if "at" in event else None
                return replace(
                    Edited(event["id"], self.channel, ours, sender, None, event["text"], at), **_member(event)
                )
            case "press":
                data, of = event["data"], event.get("of")
                return Pressed(event["id"], self.channel, ours, sender, None, data, of)
            case "reach":
                return Reachability(self.channel, ours, sender, reachable=event["reachable"] == "yes")
            case "move":
                return Moved(self.channel, ours, sender, event["new"])
        plain = Inbound(event["id"], self.channel, ours, sender, event.get("name"), event["text"], None)
        plain = replace(plain, replies_to=event.get("replies_to"), **_member(event))
        start, pressed = event.get("start"), event.get("pressed")
        return replace(plain, start=start, pressed=pressed, phone=event.get("phone"), language=event.get("language"))


def _member(event: Mapping[str, str]) -> dict[str, Any]:
    return {"group": "author" in event, "author": event.get("author"), "author_name": event.get("author_name")}


async def _pieces(content: bytes, most: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        if min(start + 1000, len(content)) > most:
            raise FileTooLarge(f"The file is larger than {most} bytes.")
        yield content[start : start + 1000]


def _event(body: bytes) -> Mapping[str, str]:
    """Raises Unreadable for all but a JSON object of strings with a kind and an id."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The event is not JSON.") from error
    if not isinstance(event, dict) or not all(isinstance(value, str) for value in event.values()):
        raise Unreadable("The event is not an object of strings.")
    if not event.get("id") or "kind" not in event:
        raise Unreadable("The event has no kind or id.")
    return event


def _copy(event: Mapping[str, str]) -> SentCopy | None:
    """Of a message of ours that was found in the provider's list."""
    if "text" not in event:
        return None
    return SentCopy(event["from"], event["to"], event["text"], datetime.fromisoformat(event["at"]).astimezone(UTC))
