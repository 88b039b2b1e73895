"""The comment modal: words for the team. The customer never sees them."""

from bot.intents import Field, Form
from bot.submission import private_metadata
from bot.text import inline
from bot.views.parts import field, modal, mrkdwn, section, typed
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.tickets.card import TicketCard


def comment_modal(card: TicketCard) -> Json:
    blocks = [
        section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*\nOnly the team sees this.")),
        field(Field.TEXT, "Comment", typed(Field.TEXT, lines=True, focus=True)),
    ]
    return modal(
        Form.COMMENT,
        f"Comment on #{card.number}"[:24],
        blocks,
        submit="Add",
        metadata=private_metadata(ref(card), card.number),
    )
