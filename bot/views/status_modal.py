"""The status modal: only the transitions this person may make now."""

from collections.abc import Sequence

from bot.intents import Field, Form
from bot.press import private_metadata
from bot.text import inline, title
from bot.views import words
from bot.views.parts import OPTION, field, modal, mrkdwn, option, section, select, typed
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.card import TicketCard


def status_modal(card: TicketCard, following: Sequence[Status]) -> Json:
    """`following` is not empty: where a ticket can go nowhere there is nothing to ask."""
    now = f"Now: {words.sign(card.status)} {inline(card.status.label, 80)}"
    moves = [option(title(f"{words.sign(each)} {each.label}", OPTION), each.key) for each in following]
    only = following[0].key if len(following) == 1 else None
    blocks = [
        section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*\n{now}")),
        field(Field.STATUS, "New status", select(Field.STATUS, moves, chosen=only)),
        field(Field.NOTE, "Note", typed(Field.NOTE, lines=True, placeholder="For the record"), optional=True),
    ]
    return modal(
        Form.STATUS,
        f"Status of #{card.number}"[:24],
        blocks,
        submit="Save",
        metadata=private_metadata(ref(card), card.number),
    )
