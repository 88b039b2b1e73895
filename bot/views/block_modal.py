"""The modal that asks before a sender is blocked."""

from bot.intents import Form
from bot.submission import conversation_metadata
from bot.text import inline
from bot.views import words
from bot.views.light_card import ref
from bot.views.parts import modal, mrkdwn, section
from bot.wire import Json
from ticketing.conversations.light_card import LightCard


def block_modal(card: LightCard) -> Json:
    who = f"*{inline(card.customer, 200) or 'this customer'}* on {words.channel(card.channel)}"
    text = (
        f"What {who} sends from now on is kept apart: no ticket, no card, no answer. Tickets that are open stay so.\n"
        "An admin or supervisor can unblock them with `threadline senders unblock`."
    )
    return modal(
        Form.BLOCK, "Block sender?", [section(mrkdwn(text))], submit="Block", metadata=conversation_metadata(ref(card))
    )
