"""A message of ours as Telegram wants it: which method, what text, which buttons; and what Telegram takes at most.

Pure. Whatever Telegram could never take is refused here, before any network.
"""

import re
from dataclasses import dataclass, replace

from connectors.telegram import formatting
from connectors.telegram.reading import readable
from connectors.telegram.wire import message_id
from core.errors import MessageRefused, MessageTooLong, RecipientGone
from core.messages import Button, Limits, Outbound, OutboundFile

_MB = 1024 * 1024
_MOST_SENT, _MOST_AS_PHOTO, _MOST_RECEIVED = 50 * _MB, 10 * _MB, 20 * _MB
_MOST_CAPTION = 1024
_MOST_BUTTON_BYTES = 64
_A_ROW = 3  # short buttons stand side by side
_SHORT = 12

LIMITS = Limits(
    text=4096,
    length=formatting.length,
    splits=True,
    caption=lambda content_type: _MOST_CAPTION,  # noqa: ARG005 - whatever the file
    file=lambda content_type: _MOST_SENT,  # noqa: ARG005 - a picture too large for a photo goes as a document
    receives=_MOST_RECEIVED,
    buttons=100,
)

_CHAT = re.compile(r"-?[0-9]{1,18}")
_KINDS = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/gif": "animation",
    "video/mp4": "video",
    "audio/mpeg": "audio",
    "audio/mp4": "audio",
    "audio/x-m4a": "audio",
    "audio/ogg": "voice",
}
# Telegram looks at a picture or a recording before it takes it; as a document it takes anything.
_NOT_AS_THIS = ("photo_", "image_process_failed", "wrong file", "wrong type", "voice_messages_forbidden", "video_")
_UNPARSED = "can't parse entities"


@dataclass(frozen=True, slots=True)
class Sending:
    """One call. `kind` is text, document, photo, animation, video, audio or voice."""

    chat: int
    kind: str
    text: str
    is_html: bool
    plain: str
    buttons: tuple[tuple[Button, ...], ...]
    replies_to: int | None
    file: OutboundFile | None

    def simpler(self, said: str) -> "Sending | None":
        """What may pass where Telegram refused this with these words; None: nothing."""
        said = said.lower()
        if self.is_html and _UNPARSED in said:
            return replace(self, text=self.plain, is_html=False)
        if self.file is not None and self.kind != "document" and any(part in said for part in _NOT_AS_THIS):
            return replace(self, kind="document")
        return None


def sending(message: Outbound) -> Sending:
    """Raises MessageTooLong, MessageRefused and RecipientGone."""
    if message.template is not None:
        raise MessageRefused("Telegram has no templates: write the message as text.")
    text = readable(message.text).strip()
    plain = formatting.plain(text)
    _check_text(plain, message.file)
    if message.file is not None:
        _check_file(message.file)
    if not _CHAT.fullmatch(message.recipient):
        raise RecipientGone(f"{message.recipient[:80]!r} is no Telegram chat: use another channel.")
    return Sending(
        chat=int(message.recipient),
        kind=_kind(message.file),
        text=formatting.html(text),
        is_html=True,
        plain=plain,
        buttons=_rows(message.buttons),
        replies_to=message_id(message.replies_to, chat=message.recipient) if message.replies_to else None,
        file=message.file,
    )


def _check_text(plain: str, file: OutboundFile | None) -> None:
    if file is None and not plain.strip():
        raise MessageRefused("The message is empty: write something first.")
    length = len(plain.encode("utf-16-le")) // 2
    if file is None and length > LIMITS.text:
        raise MessageTooLong(
            f"The message has {length:,} characters and Telegram takes {LIMITS.text:,}: shorten it or send it in parts."
        )
    if length > _MOST_CAPTION and file is not None:
        raise MessageTooLong(
            f"The text has {length:,} characters and Telegram takes {_MOST_CAPTION:,} with a file: send it by itself."
        )


def _check_file(file: OutboundFile) -> None:
    if file.size > _MOST_SENT:
        raise MessageRefused(
            f"{file.name} has {file.size / _MB:.0f} MB and Telegram takes {_MOST_SENT // _MB} MB from a bot: "
            "send a link to it, or a smaller one."
        )
    if file.size == 0:
        raise MessageRefused(f"{file.name} is empty, and Telegram takes no empty file.")


def _kind(file: OutboundFile | None) -> str:
    if file is None:
        return "text"
    kind = _KINDS.get(file.content_type.partition(";")[0].strip().lower(), "document")
    return "document" if kind == "photo" and file.size > _MOST_AS_PHOTO else kind


def _rows(buttons: tuple[Button, ...]) -> tuple[tuple[Button, ...], ...]:
    """Side by side where they are short, else below one another."""
    if len(buttons) > LIMITS.buttons:
        raise MessageRefused(f"Telegram takes {LIMITS.buttons} buttons under a message, not {len(buttons)}.")
    for button in buttons:
        if not button.label.strip() or not 1 <= len(button.data.encode("utf-8", "replace")) <= _MOST_BUTTON_BYTES:
            raise MessageRefused(
                f"The button {button.label[:40]!r} needs a label, and 1 to {_MOST_BUTTON_BYTES} bytes that it carries."
            )
    wide = _A_ROW if all(len(button.label) <= _SHORT for button in buttons) else 1
    return tuple(buttons[start : start + wide] for start in range(0, len(buttons), wide))
