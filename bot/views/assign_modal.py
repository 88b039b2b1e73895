"""The assign modal: whoever may take the ticket, looked for by name."""

from bot.beneath import Beneath
from bot.intents import Field, Form
from bot.text import inline
from bot.views.parts import field, search
from bot.views.people_menu import person_option
from bot.views.work_form import work_form
from bot.wire import Json
from ticketing.collaboration.overview import Overview
from ticketing.people.permissions import Act
from ticketing.tickets.card import TicketCard

_ONLY_ONESELF = "You can take it. Giving it to others is for a supervisor of its team or an admin."


def assign_modal(card: TicketCard, seen: Overview, *, beneath: Beneath | None = None) -> Json:
    holder = seen.ticket.assignee_id
    chosen = person_option(card.assignee or "", holder) if holder else None
    hint = None if Act.ASSIGN_OTHER in seen.may else _ONLY_ONESELF
    menu = search(Field.ASSIGNEE, "Type a name", chosen=chosen)
    return work_form(
        Form.ASSIGN,
        card,
        f"Assign #{card.number}",
        [field(Field.ASSIGNEE, "Assign to", menu, hint=hint)],
        submit="Assign",
        now=inline(card.assignee, 200) if card.assignee else "nobody",
        beneath=beneath,
    )
