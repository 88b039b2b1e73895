"""Customers' files: asked of Twilio's API with our credentials, read from wherever it sends us without them.

The API answers with a redirect to a link that lives for a few hours. It is followed by hand: to hosts of Twilio's only,
and with nothing of ours. What comes back is not believed; it is counted while it is read.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from socket import AddressFamily
from typing import NoReturn
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from connectors.contract import OpenFile
from connectors.whatsapp.client import retry_after
from connectors.whatsapp.config import WhatsAppConfig
from connectors.whatsapp.failures import ACCOUNT
from connectors.whatsapp.wire import is_media_path
from core.addresses import is_public
from core.errors import AccountRefused, ChannelUnavailable, FileGone, FileTooLarge

_MOST_REDIRECTS = 3
_WHOLE = 300.0  # seconds for one file; the slowest line that brings 16 MB in that time is one of 430 kbit/s
_CHUNK = 65_536  # bytes
# Twilio's own, its content network, and the storage behind it (path and host style, with and without region).
_HOSTS = re.compile(r"(?:[a-z0-9-]+\.)*(?:twilio\.com|twiliocdn\.com|s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com)")
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_BROKE = "The connection broke before Twilio's file was here whole."


class TwilioFiles:
    """Opens its connections with the first file, in the running loop."""

    def __init__(self, config: WhatsAppConfig) -> None:
        self._config = config
        self._api = urlsplit(config.api_url or "https://api.twilio.com")
        self._login = {"Authorization": aiohttp.encode_basic_auth(config.account_sid, config.auth_token)}
        self._web: aiohttp.ClientSession | None = None
        self._closed = False

    @asynccontextmanager
    async def fetch(self, source: str, *, most: int) -> AsyncIterator[OpenFile]:
        """As `FileSource.fetch`; `source` is the path that `wire.parse` left."""
        if not is_media_path(source):
            raise FileGone("The message names a file that is not at Twilio.")
        answer = await self._open(f"{self._api.scheme}://{self._api.netloc}{source}")
        try:
            size = answer.content_length
            if size is not None and size > most:
                raise _too_large(most)
            yield OpenFile(answer.headers.get("Content-Type"), size, _counted(answer, most))
        finally:
            answer.close()

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        self._closed = True
        if self._web is not None:
            await self._web.close()

    async def _open(self, url: str) -> aiohttp.ClientResponse:
        """The answer that has the bytes, after as many redirects as we follow."""
        for _ in range(1 + _MOST_REDIRECTS):
            at_api = self._is_api(url)
            answer = await self._get(url, self._login if at_api else {})
            if answer.status == 200:
                return answer
            status, headers = answer.status, answer.headers
            answer.close()
            if status not in _REDIRECTS:
                _refuse(status, headers, at_api=at_api)
            url = self._next(url, headers.get("Location", ""))
        raise ChannelUnavailable("Twilio's redirects for a file lead round in circles.")

    async def _get(self, url: str, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        try:
            return await self._opened().get(URL(url, encoded=True), headers=headers, allow_redirects=False)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise ChannelUnavailable("Twilio's file cannot be reached now.") from error

    def _next(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
            host = urlsplit(target).hostname or ""
        except ValueError:
            target = host = ""
        if not is_followed(target, api_url=self._config.api_url):
            raise ChannelUnavailable(f"Twilio sends us for a file to {host[:80]!r}, which is not Twilio's.")
        return target

    def _is_api(self, url: str) -> bool:
        parts = urlsplit(url)
        return (parts.scheme, parts.netloc) == (self._api.scheme, self._api.netloc)

    def _opened(self) -> aiohttp.ClientSession:
        if self._closed:
            raise RuntimeError("the WhatsApp files are closed")
        if self._web is None:
            resolver = None if _is_elsewhere(self._config.api_url) else PublicResolver()
            self._web = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, resolver=resolver),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # what unpacks to a thousand times its size is not unpacked
                headers={"Accept-Encoding": "identity"},
                timeout=aiohttp.ClientTimeout(
                    total=_WHOLE, connect=self._config.timeout / 2, sock_read=self._config.timeout
                ),
            )
        return self._web


class PublicResolver(ThreadedResolver):
    """Names that lead into private networks do not resolve, whoever says so."""

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        found = [each for each in await super().resolve(host, port, family) if is_public(each["host"])]
        if not found:
            raise OSError(f"{host} leads to no public address")
        return found


def is_followed(url: str, *, api_url: str | None) -> bool:
    """Whether we go where a redirect leads: to Twilio by https; to this machine only where `api_url` is on it, too."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if _is_elsewhere(api_url) and parts.scheme in ("http", "https"):
        ours = urlsplit(api_url or "").hostname or ""
        return host == ours or (_is_loopback(host) and _is_loopback(ours))
    honest = parts.scheme == "https" and port in (None, 443) and parts.username is None
    return honest and _HOSTS.fullmatch(host) is not None


def _is_elsewhere(api_url: str | None) -> bool:
    """Whether it is a server that only speaks Twilio's protocol. A region of Twilio's sends us to the same places."""
    return api_url is not None and _HOSTS.fullmatch(urlsplit(api_url).hostname or "") is None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _counted(answer: aiohttp.ClientResponse, most: int) -> AsyncIterator[bytes]:
    read = 0
    try:
        async for chunk in answer.content.iter_chunked(_CHUNK):
            read += len(chunk)
            if read > most:
                raise _too_large(most)
            yield chunk
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise ChannelUnavailable(_BROKE) from error


def _too_large(most: int) -> FileTooLarge:
    return FileTooLarge(f"The file is larger than {most / 1_048_576:,.0f} MB, which is the most we take.")


def _refuse(status: int, headers: Mapping[str, str], *, at_api: bool) -> NoReturn:
    """Name a refusal by what to do next."""
    if status in (401, 403) and at_api:
        raise AccountRefused(ACCOUNT.words)
    if status == 403:
        raise ChannelUnavailable("The link to Twilio's file has expired: the next try gets another.")
    if status == 429 or status >= 500:
        raise ChannelUnavailable(
            f"Twilio answered {status} for a file.", retry_after=retry_after(headers.get("Retry-After"))
        )
    raise FileGone("Twilio does not have this file (any more): ask the customer to send it again.")
