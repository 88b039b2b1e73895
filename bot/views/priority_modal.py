"""The priority modal."""

from bot.intents import Field, Form
from bot.submission import private_metadata
from bot.text import inline
from bot.views import words
from bot.views.parts import field, modal, mrkdwn, option, section, select
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.tickets.card import TicketCard
from ticketing.triage.suggestion import Priority


def priority_menu(chosen: Priority) -> Json:
    """The menu of priorities, most urgent first."""
    return select(
        Field.PRIORITY, [option(text, key.value) for key, text in words.PRIORITY.items()], chosen=chosen.value
    )


def priority_modal(card: TicketCard) -> Json:
    blocks = [
        section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*")),
        field(Field.PRIORITY, "Priority", priority_menu(card.priority)),
    ]
    return modal(
        Form.PRIORITY,
        f"Priority of #{card.number}"[:24],
        blocks,
        submit="Save",
        metadata=private_metadata(ref(card), card.number),
    )
