"""Forms as Twilio posts them, signed with the SDK's own validator, so that our check is held against theirs."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes, urlencode

from twilio.request_validator import RequestValidator

from core.messages import RawRequest

AUTH_TOKEN = "0123456789abcdef0123456789abcdef"
BASE = "https://desk.example.com"
MESSAGES = f"{BASE}/hooks/whatsapp"
STATUSES = f"{BASE}/hooks/whatsapp/status"
SID = "SM" + "1" * 32

INBOUND = {
    "MessageSid": SID,
    "SmsMessageSid": SID,
    "SmsSid": SID,
    "AccountSid": "AC" + "2" * 32,
    "From": "whatsapp:+4915112345678",
    "To": "whatsapp:+14155550100",
    "Body": "I received a damaged item — order #78932.",
    "NumMedia": "0",
    "ProfileName": "Mia Möller",
    "WaId": "4915112345678",
    "SmsStatus": "received",
    "NumSegments": "1",
    "ButtonText": "",
    "ApiVersion": "2010-04-01",
}

STATUS = {
    "MessageSid": SID,
    "SmsSid": SID,
    "MessageStatus": "delivered",
    "SmsStatus": "delivered",
    "AccountSid": "AC" + "2" * 32,
    "From": "whatsapp:+14155550100",
    "To": "whatsapp:+4915112345678",
    "ChannelPrefix": "whatsapp",
    "ApiVersion": "2010-04-01",
}


def posted(url: str, form: Mapping[str, str], *, auth_token: str = AUTH_TOKEN) -> RawRequest:
    """`form` as Twilio would post it to `url`."""
    signature = RequestValidator(auth_token).compute_signature(url, form)
    return raw(url, urlencode(form).encode(), signature)


def signed(url: str, body: bytes) -> RawRequest:
    """Any bytes posted as a form, signed by hand: the SDK signs text only."""
    pairs = (part.partition(b"=") for part in body.replace(b"+", b" ").split(b"&") if part)
    fields = sorted({(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs})
    said = url.encode() + b"".join(name + value for name, value in fields)
    return raw(url, body, b64encode(hmac.digest(AUTH_TOKEN.encode(), said, "sha1")).decode())


def raw(url: str, body: bytes, signature: str | None, **headers: str) -> RawRequest:
    signed = {} if signature is None else {"x-twilio-signature": signature}
    return RawRequest(url, {"content-type": "application/x-www-form-urlencoded", **signed, **headers}, body)
