"""The messages that a reply goes out as: one, or several where the channel takes no more in one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from core.errors import Refused
from core.messages import Button, Limits
from ticketing.conversations.conversation import TemplateSent
from ticketing.conversations.split import split
from ticketing.tickets.comment import TextRefused

_BYTES = (("GB", 10**9), ("MB", 10**6), ("KB", 10**3))


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that goes with a reply, as we have it."""

    id: UUID
    name: str
    content_type: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Part:
    """One message: words, or a file with or without words."""

    text: str
    file_id: UUID | None = None
    buttons: tuple[Button, ...] = ()
    template: TemplateSent | None = None  # what it goes out as; then `text` is how the customer reads that
    repeats: UUID | None = None  # the message that it sends once more, where it follows another part


class FileRefused(Refused):
    """The channel does not take this file."""


def parts_of(
    text: str, limits: Limits, *, files: Sequence[GivenFile] = (), buttons: Sequence[Button] = ()
) -> tuple[Part, ...]:
    """What goes out, in order: words first, or with the first file where they fit below it; buttons come last.

    Raises TextRefused (nothing to send, or more than one message takes on a channel where that is not split), and
    FileRefused. Never cuts in silence.
    """
    text = text.replace("\x00", "").strip()
    if not text and not files:
        raise TextRefused("The reply is empty. Write something to the customer first.")
    for file in files:
        require_taken(file, limits)
    if len(buttons) > limits.buttons:
        raise TextRefused(f"The reply has {len(buttons)} buttons; this channel takes {limits.buttons}.")
    as_caption = bool(files) and limits.length(text) <= limits.caption(files[0].content_type)
    words = () if as_caption or not text else _split(text, limits)
    parts = [Part(piece) for piece in words] + [Part("", file.id) for file in files]
    if as_caption:
        parts[0] = replace(parts[0], text=text)
    parts[-1] = replace(parts[-1], buttons=tuple(buttons))
    return tuple(parts)


def _split(text: str, limits: Limits) -> tuple[str, ...]:
    length = limits.length(text)
    if length <= limits.text:
        return (text,)
    if limits.splits:
        return split(text, limits.text, limits.length)
    raise TextRefused(
        f"The reply has {length:,} characters; this channel takes {limits.text:,} in one message. "
        "Shorten it, or send it as two."
    )


def require_taken(file: GivenFile, limits: Limits) -> None:
    """Raises FileRefused."""
    most = limits.file(file.content_type)
    if most == 0:
        raise FileRefused(f"{file.name} cannot be sent: this channel takes no files of the type {file.content_type}.")
    if file.size > most:
        raise FileRefused(
            f"{file.name} has {_size(file.size)}; this channel takes {_size(most)} of the type {file.content_type}."
        )


def _size(number: int) -> str:
    return next((f"{number / unit:.3g} {name}" for name, unit in _BYTES if number >= unit), f"{number} bytes")
