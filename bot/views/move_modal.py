"""The modal for a message that belongs to a ticket which its menu does not name."""

from collections.abc import Sequence
from uuid import UUID

from bot.intents import Field, Form
from bot.submission import entry_metadata
from bot.text import title
from bot.views.message_menu import called
from bot.views.parts import OPTION, field, modal, option, select
from bot.wire import Json
from ticketing.tickets.card import TicketName


def move_modal(entry_id: UUID, tickets: Sequence[TicketName]) -> Json:
    """`tickets` are the open ones it could belong to, at least one."""
    options = [option(title(called(each), OPTION), str(each.id)) for each in tickets]
    menu = select(Field.TICKET, options, chosen=options[0]["value"] if len(options) == 1 else None)
    return modal(
        Form.MOVE,
        "Move this message",
        [field(Field.TICKET, "It belongs to", menu)],
        submit="Move",
        metadata=entry_metadata(entry_id),
    )
