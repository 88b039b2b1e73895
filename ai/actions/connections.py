"""The connections that actions use: one pool for a process, and failures named by what happens next.

Two kinds. Code that a desk has installed reaches what it likes. What a playbook declares is written in a browser, so
it is guarded: it reaches the public internet and the hosts of THREADLINE_ACTION_HOSTS, nothing else.
"""

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

import aiohttp
from multidict import CIMultiDictProxy
from pydantic_core import to_json
from yarl import URL

from ai.actions.guard import Guard
from threadline import Answer, OutcomeUnknown, Refused, Unavailable

MEGABYTE = 1_048_576
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_TO_CONNECT, _WHOLE = 5.0, 65.0  # seconds; the action's own timeout comes first
# Shorter than the five seconds after which many servers hang up: a request sent into that leaves its outcome unknown.
_KEPT_OPEN = 4.0
_CHUNK = 65_536  # bytes


class Connections:
    """An `Http`. Opens with the first request, in the running loop. `guard` None: it reaches everything."""

    def __init__(self, guard: Guard | None = None, *, most_bytes: int = 8 * MEGABYTE) -> None:
        self._guard = guard
        self._most = most_bytes
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """As `Http.request`. Guarded, a GET follows three redirects, each guarded again and without our headers."""
        body = to_json(json) if json is not None else None
        given = {**(headers or {}), **({"Content-Type": "application/json"} if body is not None else {})}
        target = _address(url).update_query({name: str(each) for name, each in (query or {}).items()})
        for _ in range(1 + _MOST_REDIRECTS):
            answer = await self._asked(method, target, body, given)
            following = self._following(method, target, answer)
            if following is None:
                return answer
            target, given = following, {}
        raise Refused("The other side leads us round in circles.")

    async def close(self) -> None:
        """End the connections. Safe to repeat."""
        if self._session is not None:
            await self._session.close()

    async def _asked(self, method: str, url: URL, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        if self._guard is not None:
            self._guard.check(url)
        try:
            async with self._opened().request(
                method, url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, _lowered(response.headers), await self._read(response))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unavailable(f"{url.host} cannot be reached now.") from error
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise Refused("The action's address cannot be read.") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise OutcomeUnknown(f"{url.host} was asked, and its answer did not come through.") from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        read = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            read += chunk
            if len(read) > self._most:
                response.close()
                raise OutcomeUnknown(f"The answer is larger than {self._most / MEGABYTE:g} MB: it was not read.")
        return bytes(read)

    def _following(self, method: str, url: URL, answer: Answer) -> URL | None:
        """Where a redirect leads; None: it is no redirect, or is not followed."""
        location = answer.headers.get("location")
        if self._guard is None or method != "GET" or answer.status not in _REDIRECTS or not location:
            return None
        try:
            target = urljoin(str(url), location)
            if urlsplit(target).scheme not in ("http", "https"):
                raise Refused("The other side sends us to something that is no web address.")
            return _address(target)
        except ValueError as error:
            raise Refused("The other side sends us to an address that cannot be read.") from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = self._guard.resolver() if self._guard else None
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=100, limit_per_host=50, keepalive_timeout=_KEPT_OPEN, resolver=resolver
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=_WHOLE, connect=_TO_CONNECT),
                # A proxy would resolve names itself, and reach what the guard refuses. Asked about the environment,
                # aiohttp also reads the netrc in a thread, for each request: where there is no proxy, it is not asked.
                trust_env=self._guard is None and bool(getproxies()),
                # What unpacks to a thousand times its size is not unpacked.
                auto_decompress=self._guard is None,
                headers={"Accept-Encoding": "identity"} if self._guard else None,
            )
        return self._session


def _address(url: str) -> URL:
    """Exactly as it is written. Raises Refused."""
    try:
        return URL(url, encoded=True)
    except ValueError as error:
        raise Refused("The action's address cannot be read.") from error


def _lowered(headers: CIMultiDictProxy[str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
