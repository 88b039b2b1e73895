"""The form for a reply about a ticket: opened, and drawn anew for whoever has it open."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bot.door import Door
from bot.handlers import template, writing
from bot.press import Press, Submission
from bot.views.reply_modal import Draft, reply_modal
from bot.wire import Json
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Status
from ticketing.tickets.card import TicketCard


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


async def _drawn(door: Door, card: TicketCard, person: Person, draft: Draft | None, seen: datetime) -> Json:
    then = await _transitions(door, card.ticket_id, person)
    setting = await writing.begin(door, card.conversation_id, card.channel, person, seen=seen, draft=draft)
    return reply_modal(card, setting, then=then)


async def _transitions(door: Door, ticket_id: UUID, person: Person) -> Sequence[Status]:
    """Whoever may not change the status may still reply: their form just does not ask."""
    try:
        return await door.desk.transitions(ticket_id, by=person)
    except PermissionRefused:
        return ()
