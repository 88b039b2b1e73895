"""Puts an account on a port: the Messages API, and beside it the control API under `/_emulator`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from emulators.server import Served
from emulators.twilio.account import Account
from emulators.twilio.api import MessagesApi
from emulators.twilio.control import PATH, control_app


def application(account: Account) -> ASGIApp:
    messages, control = MessagesApi(account), control_app(account)

    # Starlette's routing stays off the Messages API: benchmarks send thousands of messages through it.
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = control if scope["path"].startswith(PATH) else messages
        await chosen(scope, receive, send)

    return app


@asynccontextmanager
async def running(account: Account, *, port: int = 0) -> AsyncIterator[Account]:
    """Serve `account` on localhost within the block; `account.url` says where. Closes the account at the end."""
    async with account, Served(application(account), port=port) as served:
        account.url = served.url
        yield account
