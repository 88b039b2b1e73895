"""What a webhook would have brought, made from Twilio's list of messages: for those that never arrived.

Pure. The list knows less than a webhook: no profile name, no place, no pressed button, not what a message answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from connectors.contract import FetchedEvent
from connectors.whatsapp.config import WhatsAppConfig
from connectors.whatsapp.wire import DATE_SENT, key_of

_WHATSAPP = "whatsapp:"
# What became of a message of ours; before these there is nothing to report.
_REPORTED = frozenset(("sent", "delivered", "read", "undelivered", "failed"))


@dataclass(frozen=True, slots=True)
class Media:
    """A file of a message, by where it is at Twilio."""

    url: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as Twilio lists it, as far as we need it."""

    sid: str
    account_sid: str
    sender: str  # "whatsapp:+…"
    to: str
    body: str
    inbound: bool
    status: str
    files: int
    sent_at: datetime | None
    error_code: str
    error: str

    @property
    def matters(self) -> bool:
        """It is WhatsApp's, and something about it could have been posted to us."""
        if not (self.sid and self.sender.startswith(_WHATSAPP) and self.to.startswith(_WHATSAPP)):
            return False
        return self.inbound or self.status in _REPORTED


def listed(shown: Any) -> Listed:
    """A message as the SDK shows it."""
    files = str(shown.num_media or "0")
    return Listed(
        sid=str(shown.sid or ""),
        account_sid=str(shown.account_sid or ""),
        sender=str(shown.from_ or ""),
        to=str(shown.to or ""),
        body=str(shown.body or ""),
        inbound=shown.direction == "inbound",
        status=str(shown.status or ""),
        files=int(files) if files.isdecimal() else 0,
        sent_at=shown.date_sent if isinstance(shown.date_sent, datetime) else None,
        error_code="" if shown.error_code is None else str(shown.error_code),
        error=str(shown.error_message or ""),
    )


def event_of(message: Listed, media: Sequence[Media], config: WhatsAppConfig) -> FetchedEvent:
    """The event, with the key that the webhook has. `media`: its files, in order."""
    url = config.message_url if message.inbound else config.status_url
    form = _message(message, media) if message.inbound else _report(message)
    # Half of a character (a text that was cut on its way) must not stand in the way of everybody else's.
    body = urlencode(form, errors="replace").encode()
    return FetchedEvent(key_of(url, body), url, body)


def event_key(message: Listed) -> str:
    """The same key, without the event."""
    if message.inbound:
        return f"message:{message.sid}"
    return ":".join(part for part in ("status", message.sid, message.status, message.error_code) if part)


def _message(message: Listed, media: Sequence[Media]) -> Mapping[str, str]:
    form = {
        "MessageSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.sender,
        "To": message.to,
        "Body": message.body,
        "NumMedia": str(len(media)),
        "SmsStatus": "received",
    }
    for n, file in enumerate(media):
        form |= {f"MediaUrl{n}": file.url, f"MediaContentType{n}": file.content_type}
    # A webhook comes at once and names no instant; this may come hours later.
    return form | ({DATE_SENT: message.sent_at.astimezone(UTC).isoformat()} if message.sent_at else {})


def _report(message: Listed) -> Mapping[str, str]:
    form = {
        "MessageSid": message.sid,
        "MessageStatus": message.status,
        "AccountSid": message.account_sid,
        "From": message.sender,
        "To": message.to,
    }
    if message.sent_at:  # whoever died before they knew Twilio's id knows it again by these
        form |= {"Body": message.body, DATE_SENT: message.sent_at.astimezone(UTC).isoformat()}
    failed = {"ErrorCode": message.error_code, "ChannelStatusMessage": message.error}
    return form | {name: value for name, value in failed.items() if value}
