"""Slack over HTTP: one address for events, clicks, forms and commands. The web process mounts it at /slack/events.

Nothing is parsed before the signature is checked, so what a stranger sends can only be refused.
"""

import json
import logging
from collections.abc import Awaitable, Callable

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.config import SlackConfig

_log = logging.getLogger(__name__)


def slack_endpoint(app: AsyncApp, config: SlackConfig) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint. The caller has capped the size of bodies. Raises ValueError without a signing secret."""
    if not config.signing_secret:
        raise ValueError("requests from Slack cannot be told from forged ones: set SLACK_SIGNING_SECRET")
    verifier = SignatureVerifier(config.signing_secret)

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        if not _signed(request, body, verifier):
            return JSONResponse({"error": "invalid request"}, status_code=401)
        if _is_echo(body):
            return Response()
        try:
            bolt_request = to_async_bolt_request(request, body)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            _log.warning("Slack signed a body that cannot be read: %d bytes", len(body))
            return JSONResponse({"error": "unreadable"}, status_code=400)
        return to_starlette_response(await app.async_dispatch(bolt_request))

    return endpoint


def _is_echo(body: bytes) -> bool:
    """Whether this tells of a message that a bot wrote: Slack sends us each of our own cards and posts back.

    Nobody listens to those, and they are most of what comes, so they do not go all the way through Bolt.
    """
    if b'"bot_id"' not in body or not body.startswith(b"{"):
        return False
    try:
        event = json.loads(body)["event"]
        return bool(event["type"] == "message" and "bot_id" in event)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def _signed(request: Request, body: bytes, verifier: SignatureVerifier) -> bool:
    """Whether Slack sent this, within the last five minutes. The SDK raises on headers that only a stranger sends."""
    timestamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 20 and signature.isascii()):
        return False
    try:
        return verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:  # it reads the body as text
        return False
