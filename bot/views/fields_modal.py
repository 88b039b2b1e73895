"""The form for a ticket's fields: those that are there now, with what is known of where their values came from."""

from collections.abc import Sequence

from bot.intents import Form
from bot.submission import private_metadata
from bot.text import inline
from bot.views.field_inputs import Inputs, field_inputs
from bot.views.parts import modal, mrkdwn, section
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.attachments.attachment import ShownFile
from ticketing.fields.form import FieldForm
from ticketing.fields.provenance import FieldSource
from ticketing.tickets.card import TicketCard

_STALE = "⚠️ The customer has changed the message that it came from."
_OPEN = "Filled in by itself: saving confirms it."


def fields_modal(card: TicketCard, form: FieldForm, files: Sequence[ShownFile] = ()) -> Json:
    """Drawn anew around what was typed, it keeps that: inputs are named for their fields."""
    notes = {key: note for key, source in form.sources.items() if (note := _note(source))}
    inputs = Inputs(form.fields, form.ticket.fields, files=files, notes=notes, others=form.others)
    head = section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*"))
    nothing = [] if form.fields else [section(mrkdwn("There is nothing to fill in as this ticket stands."))]
    return modal(
        Form.FIELDS,
        f"Fields of #{card.number}"[:24],
        [head, *nothing, *field_inputs(inputs)],
        submit="Save",
        metadata=private_metadata(ref(card), card.number),
    )


def _note(source: FieldSource) -> str:
    if source.stale_since is not None:
        return _STALE
    return _OPEN if source.is_open else ""
