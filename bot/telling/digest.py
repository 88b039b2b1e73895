"""Tells somebody their digest: what waits for them, and in a picture what the last working days came to."""

import asyncio
import logging
from collections.abc import AsyncIterator

from bot.client import Slack
from bot.ports import Rooms
from bot.telling.ports import Digests, DirectMessages
from bot.telling.post import post_once
from bot.telling.whereabouts import whereabouts
from bot.views.digest import digest_view
from bot.views.digest_picture import digest_picture
from core.errors import ChannelError, MessageRefused
from core.instants import Clock
from ticketing.digests.digest import Digest
from ticketing.digests.plan import LATE
from ticketing.direct_messages.shown import Owed

_log = logging.getLogger(__name__)
_LOOKS = 6  # for whether Slack is done with the picture
_BETWEEN = 0.5  # seconds


async def tell_digest(
    owed: Owed, *, messages: DirectMessages, digests: Digests, rooms: Rooms, client: Slack, clock: Clock
) -> None:
    """Safe to repeat. Nothing is told that is late, or to whom there is nothing to tell. Raises ChannelError."""
    now = clock()
    digest = await digests.digest(owed.reader, owed.since, now=now)
    why = _why_not(owed, digest) or ("late" if now - owed.since > LATE else None)
    place = None
    if why is None:
        place = await whereabouts(owed, messages=messages, rooms=rooms, client=client, clock=clock)
    if place is None:
        await messages.drop(owed.id, why or "not in Slack", now=clock())
        return
    picture, site = await _picture(digest, client), await client.site()
    for shown in (picture, None):
        text, blocks = digest_view(digest, site=site, picture=shown)
        try:
            await post_once(owed, place, text, blocks, messages=messages, client=client, clock=clock)
        except MessageRefused as refused:
            if shown is None or refused.vendor_code != "invalid_blocks":
                raise
        else:
            return


def _why_not(owed: Owed, digest: Digest) -> str | None:
    if not owed.wanted:
        return "silenced"
    return "nothing to tell" if digest.is_empty else None


async def _picture(digest: Digest, client: Slack) -> str | None:
    """Slack's id of it; None: there is nothing to see, or Slack does not take it just now. The words do not wait."""
    if not any(digest.days):
        return None
    drawn = await asyncio.to_thread(digest_picture, digest.days)
    try:
        picture = await client.upload("digest.png", _at_once(drawn), size=len(drawn))
        for look in range(_LOOKS):
            if look:
                await asyncio.sleep(_BETWEEN)
            if await client.file_is_ready(picture):
                return picture
    except ChannelError as error:
        _log.warning("a digest has no picture: %s", error.message)
    return None


async def _at_once(content: bytes) -> AsyncIterator[bytes]:
    yield content
