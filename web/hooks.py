"""Where providers post: admit, store, acknowledge. The hot path of the program.

It reads no form and answers no question; what an event means is found out by the worker, from the stored bytes.
"""

from time import perf_counter

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connectors.contract import Webhook
from core.errors import BadSignature
from core.instants import Clock
from core.messages import RawRequest
from web.body import read
from web.metrics import Metrics
from web.ports import Inbox, InboxUnavailable

MOST_BYTES = 256 * 1024


class Hook:
    """The ASGI endpoint of one channel.

    An ASGI callable and not a route function: FastAPI's way through dependencies and models costs as much as the
    rest of the request together, and there is nothing here for it to do.
    """

    def __init__(self, webhook: Webhook, *, inbox: Inbox, public_base_url: str, metrics: Metrics, clock: Clock) -> None:
        self._webhook, self._inbox, self._clock = webhook, inbox, clock
        self._base = public_base_url.rstrip("/")
        media_type, body = webhook.acknowledgement
        self._acknowledgement = Response(body, media_type=media_type)
        count = metrics.webhooks.labels
        self._accepted, self._duplicate = count(webhook.channel, "accepted"), count(webhook.channel, "duplicate")
        self._refused, self._unavailable = count(webhook.channel, "refused"), count(webhook.channel, "unavailable")
        self._seconds = metrics.seconds.labels(webhook.channel)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 2xx only after the event is stored. Raises BadSignature, HTTPException 413, InboxUnavailable."""
        started = perf_counter()
        try:
            body = await read(scope["headers"], receive, cap=MOST_BYTES)
        except ClientDisconnect:
            return  # nobody is left to answer, and half an event is none
        await self._store(self._request(scope, body))
        self._seconds.observe(perf_counter() - started)
        await self._acknowledgement(scope, receive, send)

    async def _store(self, request: RawRequest) -> None:
        try:
            key = self._webhook.admit(request)
            new = await self._inbox.accept(
                channel=self._webhook.channel, key=key, url=request.url, body=request.body, now=self._clock()
            )
        except BadSignature:
            self._refused.inc()
            raise
        except InboxUnavailable:
            self._unavailable.inc()
            raise
        (self._accepted if new else self._duplicate).inc()

    def _request(self, scope: Scope, body: bytes) -> RawRequest:
        # The address as the provider knows it: behind a proxy ours has another host and scheme, and it signs its own.
        url = self._base + scope["raw_path"].decode("latin-1")
        if query := scope["query_string"]:
            url = f"{url}?{query.decode('latin-1')}"
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return RawRequest(url, headers, body)
