"""The modal for a reply while the customer's window is closed: a template, with a field for each of its variables."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from bot.intents import Field, Form
from bot.submission import conversation_metadata, private_metadata
from bot.text import cut, inline, prose, title
from bot.views import light_card, ticket_card, words
from bot.views.parts import OPTION, PER_GROUP, context, modal, mrkdwn, option, plain, section, select
from bot.wire import Json
from ticketing.conversations.light_card import LightCard
from ticketing.templates.fill import rendered
from ticketing.templates.template import Template
from ticketing.tickets.card import TicketCard

_MOST_VARIABLES = 20
_VARIABLE = "variable:"
_BEFORE, _AFTER = 4, 3  # words of the text beside a variable, in the label of its field


def template_modal(
    card: TicketCard | LightCard,
    templates: Sequence[Template],
    *,
    seen: datetime,
    chosen: UUID | None = None,
    typed: Mapping[str, str] | None = None,
) -> Json:
    """`templates`: those that can be sent. `typed`: what stands in the fields already."""
    template = next((each for each in templates if each.id == chosen), None)
    blocks = [section(mrkdwn(_why(card))), _menu(templates, template)]
    if template is not None:
        text = prose(rendered(template.body, typed or {}), 2900)
        blocks += [section(plain(text)), context(mrkdwn("What you write below takes the place of {{…}}."))]
        blocks += [
            _field(name, template.body, (typed or {}).get(name)) for name in template.variables[:_MOST_VARIABLES]
        ]
    if isinstance(card, TicketCard):
        metadata = private_metadata(ticket_card.ref(card), card.number, seen=seen)
        head = f"Template on #{card.number}"[:24]
    else:
        metadata = conversation_metadata(light_card.ref(card), seen=seen)
        head = "Send a template"
    return modal(Form.TEMPLATE, head, blocks, submit="Send", metadata=metadata)


def block_of(variable: str) -> str:
    """The name of a variable's field."""
    return f"{_VARIABLE}{variable}"[:255]


def _why(card: TicketCard | LightCard) -> str:
    who = inline(card.customer, 200) or "The customer"
    return (
        f"⌛ *{who} can only be sent a template:* {words.channel(card.channel)} takes free messages for a day after a "
        "customer's last one. Once they write, you can answer freely."
    )


def _menu(templates: Sequence[Template], chosen: Template | None) -> Json:
    offered = [option(title(f"{each.name} ({each.language})", OPTION), str(each.id)) for each in templates]
    menu = select(Field.TEMPLATE, offered[: PER_GROUP * PER_GROUP], chosen=str(chosen.id) if chosen else None)
    return {
        "type": "input",
        "block_id": Field.TEMPLATE.value,
        "label": plain("Template"),
        "element": menu,
        "dispatch_action": True,
    }


def _field(variable: str, body: str, initial: str | None) -> Json:
    name = block_of(variable)
    element: Json = {"type": "plain_text_input", "action_id": name, "max_length": 1000}
    if initial:
        element["initial_value"] = initial
    return {"type": "input", "block_id": name, "label": plain(cut(_around(variable, body), 150)), "element": element}


def _around(variable: str, body: str) -> str:
    """The variable among the words beside it in its line, e.g. "… about your order {{2}}: it ships …"."""
    sign = f"{{{{{variable}}}}}"
    before, _, after = next((line.partition(sign) for line in body.splitlines() if sign in line), ("", sign, ""))
    words_before, words_after = before.split(" "), after.split(" ")
    head = "… " if len(words_before) > _BEFORE else ""
    tail = " …" if len(words_after) > _AFTER else ""
    return head + " ".join(words_before[-_BEFORE:]) + sign + " ".join(words_after[:_AFTER]) + tail
