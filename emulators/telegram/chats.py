"""Chats, and what stands in each. Every message is kept as the JSON object that Telegram would show of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from emulators.telegram.files import StoredFile
from emulators.telegram.refusals import Refusal
from emulators.telegram.setup import Json


@dataclass(frozen=True, slots=True)
class PhoneMessage:
    """A message on somebody's screen, with every edit applied."""

    message_id: int
    text: str  # or the caption
    at: datetime
    kind: str = "text"  # or one of KINDS
    mine: bool = False  # written by who looks at it, not by the bot
    file: StoredFile | None = None  # of a picture the largest
    buttons: tuple[tuple[str, str], ...] = ()  # label and data (or URL) of those under it
    entities: tuple[Json, ...] = ()
    reply_to: int | None = None
    edited: bool = False
    media_group_id: str | None = None

    def as_json(self) -> Json:
        shown = {"message_id": self.message_id, "text": self.text, "at": self.at.isoformat(), "kind": self.kind}
        file = self.file and {
            "file_id": self.file.file_id,
            "name": self.file.name,
            "content_type": self.file.content_type,
            "size": self.file.size,
        }
        shown |= {"mine": self.mine, "file": file, "buttons": [list(each) for each in self.buttons]}
        return shown | {"reply_to": self.reply_to, "edited": self.edited, "media_group_id": self.media_group_id}


# An animation comes with a document beside it, for clients that know none.
KINDS = ("photo", "animation", "document", "video", "video_note", "voice", "audio", "sticker", "location", "contact")


@dataclass(slots=True, eq=False)
class Chat:
    """`closed`: why the bot may not write here, if it may not."""

    id: int
    type: str  # private, group, supergroup
    shown: Mapping[str, str]  # first_name, username, title…
    closed: Refusal | None = None
    migrated_to: int | None = None
    messages: dict[int, Json] = field(default_factory=dict)
    arrived: list[Callable[[Json], None]] = field(default_factory=list)  # told of every message of the bot's

    def as_json(self) -> Json:
        return {"id": self.id, "type": self.type} | dict(self.shown)


def seen_by(user_id: int | None, message: Json, file: StoredFile | None) -> PhoneMessage:
    """How it looks to this user."""
    keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = tuple((b["text"], b.get("callback_data") or b.get("url") or "") for row in keyboard for b in row)
    return PhoneMessage(
        message_id=message["message_id"],
        text=str(message.get("text") or message.get("caption") or ""),
        at=datetime.fromtimestamp(message["date"], UTC),
        kind=next((kind for kind in KINDS if kind in message), "text"),
        mine=message["from"]["id"] == user_id,
        file=file,
        buttons=buttons,
        entities=(*(message.get("entities") or message.get("caption_entities") or ()),),
        reply_to=message.get("reply_to_message", {}).get("message_id"),
        edited="edit_date" in message,
        media_group_id=message.get("media_group_id"),
    )


def file_id_of(message: Json) -> str | None:
    """Of what the message carries; of a picture, of the largest copy."""
    for kind in KINDS:
        carried = message.get(kind)
        if isinstance(carried, list) and carried:
            return str(carried[-1]["file_id"])
        if isinstance(carried, dict) and "file_id" in carried:
            return str(carried["file_id"])
    return None
