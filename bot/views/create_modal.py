"""The modal that opens a ticket from anywhere in Slack: for whom, about what; and what it says once it is open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from bot.intents import Field, Form
from bot.refs import StaleButton
from bot.text import inline, one_line, title, to_edit
from bot.views import words
from bot.views.new_ticket_modal import type_and_category
from bot.views.parts import OPTION, PER_GROUP, field, modal, mrkdwn, option, plain, section, typed
from bot.views.priority_modal import priority_menu
from bot.wire import Json
from ticketing.conversations.first_message import Recipient
from ticketing.conversations.recipient import recipient
from ticketing.tickets.shown_line import ConversationName
from ticketing.triage.check import SUBJECT_LENGTH
from ticketing.triage.suggestion import Priority, Vocabulary

_NEW = "new:"
_SUBJECT = 30  # characters of a mail's, before its customer
_FROM = ">"
_LONGEST_ADDRESSES = 120  # characters: Slack takes 150 in an option's value
MOST_DESCRIPTION = 2900  # characters; an input takes 3000


@dataclass(frozen=True, slots=True)
class Beginning:
    """What stands in the form to begin with."""

    conversation: ConversationName | None = None
    subject: str = ""
    description: str = ""


def create_modal(vocabulary: Vocabulary, beginning: Beginning) -> Json:
    subject = to_edit(one_line(beginning.subject), SUBJECT_LENGTH) or None
    description = to_edit(beginning.description, MOST_DESCRIPTION) or None
    type_key = vocabulary.plain_type
    blocks = [
        field(
            Field.CONVERSATION,
            "Customer",
            _whose(beginning.conversation),
            hint="Or a phone number that has not written yet, or any e-mail address. Nothing is sent before you reply.",
        ),
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


def conversation_options(found: Sequence[ConversationName], new: Sequence[Recipient] = ()) -> list[Json]:
    """Of the menu of customers; each by name, channel and address. `new`: with whom a conversation can be started."""
    several = len({each.account for each in new if each.account}) > 1
    started = [
        _begun(each, several=several)
        for each in new
        if len(each.address) + len(each.account or "") <= _LONGEST_ADDRESSES
    ]
    return [*map(_option, found[: PER_GROUP - len(started)]), *started][:PER_GROUP]


def place_in(value: str) -> UUID | Recipient:
    """The conversation that was chosen, or whom one is to be started with. Raises StaleButton, AddressRefused."""
    try:
        if not value.startswith(_NEW):
            return UUID(value)
    except ValueError as error:
        raise StaleButton from error
    channel, _, rest = value.removeprefix(_NEW).partition(":")
    address, _, account = rest.partition(_FROM)
    return replace(recipient(channel, address), account=account or None)


def _begun(to: Recipient, *, several: bool) -> Json:
    """`several`: of our addresses can write to them."""
    sender = f" from {to.account}" if several else ""
    label = f"＋ {to.name or 'New customer'} · {words.channel(to.channel)} {to.address}{sender}"
    return option(title(label, OPTION), f"{_NEW}{to.channel}:{to.address}{_FROM}{to.account or ''}")


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
    about = f"“{one_line(of.subject)[:_SUBJECT]}” · " if of.subject else ""
    return option(title(f"{about}{of.customer or '?'} · {words.channel(of.channel)} {of.address}", OPTION), str(of.id))
