"""What we send, as the values of one call to Twilio; and what WhatsApp takes at all.

Pure. Refuses before anything leaves the house, in words for whoever wrote it.

Source: twilio.com/docs/whatsapp/guidance-whatsapp-media-messages, twilio.com/docs/api/errors/21617
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from core.errors import MessageRefused, MessageTooLong
from core.messages import Limits, Outbound, OutboundFile, TemplateUse

MEGABYTE = 1024 * 1024
_MOST_IMAGE, _MOST_FILE = 5 * MEGABYTE, 16 * MEGABYTE
_MOST_CAPTION = 1024
_IMAGES = frozenset(("image/jpeg", "image/png"))
_AUDIO = frozenset(("audio/aac", "audio/amr", "audio/mp4", "audio/mpeg", "audio/ogg"))
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OTHERS = frozenset(
    (
        *("video/mp4", "video/3gpp", "text/plain", "text/vcard", "application/pdf", "application/msword"),
        *("application/vnd.ms-excel", "application/vnd.ms-powerpoint"),
        *(
            _OFFICE + kind
            for kind in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
        ),
    )
)


def characters(text: str) -> int:
    """Length as Twilio limits it, in UTF-16 units.

    Its pages say 1,600 characters of which "emojis will be counted as multiple"; two each is never too few.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _most(content_type: str) -> int:
    """The most bytes of a file of this type; 0: WhatsApp does not take it."""
    kind = _kind(content_type)
    return _MOST_IMAGE if kind in _IMAGES else _MOST_FILE if kind in _AUDIO or kind in _OTHERS else 0


def _caption(content_type: str) -> int:
    """The longest text below a file of this type; 0: it would be lost."""
    return 0 if _kind(content_type) in _AUDIO else _MOST_CAPTION


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


LIMITS = Limits(
    text=1600,
    length=characters,
    caption=_caption,
    file=_most,
    receives=_MOST_FILE,
    window=timedelta(hours=24),
)


def outbound(message: Outbound, *, status_url: str) -> dict[str, Any]:
    """The values of one send. Raises MessageTooLong and MessageRefused before anything leaves the house."""
    return {
        "from_": f"whatsapp:{message.account}",
        "to": f"whatsapp:{message.recipient}",
        **(_content(message) if message.template is None else _filled(message.template)),
        "status_callback": f"{status_url}?{urlencode({'m': str(message.message_id)})}",
    }


def _content(message: Outbound) -> Mapping[str, Any]:
    text = message.text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    if message.buttons:
        raise MessageRefused("WhatsApp shows buttons in templates only: ask in words.")
    if message.file is None:
        if not text.strip():
            raise MessageRefused("The message is empty: write something first.")
        _check_length(text, LIMITS.text, "WhatsApp takes")
        return {"body": text}
    _check_file(message.file)
    if not text.strip():
        return {"media_url": [message.file.url]}
    most = LIMITS.caption(message.file.content_type)
    if most == 0:
        raise MessageRefused("WhatsApp shows no text with a sound file: send the two one after the other.")
    _check_length(text, most, "WhatsApp takes with a file")
    return {"body": text, "media_url": [message.file.url]}


def _filled(template: TemplateUse) -> Mapping[str, Any]:
    for name, value in template.variables.items():
        _check_length(value, LIMITS.text, f"WhatsApp takes in place of {{{{{name}}}}}")
    variables = {"content_variables": json.dumps(dict(template.variables))} if template.variables else {}
    return {"content_sid": template.id, **variables}


def _check_length(text: str, most: int, takes: str) -> None:
    if (length := characters(text)) > most:
        raise MessageTooLong(
            f"The message has {length:,} characters and {takes} {most:,}: shorten it or send it in parts."
        )


def _check_file(file: OutboundFile) -> None:
    most = LIMITS.file(file.content_type)
    if not most:
        raise MessageRefused(
            f"WhatsApp takes no files of this kind ({_kind(file.content_type)[:80]}): "
            "send a JPEG, a PNG, a PDF, an Office document, or a sound or film in MP4."
        )
    if file.size > most:
        raise MessageRefused(
            f"The file has {file.size / MEGABYTE:,.1f} MB and WhatsApp takes {most // MEGABYTE} MB of this kind: "
            "send a smaller one, or a link to it."
        )
