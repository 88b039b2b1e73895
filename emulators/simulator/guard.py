"""Who may talk to the simulator: the page itself, on this machine.

It listens on loopback, but any web page in the same browser can send requests there. A foreign name that resolves to
127.0.0.1 (DNS rebinding) gives itself away by its Host, a foreign page by its Origin.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Guard:
    """Wraps an ASGI application: refuses foreign hosts and origins, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)  # a mail's page has a policy of its own
            await send(message)

        if scope["type"] == "http" and (refusal := _refusal(scope)):
            await PlainTextResponse(refusal, 403)(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)


def _refusal(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    port = scope["server"][1]
    hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
    if headers.get("host") not in hosts:
        return "The simulator answers only to 127.0.0.1 and localhost."
    if scope["method"] == "GET":
        return None
    if headers.get("origin") not in {f"http://{host}" for host in hosts}:
        return "Only the simulator's own page may do this."
    return None
