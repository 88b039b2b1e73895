"""A link to a ticket that somebody of the desk posts unfolds below their message: how it stands, and who has it.

Whoever reads that channel sees it. So it shows nothing of the customer (what the ticket is about is in their words),
nothing where another company reads along, and nothing for a link that a stranger posted. While a message is still
being written, nobody knows where it will be posted: Slack asks again once it has been.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.door import Door
from bot.views.ticket_brief import ticket_unfurl
from bot.wire import Json
from core.errors import MessageRefused, NotFound, Refused

_MOST = 5  # links of one message
_POSTED = "conversations_history"  # a `source`: the message stands in a channel
_log = logging.getLogger(__name__)


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.event("link_shared")
    async def unfurl(event: dict[str, Any], body: dict[str, Any]) -> None:
        if body.get("is_ext_shared_channel") or event.get("source", _POSTED) != _POSTED or not event.get("user"):
            return
        try:
            await door.person(str(event["user"]))
        except Refused:
            return
        if unfurls := await _unfurls(door, event.get("links") or []):
            try:
                await door.slack.unfurl(event["channel"], event["message_ts"], unfurls)
            except MessageRefused as refusal:  # it has been deleted meanwhile, say: nothing to show it below
                _log.warning("a link was not unfolded: %s", refusal.message)


async def _unfurls(door: Door, links: Sequence[Mapping[str, Any]]) -> dict[str, Json]:
    """By address, of those that are of a ticket that there is."""
    shown: dict[str, Json] = {}
    site = await door.slack.site()
    for url in [str(each.get("url") or "") for each in links][:_MOST]:
        number = await door.finding.number_in(url)
        if number is None:
            continue
        try:
            card = await door.rooms.card(await door.finding.numbered(number))
        except NotFound:
            continue
        shown[url] = {"blocks": ticket_unfurl(card, site=site)}
    return shown
