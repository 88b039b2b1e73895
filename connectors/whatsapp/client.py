"""The only I/O of the WhatsApp channel: one call to Twilio, and every way it can fail named by what we do next.

It sends once. Whether to try again is the outbox's decision.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from connectors.whatsapp.config import WhatsAppConfig
from connectors.whatsapp.failures import ACCOUNT, WINDOW_CLOSED, failure
from connectors.whatsapp.wire import delivery_of
from core.errors import (
    AccountRefused,
    ChannelError,
    ChannelUnavailable,
    MessageRefused,
    OutcomeUnknown,
    RecipientGone,
)
from core.messages import Delivery, Receipt, advance

# An idle connection that Twilio closes while we write to it reads as OutcomeUnknown, so none is kept for long.
_IDLE_SECONDS = 3
T = TypeVar("T")
_ACCOUNT = frozenset(("20003", "20404"))
_GONE = frozenset(("21211", "21610", "63003", "63024"))
_BUSY = frozenset(("20429", "63018"))


def refusal(status: int, body: str, headers: Mapping[str, str]) -> ChannelError:
    """Name a refused send by what the outbox does next."""
    code, said = _problem(body)
    if status == 429 or (code in _BUSY and status < 500):
        return ChannelUnavailable("Twilio asks us to slow down.", retry_after=retry_after(headers.get("Retry-After")))
    if status in (401, 403) or (code in _ACCOUNT and status < 500):
        return AccountRefused(ACCOUNT.words)
    if code in _GONE and status < 500:
        return RecipientGone(failure(code).words)
    if 400 <= status < 500:
        named = failure(code, said)
        return MessageRefused(
            named.words,
            vendor_code=code or str(status),
            resendable=named.resendable,
            window_closed=code == WINDOW_CLOSED,
        )
    # A 5xx may have sent the message. Sending again could reach the customer twice, so a person decides.
    return OutcomeUnknown(f"Twilio answered {status}: the message may have been sent.")


def _problem(body: str) -> tuple[str, str]:
    """Twilio's error code and words; empty for HTML and whatever else a gateway may answer."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(said, dict):
        return "", ""
    return str(said.get("code") or ""), str(said.get("message") or said.get("detail") or "")


def retry_after(header: str | None) -> float | None:
    """The header in seconds; None when absent or a date, which Twilio does not send."""
    try:
        seconds = float(header or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


class _Transport(AsyncTwilioHttpClient):  # type: ignore[misc]  # the SDK publishes no types
    """The SDK's HTTP client with three things it lacks: another host, timeouts that hold, and the refusal's headers.

    No proxy is taken from the environment (aiohttp's default), so a local `api_url` is reached as it is written.
    """

    def __init__(self, api_url: str | None, timeout: float) -> None:
        super().__init__(pool_connections=False)  # its own session would come without our limits
        self._api = urlsplit(api_url) if api_url is not None else None
        # Connecting has its own, shorter limit: only then is a timeout known to have sent nothing.
        self._limits = aiohttp.ClientTimeout(total=timeout, connect=timeout / 2)
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(keepalive_timeout=_IDLE_SECONDS))

    async def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **_unused: Any,  # `timeout`: the SDK passes None whatever it was given; `allow_redirects`: always False
    ) -> Response:
        """One request, as the SDK asks for it. Raises ChannelError for every answer but a success."""
        is_json = (headers or {}).get("Content-Type") == "application/json"
        credentials = {"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {}
        async with self.session.request(
            method,
            self._address(url),
            params=params,
            data=None if is_json else data,
            json=data if is_json else None,
            headers={**(headers or {}), **credentials},
            timeout=self._limits,
            allow_redirects=False,
        ) as answer:
            body = await answer.text(errors="replace")
            if not 200 <= answer.status < 300:
                raise refusal(answer.status, body, answer.headers)
            return Response(answer.status, body, answer.headers)

    def _address(self, url: str) -> str:
        if self._api is None:
            return url
        parts = urlsplit(url)
        return urlunsplit(parts._replace(scheme=self._api.scheme, netloc=self._api.netloc))


class TwilioClient:
    """Twilio's resources through its SDK. Opens its connections with the first call, in the running loop."""

    def __init__(self, config: WhatsAppConfig) -> None:
        self._config = config
        self._sdk: Client | None = None
        self._closed = False

    async def create(self, values: Mapping[str, Any]) -> Receipt:
        """Hand one message over. Raises leaves of ChannelError; the leaf says whether Twilio can have got it."""
        if self._sdk is None:
            await self.prepare()
        sdk = self._opened()
        try:
            sent = await sdk.messages.create_async(**values)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ChannelUnavailable("Twilio cannot be reached: nothing was sent.") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise OutcomeUnknown("The connection broke before Twilio answered: the message may be sent.") from error
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            # A success that is not the JSON it should be: the SDK reads it with all of these.
            raise OutcomeUnknown("Twilio's answer makes no sense: the message may have been sent.") from error
        return _receipt(sent)

    async def read(self, part: str, ask: Callable[[Client], Awaitable[T]]) -> T:
        """Ask for something, or set what may be set again: whatever goes wrong may be tried again.

        `part` is the SDK's module that it takes. Raises AccountRefused and ChannelUnavailable.
        """
        try:
            # Loading it takes up to a second, which would stop everything else.
            await asyncio.to_thread(import_module, f"twilio.rest.{part}")
            return await ask(self._opened())
        except (AccountRefused, ChannelUnavailable):
            raise
        except ChannelError as error:
            raise ChannelUnavailable(f"Twilio did not answer the question: {error.message}") from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise ChannelUnavailable("Twilio cannot be reached.") from error
        except (TwilioException, ValueError, TypeError, AttributeError, LookupError) as error:
            raise ChannelUnavailable("Twilio's answer makes no sense.") from error

    async def prepare(self) -> None:
        """Load the SDK's API, which it would do at its first use: a second of work that would stop everything else."""
        await asyncio.to_thread(import_module, "twilio.rest.api")

    async def close(self) -> None:
        """Close the connections. Safe to repeat."""
        self._closed = True
        if self._sdk is not None:
            await self._sdk.http_client.close()

    def _opened(self) -> Client:
        if self._closed:
            raise RuntimeError("the WhatsApp client is closed")
        if self._sdk is None:
            self._sdk = Client(
                self._config.account_sid,
                self._config.auth_token,
                http_client=_Transport(self._config.api_url, self._config.timeout),
                environment={"TWILIO_REGION": ""},  # else the SDK reads ours; settings are read in one place only
            )
        return self._sdk


def _receipt(sent: Any) -> Receipt:
    """Twilio's word for a message it took. Raises OutcomeUnknown for a success without an id."""
    if not isinstance(sent.sid, str) or not sent.sid:
        raise OutcomeUnknown("Twilio named no message: it may have been sent.")
    said = delivery_of(sent.status) if isinstance(sent.status, str) else None
    return Receipt(sent.sid, advance(Delivery.SENT, said or Delivery.SENT))
