"""Whether the bot is connected: its token, its webhook or its polling. Telegram is asked each time."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from connectors.contract import Check
from connectors.telegram.config import TelegramConfig
from connectors.telegram.connector import BotIdentity, WebhookState
from core.errors import ChannelError

_MANY = 100  # updates that wait are more than a moment's


class Bot(Protocol):
    """What is asked of the connector."""

    async def whoami(self) -> BotIdentity: ...

    async def webhook_state(self) -> WebhookState: ...


async def check(bot: Bot, config: TelegramConfig) -> Sequence[Check]:
    """As `Setup.check`."""
    try:
        identity = await bot.whoami()
    except ChannelError as error:
        return [Check(error.message, ok=False, todo="Check TELEGRAM_BOT_TOKEN: BotFather shows it at /token.")]
    checks = [
        Check(f"The token opens @{identity.username}: customers write at https://t.me/{identity.username}", ok=True)
    ]
    try:
        state = await bot.webhook_state()
    except ChannelError as error:
        return [*checks, Check(error.message, ok=False, todo="Try again in a moment.")]
    return [*checks, *(_polled(state) if config.polling else _posted(state, config))]


def _polled(state: WebhookState) -> list[Check]:
    if state.url:
        return [
            Check(
                f"Updates are posted to {_host(state.url)}, so none can be fetched.",
                ok=False,
                todo="The clock process takes that webhook away when it starts; or set TELEGRAM_UPDATES=webhook.",
            )
        ]
    return [Check("Updates are fetched by the clock process: no public address is needed.", ok=True), *_waiting(state)]


def _posted(state: WebhookState, config: TelegramConfig) -> list[Check]:
    if not state.is_ours:
        now = f"to {_host(state.url)}" if state.url else "nowhere"
        what = f"Telegram posts updates {now}, not to {config.webhook_url}."
        return [Check(what, ok=False, todo="threadline connect telegram")]
    return [Check(f"Telegram posts updates to {state.url}", ok=True), *_waiting(state), *_failing(state)]


def _host(url: str) -> str:
    """Of a webhook that is not ours. Its path is not shown: many programs put the bot's token there."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or '?'}/…"


def _waiting(state: WebhookState) -> list[Check]:
    if state.waiting < _MANY:
        return []
    return [Check(f"{state.waiting:,} updates wait at Telegram.", ok=False, todo="See whether web and clock run.")]


def _failing(state: WebhookState) -> list[Check]:
    """Of old errors nobody needs to hear once nothing waits any more."""
    if state.last_error is None or not state.waiting:
        return []
    at = f" ({state.last_error_at:%Y-%m-%d %H:%M} UTC)" if state.last_error_at else ""
    todo = "Telegram must reach PUBLIC_BASE_URL over https, and get 200 there."
    return [Check(f"Telegram could not post an update{at}: {state.last_error[:200]}", ok=False, todo=todo)]
