"""Somebody deleted a message of ours: a ticket's card comes back, without waiting for its next change."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.door import Door


async def _ours(event: dict[str, Any]) -> bool:
    """People's own messages are for others to follow."""
    return event.get("subtype") == "message_deleted" and "bot_id" in (event.get("previous_message") or {})


def register(bolt: AsyncApp, door: Door) -> None:
    @bolt.event("message", matchers=[_ours])
    async def deleted(event: dict[str, Any]) -> None:
        await door.desk.card_deleted(event["channel"], event["deleted_ts"])
