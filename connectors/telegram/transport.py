"""HTTP for the Telegram SDK: our own connections, the token out of sight, and refusals that the SDK lumps together."""

import json
from typing import Any

import httpx
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from connectors.telegram.failures import ACCOUNT, TOO_LARGE, refused
from core.errors import AccountRefused, ChannelError, ChannelUnavailable, MessageRefused, OutcomeUnknown

# Stands in every address in the place of the token, which is put in below everything that logs or raises addresses.
HIDDEN = "/bot:token"
_CONNECTIONS = 40
# An idle connection that Telegram closes while we write to it reads as OutcomeUnknown, so none is kept for long.
_IDLE_SECONDS = 3
_PLAIN_REFUSALS = frozenset((400, 403, 409))  # the SDK names these well enough


class Transport(httpx.AsyncHTTPTransport):
    """Connections of our own, no proxy from the environment, and the token in the address."""

    def __init__(self, token: str, *, encrypted: bool) -> None:
        limits = httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=_IDLE_SECONDS)
        # Reading the machine's certificates takes a while: not for a server that speaks no TLS.
        super().__init__(verify=encrypted, trust_env=False, limits=limits)
        self._token = f"/bot{token}/".encode()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.replace(f"{HIDDEN}/".encode(), self._token, 1)
        # A new one: the old one is kept by whatever fails, and is shown with it.
        signed = httpx.Request(
            request.method,
            request.url.copy_with(raw_path=path),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await super().handle_async_request(signed)


class Requests(HTTPXRequest):
    """The SDK's requests, with the refusals that it does not tell apart. They come out as causes of a NetworkError."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        status, body = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if (refusal := _refusal(status, body)) is not None:
            raise refusal
        return status, body


def _refusal(status: int, body: bytes) -> ChannelError | None:
    """None: a success, or what the SDK names well enough."""
    if status < 300 or status in _PLAIN_REFUSALS:
        return None
    if status == 429:
        return ChannelUnavailable("Telegram asks us to slow down.", retry_after=_seconds(body))
    if status in (401, 404):
        return AccountRefused(ACCOUNT)
    if status == 413:
        return MessageRefused(TOO_LARGE, vendor_code="413")
    if 400 <= status < 500:
        return MessageRefused(refused("").words, vendor_code=str(status), resendable=True)
    # Anything else may have done it: a gateway may have lost the answer. A person decides.
    return OutcomeUnknown(f"Telegram answered {status}: the message may have been sent.")


def _seconds(body: bytes) -> float | None:
    """How long Telegram asks us to wait; None where it does not say."""
    try:
        seconds = float(json.loads(body)["parameters"]["retry_after"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return seconds if 0 <= seconds < float("inf") else None
