"""What a Telegram message holds: its words (also of what is no text), its files, and a number somebody shares.

Pure; reads JSON as it came.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.telegram.reading import integer, mapping, mappings, number, text
from core.messages import RemoteFile

_NAME_LENGTH, _TYPE_LENGTH, _ID_LENGTH = 200, 100, 500
# Of what Telegram sends without a type. A photo is always a JPEG.
_TYPES = {"photo": "image/jpeg", "video_note": "video/mp4", "voice": "audio/ogg"}
# An animation comes as a document too, for readers that are older than animations.
_KINDS = ("animation", "document", "video", "audio", "voice", "video_note")


def content(said: Mapping[str, Any]) -> str:
    """Everything of the message that can be said in words; empty for a file without a caption."""
    parts = (text(said, "text") or text(said, "caption"), *_described(said))
    return "\n".join(part for part in parts if part)


def _described(said: Mapping[str, Any]) -> Iterator[str]:
    yield _place(mapping(said, "venue")) or _place(said)
    if contact := mapping(said, "contact"):
        yield _contact(contact)
    if sticker := mapping(said, "sticker"):
        yield f"Sticker: {text(sticker, 'emoji') or '(no emoji)'}"
    if dice := mapping(said, "dice"):
        yield f"Dice: {text(dice, 'emoji')} {integer(dice, 'value') or ''}".rstrip()
    if poll := mapping(said, "poll"):
        yield _list("Poll", text(poll, "question"), mappings(poll, "options"))
    if checklist := mapping(said, "checklist"):
        yield _list("Checklist", text(checklist, "title"), mappings(checklist, "tasks"))
    if game := mapping(said, "game"):
        yield f"Game: {text(game, 'title')}"
    if mapping(said, "story"):
        yield "A story, which Telegram does not let us see."
    if mapping(said, "paid_media"):
        yield "Media for sale, which Telegram does not let us see."


def _place(said: Mapping[str, Any]) -> str:
    spot = mapping(said, "location")
    latitude, longitude = number(spot, "latitude"), number(spot, "longitude")
    if latitude is None or longitude is None:
        return ""
    label = ", ".join(part for name in ("title", "address") if (part := text(said, name).strip()))
    return f"Location: {latitude}, {longitude}" + (f" ({label})" if label else "")


def _contact(contact: Mapping[str, Any]) -> str:
    said = (text(contact, "first_name"), text(contact, "last_name"))
    name = " ".join(part.strip() for part in said if part.strip())
    return "Contact: " + ", ".join(part for part in (name, _number(contact) or text(contact, "phone_number")) if part)


def _list(what: str, title: str, items: Sequence[Mapping[str, Any]]) -> str:
    lines = [f"- {text(item, 'text')}" for item in items]
    return "\n".join([f"{what}: {title}", *lines])


def _number(contact: Mapping[str, Any]) -> str | None:
    """In the form +4915112345678. Telegram writes it with and without the plus."""
    digits = "".join(mark for mark in text(contact, "phone_number") if mark.isascii() and mark.isdigit())
    return f"+{digits}" if 7 <= len(digits) <= 15 else None


def phone(said: Mapping[str, Any]) -> str | None:
    """The sender's own number, where Telegram vouches for it.

    Not of a forwarded contact: its number is what whoever first shared it had in their own address book.
    """
    contact, author = mapping(said, "contact"), integer(mapping(said, "from"), "id")
    if not contact or author is None or integer(contact, "user_id") != author:
        return None
    return None if "forward_origin" in said or "via_bot" in said else _number(contact)


def files(said: Mapping[str, Any]) -> tuple[RemoteFile, ...]:
    """A message has one file at most; an album comes as several messages."""
    if sizes := [size for size in mappings(said, "photo") if text(size, "file_id")]:
        largest = max(sizes, key=lambda size: (integer(size, "width") or 0) * (integer(size, "height") or 0))
        return _file("photo", largest)
    for kind in _KINDS:
        if found := mapping(said, kind):
            return _file(kind, found)
    return ()


def _file(kind: str, found: Mapping[str, Any]) -> tuple[RemoteFile, ...]:
    source = text(found, "file_id")
    if not source or len(source) > _ID_LENGTH:
        return ()
    size = integer(found, "file_size")
    remote = RemoteFile(
        source,
        name=text(found, "file_name").strip()[-_NAME_LENGTH:] or None,
        content_type=text(found, "mime_type")[:_TYPE_LENGTH] or _TYPES.get(kind),
        size=size if size is not None and size >= 0 else None,
    )
    return (remote,)
