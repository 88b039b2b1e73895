"""The status modal: only the transitions this person may make now, and what the chosen one asks for."""

from collections.abc import Sequence

from bot.beneath import Beneath, carried
from bot.intents import Field, Form
from bot.submission import private_metadata
from bot.text import inline, title
from bot.views import words
from bot.views.field_inputs import Inputs, field_inputs
from bot.views.parts import OPTION, field, modal, mrkdwn, option, section, select, typed
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.attachments.attachment import ShownFile
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.card import TicketCard
from ticketing.tickets.status_form import StatusForm


def status_modal(
    card: TicketCard,
    following: Sequence[Status],
    *,
    form: StatusForm | None = None,
    files: Sequence[ShownFile] = (),
    beneath: Beneath | None = None,
) -> Json:
    """`following` is not empty: where a ticket can go nowhere there is nothing to ask. `form`: of the one that is
    chosen; `files` are the ticket's, for fields that take some.
    """
    now = f"Now: {words.sign(card.status)} {inline(card.status.label, 80)}"
    moves = [option(title(f"{words.sign(each)} {each.label}", OPTION), each.key) for each in following]
    menu = select(Field.STATUS, moves, chosen=form.to if form else None)
    needs_note = form is not None and form.note
    note = typed(Field.NOTE, lines=True, placeholder="For the record")
    blocks = [
        section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*\n{now}")),
        field(Field.STATUS, "New status", menu) | {"dispatch_action": True},
        *(_asked(form, files) if form else []),
        *(_approval(form) if form else []),
        field(Field.NOTE, "Note", note, optional=not needs_note),
    ]
    return modal(
        Form.STATUS,
        f"Status of #{card.number}"[:24],
        blocks,
        submit="Ask for approval" if form and form.approval and not form.waiting else "Save",
        metadata=private_metadata(ref(card), card.number, seen=None, **carried(beneath)),
    )


def _asked(form: StatusForm, files: Sequence[ShownFile]) -> list[Json]:
    required = [each.key for each in form.fields]
    return field_inputs(Inputs(form.fields, form.values, required=required, files=files, telling=form.telling))


def _approval(form: StatusForm) -> list[Json]:
    if form.approval is None:
        return []
    label = inline(form.approval, 200)
    if form.waiting:
        return [section(mrkdwn(f"🔒 *{label}*: it has been asked for, and waits for a decision."))]
    return [
        section(mrkdwn(f"🔒 *{label}* needs an approval. Say why; once it is given, the ticket goes there by itself.")),
        field(Field.WHY, "Why", typed(Field.WHY, lines=True, most=2000)),
    ]
