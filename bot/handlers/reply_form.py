"""The form for a reply about a ticket: opened, and drawn anew for whoever has it open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from bot.door import Door
from bot.handlers import template, writing
from bot.intents import KEEP, Field
from bot.press import Press
from bot.reach import Reach
from bot.submission import Submission
from bot.views.reply_aids import Aids
from bot.views.reply_modal import Draft, origin_of, reply_modal
from bot.wire import Json
from core.errors import MessageRefused
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.card import TicketCard

_CLOSED = "not_found"


async def open_form(door: Door, press: Press, ticket_id: UUID, person: Person, *, draft: Draft | None = None) -> None:
    """`draft` fills it in. Raises NotFound, ChannelError."""
    seen = door.clock()
    card = await door.rooms.card(ticket_id)
    if template.is_closed(door, card):
        await template.open_form(door, press, card)
        return
    view = await _drawn(door, card, person, draft, seen)
    await writing.show(door, press, view, card.conversation_id, person, seen=seen)


async def anew(door: Door, form: Submission, draft: Draft) -> Json:
    """The same form, of what is so by now. Raises Stranger, NotFound."""
    seen = door.clock()
    card = await door.rooms.card(form.ref.ticket_id)
    return await _drawn(door, card, await door.person(form), draft, seen)


@dataclass(frozen=True, slots=True)
class Opened:
    """A form that somebody has open. `shown`: its hash; `seen`: what is replied later, they have not been shown."""

    view_id: str
    shown: str
    card: TicketCard
    person: Person
    seen: datetime


async def opened(door: Door, form: Submission, shown: str) -> Opened:
    """Raises Stranger, StaleButton, NotFound."""
    person = await door.person(form)
    return Opened(form.view_id, shown, await door.rooms.card(form.ref.ticket_id), person, form.seen or door.clock())


async def fill_in(door: Reach, form: Opened, draft: Draft) -> str | None:
    """Change it, if it still is the one that was `shown`; its new hash. None: it is another by now, or gone.

    Raises ChannelError.
    """
    view = await _drawn(door, form.card, form.person, draft, form.seen)
    try:
        return await door.slack.update_view(form.view_id, form.shown, view)
    except MessageRefused as refused:
        if refused.vendor_code == _CLOSED:  # then nobody is writing, whatever was noted while it was drawn
            await door.desk.end_reply(form.card.conversation_id, by=form.person, until=form.seen)
        return None


async def so_far(door: Door, form: Submission, person: Person) -> Draft:
    """What stands in the open form. Files that were chosen in it stay there by themselves. Raises StaleButton."""
    kept = form.ticked(Field.KEPT)
    files = (
        await door.desk.give_files([], form.ref.conversation_id, beside=kept, by=person, request=form.request)
        if kept
        else ()
    )
    then = form.chosen_or(Field.THEN, KEEP)
    turn, cc = form.turn(Field.TEXT), writing.copies_typed(form)
    return Draft(form.text(Field.TEXT), then, None, files, origin_of(form), turn=turn, cc=cc)


async def _drawn(door: Reach, card: TicketCard, person: Person, draft: Draft | None, seen: datetime) -> Json:
    then = await _transitions(door, card.ticket_id, person)
    setting = await writing.begin(door, card.conversation_id, card.channel, person, seen=seen, draft=draft)
    offered = Aids(await door.desk.saved_replies(card.ticket_id, by=person), suggests=True)
    return reply_modal(card, replace(setting, aids=offered), then=then)


async def _transitions(door: Reach, ticket_id: UUID, person: Person) -> Sequence[Status]:
    """Whoever may not change the status may still reply: their form just does not ask."""
    try:
        return await door.desk.transitions(ticket_id, by=person)
    except PermissionRefused:
        return ()
