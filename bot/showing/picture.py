"""Customers' pictures on their way to Slack, which shows only what it has itself. Run as a job; safe to repeat.

A preview is sent, not the file: posts show it small, and the link beside it leads to the whole. One that is sent twice
harms nobody, because nobody sees a file that stands in no post.
"""

import asyncio
from uuid import UUID

from bot.client import Slack
from bot.ports import Pictures
from core.errors import ChannelUnavailable, FileGone

_LOOKS = 4  # for whether Slack is done with it
_BETWEEN = 0.7  # seconds
_LATER = 5.0


async def send_picture(file_id: UUID, *, pictures: Pictures, client: Slack) -> bool:
    """Give Slack a picture's preview. True: posts can show it from now on. False: there is nothing to show.

    Raises ChannelUnavailable (run it again), AccountRefused (the app lacks a scope), MessageRefused.
    """
    due = await pictures.due(file_id)
    if due is None:
        return await pictures.is_ready(file_id)
    slack_file = due.slack_file
    if slack_file is None:
        preview = await due.preview()
        slack_file = await client.upload(_named(due.name), preview.chunks, size=preview.size)
        await pictures.sent(file_id, slack_file)
    for look in range(_LOOKS):
        if look:
            await asyncio.sleep(_BETWEEN)
        try:
            ready = await client.file_is_ready(slack_file)
        except FileGone as error:
            await pictures.lost(file_id, slack_file)
            raise ChannelUnavailable("Slack has lost a picture: it is sent again.", retry_after=_LATER) from error
        if ready:
            await pictures.ready(file_id, slack_file)
            return True
    raise ChannelUnavailable("Slack is not done with a picture yet.", retry_after=_LATER)


def _named(name: str) -> str:
    """The preview is a JPEG, whatever the picture is."""
    return f"{name.rpartition('.')[0] or name}.jpg"
