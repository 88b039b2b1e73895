"""Twilio's wire format for WhatsApp as it comes in: bytes to values, signatures. `outgoing.py` is the other way.

Pure: no clock, no network. It believes nothing: any bytes become a value or a named failure.
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qs, parse_qsl, unquote_to_bytes, urlsplit
from uuid import UUID

from connectors.whatsapp.failures import WINDOW_CLOSED, failure
from core.errors import BadSignature, Unreadable
from core.messages import Delivery, DeliveryReport, Inbound, RawRequest, RemoteFile, SentCopy

CHANNEL = "whatsapp"

_MOST_FIELDS = 1000  # Twilio sends about twenty; a stranger's 100,000 are not worth a signature check
_MOST_EXTRA, _EXTRA_NAME, _EXTRA_VALUE = 60, 64, 1000  # fields, and characters of each, that we keep unmodelled
_NAME_LENGTH = 200
DATE_SENT = "DateSent"  # not Twilio's: `missed.py` adds it to what it makes of the list
_MOST_FILES = 10  # Twilio sends one with a WhatsApp message, and ten at the most with any
_HASHES = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_TOKEN = re.compile(rb"[A-Za-z0-9_-]{1,64}")
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,20})?")
_ADDRESS = re.compile(r"whatsapp:(\+[0-9]{2,15})")
# Where Twilio keeps a file, whichever of its hosts (one for each region) is asked.
_MEDIA = re.compile(r"/2010-04-01/Accounts/[A-Za-z0-9]{2,64}/Messages/[A-Za-z0-9]{2,64}/Media/[A-Za-z0-9]{2,64}")
_MODELLED = frozenset(
    (
        *("MessageSid", "SmsMessageSid", "SmsSid", "From", "To", "Body", "ProfileName", "OriginalRepliedMessageSid"),
        *("ButtonPayload", DATE_SENT, *(f"MediaUrl{n}" for n in range(_MOST_FILES))),
        *(f"MediaContentType{n}" for n in range(_MOST_FILES)),
    )
)
_DELIVERY = {
    "accepted": Delivery.SENDING,
    "scheduled": Delivery.SENDING,
    "queued": Delivery.SENDING,
    "sending": Delivery.SENDING,
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
    "undelivered": Delivery.FAILED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}

Pair = tuple[bytes, bytes]


def fields(body: bytes) -> list[Pair]:
    """The form's fields as raw bytes, blank ones included: blank fields are signed too.

    Bytes, not text, so that a body that is no UTF-8 has a signature like any other.
    """
    parts = [part.partition(b"=") for part in body.replace(b"+", b" ").split(b"&") if part]
    return [(_unquoted(name), _unquoted(value)) for name, _, value in parts]


def _unquoted(raw: bytes) -> bytes:
    return unquote_to_bytes(raw) if b"%" in raw else raw


def verify(request: RawRequest, pairs: Iterable[Pair], *, auth_token: str) -> None:
    """Check Twilio's signature over the public URL and the sorted, deduplicated fields.

    Raises BadSignature. Source: twilio.com/docs/usage/security and `twilio.request_validator`, which a test holds
    this against; written again because the SDK's costs a fifth of a millisecond and raises on a missing header.
    """
    given = request.headers.get("x-twilio-signature")
    algorithm = _HASHES.get(_algorithm(request.headers.get("x-twilio-webhooks-signature-settings", "")))
    if not given or algorithm is None:
        raise BadSignature("The request carries no Twilio signature that we can check.")
    signed = b"".join([name + value for name, value in sorted(set(pairs))])
    if "bodySHA256" in request.url and not _is_form(request):
        _verify_body_hash(request)
        signed = b""
    key, claim = auth_token.encode(), given.encode("utf-8", "replace")
    for url in _port_variants(request.url):
        expected = b64encode(hmac.digest(key, url.encode("utf-8", "replace") + signed, algorithm))
        if hmac.compare_digest(expected, claim):
            return
    raise BadSignature("The Twilio signature does not match: check the auth token and the public address.")


def _algorithm(settings: str) -> str:
    """As the SDK's `get_signature_algorithm`: absent means HMAC_SHA1. Upper case."""
    for part in settings.split(",") if settings else ():
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def _port_variants(url: str) -> Iterator[str]:
    """The URL without and with its port: Twilio signs either. Raises BadSignature for no URL at all."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadSignature("The address that was called is not one.") from error
    if port:
        yield parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()
        yield parts.geturl()
    else:
        yield parts.geturl()
        standard = "443" if parts.scheme == "https" else "80"
        yield parts._replace(netloc=f"{parts.netloc}:{standard}").geturl()


def _is_form(request: RawRequest) -> bool:
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _verify_body_hash(request: RawRequest) -> None:
    """A body that is no form is signed by its hash in the query. Raises BadSignature."""
    claims = parse_qs(urlsplit(request.url).query, max_num_fields=_MOST_FIELDS).get("bodySHA256", [""])
    if not hmac.compare_digest(sha256(request.body).hexdigest().encode(), claims[0].encode("utf-8", "replace")):
        raise BadSignature("The body is not the one that was signed.")


def admit(request: RawRequest, *, auth_token: str) -> str:
    """The key under which this event is stored once. Raises BadSignature."""
    if request.body.count(b"&") >= _MOST_FIELDS:
        raise BadSignature("The form has more fields than Twilio ever sends.")
    pairs = fields(request.body)
    verify(request, pairs, auth_token=auth_token)
    return _key(request.url, request.body, pairs)


def key_of(url: str, body: bytes) -> str:
    """The key of an event in this form, whoever brings it: `admit` without a signature."""
    return _key(url, body, fields(body))


def _key(url: str, body: bytes, pairs: Iterable[Pair]) -> str:
    form = dict(pairs)
    sid, status, code = form.get(b"MessageSid", b""), form.get(b"MessageStatus", b""), form.get(b"ErrorCode", b"")
    if not _is_status(url, b"MessageStatus" in form, b"Body" in form):
        parts = [b"message", sid]
    else:
        parts = [b"status", sid, status, code] if code else [b"status", sid, status]
    if all(_TOKEN.fullmatch(part) for part in parts):
        return b":".join(parts).decode()
    return "unreadable:" + sha256(url.encode("utf-8", "replace") + b"\n" + body).hexdigest()


def _is_status(url: str, has_status: bool, has_body: bool) -> bool:
    """By the path it came in on, and by what it holds where an operator configured the wrong one."""
    return has_status and (not has_body or url.partition("?")[0].endswith("/status"))


def parse(request: RawRequest) -> Inbound | DeliveryReport:
    """What the event says. Raises Unreadable, and nothing else, whatever the bytes."""
    if request.body.count(b"&") >= _MOST_FIELDS:
        raise Unreadable("The form has more fields than Twilio ever sends.")
    form = {_text(name): _text(value) for name, value in fields(request.body)}
    if not _TOKEN.fullmatch(form.get("MessageSid", "").encode()):
        raise Unreadable("The form names no message (MessageSid).")
    if _is_status(request.url, "MessageStatus" in form, "Body" in form):
        return _report(form, request.url)
    return _inbound(form)


def _text(raw: bytes) -> str:
    """Readable text of any bytes; without NUL, which PostgreSQL cannot store."""
    return raw.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _inbound(form: Mapping[str, str]) -> Inbound:
    said = (form.get("Body") or form.get("ButtonText", ""), _location(form))
    sender = _address("From", form)
    return Inbound(
        key=form["MessageSid"],
        channel=CHANNEL,
        account=_address("To", form),
        sender=sender,
        sender_name=form.get("ProfileName", "").strip()[:_NAME_LENGTH] or None,
        text="\n".join(part for part in said if part),
        sent_at=_instant(form.get(DATE_SENT, "")),
        replies_to=form.get("OriginalRepliedMessageSid") or None,
        extra=_extra(form),
        files=tuple(_files(form)),
        pressed=form.get("ButtonPayload") or None,
        phone=sender,
    )


def _instant(text: str) -> datetime | None:
    """A webhook names none: it comes at once."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _address(name: str, form: Mapping[str, str]) -> str:
    match = _ADDRESS.fullmatch(form.get(name, ""))
    if match is None:
        raise Unreadable(f"{name} is not a WhatsApp number: {form.get(name, '')[:80]!r}")
    return match[1]


