"""Fetching a file of a customer's message: ask Telegram where it is now, then stream it.

The address holds the token and lives for an hour, so it is never kept, logged or put into an error.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from connectors.contract import OpenFile
from connectors.telegram.client import TelegramClient
from connectors.telegram.failures import ACCOUNT
from core.errors import (
    AccountRefused,
    ChannelUnavailable,
    FileGone,
    FileTooLarge,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
)

_GONE = "Telegram does not have this file any more: ask the customer to send it again."
_AWAY = "Telegram did not give us the file: it will be asked again."

_BROKE = "The connection broke while the file came: it will be asked again."


@asynccontextmanager
async def fetched(client: TelegramClient, source: str, *, most: int) -> AsyncIterator[OpenFile]:
    """As `FileSource.fetch`."""
    address, whole = await _address(client, source, most)
    try:
        async with client.download(address) as answer:
            _check(answer)
            size = _size(answer)
            if size is not None and size > most:
                raise _too_large(most)
            yield OpenFile(answer.headers.get("content-type"), size, _chunks(answer, most, whole))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ChannelUnavailable(_AWAY) from error


async def _address(client: TelegramClient, source: str, most: int) -> tuple[str, int | None]:
    try:
        address, size = await client.address_of(source)
    except OutcomeUnknown as error:  # asking again is harmless
        raise ChannelUnavailable(_AWAY) from error
    except MessageRefused as refusal:
        if "too big" in str(refusal.__cause__).lower():
            raise FileTooLarge("The file is larger than the 20 MB that Telegram gives to a bot.") from refusal
        raise FileGone(_GONE) from refusal
    except RecipientGone as error:
        raise FileGone(_GONE) from error
    if size is not None and size > most:
        raise _too_large(most)
    if not address:
        raise FileGone(_GONE)
    return address, size


def _check(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in (404, 410):
        raise FileGone(_GONE)
    if status in (401, 403):
        raise AccountRefused(ACCOUNT)
    if status != 200:
        raise ChannelUnavailable(_AWAY)


def _size(answer: httpx.Response) -> int | None:
    said = answer.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None


async def _chunks(answer: httpx.Response, most: int, whole: int | None) -> AsyncIterator[bytes]:
    got = 0
    try:
        async for chunk in answer.aiter_raw():
            got += len(chunk)
            if got > most:
                raise _too_large(most)
            yield chunk
    except httpx.HTTPError as error:
        raise ChannelUnavailable(_BROKE) from error
    if whole is not None and got < whole:
        raise ChannelUnavailable(_BROKE)


def _too_large(most: int) -> FileTooLarge:
    return FileTooLarge(f"The file is larger than the {most / 1024 / 1024:g} MB that we take.")
