"""A `bot.ports.LightCards` in memory. Held to `tests/storage/test_light_cards_contract.py` like the real one."""

from dataclasses import replace
from uuid import UUID

from tests.fakes.cards import FakeCards, Place
from ticketing.conversations.light_card import LightCard


class FakeLightCards(FakeCards[Place[LightCard]]):
    """Conversations are put in with `put`; everything else is the port."""

    def put(self, card: LightCard, *, channel: str | None) -> None:
        """A conversation, or how it looks now."""
        known = self._places.setdefault(card.conversation_id, Place(card, channel))
        known.card = card

    async def card(self, conversation_id: UUID) -> LightCard:
        card = self._place(conversation_id).card
        return replace(card, attachments=self._without_refused(card.attachments))

    async def conversation_at(self, channel: str, thread_ts: str) -> UUID | None:
        return self._owner_at(channel, thread_ts)
