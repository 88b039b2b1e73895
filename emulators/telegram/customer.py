"""A customer with Telegram on the phone: writes to the bot, receives what it sends, presses its buttons, blocks it.

Whatever a customer writes opens the chat, as pressing Start does. Nothing here waits: updates go out by themselves.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass

from emulators.telegram import refusals
from emulators.telegram.chats import Chat, PhoneMessage, seen_by
from emulators.telegram.cloud import Cloud, Press
from emulators.telegram.contents import Carried, carrying, contact, location
from emulators.telegram.files import StoredFile
from emulators.telegram.pictures import drawn
from emulators.telegram.posting import answering
from emulators.telegram.setup import Json
from emulators.telegram.text import formatted
from emulators.telegram.updates import Update


class Blocked(Exception):
    """Who has blocked a bot cannot write to it: `unblock` first."""


@dataclass(frozen=True, slots=True)
class Written:
    """Something a customer did, and the update that tells the bot of it."""

    message_id: int
    update: Update

    @property
    def update_id(self) -> int:
        return self.update.update_id

    async def delivered(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109 - a caller's patience
        """Return once the bot has taken the update: a 2xx, or an offset behind it. Raises TimeoutError."""
        await asyncio.wait_for(self.update.taken.wait(), timeout)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file for an album. Without `content`, `size` bytes are made up while they are fetched."""

    kind: str  # photo, video, document, audio
    content: bytes | None = None
    name: str = ""
    content_type: str = ""
    size: int = 0


class Person:
    """Somebody who writes in a chat: the private one with the bot, or a group."""

    def __init__(self, cloud: Cloud, chat: Chat, user: Json) -> None:
        self._cloud = cloud
        self.chat = chat
        self.user = user
        self._last_told: dict[int, Update] = {}  # the update about each message

    @property
    def id(self) -> int:
        return int(self.user["id"])

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.user["first_name"], self.user.get("last_name"))))

    def write(self, text: str, *, reply_to: int | None = None) -> Written:
        """A plain message. `reply_to` is the id of any message of the chat's."""
        fields: Json = {"text": text}
        if text.startswith("/"):
            command = text.split(maxsplit=1)[0]
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
        return self._say(fields, reply_to)

    def write_html(self, text: str, *, reply_to: int | None = None) -> Written:
        """A formatted message: the bot gets the text and its entities."""
        return self._say(formatted(text, "HTML").fields(), reply_to)

    def photo(self, content: bytes | None = None, *, caption: str = "", reply_to: int | None = None) -> Written:
        """A picture in two sizes; without `content` a small one is drawn. Bytes that are no picture go as they are."""
        return self._say(self._media(Attachment("photo", content), caption), reply_to)

    def document(
        self,
        content: bytes | None = None,
        name: str = "document.pdf",
        *,
        size: int = 0,
        content_type: str = "application/pdf",
        caption: str = "",
        reply_to: int | None = None,
    ) -> Written:
        """A file; without `content`, of `size` bytes that cost no memory. The bot can fetch 20 MB at most."""
        return self._say(self._media(Attachment("document", content, name, content_type, size), caption), reply_to)

    def voice(self, content: bytes | None = None, *, size: int = 4096, duration: int = 3) -> Written:
        return self._say(self._media(Attachment("voice", content, "", "audio/ogg", size), "", duration))

    def audio(self, content: bytes | None = None, name: str = "song.mp3", *, size: int = 4096) -> Written:
        return self._say(self._media(Attachment("audio", content, name, "audio/mpeg", size), ""))

    def video(self, content: bytes | None = None, *, size: int = 4096, caption: str = "", duration: int = 3) -> Written:
        return self._say(self._media(Attachment("video", content, "clip.mp4", "video/mp4", size), caption, duration))

    def animation(self, content: bytes | None = None, *, size: int = 4096, caption: str = "") -> Written:
        """A GIF, which Telegram makes a video without sound."""
        return self._say(self._media(Attachment("animation", content, "cat.mp4", "video/mp4", size), caption))

    def video_note(self, content: bytes | None = None, *, size: int = 4096, duration: int = 3) -> Written:
        """A round video message."""
        return self._say(self._media(Attachment("video_note", content, "", "video/mp4", size), "", duration))

    def sticker(self, content: bytes | None = None, *, size: int = 4096) -> Written:
        return self._say(self._media(Attachment("sticker", content, "", "image/webp", size), ""))

    def album(self, items: Sequence[Attachment | bytes], *, caption: str = "") -> list[Written]:
        """Several files at once, each a message of its own; bytes are pictures. The first carries the caption."""
        group = {"media_group_id": str(random.randrange(10**16, 10**17))}
        attachments = [Attachment("photo", item) if isinstance(item, bytes) else item for item in items]
        captions = [caption] + [""] * (len(attachments) - 1)
        fields = [self._media(each, words) | group for each, words in zip(attachments, captions, strict=True)]
        return [self._say(each) for each in fields]

    def location(self, latitude: float, longitude: float) -> Written:
        return self._say(location(latitude, longitude))

    def contact(self, phone: str, *, own: bool = True, name: str = "") -> Written:
        """A number from the address book; `own`: this person's own, for which Telegram vouches by `user_id`."""
        return self._say(contact(phone, name or self.user["first_name"], self.id if own else None))

    def anything(self, **fields: object) -> Written:
        """A message of any other kind, by its own fields: `dice={"emoji": "🎲", "value": 4}`."""
        return self._say(dict(fields))

    def edit(self, message_id: int, text: str) -> Written:
        """Change a message of one's own, or its caption. Raises KeyError for one that is not there."""
        message = self.chat.messages[message_id]
        if message["from"]["id"] != self.id:
            raise ValueError("only one's own messages can be edited")
        name = "text" if "text" in message else "caption"
        for entities in ("entities", "caption_entities"):
            message.pop(entities, None)
        message |= {name: text, "edit_date": self._cloud.stamp()}
        return Written(message_id, self._cloud.updates.add("edited_message", dict(message), self.chat.id))

    def press(self, message_id: int, button: str) -> Press:
        """Press a button, named by its label or its data. `await press.answer()` is what the bot says to that.

        Raises ValueError when there is no such button.
        """
        message = self.chat.messages[message_id]
        keyboard = message.get("reply_markup", {}).get("inline_keyboard", [])
        found = next((b for row in keyboard for b in row if button in {b["text"], b.get("callback_data")}), None)
        if found is None or "callback_data" not in found:
            raise ValueError(f"no button {button!r} under message {message_id}")
        press = Press(found["callback_data"], self._cloud.setup.clock())
        self._cloud.presses[press.id] = press
        query: Json = {"id": press.id, "from": self.user, "message": dict(message), "data": press.data}
        query["chat_instance"] = str(self.chat.id * 7919)
        press.update = self._cloud.updates.add("callback_query", query, self.chat.id)
        return press

    def has_left(self, message_id: int) -> bool:
        """Has the bot taken this message of one's own?"""
        return message_id in self._last_told and self._last_told[message_id].taken.is_set()

    def seen(self, message: Json) -> PhoneMessage:
        return seen_by(self.id, message, self._cloud.file_of(message))

    @property
    def screen(self) -> tuple[PhoneMessage, ...]:
        """Everything in the chat, oldest first, with edits applied and without what was deleted."""
        return tuple(self.seen(message) for message in self.chat.messages.values())

    def _media(self, file: Attachment, caption: str, duration: int = 1) -> Json:
        fields = carrying(self._kept(file), duration=duration)
        return fields | ({"caption": caption} if caption else {})

    def _kept(self, file: Attachment) -> Carried:
        files, content = self._cloud.files, file.content
        if file.kind == "photo":
            content = drawn(f"{self.name} {self._cloud.stamp()}") if content is None else content
            if (photo := files.keep_photo(content)) is not None:
                return photo
            return files.keep(StoredFile("photo", "", "image/jpeg", len(content), content, width=100, height=100))
        size = file.size if content is None else len(content)
        return files.keep(StoredFile(file.kind, file.name, file.content_type, size, content))

    def _say(self, fields: Json, reply_to: int | None = None) -> Written:
        self._may_write()
        answered = {} if reply_to is None else answering(self.chat.messages[reply_to])
        message = self._cloud.put(self.chat, self.user, fields | answered)
        update = self._cloud.updates.add("message", dict(message), self.chat.id)
        self._last_told[message["message_id"]] = update
        return Written(message["message_id"], update)

    def _may_write(self) -> None:
        """Raises Blocked."""


