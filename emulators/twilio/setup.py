"""The settings of one emulated account. Holds values; the rest of the package reads them at each use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from emulators.twilio.messages import new_sid
from emulators.twilio.templates import Template

SANDBOX_SENDER = "+14155238886"
PREFIX = "whatsapp:"

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    return datetime.now(UTC)


def address(number: str) -> str:
    """`+49 151 …` or `whatsapp:+49151…` as the channel address Twilio writes: `whatsapp:+49151…`."""
    bare = number.removeprefix(PREFIX)
    return PREFIX + "".join(character for character in bare if character.isdigit() or character == "+")


@dataclass(slots=True)
class Setup:
    account_sid: str = field(default_factory=lambda: new_sid("AC"))
    auth_token: str = field(default_factory=lambda: new_sid(""))
    webhook_url: str | None = None  # where customers' messages go; a fragment holds connection overrides
    status_callback_url: str | None = None  # for messages sent without a StatusCallback of their own
    senders: tuple[str, ...] = (SANDBOX_SENDER,)  # the first is who customers write to
    services: dict[str, str] = field(default_factory=dict)  # Messaging Service SID -> sender
    templates: dict[str, Template] = field(default_factory=dict)  # by ContentSid
    webhooks: dict[str, str | None] = field(default_factory=dict)  # by sender, where not `webhook_url`
    friendly_name: str = "Threadline"
    status: str = "active"  # of the account: active, suspended, closed
    created_at: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    opted_out: set[str] = field(default_factory=set)  # customers' channel addresses
    unreachable: dict[str, int] = field(default_factory=dict)  # channel address -> error code
    limits: bool = True
    install_sid: str = field(default_factory=lambda: new_sid("XE"))
    clock: Clock = wall_clock

    def webhook_of(self, number: str) -> str | None:
        """Where messages to this sender go."""
        return self.webhooks.get(number, self.webhook_url)
