"""Updates that the bot has not taken yet, and getUpdates, the one of the two ways to take them that waits here.

The other is `webhook.py`. Both see the same updates, and only one of them works at a time.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from emulators.telegram.refusals import CONFLICT_POLL, Refusal, Refused
from emulators.telegram.setup import Json, Setup

# What nobody takes for so long is dropped.
KEPT = timedelta(hours=24)
MOST_AT_ONCE = 100
_UNANNOUNCED: Json = {"unannounced_flag": True, "unannounced_object": {"words": "<neu> & größer 🙂", "list": [1, None]}}


@dataclass(slots=True, eq=False)
class Update:
    """One thing that happened. `taken` is set once the bot has it, or it was dropped."""

    update_id: int
    kind: str  # "message", "edited_message", "callback_query", "my_chat_member"
    content: Json
    chat_id: int  # updates of one chat are delivered one after the other
    at: datetime
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    def as_json(self, *, unknown_fields: bool = False) -> Json:
        if not unknown_fields:
            return {"update_id": self.update_id, self.kind: self.content}
        return {"update_id": self.update_id, self.kind: self.content | _UNANNOUNCED, "unannounced_update": {}}


class Updates:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._next_id = random.randrange(10**8, 9 * 10**8)
        self.pending: dict[int, Update] = {}
        self.taken = 0  # how many the bot has taken so far, or were dropped
        self._by_chat: dict[int, dict[int, Update]] = {}
        self.on_news: list[Callable[[Update], None]] = []  # who is told of a new one

    def add(self, kind: str, content: Json, chat_id: int) -> Update:
        """Something happened. What the bot does not want to know counts as taken at once."""
        update = Update(self._next_id, kind, content, chat_id, self._setup.clock())
        self._next_id += 1
        if kind not in self._setup.wanted:
            update.taken.set()
            return update
        self.pending[update.update_id] = update
        self._by_chat.setdefault(chat_id, {})[update.update_id] = update
        for tell in self.on_news:
            tell(update)
        return update

    def first_of(self, chat_id: int) -> Update | None:
        """The oldest pending one of this chat."""
        while waiting := self._by_chat.get(chat_id):
            update = next(iter(waiting.values()))
            if not self.expired(update):
                return update
            self.take(update)
        return None

    def chats(self) -> list[int]:
        return [*self._by_chat]

    def take(self, update: Update) -> None:
        if self.pending.pop(update.update_id, None) is not None:
            waiting = self._by_chat[update.chat_id]
            del waiting[update.update_id]
            if not waiting:
                del self._by_chat[update.chat_id]
            self.taken += 1
        update.taken.set()

    def drop_all(self) -> None:
        for update in [*self.pending.values()]:
            self.take(update)

    def expired(self, update: Update) -> bool:
        return self._setup.clock() - update.at > KEPT

    def confirm(self, offset: int) -> None:
        """All before `offset` are taken; a negative one keeps so many of the newest."""
        if offset < 0:
            first = [*self.pending][offset:][:1]
            offset = first[0] if first else 0
        for update in [each for each in self.pending.values() if each.update_id < offset or self.expired(each)]:
            self.take(update)


class Polling:
    """getUpdates. A second one ends the first, as does a webhook."""

    def __init__(self, updates: Updates) -> None:
        self._updates = updates
        self._waiting: asyncio.Future[None] | None = None
        self._closed = False
        updates.on_news.append(self._wake)

    async def get(self, *, offset: int, limit: int, wait: float) -> list[Update]:
        """The oldest pending updates; waits `wait` seconds for one if there is none. Raises Refused (409)."""
        self.end(CONFLICT_POLL)
        self._updates.confirm(offset)
        most = max(1, min(MOST_AT_ONCE, limit))
        if not self._updates.pending and wait > 0 and not self._closed:
            self._waiting = waiting = asyncio.get_running_loop().create_future()
            try:
                await asyncio.wait_for(waiting, wait)
            except TimeoutError:
                pass
            finally:
                if self._waiting is waiting:
                    self._waiting = None
        return [*self._updates.pending.values()][:most]

    @property
    def waits(self) -> bool:
        """Is somebody asking right now?"""
        return self._waiting is not None

    def end(self, refusal: Refusal) -> None:
        """Answer whoever waits with this."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(Refused(refusal))
        self._waiting = None

    def close(self) -> None:
        """Answer whoever waits with what there is, and let nobody wait any more."""
        self._closed = True
        self._release()

    def _wake(self, _update: Update) -> None:
        self._release()

    def _release(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
