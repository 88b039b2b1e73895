"""A customer with a phone: writes to the desk's number, receives its answers, reads them."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emulators.twilio.callbacks import Courier
from emulators.twilio.delivery import Delivery, Form, Poster
from emulators.twilio.ledger import Ledger
from emulators.twilio.media import PIXEL, File, Shelf
from emulators.twilio.messages import API_VERSION, MAX_BODY, Message, new_sid
from emulators.twilio.setup import PREFIX, Setup, address

# Twilio leaves out what does not apply to a message, or sends it blank. Blank is harder on the receiver: these
# parameters count in the signature and mean nothing.
_BLANK = (
    "ButtonText",
    "ButtonPayload",
    "Latitude",
    "Longitude",
    "Label",
    "Address",
    "MessagingServiceSid",
    "OriginalRepliedMessageSid",
    "OriginalRepliedMessageSender",
)
# A file of the account, or the address and type of one that is somewhere else.
Enclosed = File | tuple[str, str]
_WRONG_TOKEN = "not-the-token-of-this-account"


class NoWebhook(Exception):
    """A customer wrote, and nobody has said where such messages go."""

    def __init__(self) -> None:
        super().__init__(
            "the desk has no webhook: set account.webhook_url (or PATCH /_emulator) before customers write"
        )


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A message on the customer's screen."""

    sid: str
    body: str
    at: datetime
    status: str  # "delivered", or "read" once the customer has looked
    sender: str
    media: tuple[str, ...] = ()  # where we said that the file is
    files: tuple[File, ...] = ()  # as they arrived
    buttons: tuple[tuple[str, str], ...] = ()  # label and payload of those below it

    def as_json(self) -> dict[str, Any]:
        files = [{"content_type": each.content_type, "name": each.name, "size": each.length} for each in self.files]
        shown: dict[str, Any] = {"sid": self.sid, "body": self.body, "at": self.at.isoformat(), "status": self.status}
        return shown | {"from": self.sender, "media": list(self.media), "files": files, "buttons": [*self.buttons]}


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one message a customer wrote: one delivery per copy posted."""

    sid: str
    deliveries: tuple[Delivery, ...]

    @property
    def status(self) -> int | None:
        """The desk's last answer to the first copy; None if none came."""
        return self.deliveries[0].status

    @property
    def statuses(self) -> tuple[int | None, ...]:
        return tuple(delivery.status for delivery in self.deliveries)

    @property
    def attempts(self) -> int:
        return sum(len(delivery.attempts) for delivery in self.deliveries)

    @property
    def latency(self) -> float:
        """Seconds until the slowest copy was answered."""
        return max(delivery.latency for delivery in self.deliveries)

    @property
    def ok(self) -> bool:
        return all(delivery.ok for delivery in self.deliveries)

    def as_json(self) -> dict[str, Any]:
        deliveries = [delivery.as_json() for delivery in self.deliveries]
        return {"sid": self.sid, "status": self.status, "ok": self.ok, "deliveries": deliveries}


