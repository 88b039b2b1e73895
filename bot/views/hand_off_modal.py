"""Hand a ticket to another team, with a word for whoever takes it up."""

from collections.abc import Sequence
from uuid import UUID

from bot.beneath import Beneath
from bot.intents import Field, Form
from bot.text import inline, title
from bot.views.parts import OPTION, field, option, search, select, typed
from bot.views.work_form import work_form
from bot.wire import Json
from ticketing.collaboration.overview import Overview
from ticketing.people.permissions import Act
from ticketing.people.person import Team
from ticketing.tickets.card import TicketCard

TEAM = "team"  # what the form remembers: which team's people its menu offers


def hand_off_modal(
    card: TicketCard,
    seen: Overview,
    teams: Sequence[Team],
    *,
    to: UUID | None = None,
    beneath: Beneath | None = None,
) -> Json:
    """`to`: the team that has been chosen. Then those who may assign choose one of its people, too."""
    options = [option(title(each.name, OPTION), str(each.id)) for each in teams]
    menu = select(Field.TEAM, options, chosen=str(to) if to else None, placeholder="Choose a team")
    blocks = [field(Field.TEAM, "To team", menu) | {"dispatch_action": True}]
    if to is not None and Act.ASSIGN_OTHER in seen.may:
        colleague = field(Field.COLLEAGUE, "To whom", search(Field.COLLEAGUE, "Anybody of it"), optional=True)
        # Of its own for each team: in a block of the same name Slack keeps who was chosen of another one.
        blocks.append(colleague | {"block_id": f"{Field.COLLEAGUE}~{to}"})
    note = typed(Field.NOTE, lines=True, most=3000, placeholder="What they should know. The customer never sees it.")
    hint = "An internal comment in its thread. Whom it names with @ watches the ticket."
    blocks.append(field(Field.NOTE, "Note", note, optional=True, hint=hint))
    return work_form(
        Form.HAND_OFF,
        card,
        f"Hand off #{card.number}",
        blocks,
        submit="Hand off",
        now=f"{inline(card.team or '', 120) or 'no team'}, {inline(card.assignee or '', 120) or 'nobody yet'}",
        beneath=beneath,
        **({TEAM: str(to)} if to else {}),
    )
