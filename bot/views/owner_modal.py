"""Who answers for a ticket, whoever works on it: a person, a team, or nobody in particular."""

from bot.beneath import Beneath
from bot.intents import Field, Form
from bot.text import inline
from bot.views.parts import field, search
from bot.views.people_menu import somebody_option
from bot.views.work_form import work_form
from bot.wire import Json
from ticketing.collaboration.overview import Overview
from ticketing.people.person import Team
from ticketing.tickets.card import TicketCard


def owner_modal(card: TicketCard, seen: Overview, *, beneath: Beneath | None = None) -> Json:
    owner = seen.owner
    chosen = somebody_option(owner.name, owner.id, is_team=isinstance(owner, Team)) if owner else None
    menu = search(Field.OWNER, "Type the name of a person or team", chosen=chosen)
    hint = "Stays accountable when the ticket is handed off. Empty: nobody in particular."
    return work_form(
        Form.OWNER,
        card,
        f"Owner of #{card.number}",
        [field(Field.OWNER, "Owner", menu, optional=True, hint=hint)],
        submit="Save",
        now=inline(owner.name, 200) if owner else "nobody",
        beneath=beneath,
    )