class Customer:
    def __init__(
        self, number: str, name: str, *, setup: Setup, ledger: Ledger, shelf: Shelf, poster: Poster, courier: Courier
    ) -> None:
        self.number = address(number).removeprefix(PREFIX)
        self.name = name
        self._setup = setup
        self._ledger = ledger
        self._shelf = shelf
        self._poster = poster
        self._courier = courier
        self._arrived: list[Message] = []
        self._unseen: asyncio.Queue[Message] = asyncio.Queue()

    @property
    def address(self) -> str:
        return PREFIX + self.number

    async def write(
        self,
        text: str = "",
        *,
        to: str | None = None,
        sid: str | None = None,
        media: Sequence[Enclosed] = (),
        replies_to: str | None = None,
        copies: int = 1,
        concurrently: bool = False,
        unsigned: bool = False,
        wrong_signature: bool = False,
        raw_body: bytes | None = None,
        **extra: str | Sequence[str],
    ) -> Written:
        """Send `text` to the desk; returns when its webhook has answered or Twilio has given up.

        `to` is the desk's number (default: the first sender); `media` holds files, or (URL, content type) of what is
        not the account's; `replies_to` is the SID of the message it answers. `copies` deliver the same MessageSid
        again, one after the other or `concurrently`; `sid` repeats an earlier message. `extra` adds parameters or
        replaces them, a list gives a repeated key. `unsigned`, `wrong_signature` and `raw_body` are not Twilio's
        doing, so no message is stored. Raises NoWebhook.
        """
        url = self._setup.webhook_of(address(to or self._setup.senders[0]).removeprefix(PREFIX))
        if url is None:
            raise NoWebhook
        sid = sid or new_sid("MM" if media else "SM")
        enclosed = self._enclosed(sid, media)
        message = self._message(text, to, sid, [url for url, _ in enclosed])
        if not (unsigned or wrong_signature or raw_body is not None) and message.sid not in self._ledger.messages:
            self._ledger.file(message)
        params = _pairs(self._fields(message, enclosed) | self._context(replies_to), extra)
        form = Form(message.sid, params, not unsigned, _WRONG_TOKEN if wrong_signature else None, raw_body)
        return Written(message.sid, await self._deliver(url, form, copies, concurrently))

    async def photo(self, data: bytes = PIXEL, caption: str = "", **more: Any) -> Written:
        """Send a picture: a JPEG or a PNG, by its first bytes. `more` as `write`."""
        kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        return await self.write(caption, media=[File(kind, data)], **more)

    async def voice(self, data: bytes = b"OggS\x00\x02voice", **more: Any) -> Written:
        """Send a voice note."""
        return await self.write(media=[File("audio/ogg", data)], **more)

    async def document(
        self, data: bytes, content_type: str = "application/pdf", caption: str = "", **more: Any
    ) -> Written:
        """Send a document. Twilio passes no name on."""
        return await self.write(caption, media=[File(content_type, data)], **more)

    async def location(
        self, latitude: float, longitude: float, *, label: str = "", address: str = "", **more: Any
    ) -> Written:
        """Share a place."""
        where = {"Latitude": str(latitude), "Longitude": str(longitude), "Label": label, "Address": address}
        return await self.write(**(where | {"MessageType": "location"} | more))

    async def press(self, message: PhoneMessage, label: str, **more: Any) -> Written:
        """Press a button below a message. Raises KeyError if it has none with this label."""
        pressed = {"ButtonText": label, "ButtonPayload": dict(message.buttons)[label], "MessageType": "button"}
        return await self.write(label, replies_to=message.sid, **(pressed | more))

    @property
    def inbox(self) -> tuple[PhoneMessage, ...]:
        """Everything delivered to this phone, oldest first."""
        return tuple(self._on_screen(message) for message in self._arrived)

    async def next_message(self, timeout: float = 5.0) -> PhoneMessage:  # noqa: ASYNC109 - a caller's patience
        """The oldest delivered message not returned here before. Raises TimeoutError after `timeout` seconds."""
        return self._on_screen(await asyncio.wait_for(self._unseen.get(), timeout))

    async def read(self) -> tuple[PhoneMessage, ...]:
        """Look at the phone: everything unread becomes read, and the desk is told. Returns what was unread."""
        unread = [message for message in self._arrived if message.status != "read"]
        await asyncio.gather(*(self._courier.read(message) for message in unread))
        return tuple(self._on_screen(message) for message in unread)

    def arrive(self, message: Message) -> None:
        self._arrived.append(message)
        self._unseen.put_nowait(message)

    async def _deliver(self, url: str, form: Form, copies: int, concurrently: bool) -> tuple[Delivery, ...]:
        if concurrently:
            return tuple(await asyncio.gather(*(self._poster.post(url, form) for _ in range(copies))))
        return tuple([await self._poster.post(url, form) for _ in range(copies)])

    def _enclosed(self, sid: str, media: Sequence[Enclosed]) -> list[tuple[str, str]]:
        """Address and type of each; the account keeps what it does not have yet."""
        if known := self._shelf.of(sid):
            return [(self._shelf.address(each), each.file.content_type) for each in known]
        return [self._placed(sid, each) if isinstance(each, File) else each for each in media]

    def _placed(self, sid: str, file: File) -> tuple[str, str]:
        self._shelf.keep(media := self._shelf.new(sid, file))
        return self._shelf.address(media), file.content_type

    def _message(self, text: str, to: str | None, sid: str, media: Sequence[str]) -> Message:
        now = self._setup.clock()
        return Message(
            sid=sid,
            account_sid=self._setup.account_sid,
            sender=self.address,
            to=address(to or self._setup.senders[0]),
            body=text[:MAX_BODY],  # as Twilio does with what is longer
            direction="inbound",
            status="received",
            created_at=now,
            updated_at=now,
            sent_at=now,
            media=tuple(media),
        )

    def _fields(self, message: Message, media: Sequence[tuple[str, str]]) -> dict[str, str]:
        """The form of an inbound message. Source: twilio.com/docs/messaging/guides/webhook-request"""
        context = {"type": "whatsapp", "data": {"context": {"ProfileName": self.name, "WaId": self.number[1:]}}}
        fields = {
            "SmsMessageSid": message.sid,
            "NumMedia": str(len(media)),
            "ProfileName": self.name,
            "MessageType": _kind(media[0][1]) if media else "text",
            "SmsSid": message.sid,
            "WaId": self.number.removeprefix("+"),
            "SmsStatus": "received",
            "Body": message.body,
            "To": message.to,
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "MessageSid": message.sid,
            "AccountSid": message.account_sid,
            "ChannelMetadata": json.dumps(context, ensure_ascii=False),
            "From": message.sender,
            "ApiVersion": API_VERSION,
        }
        for index, (url, content_type) in enumerate(media):
            fields |= {f"MediaUrl{index}": url, f"MediaContentType{index}": content_type}
        return fields | dict.fromkeys(_BLANK, "")

    def _context(self, replies_to: str | None) -> dict[str, str]:
        if replies_to is None:
            return {}
        answered = self._ledger.messages.get(replies_to)
        sender = answered.sender if answered is not None else PREFIX + self._setup.senders[0]
        return {"OriginalRepliedMessageSid": replies_to, "OriginalRepliedMessageSender": sender}

    def _on_screen(self, message: Message) -> PhoneMessage:
        at, files = message.sent_at or message.created_at, tuple(each.file for each in self._shelf.of(message.sid))
        return PhoneMessage(
            message.sid, message.body, at, message.status, message.sender, message.media, files, message.buttons
        )


def _kind(content_type: str) -> str:
    family = content_type.partition("/")[0]
    return family if family in {"image", "audio", "video"} else "document"


def _pairs(fields: dict[str, str], extra: dict[str, str | Sequence[str]]) -> tuple[tuple[str, str], ...]:
    given: dict[str, str | Sequence[str]] = {**fields, **extra}
    return tuple(
        (key, value) for key, values in given.items() for value in ([values] if isinstance(values, str) else values)
    )
