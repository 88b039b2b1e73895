"""The bot process: Slack over Socket Mode, for a desk that Slack cannot reach by HTTP."""

import asyncio

import structlog

from app.services import Services
from app.settings import Settings
from app.wiring import services
from bot.app import build
from bot.socket_mode import Report
from bot.socket_mode import run as run_socket_mode
from core.errors import AccountRefused
from storage.engine import DATABASE_AWAY
from storage.queries.feeds import SOCKET_MODE

_NOT_NOTED: tuple[type[Exception], ...] = (TimeoutError, *DATABASE_AWAY)
_NOTING = 3.0  # seconds: the socket is not kept waiting for a database

log = structlog.get_logger()


async def run(settings: Settings, dsn: str, stop: asyncio.Event) -> None:
    """Until `stop` is set. Raises AccountRefused without the tokens it needs."""
    if settings.slack is None or not settings.slack.app_token:
        raise AccountRefused("The bot needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN (xapp-…). Over HTTP no bot is needed.")
    async with services(settings, dsn) as made:
        assert made.slack is not None
        bot = build(
            settings.slack,
            made.desk,
            made.rooms,
            made.light_cards,
            made.customers,
            made.finding,
            made.homes,
            slack=made.slack,
            clock=made.clock,
            actions=made.actions.of,
        )
        await run_socket_mode(bot, settings.slack.app_token, stop, report=_reporter(made))


def _reporter(made: Services) -> Report:
    """Notes for `threadline doctor` how it stands with the socket."""

    async def report(problem: str | None) -> None:
        now = made.clock()
        try:
            async with asyncio.timeout(_NOTING):
                if problem is None:
                    await made.feeds.read(*SOCKET_MODE, cursor=None, now=now)
                else:
                    await made.feeds.failed(*SOCKET_MODE, error=problem, now=now)
        except _NOT_NOTED as error:
            log.warning("socket_without_database", error=repr(error))

    return report
