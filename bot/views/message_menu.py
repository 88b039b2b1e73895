"""The menu on a customer's message in a thread: where else it could belong, as known when it was drawn."""

from collections.abc import Sequence
from uuid import UUID

from bot.intents import Action, MessageChoice
from bot.refs import StaleButton
from bot.text import title
from bot.views.parts import OPTION, option, overflow
from bot.wire import Json
from ticketing.tickets.card import RoomEntry, TicketName

_BLOCK = "entry:"
_CHOICES = 5  # Slack shows no more


def message_menu(entry: RoomEntry) -> Json:
    """Two clicks for what is likely. The one for another ticket asks the database: it leads to what came later, too."""
    vague = not entry.concerns
    always = [option("New ticket from this", MessageChoice.NEW_TICKET)]
    if not vague:
        always.append(option("Concerns no ticket in particular", MessageChoice.NO_TICKET))
    always.append(option("Belongs to another ticket…", MessageChoice.ANOTHER))
    if entry.versions:
        always.append(option("Earlier versions", MessageChoice.EARLIER))
    likely = [*([entry.ticket] if vague and entry.ticket else []), *entry.others][: _CHOICES - len(always)]
    choices = [option(title(f"Belongs to {called(each)}", OPTION), str(each.id)) for each in likely]
    return overflow(Action.MESSAGE, [*choices, *always])


def called(ticket: TicketName) -> str:
    """ "#13 Problem with a charge"; not escaped."""
    return f"#{ticket.number} {ticket.subject}"


def block_of(entry_id: UUID) -> str:
    """The name of the block that an entry's menu stands in: it says which entry, the choices only where to."""
    return f"{_BLOCK}{entry_id}"


def entry_shown(blocks: Sequence[Json]) -> UUID | None:
    """The entry that a post of ours shows with this menu, by its blocks; None where there is no such menu."""
    names = (str(each.get("block_id") or "") for each in blocks)
    return next((entry_in(name) for name in names if name.startswith(_BLOCK)), None)


def entry_in(block: str) -> UUID:
    """Raises StaleButton."""
    return ticket_in(block.removeprefix(_BLOCK))


def ticket_in(value: str) -> UUID:
    """Raises StaleButton."""
    try:
        return UUID(value)
    except ValueError as error:
        raise StaleButton from error
