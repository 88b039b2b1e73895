"""Slack's JSON as we keep it, and the mark that every post of ours carries so that we know it again. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from bot.intents import CARD_EVENT, CONVERSATION_EVENT, ENTRY_EVENT
from core.messages import RemoteFile
from ticketing.tickets.card import Owner

Json = dict[str, Any]  # a block, a view, a message, as it stands on the wire

_OWNER = {CARD_EVENT: Owner.TICKET, CONVERSATION_EVENT: Owner.CONVERSATION}
_EVENT = {owner: event for event, owner in _OWNER.items()}
_MOVED = "moved"  # in place of a digest


class CardMark(NamedTuple):
    """What the mark of a card says."""

    owner: Owner
    owner_id: UUID
    shows: str | None  # the digest it was drawn with; None: drawn before there was one

    @property
    def moved(self) -> bool:
        """Whether it only says where the card is now."""
        return self.shows == _MOVED


def card_mark(ticket_id: UUID, digest: str) -> Json:
    """Metadata of a ticket's card; `digest` tells what it shows, whatever Slack makes of texts and blocks."""
    return _mark(Owner.TICKET, ticket_id, digest)


def conversation_mark(conversation_id: UUID, digest: str) -> Json:
    """The same of a conversation's light card."""
    return _mark(Owner.CONVERSATION, conversation_id, digest)


def moved_mark(owner: Owner, owner_id: UUID) -> Json:
    """Of what is left of a card where it does not belong any more."""
    return _mark(owner, owner_id, _MOVED)


def entry_mark(entry_id: UUID, ticket_id: UUID, part: int) -> Json:
    """Metadata of one post of an entry in a ticket's thread; `part` counts from 0."""
    return {
        "event_type": ENTRY_EVENT,
        "event_payload": {"entry": str(entry_id), "ticket": str(ticket_id), "part": part},
    }


def permalink(site: str, channel: str, ts: str, thread_ts: str) -> str:
    """The address of a message in a thread, as chat.getPermalink gives it. `site`: of the workspace."""
    return f"{site.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}?thread_ts={thread_ts}&cid={channel}"


def comment_source(channel: str, ts: str) -> str:
    """The name of a comment that was written there, in Slack itself."""
    return f"slack:{channel}:{ts}"


def remote_files(given: object) -> list[RemoteFile]:
    """Slack's list of files. What has been deleted since has no more than its id."""
    found = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
    return [
        RemoteFile(str(each["id"]), each.get("name") or None, each.get("mimetype") or None, each.get("size"))
        for each in found
        if each.get("id")
    ]


def card_seen(message: Json) -> CardMark | None:
    """The ticket whose card a message is, or the conversation whose light card, and what it shows; None for others."""
    mark = message.get("metadata") or {}
    payload = mark.get("event_payload", {})
    owner = _OWNER.get(mark.get("event_type", ""))
    if owner is None:
        return None
    try:
        return CardMark(owner, UUID(str(payload[owner.value])), payload.get("shows"))
    except (KeyError, ValueError):
        return None


def entry_part(message: Json) -> tuple[str, int] | None:
    """The entry that a post in a thread shows, and which part of it; None for what is not an entry."""
    mark = message.get("metadata") or {}
    payload = mark.get("event_payload", {})
    if mark.get("event_type") != ENTRY_EVENT or "entry" not in payload:
        return None
    return str(payload["entry"]), int(payload.get("part", 0))


def entry_ticket(message: Json) -> UUID | None:
    """The ticket in whose thread a post of an entry stands; None for what is not an entry."""
    try:
        return UUID(str(message["metadata"]["event_payload"]["ticket"])) if entry_part(message) else None
    except (KeyError, ValueError):
        return None


def _mark(owner: Owner, owner_id: UUID, shows: str) -> Json:
    return {"event_type": _EVENT[owner], "event_payload": {owner.value: str(owner_id), "shows": shows}}
