"""What people change or delete of what they wrote in a card's thread, they change or delete of the comment (SPEC 5.2).

What was not kept when it was written, because it was too long, say, is kept when it is changed.
"""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from slack_bolt.async_app import AsyncApp

from bot.door import Door
from bot.handlers.thread_message import is_human, keep, tell, words_of
from bot.wire import comment_source
from core.errors import Refused


async def _changed(event: dict[str, Any]) -> bool:
    """Links that unfold, and the count of replies, are changes to Slack alone."""
    before, after = event.get("previous_message") or {}, event.get("message") or {}
    is_edit = event.get("subtype") == "message_changed" and before.get("text") != after.get("text")
    return is_edit and _in_thread(after)


async def _deleted(event: dict[str, Any]) -> bool:
    return event.get("subtype") == "message_deleted" and _in_thread(event.get("previous_message") or {})


def _in_thread(message: Mapping[str, Any]) -> bool:
    return is_human(message) and message.get("thread_ts") not in (None, message.get("ts"))


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.event("message", matchers=[_changed])
    async def changed(event: dict[str, Any]) -> None:
        message, channel = event["message"], event["channel"]
        if (ticket_id := await _ticket_of(message, channel, door)) is None:
            return
        try:
            if not await _edit(message, channel, door):
                await keep(ticket_id, message, channel, door)
                await _edit(message, channel, door)  # the event of its writing may have come just now
        except Refused as refusal:
            words = f"{refusal.message} Your change was not kept."
            await tell(door, channel, message["user"], words, message["thread_ts"])

    @bolt.event("message", matchers=[_deleted])
    async def deleted(event: dict[str, Any]) -> None:
        message, channel = event["previous_message"], event["channel"]
        source = comment_source(channel, message["ts"])
        if await door.desk.delete_comment(source) or (ticket_id := await _ticket_of(message, channel, door)) is None:
            return
        with contextlib.suppress(Refused):
            person = await door.person(message["user"])
            text, _, _ = await words_of(message.get("text") or "", door)
            await door.desk.delete_unheard(ticket_id, text, by=person, source=source)
        await door.desk.delete_comment(source)  # the event of its writing may have come just now


async def _edit(message: Mapping[str, Any], channel: str, door: Door) -> bool:
    """False: there is no such comment. Raises Refused, ChannelError."""
    person = await door.person(message["user"])
    text, named, _ = await words_of(message.get("text") or "", door)
    at = datetime.fromtimestamp(float((message.get("edited") or message)["ts"]), UTC)
    source = comment_source(channel, message["ts"])
    return await door.desk.edit_comment(source, text, by=person, at=at, mentions={each.id for each in named})


async def _ticket_of(message: Mapping[str, Any], channel: str, door: Door) -> UUID | None:
    """Also below a card that stands there no more, where the message was kept."""
    ticket_id = await door.rooms.ticket_at(channel, message["thread_ts"])
    return ticket_id or await door.rooms.ticket_commented(comment_source(channel, message["ts"]))
