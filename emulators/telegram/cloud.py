"""Telegram's side of one bot: its chats, files, updates and presses, and the two ways updates go out. Knows no HTTP."""

import asyncio
import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from emulators.telegram import refusals
from emulators.telegram.chats import Chat, file_id_of
from emulators.telegram.files import Files, StoredFile
from emulators.telegram.refusals import Refused
from emulators.telegram.setup import Json, Setup
from emulators.telegram.throttle import Throttle
from emulators.telegram.updates import Polling, Update, Updates
from emulators.telegram.webhook import Courier, Execute


@dataclass(slots=True, eq=False)
class Press:
    """A press of a button under a message of the bot's; the customer's app waits until it is answered."""

    data: str
    at: datetime
    update: Update | None = None
    text: str | None = None  # shown to the customer; None: not answered
    alert: bool = False
    id: str = field(default_factory=lambda: str(secrets.randbelow(10**18)))
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, timeout: float = 5.0) -> str:  # noqa: ASYNC109 - a caller's patience
        """What the bot says to it, "" for nothing. Raises TimeoutError after `timeout` seconds."""
        await asyncio.wait_for(self.answered.wait(), timeout)
        return self.text or ""


class Cloud:
    def __init__(self, setup: Setup, execute: Execute) -> None:
        self.setup = setup
        self.files = Files(setup.clock)
        self.updates = Updates(setup)
        self.polling = Polling(self.updates)
        self.courier = Courier(setup, self.updates, execute)
        self.throttle = Throttle()
        self.chats: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        # Private chats and small groups share one numbering; a supergroup has its own.
        self._numbered: defaultdict[int, int] = defaultdict(int)

    def stamp(self) -> int:
        return int(self.setup.clock().timestamp())

    def chat(self, chat_id: int) -> Chat:
        """Raises Refused for one that the bot cannot know."""
        if (chat := self.chats.get(chat_id)) is None:
            raise Refused(refusals.CHAT_NOT_FOUND)
        return chat

    def writable(self, chat_id: int, messages: int = 1) -> Chat:
        """The chat, if the bot may send so many messages to it now. Raises Refused."""
        chat = self.chat(chat_id)
        if chat.migrated_to is not None:
            raise Refused(refusals.migrated(chat.migrated_to))
        if chat.closed is not None:
            raise Refused(chat.closed)
        if self.setup.limits and (wait := self.throttle.retry_after(chat_id, self.setup.clock(), messages)):
            raise Refused(refusals.too_many(wait))
        return chat

    def put(self, chat: Chat, sender: Json, fields: Json) -> Json:
        """Write a message into the chat. Tells nobody."""
        group = chat.id if chat.type == "supergroup" else 0
        self._numbered[group] += 1
        number = self._numbered[group]
        base = {"message_id": number, "from": sender, "chat": chat.as_json(), "date": self.stamp()}
        message = chat.messages[number] = base | fields
        return message

    def post(self, chat: Chat, fields: Json) -> Json:
        """Write a message of the bot's into the chat, and show it to whoever is there."""
        message = self.put(chat, self.setup.user(), fields)
        for show in chat.arrived:
            show(message)
        return message

    def file_of(self, message: Json) -> StoredFile | None:
        file_id = file_id_of(message)
        return None if file_id is None else self.files.get(file_id)

    def press_for(self, query_id: str) -> Press:
        """The press that can still be answered. Raises Refused."""
        press = self.presses.get(query_id)
        patience = timedelta(seconds=self.setup.press_patience)
        if press is None or self.setup.clock() - press.at > patience:
            raise Refused(refusals.PRESS_TOO_OLD)
        return press
