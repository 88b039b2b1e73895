"""What the bot needs to know about Slack. Read from the settings by `app`; nothing here looks at the environment."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class SlackConfig:
    """One Slack app in one workspace. Raises ValueError for values that can never work."""

    bot_token: str = field(repr=False)  # xoxb-…: never logged
    signing_secret: str = field(repr=False)  # proves who calls us: never logged. "": not by HTTP, only Socket Mode
    app_token: str | None = field(default=None, repr=False)  # xapp-…: for Socket Mode. None: HTTP only
    api_url: str | None = None  # None: slack.com; else the address of a Web API, e.g. "http://127.0.0.1:4000/api/"
    timeout: float = 10.0  # seconds for one call, connecting and reading the answer included

    def __post_init__(self) -> None:
        if not self.bot_token:
            raise ValueError("Slack needs the bot token (xoxb-…) of the app")
        if self.timeout <= 0:
            raise ValueError("the Slack timeout is a positive number of seconds")
        parts = urlsplit(self.api_url) if self.api_url is not None else None
        if parts is not None and (parts.scheme not in ("http", "https") or not parts.netloc):
            raise ValueError(f"the Slack API address is not an http(s) address: {self.api_url!r}")

    @property
    def base_url(self) -> str:
        """Where the Web API is, with the slash that its methods follow."""
        return (self.api_url or "https://slack.com/api").rstrip("/") + "/"
