"""What people write in a card's thread is an internal comment. It can never reach the customer (SPEC 5.2)."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.door import Door
from bot.text import from_slack, mentioned
from core.errors import DeskError, Refused

# Other subtypes are not people writing: edits, deletions, joins, topics, bots. A broadcast is the same message as its
# reply in the thread, and has the same ts.
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message"})


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.event("message")
    async def thread_message(event: dict[str, Any]) -> None:
        root = event.get("thread_ts")
        if not _is_human(event) or root is None or root == event["ts"]:
            return
        channel, user = event["channel"], event["user"]
        ticket_id = await door.rooms.ticket_at(channel, root)
        if ticket_id is None:
            return
        try:
            person = await door.person(user)
            text = _words(event, await _names(event.get("text") or "", door))
            if text.strip():
                source = f"slack:{channel}:{event['ts']}"  # an event that is delivered again is the same comment
                await door.desk.comment(ticket_id, text, by=person, source=source, in_thread=True)
        except Refused as refusal:
            words = f"{refusal.message} What you wrote here was not kept."
            await door.tell_user(channel, user, words, thread_ts=root)


def _is_human(event: Mapping[str, Any]) -> bool:
    return bool(event.get("user")) and "bot_id" not in event and event.get("subtype") in _WRITTEN


def _words(event: Mapping[str, Any], names: Mapping[str, str]) -> str:
    text = from_slack(event.get("text") or "", names)
    files = [f"📎 {file.get('name') or 'file'}" for file in event.get("files") or []]
    return "\n".join([text, *files] if text else files)


async def _names(text: str, door: Door) -> dict[str, str]:
    """What the colleagues named in a message are called at the desk; others keep their Slack id."""
    names = {}
    for user in dict.fromkeys(mentioned(text)):
        try:
            names[user] = (await door.person(user)).name
        except DeskError:
            continue
    return names
