"""The bot process: Slack over Socket Mode, for a desk that Slack cannot reach by HTTP."""

import asyncio

from app.settings import Settings
from app.wiring import services
from bot.app import build
from bot.socket_mode import run as run_socket_mode
from core.errors import AccountRefused


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
            slack=made.slack,
            clock=made.clock,
        )
        await run_socket_mode(bot, settings.slack.app_token, stop)
