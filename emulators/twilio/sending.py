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
from emulators.twilio.templates import Template, Unfilled

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")

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
    template = _template(form, setup)
    body, media = (_body(form), _media(form)) if template is None else _rendered(form, template)
    return Message(
        sid=new_sid("MM" if media else "SM"),
        account_sid=setup.account_sid,
        sender=sender,
        to=to,
        body=body,
        direction="outbound-api",
        status="accepted" if service else "queued",
        created_at=at,
        updated_at=at,
        media=media,
        messaging_service_sid=service or None,
        status_callback=_callback(form) or setup.status_callback_url,
        template=template is not None and template.status == "approved",
        buttons=() if template is None else template.buttons,
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


def _template(form: Form, setup: Setup) -> Template | None:
    sid = _one(form, "ContentSid")
    if not sid:
        return None
    template = setup.templates.get(sid)
    if template is None or not _CONTENT_SID.fullmatch(sid):
        raise Refused(refusals.BAD_CONTENT_SID)
    return template


def _rendered(form: Form, template: Template) -> tuple[str, tuple[str, ...]]:
    try:
        return template.rendered(_variables(_one(form, "ContentVariables")))
    except Unfilled:
        raise Refused(refusals.BAD_CONTENT_VARIABLES) from None


def _variables(text: str) -> dict[str, str]:
    try:
        variables: Any = json.loads(text or "{}")
    except ValueError:
        raise Refused(refusals.BAD_CONTENT_VARIABLES) from None
    # An empty one is refused like one that is missing: twilio.com/docs/api/errors/21656
    if not isinstance(variables, dict) or not all(isinstance(each, str) and each for each in variables.values()):
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
