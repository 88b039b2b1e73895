"""The modal that opens a ticket from a conversation without one, filled with what triage suggests."""

from bot.intents import Field, Form
from bot.submission import conversation_metadata
from bot.text import inline
from bot.views import words
from bot.views.light_card import ref
from bot.views.new_ticket_modal import type_and_category
from bot.views.parts import field, modal, mrkdwn, section, typed
from bot.views.priority_modal import priority_menu
from bot.wire import Json
from ticketing.conversations.light_card import LightCard, SuggestedTicket
from ticketing.triage.check import SUBJECT_LENGTH
from ticketing.triage.suggestion import Priority, Vocabulary


def conversation_ticket_modal(card: LightCard, vocabulary: Vocabulary) -> Json:
    plain = SuggestedTicket(
        "", vocabulary.plain_type, vocabulary.plain_category(vocabulary.plain_type), Priority.NORMAL
    )
    suggested = card.suggested or plain
    who = f"{inline(card.customer, 200) or 'the customer'} on {words.channel(card.channel)}"
    subject = suggested.subject[:SUBJECT_LENGTH] or None
    blocks = [
        section(mrkdwn(f"A ticket for *{who}*. It will be yours.")),
        field(Field.SUBJECT, "Subject", typed(Field.SUBJECT, focus=True, most=SUBJECT_LENGTH, initial=subject)),
        field(Field.PRIORITY, "Priority", priority_menu(suggested.priority)),
        *type_and_category(vocabulary, suggested.type, suggested.category),
    ]
    metadata = conversation_metadata(ref(card))
    return modal(Form.CONVERSATION_TICKET, "New ticket", blocks, submit="Open ticket", metadata=metadata)