def _location(form: Mapping[str, str]) -> str:
    latitude, longitude = form.get("Latitude", "").strip(), form.get("Longitude", "").strip()
    if not latitude or not longitude:
        return ""
    label = ", ".join(part for name in ("Label", "Address") if (part := form.get(name, "").strip()))
    return f"Location: {latitude}, {longitude}" + (f" ({label})" if label else "") + _map(latitude, longitude)


def _map(latitude: str, longitude: str) -> str:
    """A line that leads to the place; nothing for what is no place on earth."""
    if not (_DEGREES.fullmatch(latitude) and _DEGREES.fullmatch(longitude)):
        return ""
    if abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        return ""
    return f"\nhttps://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"


def _files(form: Mapping[str, str]) -> Iterator[RemoteFile]:
    for n in range(_MOST_FILES):
        if url := form.get(f"MediaUrl{n}"):
            yield RemoteFile(_media_path(url), content_type=form.get(f"MediaContentType{n}", "")[:_EXTRA_NAME] or None)


def _media_path(url: str) -> str:
    """The path of a file at Twilio; nothing of any other address, which might hold a secret."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return path if is_media_path(path) else ""


def is_media_path(path: str) -> bool:
    """Whether a file of a customer can be at this path of Twilio's API."""
    return _MEDIA.fullmatch(path) is not None


