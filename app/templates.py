"""Fetching the templates of every channel that has them: hourly by the clock, and by `threadline templates sync`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from app.services import Services
from connectors.contract import ChannelTemplate, Templates
from core.errors import ChannelError
from core.ids import new_id
from ticketing.templates.manage import Synced
from ticketing.templates.template import Template

log = structlog.get_logger()


async def sync(services: Services) -> Mapping[str, Synced]:
    """By channel. Raises leaves of ChannelError."""
    done = {}
    for channel, connector in services.connectors.items():
        if isinstance(connector, Templates):
            found = await connector.templates()
            done[channel] = await services.desk.sync_templates(channel, _templates(channel, found, services.clock()))
    return done


async def sync_or_log(services: Services) -> None:
    """For the clock: what a provider refuses now it may take in an hour."""
    try:
        await sync(services)
    except ChannelError as error:
        log.warning("templates_not_synced", error=error.message)


def _templates(channel: str, found: Sequence[ChannelTemplate], now: datetime) -> list[Template]:
    return [
        Template(
            new_id(),
            channel,
            each.id,
            each.name,
            each.language,
            each.body,
            each.variables,
            each.status,
            each.category,
            each.why,
            is_fallback=False,
            synced_at=now,
        )
        for each in found
    ]
