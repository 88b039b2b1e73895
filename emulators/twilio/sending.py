"""What `POST …/Messages.json` accepts and how it refuses the rest. Reads a form; sends nothing, stores nothing."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from emulators.twilio import refusals
from emulators.twilio.messages import MAX_BODY, Message, new_sid
from emulators.twilio.refusals import Refused
from emulators.twilio.setup import PREFIX, Setup

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")

Form = Mapping[str, list[str]]


def accept(form: Form, setup: Setup, *, at: datetime) -> Message:
    """The message a valid form makes, `queued` (or `accepted`, through a Messaging Service).

    Raises Refused. Whether the 24-hour window is open is not asked here: Twilio accepts first and fails later.
    """
    service = _one(form, "MessagingServiceSid")
    to = _recipient(form)
    sender = "" if service else _sender(form, setup)
    if service and service not in setup.services:
        raise Refused(refusals.UNKNOWN_SERVICE)
    if to in setup.opted_out:
        raise Refused(refusals.OPTED_OUT)
    template = bool(_one(form, "ContentSid"))
    body = _rendered(form, setup) if template else _body(form)
    return Message(
        sid=new_sid("SM"),
        account_sid=setup.account_sid,
        sender=sender,
        to=to,
        body=body,
        direction="outbound-api",
        status="accepted" if service else "queued",
        created_at=at,
        updated_at=at,
        media=() if template else _media(form),
        messaging_service_sid=service or None,
        status_callback=_callback(form) or setup.status_callback_url,
        template=template,
    )


def _one(form: Form, key: str) -> str:
    return form.get(key, [""])[0]


def _recipient(form: Form) -> str:
    to = _one(form, "To").strip()
    if not to:
        raise Refused(refusals.NO_RECIPIENT)
    if not to.startswith(PREFIX):
        raise Refused(refusals.OTHER_CHANNEL if _E164.fullmatch(to) else refusals.bad_recipient(to))
    if not _E164.fullmatch(to.removeprefix(PREFIX)):
        raise Refused(refusals.bad_recipient(to))
    return to


def _sender(form: Form, setup: Setup) -> str:
    sender = _one(form, "From").strip()
    if not sender:
        raise Refused(refusals.NO_SENDER)
    if sender not in {PREFIX + number for number in setup.senders}:
        raise Refused(refusals.UNKNOWN_SENDER)
    if sender == _one(form, "To").strip():
        raise Refused(refusals.INVALID_RECIPIENT)
    return sender


def _body(form: Form) -> str:
    body = _one(form, "Body")
    if not body and not form.get("MediaUrl"):
        raise Refused(refusals.NO_CONTENT)
    if len(body) > MAX_BODY:
        raise Refused(refusals.TOO_LONG)
    return body


def _rendered(form: Form, setup: Setup) -> str:
    text = setup.templates.get(_one(form, "ContentSid"))
    if text is None or not _CONTENT_SID.fullmatch(_one(form, "ContentSid")):
        raise Refused(refusals.BAD_CONTENT_SID)
    variables = _variables(_one(form, "ContentVariables"))
    return _PLACEHOLDER.sub(lambda found: variables.get(found[1], found[0]), text)


def _variables(text: str) -> dict[str, str]:
    try:
        variables: Any = json.loads(text or "{}")
    except ValueError:
        raise Refused(refusals.BAD_CONTENT_VARIABLES) from None
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        raise Refused(refusals.BAD_CONTENT_VARIABLES)
    if any(len(value) > MAX_BODY for value in variables.values()):
        raise Refused(refusals.VARIABLE_TOO_LONG)
    return variables


def _media(form: Form) -> tuple[str, ...]:
    urls = tuple(form.get("MediaUrl", []))
    if len(urls) > 1 or not all(_is_web(url) for url in urls):  # WhatsApp carries one file a message
        raise Refused(refusals.BAD_MEDIA_URL)
    return urls


def _callback(form: Form) -> str:
    url = _one(form, "StatusCallback")
    # Twilio also refuses hosts it cannot reach, such as localhost; here everything is on localhost.
    if url and not _is_web(url):
        raise Refused(refusals.BAD_CALLBACK)
    return url


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
