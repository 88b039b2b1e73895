"""What the WhatsApp channel needs to know. Read from the settings by `app`; nothing here looks at the environment."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class WhatsAppConfig:
    """One Twilio account. Raises ValueError for values that can never work, so that a start fails instead of a send."""

    account_sid: str
    auth_token: str = field(repr=False)  # signs the webhooks and opens the API: never logged
    public_base_url: str  # where Twilio reaches us, e.g. "https://desk.example.com"
    api_url: str | None = None  # None: api.twilio.com; else scheme and host of a server that speaks its protocol
    timeout: float = 15.0  # seconds for one send, connecting and reading the answer included

    def __post_init__(self) -> None:
        if not self.account_sid or not self.auth_token:
            raise ValueError("WhatsApp needs the Twilio account SID and its auth token")
        if self.timeout <= 0:
            raise ValueError("the WhatsApp timeout is a positive number of seconds")
        for name, url in (("public_base_url", self.public_base_url), ("api_url", self.api_url)):
            parts = urlsplit(url) if url is not None else None
            if parts is not None and (parts.scheme not in ("http", "https") or not parts.netloc):
                raise ValueError(f"{name} is not an http(s) address: {url!r}")

    @property
    def message_url(self) -> str:
        """Where Twilio posts what customers write."""
        return f"{self.public_base_url.rstrip('/')}/hooks/whatsapp"

    @property
    def webhook_url(self) -> str:
        """The same, as it is to stand at the sender: with how often Twilio tries, which it reads from the fragment."""
        return f"{self.message_url}#rc=3&rp=ct,rt,5xx"

    @property
    def status_url(self) -> str:
        """Where Twilio reports what became of a message; the message's id follows as `?m=`."""
        return f"{self.public_base_url.rstrip('/')}/hooks/whatsapp/status"
