"""Until when a ticket is promised. Slack shows and takes the moment by its reader's own clock."""

from datetime import datetime

from bot.beneath import Beneath
from bot.intents import Field, Form
from bot.views import words
from bot.views.parts import field, option
from bot.views.work_form import work_form
from bot.wire import Json
from ticketing.tickets.card import TicketCard

TAKE_BACK = "take_back"


def due_modal(card: TicketCard, *, beneath: Beneath | None = None) -> Json:
    due: datetime | None = card.due_at
    picker: Json = {"type": "datetimepicker", "action_id": Field.DUE.value}
    if due is not None:
        picker["initial_date_time"] = int(due.timestamp())
    hint = "By your own clock. When the moment comes and the ticket is not settled, its assignee is reminded."
    blocks = [field(Field.DUE, "Promised for", picker, hint=hint, optional=due is not None)]
    if due is not None:
        box = {"type": "checkboxes", "action_id": Field.TAKE_BACK.value, "options": [option("Take it back", TAKE_BACK)]}
        blocks.append(field(Field.TAKE_BACK, "Or", box, optional=True))
    now = words.moment(due) if due else "nothing is promised"
    return work_form(Form.DUE, card, f"Due date of #{card.number}", blocks, submit="Save", now=now, beneath=beneath)
