"""What the Telegram channel needs to know. Read from the settings by `app`; nothing here looks at the environment."""

import hmac
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_TOKEN = re.compile(r"([0-9]{1,20}):[A-Za-z0-9_-]+")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, slots=True)
class TelegramConfig:
    """One bot. Raises ValueError for values that can never work, so that a start fails instead of a send."""

    bot_token: str = field(repr=False)  # opens the API: never logged, never in an address that we keep
    public_base_url: str  # where Telegram reaches us, e.g. "https://desk.example.com"
    webhook_secret: str = field(
        default="", repr=False
    )  # what Telegram shows with each update. Empty: made of the token
    polling: bool = False  # fetch the updates instead of having them posted
    api_url: str | None = None  # None: api.telegram.org; else the address of a server that speaks its protocol
    timeout: float = 15.0  # seconds for one call, connecting and reading the answer included; files have more

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.bot_token):
            raise ValueError("a Telegram bot token looks like 123456:ABC…, as BotFather gave it")
        if self.webhook_secret and not _SECRET.fullmatch(self.webhook_secret):
            raise ValueError("the Telegram webhook secret is 1 to 256 of the characters A-Z, a-z, 0-9, _ and -")
        if self.timeout <= 0:
            raise ValueError("the Telegram timeout is a positive number of seconds")
        for name, url in (("public_base_url", self.public_base_url), ("api_url", self.api_url)):
            parts = urlsplit(url) if url is not None else None
            if parts is not None and (parts.scheme not in ("http", "https") or not parts.netloc):
                raise ValueError(f"{name} is not an http(s) address: {url!r}")

    @property
    def bot(self) -> str:
        """The bot's own id: the account that customers write to."""
        return self.bot_token.partition(":")[0]

    @property
    def secret(self) -> str:
        """What Telegram shows with each update. The same in every process, and no way back to the token."""
        return self.webhook_secret or hmac.digest(self.bot_token.encode(), b"threadline webhook", "sha256").hex()

    @property
    def webhook_url(self) -> str:
        """Where Telegram posts updates."""
        return f"{self.public_base_url.rstrip('/')}/hooks/telegram"
