"""A ticket's card: posted once, changed only when it looks different."""

import hashlib
import json
from datetime import timedelta

from bot.client import Slack
from bot.ports import Rooms
from bot.showing.hold import Hold
from bot.views.ticket_card import fallback_text, ticket_card
from bot.wire import Json, card_mark, is_card_of
from core.errors import AccountRefused, ChannelUnavailable
from core.instants import Clock
from ticketing.tickets.card import Shown, TicketCard

_CLOCKS_DIFFER = timedelta(minutes=1)  # ours and Slack's, at most


async def show_card(shown: Shown, hold: Hold, rooms: Rooms, client: Slack, clock: Clock) -> tuple[str, str]:
    """Where the card stands now: channel and ts. Raises CardGone, AccountRefused (the team has no channel)."""
    card = await rooms.card(shown.ticket_id)
    if shown.channel is None:
        raise AccountRefused(_no_channel(card))
    text, blocks = fallback_text(card), ticket_card(card)
    digest = _digest(text, blocks)
    if shown.ts is not None:
        if digest != shown.digest:
            await client.update(shown.channel, shown.ts, text, blocks)
            await rooms.card_shown(shown.ticket_id, channel=shown.channel, ts=shown.ts, digest=digest, now=clock())
        return shown.channel, shown.ts
    ts = await _found(shown, client) if shown.posting_since is not None else None
    if ts is not None:
        await client.update(shown.channel, ts, text, blocks)
    else:
        await hold.keep()
        ts = await _posted(shown, shown.channel, text, blocks, rooms, client)
    await rooms.card_shown(shown.ticket_id, channel=shown.channel, ts=ts, digest=digest, now=clock())
    return shown.channel, ts


async def _posted(shown: Shown, channel: str, text: str, blocks: list[Json], rooms: Rooms, client: Slack) -> str:
    try:
        return await client.post(channel, text, blocks, metadata=card_mark(shown.ticket_id))
    except ChannelUnavailable:
        # It provably is not there: without the mark the next attempt need not look through the channel.
        await rooms.card_lost(shown.ticket_id)
        raise


async def _found(shown: Shown, client: Slack) -> str | None:
    """The card that an earlier attempt may have left behind."""
    if shown.channel is None or shown.posting_since is None:
        return None
    since = (shown.posting_since - _CLOCKS_DIFFER).timestamp()
    async for message in client.messages_since(shown.channel, since):
        if is_card_of(message, shown.ticket_id):
            return str(message["ts"])
    return None


def _digest(text: str, blocks: list[Json]) -> str:
    return hashlib.blake2b(json.dumps([text, blocks]).encode(), digest_size=16).hexdigest()


def _no_channel(card: TicketCard) -> str:
    hint = "`threadline teams add NAME --slack-channel C…`"
    if card.team is None:
        return f"Ticket #{card.number} belongs to no team, so there is no Slack channel to show it in: {hint}"
    return f"Team {card.team} has no Slack channel: {hint}"
