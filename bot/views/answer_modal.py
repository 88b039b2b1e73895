"""The modal for a reply in a conversation without a ticket."""

from bot.intents import Field, Form
from bot.press import conversation_metadata
from bot.text import inline, prose
from bot.views import words
from bot.views.light_card import ref
from bot.views.parts import context, field, modal, mrkdwn, plain, section, typed
from bot.wire import Json
from ticketing.conversations.light_card import LightCard


def answer_modal(card: LightCard, *, most: int | None) -> Json:
    """`most`: characters the customer's channel takes, if known."""
    answered = prose(card.last_words or "", 600)
    to = f"To *{inline(card.customer, 200) or 'the customer'}* on {words.channel(card.channel)}"
    blocks = [
        section(mrkdwn(to)),
        *([context(plain(answered))] if answered else []),
        field(Field.TEXT, "Your reply", typed(Field.TEXT, lines=True, focus=True, most=most)),
    ]
    return modal(Form.ANSWER, "Reply", blocks, submit="Send", metadata=conversation_metadata(ref(card)))
