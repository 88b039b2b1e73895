"""The assign modal: everybody at the desk, by name."""

from collections.abc import Sequence

from bot.intents import Field, Form
from bot.press import private_metadata
from bot.text import inline, title
from bot.views.parts import OPTION, field, modal, mrkdwn, option, section, select
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.people.person import Person
from ticketing.tickets.card import TicketCard


def assign_modal(card: TicketCard, people: Sequence[Person]) -> Json:
    """`people` is not empty: whoever opens this is one of them."""
    now = f"Now: {inline(card.assignee, 200) if card.assignee else 'nobody'}"
    by_name = sorted(people, key=lambda person: (person.name.casefold(), person.email))
    options = [option(_called(person, by_name), str(person.id)) for person in by_name]
    chosen = next((str(person.id) for person in people if person.email == card.assignee_email), None)
    blocks = [
        section(mrkdwn(f"*#{card.number} {inline(card.subject, 200)}*\n{now}")),
        field(Field.ASSIGNEE, "Assign to", select(Field.ASSIGNEE, options, chosen=chosen)),
    ]
    return modal(
        Form.ASSIGN,
        f"Assign #{card.number}"[:24],
        blocks,
        submit="Assign",
        metadata=private_metadata(ref(card), card.number),
    )


def _called(person: Person, people: Sequence[Person]) -> str:
    """Namesakes are told apart by their address."""
    namesakes = sum(1 for other in people if other.name == person.name)
    return title(f"{person.name} ({person.email})" if namesakes > 1 else person.name, OPTION)
