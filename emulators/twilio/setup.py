"""The settings of one emulated account. Holds values; the rest of the package reads them at each use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from emulators.twilio.messages import new_sid

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
    templates: dict[str, str] = field(default_factory=dict)  # ContentSid -> text with {{1}}, {{name}}
    opted_out: set[str] = field(default_factory=set)  # customers' channel addresses
    unreachable: dict[str, int] = field(default_factory=dict)  # channel address -> error code
    limits: bool = True
    install_sid: str = field(default_factory=lambda: new_sid("XE"))
    clock: Clock = wall_clock
