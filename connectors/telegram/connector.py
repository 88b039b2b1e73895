"""Telegram joined together: what comes in goes through `wire`, what we send through `outbound` and `client`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from connectors.contract import Check, Fetched, OpenFile
from connectors.telegram import wire
from connectors.telegram.config import TelegramConfig
from connectors.telegram.outbound import LIMITS, sending
from core.errors import ChannelError, ChannelUnavailable, MessageRefused, OutcomeUnknown
from core.messages import Limits, Outbound, Pressed, RawRequest, Receipt, Received

if TYPE_CHECKING:
    from connectors.telegram.client import TelegramClient

_MOST_TOAST = 200
_TOO_OLD = "query is too old"


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """The bot behind the token."""

    id: str
    username: str  # customers find it as t.me/<username>
    name: str
    reads_groups: bool  # else it hears in groups only what is addressed to it


@dataclass(frozen=True, slots=True)
class WebhookState:
    """What Telegram has noted about posting to us."""

    url: str  # "": none is set, updates are to be fetched
    is_ours: bool
    waiting: int  # updates that Telegram still has for us
    last_error: str | None
    last_error_at: datetime | None


class TelegramConnector:
    """Sender, Webhook, FileSource and Presses of one bot."""

    channel: str = wire.CHANNEL
    limits: Limits = LIMITS
    # Nothing: a body that names a method would be executed as a call.
    acknowledgement: tuple[str, bytes] = ("text/plain", b"")

    def __init__(self, config: TelegramConfig) -> None:
        self._config = config
        self._making: asyncio.Task[TelegramClient] | None = None
        self._made: TelegramClient | None = None
        self._closed = False

    @property
    def account(self) -> str:
        return self._config.bot

    async def send(self, message: Outbound) -> Receipt:
        """As `Sender.send`; also raises MessageRefused for an empty text, a template, and buttons that carry much."""
        planned = sending(message)
        return await (await self._client()).send(planned)

    async def prepare(self) -> None:
        if self._made is not None or self._closed:
            return
        if self._making is None:
            self._making = asyncio.create_task(asyncio.to_thread(_client_for, self._config))
        self._made = await asyncio.shield(self._making)  # the same for all who ask meanwhile

    async def close(self) -> None:
        self._closed = True
        if self._made is not None:
            await self._made.close()

    def admit(self, request: RawRequest) -> str:
        return wire.admit(request, bot=self._config.bot, secret=self._config.secret)

    def parse(self, request: RawRequest) -> tuple[Received, ...]:
        return wire.parse(request.body, bot=self._config.bot)

    @asynccontextmanager
    async def fetch(self, source: str, *, most: int) -> AsyncIterator[OpenFile]:
        client = await self._client()
        from connectors.telegram.download import fetched  # loads the SDK

        async with fetched(client, source, most=most) as file:
            yield file

    async def acknowledge_press(self, press: Pressed, text: str) -> None:
        try:
            await (await self._client()).answer_press(press.key, text[:_MOST_TOAST])
        except MessageRefused as refusal:
            if _TOO_OLD not in str(refusal.__cause__).lower():
                raise

    async def whoami(self) -> BotIdentity:
        """Raises leaves of ChannelError; AccountRefused: the token is not one of a bot."""
        me = await (await self._client()).me()
        return BotIdentity(str(me.id), me.username or "", me.full_name, bool(me.can_read_all_group_messages))

    async def webhook_state(self) -> WebhookState:
        """Raises leaves of ChannelError."""
        info = await (await self._client()).webhook()
        return WebhookState(
            url=info.url,
            is_ours=info.url == self._config.webhook_url,
            waiting=info.pending_update_count,
            last_error=info.last_error_message,
            last_error_at=info.last_error_date,
        )

    async def set_webhook(self) -> None:
        """Have updates posted to us from now on. Raises leaves of ChannelError."""
        await (await self._client()).set_webhook(self._config.webhook_url, self._config.secret)

    async def check(self) -> Sequence[Check]:
        from connectors.telegram.setup import check

        return await check(self, self._config)

    async def set_up(self) -> Sequence[Check]:
        """Polling needs nothing: the first look takes a webhook away that stands in its way."""
        if not self._config.polling:
            try:
                await self.set_webhook()
            except ChannelError as error:
                todo = f"Telegram takes https addresses only: is PUBLIC_BASE_URL right? ({self._config.webhook_url})"
                return [Check(error.message, ok=False, todo=todo)]
        return await self.check()

    async def _client(self) -> "TelegramClient":
        await self.prepare()
        if self._closed or self._made is None:
            raise RuntimeError("the Telegram connector is closed")
        return self._made


def _client_for(config: TelegramConfig) -> "TelegramClient":
    from connectors.telegram.client import TelegramClient  # loads the SDK, which most processes do without

    return TelegramClient(config)


class PollingTelegram(TelegramConnector):
    """… and Feed: for a desk that Telegram cannot reach, such as a laptop. A bot is either polled or has a webhook."""

    pause: float = 0.0  # a look itself waits for news

    def __init__(self, config: TelegramConfig) -> None:
        super().__init__(config)
        self._freed = False

    async def fetch_events(self, cursor: str | None) -> Fetched:
        """As `Feed.fetch_events`. A webhook that stands in the way is deleted, once."""
        client = await self._client()
        try:
            updates = await client.updates(int(cursor) if cursor and cursor.isdecimal() else None)
        except OutcomeUnknown as error:  # looking again is harmless
            raise ChannelUnavailable(error.message) from error
        except ChannelUnavailable as error:
            if self._freed or "webhook" not in str(error.__cause__).lower():
                raise
            self._freed = True
            await client.delete_webhook()
            return Fetched([], cursor)
        return wire.fetched(updates, cursor, bot=self._config.bot, url=self._config.webhook_url)


def connector(config: TelegramConfig) -> TelegramConnector:
    """The connector that looks for updates itself where the config says so."""
    return PollingTelegram(config) if config.polling else TelegramConnector(config)
