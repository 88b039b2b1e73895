"""The octets of files on their way to Slack and from it. Streams; never holds a whole file.

The bot's token goes to Slack's own hosts only. Sending a file before it is completed harms nobody, so whatever goes
wrong with that may be tried again.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.config import SlackConfig
from connectors.contract import OpenFile
from core.errors import AccountRefused, ChannelUnavailable, FileGone, FileTooLarge, MessageRefused
from ticketing.attachments.names import size_words

_PIECE = 64 * 1024  # bytes
_AWAY = "Slack cannot be reached."
_CUT = "The connection to Slack broke while a file was being fetched."
_NO_RIGHT = "Slack does not give the app its files: add the scope files:read to it and install it again."


class FileTransfer:
    """Through the client's own session, so that both close together."""

    def __init__(self, config: SlackConfig, session: aiohttp.ClientSession, proxy: str | None) -> None:
        self._config, self._session, self._proxy = config, session, proxy
        # No limit for the whole: a large file takes its time. What is limited is silence.
        self._patience = aiohttp.ClientTimeout(
            total=None, sock_connect=config.timeout / 2, sock_read=config.timeout, connect=config.timeout
        )

    async def put(self, url: str, chunks: AsyncIterator[bytes], *, size: int) -> None:
        """Send `size` bytes to an upload address. Raises ChannelUnavailable, MessageRefused."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        try:
            async with self._session.post(
                url, data=chunks, headers=headers, timeout=self._patience, proxy=self._proxy
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ChannelUnavailable("A file could not be sent to Slack.") from error
        if answer.status == 429 or answer.status >= 500:
            raise ChannelUnavailable(f"Slack does not take a file now ({answer.status}).")
        if answer.status != 200:
            raise MessageRefused(f"Slack does not take a file ({answer.status}).")

    @asynccontextmanager
    async def fetch(self, file: Mapping[str, Any], *, most: int) -> AsyncIterator[OpenFile]:
        """Open a file as Slack's record describes it.

        Raises FileTooLarge over `most` bytes (also while reading), FileGone, AccountRefused, ChannelUnavailable.
        """
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if file.get("mode") in ("tombstone", "hidden_by_limit") or not url:
            raise FileGone("The file has been deleted in Slack.")
        if file.get("is_external") or not self._is_slacks(url):
            raise FileGone("The file is kept outside of Slack, so it cannot be fetched.")
        size = int(file.get("size") or 0)
        if size > most:
            raise FileTooLarge(f"It is larger than {size_words(most)}, the most that is taken.")
        headers = {"Authorization": f"Bearer {self._config.bot_token}"}
        try:
            # A redirect leads to the login page; the token must not follow it anywhere.
            async with self._session.get(
                url, headers=headers, timeout=self._patience, proxy=self._proxy, allow_redirects=False
            ) as answer:
                _check(answer, size)
                yield OpenFile(file.get("mimetype") or None, size or None, _read(answer, size=size, most=most))
        except (aiohttp.ClientConnectionError, TimeoutError) as error:
            raise ChannelUnavailable(_AWAY) from error

    def _is_slacks(self, url: str) -> bool:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if self._config.api_url is not None:
            own = urlsplit(self._config.api_url)
            if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
                return True
        host = parts.hostname or ""
        return parts.scheme == "https" and port in (None, 443) and (host == "slack.com" or host.endswith(".slack.com"))


def _check(answer: aiohttp.ClientResponse, size: int) -> None:
    if answer.status in (404, 410):
        raise FileGone("The file is not in Slack any more.")
    if answer.status == 429 or answer.status >= 500:
        raise ChannelUnavailable(f"Slack does not give a file now ({answer.status}).")
    # Who may not have a file gets a page to log in with, and status 200. A page that somebody shared has its own size.
    is_page = answer.content_type == "text/html" and answer.content_length != size
    if answer.status != 200 or is_page:
        raise AccountRefused(_NO_RIGHT)


async def _read(answer: aiohttp.ClientResponse, *, size: int, most: int) -> AsyncIterator[bytes]:
    read = 0
    try:
        async for chunk in answer.content.iter_chunked(_PIECE):
            read += len(chunk)
            if read > most:
                raise FileTooLarge(f"It is larger than {size_words(most)}, the most that is taken.")
            yield chunk
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise ChannelUnavailable(_CUT) from error
    if read < size:
        raise ChannelUnavailable(_CUT)
