"""A ticket's card: posted once, changed only when it looks different, and always to what is so at that moment."""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta

from bot.client import Slack
from bot.pacing import Method
from bot.ports import Rooms
from bot.refusals import CardGone
from bot.showing.hold import Hold
from bot.showing.order import Part, visitor
from bot.views.ticket_card import fallback_text, ticket_card
from bot.wire import Json, card_mark, is_card_of
from core.errors import AccountRefused, ChannelUnavailable
from core.instants import Clock
from ticketing.tickets.card import Shown, TicketCard

_CLOCKS_DIFFER = timedelta(minutes=1)  # ours and Slack's, at most


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card as Slack is to show it."""

    text: str
    blocks: list[Json]
    digest: str
    mark: Json


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card stands, and whose it is."""

    card: TicketCard
    channel: str
    ts: str


async def show_card(shown: Shown, hold: Hold, rooms: Rooms, client: Slack, clock: Clock) -> Place:
    """Where the card stands now. Raises CardGone, AccountRefused (the team has no channel), Throttled."""
    card = await rooms.card(shown.ticket_id)
    if shown.channel is None:
        raise AccountRefused(_no_channel(card))
    ts = shown.ts or await _found(shown, card, client)
    if ts is None:
        ts = await _posted(shown.channel, card, hold, rooms, client, clock)
    elif drawn(card).digest != shown.digest:
        await _update(shown, ts, card, hold, rooms, client, clock)
    return Place(card, shown.channel, ts)


async def _update(
    shown: Shown, ts: str, card: TicketCard, hold: Hold, rooms: Rooms, client: Slack, clock: Clock
) -> None:
    assert shown.channel is not None
    async with client.turn(Method.UPDATE, shown.channel, visitor(card, Part.CARD)) as turn:
        now = drawn(await rooms.card(card.ticket_id) if turn.waited else card)
        if now.digest == shown.digest:  # what changed has been changed back while we waited
            return
        await hold.keep()
        await client.update(shown.channel, ts, now.text, now.blocks, metadata=now.mark, turn=turn)
        if not await rooms.card_shown(card.ticket_id, channel=shown.channel, ts=ts, digest=now.digest, now=clock()):
            raise CardGone("The card was deleted while it was changed.")


async def _posted(channel: str, card: TicketCard, hold: Hold, rooms: Rooms, client: Slack, clock: Clock) -> str:
    try:
        async with client.turn(Method.POST, channel, visitor(card, Part.CARD)) as turn:
            now = drawn(await rooms.card(card.ticket_id) if turn.waited else card)
            await hold.keep()
            ts = await client.post(channel, now.text, now.blocks, metadata=now.mark, turn=turn)
    except ChannelUnavailable:
        # It provably is not there: without the mark the next attempt need not look through the channel.
        if not hold.lost:
            await rooms.card_lost(card.ticket_id)
        raise
    await rooms.card_shown(card.ticket_id, channel=channel, ts=ts, digest=now.digest, now=clock())
    return ts


async def _found(shown: Shown, card: TicketCard, client: Slack) -> str | None:
    """The card that an earlier attempt may have left behind."""
    if shown.channel is None or shown.posting_since is None:
        return None
    since = (shown.posting_since - _CLOCKS_DIFFER).timestamp()
    async for message in client.messages_since(shown.channel, since, visitor=visitor(card, Part.CARD)):
        if is_card_of(message, shown.ticket_id):
            return str(message["ts"])
    return None


def drawn(card: TicketCard) -> Drawn:
    """Same card, same digest."""
    text, blocks = fallback_text(card), ticket_card(card)
    digest = hashlib.blake2b(json.dumps([text, blocks]).encode(), digest_size=16).hexdigest()
    return Drawn(text, blocks, digest, card_mark(card.ticket_id, digest))


def _no_channel(card: TicketCard) -> str:
    hint = "`threadline teams add NAME --slack-channel C…`"
    if card.team is None:
        return f"Ticket #{card.number} belongs to no team, so there is no Slack channel to show it in: {hint}"
    return f"Team {card.team} has no Slack channel: {hint}"