class Customer(Person):
    """Alone with the bot, in a private chat whose id is the customer's own."""

    def __init__(self, cloud: Cloud, user: Json) -> None:
        shown: dict[str, str] = {name: user[name] for name in ("first_name", "last_name", "username") if name in user}
        chat = Chat(user["id"], "private", shown, refusals.NEVER_STARTED)
        super().__init__(cloud, chat, user)
        self._unseen: asyncio.Queue[int] = asyncio.Queue()
        self.blocks = False
        self.looked = 0  # the last message seen; Telegram does not tell bots
        chat.arrived.append(lambda message: self._unseen.put_nowait(message["message_id"]))

    def start(self, payload: str = "") -> Written:
        """Press Start, after a link `t.me/bot?start=payload` perhaps."""
        return self.write(f"/start {payload}".strip())

    def block(self) -> Update:
        """The bot is told, and can send nothing more."""
        self.blocks, self.chat.closed = True, refusals.BLOCKED
        return self._member("member", "kicked")

    def unblock(self) -> Update:
        self.blocks, self.chat.closed = False, None
        return self._member("kicked", "member")

    def leave_telegram(self) -> None:
        """Delete the account: the bot is told nothing until it sends something."""
        self.blocks, self.chat.closed = True, refusals.DEACTIVATED

    def look(self) -> tuple[PhoneMessage, ...]:
        """Look at the phone. Returns what of the bot's had not been seen."""
        new = tuple(message for message in self.inbox if message.message_id > self.looked)
        self.looked = max(self.chat.messages, default=0)
        return new

    @property
    def inbox(self) -> tuple[PhoneMessage, ...]:
        """What the bot has sent and not deleted, oldest first, with every edit applied."""
        return tuple(message for message in self.screen if not message.mine)

    async def next_message(self, timeout: float = 5.0) -> PhoneMessage:  # noqa: ASYNC109 - a caller's patience
        """The oldest message of the bot's not returned here before. Raises TimeoutError after `timeout` seconds."""
        while True:
            number = await asyncio.wait_for(self._unseen.get(), timeout)
            if (message := self.chat.messages.get(number)) is not None:
                return self.seen(message)

    def _may_write(self) -> None:
        if self.blocks:
            raise Blocked(f"{self.name} has blocked the bot, or left Telegram")
        self.chat.closed = None

    def _member(self, before: str, after: str) -> Update:
        bot = self._cloud.setup.user()

        def state(status: str) -> Json:
            return {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})

        content = {"chat": self.chat.as_json(), "from": self.user, "date": self._cloud.stamp()}
        content |= {"old_chat_member": state(before), "new_chat_member": state(after)}
        return self._cloud.updates.add("my_chat_member", content, self.chat.id)
