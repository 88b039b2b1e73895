"""The one function that shows a conversation without a ticket: its light card. Safe to repeat, like `show_ticket`."""

from dataclasses import replace
from uuid import UUID

from bot.client import Slack
from bot.ports import LightCards
from bot.showing.card import PICTURES_AGAIN, Drawn, Showing, digest_of
from bot.showing.hold import Hold
from bot.showing.order import light_visitor
from bot.showing.turns import take_turns
from bot.views.light_card import fallback_text, light_card, pictures_of, unpictured
from bot.wire import conversation_mark
from core.errors import AccountRefused, ChannelUnavailable, MessageRefused
from core.instants import Clock
from ticketing.conversations.light_card import LightCard
from ticketing.tickets.card import Shown

_NO_CHANNEL = "There is no Slack channel for conversations without a ticket: `threadline teams intake C…`"


async def show_conversation(conversation_id: UUID, *, job: str, cards: LightCards, client: Slack, clock: Clock) -> None:
    """Bring the light card up to date. There is none until people are needed. Raises as `take_turns` does."""

    async def draw() -> Drawn:
        return drawn(await cards.card(conversation_id))

    async def draw_unpictured() -> Drawn:
        return drawn(unpictured(await cards.card(conversation_id)))

    async def bring_up_to_date(shown: Shown, hold: Hold) -> None:
        card = await cards.card(conversation_id)
        showing = Showing(shown, draw, light_visitor(conversation_id), hold, cards, client, clock)
        if shown.ts is None and not card.needs_people and await showing.found() is None:
            await cards.card_lost(conversation_id, run=hold.run)  # nothing stands there, and nothing is to be posted
            return
        if shown.channel is None:
            raise AccountRefused(_NO_CHANNEL)
        try:
            await showing.put_up(shown.channel, drawn(card))
        except MessageRefused as error:
            if error.vendor_code != "invalid_blocks" or not (pictures := pictures_of(card)):
                raise
            # The words must not wait for a picture that Slack does not show.
            await replace(showing, draw=draw_unpictured).put_up(shown.channel, drawn(unpictured(card)))
            if await cards.pictures_refused(pictures):
                raise ChannelUnavailable("Slack does not show a picture yet.", retry_after=PICTURES_AGAIN) from error

    await take_turns(conversation_id, job=job, cards=cards, clock=clock, bring_up_to_date=bring_up_to_date)


def drawn(card: LightCard) -> Drawn:
    """A light card as Slack is to show it."""
    text, blocks = fallback_text(card), light_card(card)
    digest = digest_of(text, blocks)
    return Drawn(text, blocks, digest, conversation_mark(card.conversation_id, digest))