def _extra(form: Mapping[str, str]) -> dict[str, str]:
    """What we do not model yet: new fields appear unannounced and are kept, within bounds."""
    kept = [(name, value) for name, value in form.items() if value and name not in _MODELLED]
    return {name[:_EXTRA_NAME]: value[:_EXTRA_VALUE] for name, value in kept[:_MOST_EXTRA]}


def _report(form: Mapping[str, str], url: str) -> DeliveryReport:
    status, code = form["MessageStatus"], form.get("ErrorCode", "")
    if (delivery := delivery_of(status)) is None:
        raise Unreadable(f"Unknown message status {status[:80]!r}.")
    detail = form.get("ChannelStatusMessage") or form.get("ErrorMessage", "")
    failed = failure(code, detail) if code or delivery is Delivery.FAILED else None
    return DeliveryReport(
        provider_id=form["MessageSid"],
        message_id=_message_id(url),
        delivery=delivery,
        error_code=code[:_EXTRA_NAME] or None,
        error=failed.words if failed else None,
        resendable=failed is not None and failed.resendable,
        window_closed=code == WINDOW_CLOSED,
        copy=_copy(form),
    )


def _copy(form: Mapping[str, str]) -> SentCopy | None:
    """Only `missed.py` gives the instant: a webhook says our own id instead."""
    at = _instant(form.get(DATE_SENT, ""))
    if at is None or "Body" not in form:
        return None
    return SentCopy(_address("From", form), _address("To", form), form["Body"], at)


def delivery_of(status: str) -> Delivery | None:
    """Our name for Twilio's message status; None for one we do not know."""
    return _DELIVERY.get(status.lower())


def _message_id(url: str) -> UUID | None:
    """Our own id, which the callback's address carries back. Anything else in its place is ignored."""
    try:
        return UUID(dict(parse_qsl(url.partition("?")[2], max_num_fields=_MOST_FIELDS)).get("m", ""))
    except ValueError:
        return None
