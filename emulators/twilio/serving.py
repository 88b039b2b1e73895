"""Puts an account on a port: the API, beside it the control API under `/_emulator`; the bytes of files on another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from emulators.server import Served
from emulators.twilio.account import Account
from emulators.twilio.api import TwilioApi
from emulators.twilio.control import PATH, control_app
from emulators.twilio.links import Links


def application(account: Account) -> ASGIApp:
    api, control = TwilioApi(account), control_app(account)

    # Starlette's routing stays off the API: benchmarks send thousands of messages through it.
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = control if scope["path"].startswith(PATH) else api
        await chosen(scope, receive, send)

    return app


@asynccontextmanager
async def running(account: Account, *, port: int = 0) -> AsyncIterator[Account]:
    """Serve `account` on localhost within the block; `account.url` says where. Closes the account at the end."""
    async with account, _other_host(account) as links, Served(application(account), port=port) as served:
        account.url = account.media.url = served.url
        account.media.link_url = links.url
        yield account


def _other_host(account: Account) -> Served:
    """Where the bytes of files are: at another address of this machine, so that it is another host to every client."""
    try:
        return Served(Links(account.media), host="127.0.0.2")
    except OSError:  # macOS has only the one; there it is another port
        return Served(Links(account.media))
