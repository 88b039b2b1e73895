"""A `bot.ports.LightCards` in memory. Held to `tests/storage/test_light_cards_contract.py` like the real one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.errors import NotFound, Throttled
from ticketing.conversations.light_card import LightCard
from ticketing.tickets.card import Run, Shown


@dataclass
class _Place:
    card: LightCard
    channel: str | None
    ts: str | None = None
    digest: str | None = None
    posting_since: datetime | None = None
    held_by: Run | None = None
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

    async def take(self, conversation_id: UUID, /, *, run: Run, now: datetime, until: datetime) -> Shown | None:
        place = self._place(conversation_id)
        if place.held_by is not None and place.held_until is not None and place.held_until >= now:
            place.again = True
            if place.held_by.job == run.job:
                wait = (place.held_until - now).total_seconds()
                raise Throttled("Another run of this job has it.", retry_after=wait + 0.1)
            return None
        place.held_by, place.held_until, place.again = run, until, False
        shown = Shown(conversation_id, place.channel, place.ts, place.digest, place.posting_since)
        if place.ts is None and place.channel is not None and place.posting_since is None:
            place.posting_since = now
        return shown

    async def renew(self, conversation_id: UUID, /, *, run: Run, until: datetime) -> bool:
        place = self._place(conversation_id)
        if place.held_by != run:
            return False
        place.held_until = until
        return True

    async def release(self, conversation_id: UUID, /, *, run: Run) -> bool:
        place = self._place(conversation_id)
        if place.held_by != run:
            return True
        place.held_by = place.held_until = None
        again, place.again = place.again, False
        return again

    async def card(self, conversation_id: UUID) -> LightCard:
        return self._place(conversation_id).card

    async def card_shown(
        self, conversation_id: UUID, /, *, run: Run, channel: str, ts: str, digest: str, now: datetime
    ) -> bool:
        place = self._place(conversation_id)
        if place.held_by != run or (place.ts != ts and place.posting_since is None):
            return False
        place.channel, place.ts, place.digest, place.posting_since = channel, ts, digest, None
        return True

    async def card_lost(self, conversation_id: UUID, /, *, run: Run) -> None:
        place = self._place(conversation_id)
        if place.held_by != run:
            return
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
