"""The modal for another ticket of the same conversation."""

from bot.intents import Field, Form
from bot.submission import private_metadata
from bot.text import inline, title
from bot.views import words
from bot.views.parts import OPTION, field, modal, mrkdwn, option, section, select, typed
from bot.views.priority_modal import priority_menu
from bot.views.ticket_card import ref
from bot.wire import Json
from ticketing.tickets.card import TicketCard
from ticketing.triage.check import SUBJECT_LENGTH
from ticketing.triage.suggestion import Priority, Vocabulary


def new_ticket_modal(card: TicketCard, vocabulary: Vocabulary) -> Json:
    """`card` is the ticket it is opened beside; the new one starts from that one's type and category."""
    who = f"{inline(card.customer, 200) or 'the customer'} on {words.channel(card.channel)}"
    blocks = [
        section(mrkdwn(f"Another ticket in the conversation with *{who}*, beside #{card.number}. It will be yours.")),
        field(Field.SUBJECT, "Subject", typed(Field.SUBJECT, focus=True, most=SUBJECT_LENGTH)),
        field(Field.PRIORITY, "Priority", priority_menu(Priority.NORMAL)),
        *type_and_category(vocabulary, _key(vocabulary.types, card.type), _key(vocabulary.categories, card.category)),
    ]
    return modal(
        Form.NEW_TICKET, "New ticket", blocks, submit="Open ticket", metadata=private_metadata(ref(card), card.number)
    )


def type_and_category(vocabulary: Vocabulary, chosen_type: str | None, chosen_category: str | None) -> list[Json]:
    """The two menus of the vocabulary, with what is chosen at first."""
    return [
        field(Field.TYPE, "Type", _menu(Field.TYPE, vocabulary.types, chosen_type)),
        field(Field.CATEGORY, "Category", _menu(Field.CATEGORY, vocabulary.categories, chosen_category)),
    ]


def _menu(name: Field, labels: dict[str, str], chosen: str | None) -> Json:
    return select(name, [option(title(text, OPTION), key) for key, text in labels.items()], chosen=chosen)


def _key(labels: dict[str, str], label: str) -> str | None:
    """Cards carry labels, not keys."""
    return next((key for key, text in labels.items() if text == label), None)
