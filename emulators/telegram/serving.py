"""Puts a bot on a port: the Bot API, and beside it the control API under `/_emulator`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from emulators.server import Served
from emulators.telegram.account import BotAccount
from emulators.telegram.control import PATH, control_app


def application(bot: BotAccount) -> ASGIApp:
    control = control_app(bot)

    # Starlette's routing stays off the Bot API: benchmarks send thousands of messages through it.
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        chosen = control if scope["path"].startswith(PATH) else bot.api
        await chosen(scope, receive, send)

    return app


@asynccontextmanager
async def running(bot: BotAccount, *, port: int = 0) -> AsyncIterator[BotAccount]:
    """Serve `bot` on localhost within the block; `bot.url` says where. Closes the bot at the end."""
    # The bot closes first: the server would wait for long polls under way.
    async with Served(application(bot), port=port) as served, bot:
        bot.url = served.url
        yield bot
