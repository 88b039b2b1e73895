"""A card in a channel: posted once, changed only when it looks different, and always to what is so at that moment."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.client import Slack
from bot.pacing import Method, Visitor
from bot.ports import Cards
from bot.refusals import CardGone
from bot.showing.hold import Hold
from bot.wire import Json
from core.errors import ChannelUnavailable
from core.instants import Clock
from ticketing.tickets.card import Shown

PICTURES_AGAIN = 5.0  # seconds until a picture that Slack did not show is tried again
_CLOCKS_DIFFER = timedelta(minutes=1)  # ours and Slack's, at most


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card as Slack is to show it."""

    text: str
    blocks: list[Json]
    digest: str
    mark: Json


def digest_of(text: str, blocks: list[Json]) -> str:
    """Same card, same digest."""
    return hashlib.blake2b(json.dumps([text, blocks]).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Showing:
    """One card on its way to Slack. `draw` draws it as it is at that moment."""

    shown: Shown
    draw: Callable[[], Awaitable[Drawn]]
    visitor: Visitor
    hold: Hold
    cards: Cards
    client: Slack
    clock: Clock

    async def put_up(self, channel: str, now: Drawn) -> str:
        """The ts under which the card stands, looking like `now` or newer. Raises CardGone, Throttled."""
        ts = self.shown.ts or await self.found()
        if ts is None:
            return await self._posted(channel, now)
        if now.digest != self.shown.digest:
            await self._update(channel, ts, now)
        return ts

    async def found(self) -> str | None:
        """The card that an earlier attempt may have left behind."""
        shown = self.shown
        if shown.channel is None or shown.posting_since is None:
            return None
        since = (shown.posting_since - _CLOCKS_DIFFER).timestamp()
        return await self.client.card_posted(shown.id, shown.channel, since, visitor=self.visitor)

    async def _update(self, channel: str, ts: str, now: Drawn) -> None:
        async with self.client.turn(Method.UPDATE, channel, self.visitor) as turn:
            if turn.waited:
                now = await self.draw()
            if now.digest == self.shown.digest:  # what changed has been changed back while we waited
                return
            async with self.hold.once():
                await self.client.update(channel, ts, now.text, now.blocks, metadata=now.mark, turn=turn)
            if not await self._note(channel, ts, now):
                raise CardGone("The card was deleted while it was changed.")

    async def _posted(self, channel: str, now: Drawn) -> str:
        try:
            async with self.client.turn(Method.POST, channel, self.visitor) as turn:
                if turn.waited:
                    now = await self.draw()
                async with self.hold.once():
                    ts = await self.client.post(channel, now.text, now.blocks, metadata=now.mark, turn=turn)
        except ChannelUnavailable:
            # It provably is not there: without the mark the next attempt need not look through the channel.
            await self.cards.card_lost(self.shown.id, run=self.hold.run)
            raise
        if not await self._note(channel, ts, now):
            await self.hold.renew(self.clock())
        return ts

    async def _note(self, channel: str, ts: str, now: Drawn) -> bool:
        return await self.cards.card_shown(
            self.shown.id, run=self.hold.run, channel=channel, ts=ts, digest=now.digest, now=self.clock()
        )
