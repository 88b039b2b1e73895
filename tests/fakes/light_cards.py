"""A `bot.ports.LightCards` in memory. Held to `tests/storage/test_light_cards_contract.py` like the real one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.errors import NotFound
from ticketing.conversations.light_card import LightCard
from ticketing.tickets.card import Shown

HELD_FOR = timedelta(seconds=30)


@dataclass
class _Place:
    card: LightCard
    channel: str | None
    ts: str | None = None
    digest: str | None = None
    posting_since: datetime | None = None
    held_by: str | None = None
    held_until: datetime | None = None
    again: bool = False


class FakeLightCards:
    """Conversations are put in with `put`; everything else is the port."""

    def __init__(self) -> None:
        self._places: dict[UUID, _Place] = {}

    def put(self, card: LightCard, *, channel: str | None) -> None:
        """A conversation, or how it looks now."""
        known = self._places.setdefault(card.conversation_id, _Place(card, channel))
        known.card = card

    async def take(self, conversation_id: UUID, /, *, job: str, now: datetime) -> Shown | None:
        place = self._place(conversation_id)
        if place.held_by not in (None, job) and place.held_until is not None and place.held_until > now:
            place.again = True
            return None
        place.held_by, place.held_until, place.again = job, now + HELD_FOR, False
        shown = Shown(conversation_id, place.channel, place.ts, place.digest, place.posting_since)
        if place.ts is None and place.channel is not None and place.posting_since is None:
            place.posting_since = now
        return shown

    async def release(self, conversation_id: UUID, /, *, job: str) -> bool:
        place = self._place(conversation_id)
        if place.held_by != job:
            return False
        place.held_by = place.held_until = None
        again, place.again = place.again, False
        return again

    async def card(self, conversation_id: UUID) -> LightCard:
        return self._place(conversation_id).card

    async def card_shown(self, conversation_id: UUID, /, *, channel: str, ts: str, digest: str, now: datetime) -> bool:
        place = self._place(conversation_id)
        if place.ts != ts and place.posting_since is None:
            return False
        place.channel, place.ts, place.digest, place.posting_since = channel, ts, digest, None
        return True

    async def card_lost(self, conversation_id: UUID, /) -> None:
        place = self._place(conversation_id)
        place.ts = place.digest = place.posting_since = None

    async def conversation_at(self, channel: str, thread_ts: str) -> UUID | None:
        for conversation_id, place in self._places.items():
            if (place.channel, place.ts) == (channel, thread_ts):
                return conversation_id
        return None

    def _place(self, conversation_id: UUID) -> _Place:
        if conversation_id not in self._places:
            raise NotFound("There is no such conversation.")
        return self._places[conversation_id]
