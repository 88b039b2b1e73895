"""The settings of one emulated bot. Holds values; the rest of the package reads them at each use."""

import random
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
Clock = Callable[[], datetime]

_TOKEN = string.ascii_letters + string.digits + "_-"
# What a bot is told of unless it asks for something else; the rest has to be asked for by name.
DEFAULT_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
)
MAX_CONNECTIONS = 40


def wall_clock() -> datetime:
    return datetime.now(UTC)


def new_token() -> str:
    """`123456789:AA…`: the bot's id and 35 secret characters."""
    return f"{random.randrange(10**9, 8 * 10**9)}:AA{''.join(secrets.choice(_TOKEN) for _ in range(33))}"


@dataclass(slots=True)
class Webhook:
    """What setWebhook set. No `url`: updates wait for getUpdates."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = MAX_CONNECTIONS
    last_error_at: datetime | None = None
    last_error: str = ""


@dataclass(slots=True)
class Setup:
    token: str = field(default_factory=new_token)
    username: str = "threadline_bot"
    name: str = "Threadline"
    limits: bool = True
    clock: Clock = wall_clock
    retry_pause: float = 1.0  # seconds that stand for one of Telegram's between attempts at the webhook
    press_patience: float = 60.0  # seconds within which a press can be answered
    webhook: Webhook = field(default_factory=Webhook)
    allowed_updates: tuple[str, ...] = ()  # empty: DEFAULT_UPDATES
    commands: list[Json] = field(default_factory=list)

    @property
    def bot_id(self) -> int:
        return int(self.token.partition(":")[0])

    @property
    def wanted(self) -> tuple[str, ...]:
        return self.allowed_updates or DEFAULT_UPDATES

    def user(self) -> Json:
        """The bot as it appears in messages."""
        return {"id": self.bot_id, "is_bot": True, "first_name": self.name, "username": self.username}
