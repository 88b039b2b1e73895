"""Telegram's limits on sending: 30 messages a second in all, one a second in a chat, 20 a minute in a group.

Short bursts pass: a chat may be `CHAT_BURST` messages ahead.
"""

import math
from datetime import datetime

PER_SECOND = 30
CHAT_BURST = 5
GROUP_PER_MINUTE = 20


class _Bucket:
    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._seen: datetime | None = None

    def wait(self, now: datetime) -> float:
        """Seconds until one more passes; 0: now."""
        if self._seen is not None:
            passed = max(0.0, (now - self._seen).total_seconds())
            self._left = min(self._burst, self._left + passed * self._per_second)
        self._seen = now
        return max(0.0, 1 - self._left) / self._per_second

    def take(self) -> None:
        self._left -= 1


class Throttle:
    def __init__(self) -> None:
        self._all = _Bucket(PER_SECOND, PER_SECOND)
        self._chats: dict[int, _Bucket] = {}

    def retry_after(self, chat_id: int, now: datetime, messages: int = 1) -> int:
        """Count so many messages to this chat and return 0, or count none and say how many seconds to wait."""
        if (chat := self._chats.get(chat_id)) is None:
            group = _Bucket(GROUP_PER_MINUTE / 60, GROUP_PER_MINUTE)
            chat = self._chats[chat_id] = group if chat_id < 0 else _Bucket(1, CHAT_BURST)
        if wait := max(self._all.wait(now), chat.wait(now)):
            return math.ceil(wait)
        for _ in range(messages):
            self._all.take()
            chat.take()
        return 0
