"""The only I/O of the Telegram channel: calls of the Bot API, and every way they can fail named by what we do next.

It sends once. Whether to try again is the outbox's decision. Loading this module loads python-telegram-bot.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from tempfile import TemporaryFile
from typing import IO, Any, TypeVar

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from connectors.telegram.config import TelegramConfig
from connectors.telegram.failures import ACCOUNT, gone, refused
from connectors.telegram.outbound import Sending
from connectors.telegram.transport import HIDDEN, Requests, Transport
from connectors.telegram.wire import UPDATES, message_key
from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
    RecipientMoved,
)
from core.messages import Button, OutboundFile, Receipt

T = TypeVar("T")

_API = "https://api.telegram.org"
_SLOWEST = 500_000  # bytes a second: a file that goes more slowly is not waited for
_LONGEST = 75.0  # seconds: a job runs for a minute and a half at most
LONG_POLL = 25  # seconds that Telegram keeps a look for updates waiting for news


def named(error: TelegramError) -> ChannelError:
    """A failed call by what we do next."""
    said = error.message
    if isinstance(error, ChatMigrated):
        return RecipientMoved("The group has become a supergroup, with another address.", to=str(error.new_chat_id))
    if isinstance(error, Forbidden):
        words = f"Telegram does not let our bot write to this customer ({said[:200]}): use another channel."
        return RecipientGone(gone(said) or words)
    if isinstance(error, BadRequest):
        return _refused(said)
    if isinstance(error, InvalidToken):
        return AccountRefused(ACCOUNT)
    if isinstance(error, Conflict):
        return ChannelUnavailable("Somebody else fetches this bot's updates, or it has a webhook.", retry_after=10)
    if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return ChannelUnavailable("Telegram cannot be reached: nothing was sent.")
    if isinstance(error, TimedOut):
        return OutcomeUnknown("Telegram did not answer in time: the message may have been sent.")
    if isinstance(error, NetworkError):
        return OutcomeUnknown("The connection broke before Telegram answered: the message may have been sent.")
    return OutcomeUnknown("Telegram's answer makes no sense: the message may have been sent.")


def _refused(said: str) -> ChannelError:
    if (words := gone(said)) is not None:
        return RecipientGone(words)
    failure = refused(said)
    return MessageRefused(failure.words, vendor_code="400", resendable=failure.resendable)


class TelegramClient:
    """The Bot API through its SDK. Making one takes a moment (it reads certificates) and opens no connection."""

    def __init__(self, config: TelegramConfig) -> None:
        self._config = config
        self._closed = False
        api = (config.api_url or _API).rstrip("/")
        transport = Transport(config.bot_token, encrypted=api.startswith("https:"))
        requests = Requests(
            # Connecting has its own, shorter limits: only then is a timeout known to have sent nothing.
            connect_timeout=config.timeout / 3,
            pool_timeout=config.timeout / 3,
            read_timeout=config.timeout,
            write_timeout=config.timeout,
            media_write_timeout=_LONGEST,
            httpx_kwargs={"transport": transport, "trust_env": False},
        )
        # Never initialized: that asks Telegram who we are, in each process, and nothing here needs to know.
        self._bot = Bot(
            config.bot_token,
            base_url=lambda _: f"{api}{HIDDEN}",
            base_file_url=lambda _: f"{api}/file{HIDDEN}",
            request=requests,
            get_updates_request=requests,
        )
        self._downloads = httpx.AsyncClient(transport=transport, trust_env=False)

    async def send(self, sending: Sending) -> Receipt:
        """Hand one message over. Raises leaves of ChannelError; the leaf says whether Telegram can have got it."""
        while True:
            try:
                return await self._send(sending)
            except MessageRefused as refusal:
                # Provably not sent, and what is tried next is simpler each time: at most twice.
                simpler = sending.simpler(str(refusal.__cause__ or ""))
                if simpler is None:
                    raise
                sending = simpler

    async def _send(self, sending: Sending) -> Receipt:
        file = sending.file
        if file is None:
            return await self._call(lambda bot: self._send_text(bot, sending))
        with TemporaryFile() as copy:
            await _copy(file, copy)
            patience = min(self._config.timeout + file.size / _SLOWEST, _LONGEST)
            return await self._call(lambda bot: self._send_file(bot, sending, file, copy), patience=patience)

    async def _send_text(self, bot: Bot, sending: Sending) -> Receipt:
        sent = await bot.send_message(
            sending.chat, sending.text, link_preview_options=LinkPreviewOptions(is_disabled=True), **_shared(sending)
        )
        return self._receipt(sent)

    async def _send_file(self, bot: Bot, sending: Sending, file: OutboundFile, copy: IO[bytes]) -> Receipt:
        # A file on disk is the one thing that the SDK streams: memory holds a piece of it at a time.
        upload = InputFile(copy, filename=file.name, read_file_handle=False)
        upload.mimetype = file.content_type
        send = getattr(bot, f"send_{sending.kind}")
        return self._receipt(await send(sending.chat, upload, caption=sending.text or None, **_shared(sending)))

    def _receipt(self, sent: Any) -> Receipt:
        return Receipt(message_key(self._config.bot, sent.chat_id, sent.message_id))

    async def answer_press(self, key: str, text: str) -> None:
        """Raises leaves of ChannelError."""
        await self._call(lambda bot: bot.answer_callback_query(key, text=text))

    async def updates(self, offset: int | None) -> list[Any]:
        """The updates from `offset` on, as Telegram wrote them; waits for the first. Raises leaves of ChannelError."""
        wanted = {"timeout": LONG_POLL, "allowed_updates": list(UPDATES)}
        if offset is not None:
            wanted["offset"] = offset
        patience = LONG_POLL + self._config.timeout
        # In this spelling the SDK does not advise its own method, which gives no JSON back.
        updates = await self._call(
            lambda bot: bot.do_api_request("get_Updates", api_kwargs=wanted, read_timeout=patience), patience=patience
        )
        if not isinstance(updates, list):
            raise ChannelUnavailable("Telegram's updates are no list.")
        return updates

    async def me(self) -> Any:
        """The bot as Telegram knows it: a telegram.User. Raises leaves of ChannelError."""
        return await self._call(lambda bot: bot.get_me())

    async def webhook(self) -> Any:
        """A telegram.WebhookInfo. Raises leaves of ChannelError."""
        return await self._call(lambda bot: bot.get_webhook_info())

    async def set_webhook(self, url: str, secret: str) -> None:
        """Raises leaves of ChannelError."""
        await self._call(lambda bot: bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES))

    async def delete_webhook(self) -> None:
        """What waits for us is kept. Raises leaves of ChannelError."""
        await self._call(lambda bot: bot.delete_webhook(drop_pending_updates=False))

    async def address_of(self, source: str) -> tuple[str | None, int | None]:
        """Where a file can be fetched now, and its size. The address is for `download` alone."""
        file = await self._call(lambda bot: bot.get_file(source))
        return file.file_path, file.file_size

    @asynccontextmanager
    async def download(self, address: str) -> AsyncIterator[httpx.Response]:
        """Raises httpx.HTTPError and httpx.InvalidURL."""
        self._check_open()
        # What unpacks to a thousand times its size is not unpacked: see `download.py`.
        plain = {"Accept-Encoding": "identity"}
        async with self._downloads.stream("GET", address, headers=plain, timeout=self._config.timeout) as answer:
            yield answer

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        self._closed = True
        await self._downloads.aclose()  # and with it the connections, which both share

    async def _call(self, call: Callable[[Bot], Awaitable[T]], *, patience: float | None = None) -> T:
        self._check_open()
        try:
            # The SDK's timeouts are for each piece of an answer, not for the whole of it.
            async with asyncio.timeout(patience or self._config.timeout):
                return await call(self._bot)
        except TelegramError as error:
            if isinstance(error.__cause__, ChannelError):  # ours, through the SDK
                raise error.__cause__ from None
            raise named(error) from error
        except TimeoutError as error:
            raise OutcomeUnknown("Telegram did not answer in time: the message may have been sent.") from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            # A success that is not the JSON it should be: the SDK reads it with all of these.
            raise OutcomeUnknown("Telegram's answer makes no sense: the message may have been sent.") from error

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the Telegram client is closed")


def _shared(sending: Sending) -> Mapping[str, Any]:
    """What every method of sending takes."""
    reply = sending.replies_to
    return {
        "parse_mode": ParseMode.HTML if sending.is_html else None,
        "reply_markup": InlineKeyboardMarkup([[_button(one) for one in row] for row in sending.buttons])
        if sending.buttons
        else None,
        "reply_parameters": ReplyParameters(reply, allow_sending_without_reply=True) if reply else None,
    }


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.label, callback_data=button.data)


async def _copy(file: OutboundFile, copy: IO[bytes]) -> None:
    """Raises ChannelUnavailable where our own store fails: nothing was sent."""
    try:
        async for chunk in file.open():
            copy.write(chunk)
        copy.flush()  # the SDK asks the disk how large it is
    except OSError as error:
        raise ChannelUnavailable(f"{file.name} could not be read here: nothing was sent.") from error
