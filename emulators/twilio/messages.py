"""One message, in or out, and the resource the API shows of it. Knows no transport and no clock.

Source of the shape: Twilio's published OpenAPI document, schema `api.v2010.account.message`.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

API_VERSION = "2010-04-01"
MAX_BODY = 1600  # code points, both directions


def new_sid(prefix: str) -> str:
    return prefix + secrets.token_hex(16)


@dataclass(slots=True)
class Message:
    """A message as Twilio stores it. Its status moves on, so it is no frozen value."""

    sid: str
    account_sid: str
    sender: str  # "whatsapp:+…"; "" until a Messaging Service has chosen one
    to: str
    body: str
    direction: str
    status: str
    created_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    error_code: int | None = None
    error_message: str | None = None
    media: tuple[str, ...] = ()
    messaging_service_sid: str | None = None
    status_callback: str | None = None
    template: bool = False  # an approved one, which needs no open window
    buttons: tuple[tuple[str, str], ...] = ()  # label and payload

    @property
    def uri(self) -> str:
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}.json"

    def resource(self) -> dict[str, Any]:
        """The JSON of this message as `GET …/Messages/{sid}.json` answers it."""
        base = self.uri.removesuffix(".json")
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": rfc2822(self.created_at),
            "date_sent": rfc2822(self.sent_at),
            "date_updated": rfc2822(self.updated_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "from": self.sender or None,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": str(len(self.media)),
            "num_segments": "1" if self.sender else "0",
            "price": None,
            "price_unit": None,
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{base}/Media.json"},
            "to": self.to,
            "uri": self.uri,
        }


def rfc2822(at: datetime | None) -> str | None:
    """Twilio's date form, whole seconds in UTC: `Fri, 24 May 2019 17:44:46 +0000`."""
    return None if at is None else format_datetime(at.astimezone(UTC))
