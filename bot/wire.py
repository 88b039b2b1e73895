"""Slack's JSON as we keep it, and the mark that every post of ours carries so that we know it again. Pure."""

from typing import Any
from uuid import UUID

from bot.intents import CARD_EVENT, CONVERSATION_EVENT, ENTRY_EVENT

Json = dict[str, Any]  # a block, a view, a message, as it stands on the wire

_OWNER = {CARD_EVENT: "ticket", CONVERSATION_EVENT: "conversation"}


def card_mark(ticket_id: UUID, digest: str) -> Json:
    """Metadata of a ticket's card; `digest` tells what it shows, whatever Slack makes of texts and blocks."""
    return {"event_type": CARD_EVENT, "event_payload": {"ticket": str(ticket_id), "shows": digest}}


def conversation_mark(conversation_id: UUID, digest: str) -> Json:
    """The same of a conversation's light card."""
    return {"event_type": CONVERSATION_EVENT, "event_payload": {"conversation": str(conversation_id), "shows": digest}}


def entry_mark(entry_id: UUID, ticket_id: UUID, part: int) -> Json:
    """Metadata of one post of an entry in a ticket's thread; `part` counts from 0."""
    return {
        "event_type": ENTRY_EVENT,
        "event_payload": {"entry": str(entry_id), "ticket": str(ticket_id), "part": part},
    }


def card_owner(message: Json) -> str | None:
    """The id of the ticket whose card a message is, or of the conversation whose light card; None for others."""
    mark = message.get("metadata") or {}
    owner = _OWNER.get(mark.get("event_type", ""))
    return None if owner is None else mark.get("event_payload", {}).get(owner)


def comment_source(channel: str, ts: str) -> str:
    """The name of a comment that was written there, in Slack itself."""
    return f"slack:{channel}:{ts}"


def card_seen(message: Json) -> tuple[UUID, str | None] | None:
    """The ticket whose card a message is, and the digest of what it shows; None for what is no card."""
    mark = message.get("metadata") or {}
    payload = mark.get("event_payload", {})
    if mark.get("event_type") != CARD_EVENT:
        return None
    try:
        return UUID(str(payload["ticket"])), payload.get("shows")
    except (KeyError, ValueError):
        return None


def entry_part(message: Json) -> tuple[str, int] | None:
    """The entry that a post in a thread shows, and which part of it; None for what is not an entry."""
    mark = message.get("metadata") or {}
    payload = mark.get("event_payload", {})
    if mark.get("event_type") != ENTRY_EVENT or "entry" not in payload:
        return None
    return str(payload["entry"]), int(payload.get("part", 0))
