"""The modal that opens a ticket from anywhere in Slack: for whom, about what; and what it says once it is open."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.intents import Field, Form
from bot.text import inline, one_line, title
from bot.views import words
from bot.views.new_ticket_modal import type_and_category
from bot.views.parts import OPTION, PER_GROUP, field, modal, mrkdwn, option, plain, section, typed
from bot.views.priority_modal import priority_menu
from bot.wire import Json
from ticketing.tickets.shown_line import ConversationName
from ticketing.triage.check import SUBJECT_LENGTH
from ticketing.triage.suggestion import Priority, Vocabulary

MOST_DESCRIPTION = 2900  # characters; an input takes 3000


@dataclass(frozen=True, slots=True)
class Beginning:
    """What stands in the form to begin with."""

    conversation: ConversationName | None = None
    subject: str = ""
    description: str = ""


def create_modal(vocabulary: Vocabulary, beginning: Beginning) -> Json:
    subject = one_line(beginning.subject)[:SUBJECT_LENGTH] or None
    description = beginning.description[:MOST_DESCRIPTION] or None
    type_key = vocabulary.plain_type
    blocks = [
        field(Field.CONVERSATION, "Customer", _whose(beginning.conversation)),
        field(
            Field.SUBJECT,
            "Subject",
            typed(Field.SUBJECT, focus=beginning.conversation is not None, most=SUBJECT_LENGTH, initial=subject),
        ),
        field(Field.PRIORITY, "Priority", priority_menu(Priority.NORMAL)),
        *type_and_category(vocabulary, type_key, vocabulary.plain_category(type_key)),
        field(
            Field.DESCRIPTION,
            "Description",
            typed(Field.DESCRIPTION, lines=True, most=MOST_DESCRIPTION, initial=description),
            optional=True,
            hint="For colleagues: the customer never sees it. The ticket will be yours.",
        ),
    ]
    return modal(Form.CREATE, "Create ticket", blocks, submit="Create", metadata="")


def conversation_options(found: Sequence[ConversationName]) -> list[Json]:
    """Of the menu of customers; each by name, channel and address."""
    return [_option(each) for each in found[:PER_GROUP]]


def opened_modal(number: int, subject: str, link: str) -> Json:
    """`link`: the lasting address of the ticket."""
    said = (
        f"✅ *<{link}|#{number}>* {inline(subject, 200)}\nIt is open, and yours. Its card stands in its team's channel."
    )
    return {
        "type": "modal",
        "title": plain(f"Ticket #{number}"),
        "close": plain("Close"),
        "blocks": [section(mrkdwn(said))],
    }


def _whose(chosen: ConversationName | None) -> Json:
    shape: Json = {
        "type": "external_select",
        "action_id": Field.CONVERSATION.value,
        "placeholder": plain("Name, number, address or #ticket"),
        "min_query_length": 2,
    }
    return shape | {"initial_option": _option(chosen)} if chosen else shape


def _option(of: ConversationName) -> Json:
    return option(title(f"{of.customer or '?'} · {words.channel(of.channel)} {of.address}", OPTION), str(of.id))
