"""The forms of a merge: which other customer it is, then what it would do and who stays."""

from collections.abc import Sequence

from bot.intents import Field, Form
from bot.refs import CustomerRef
from bot.text import inline, title
from bot.views import words
from bot.views.parts import OPTION, field, modal, mrkdwn, option, plain, section
from bot.wire import Json
from ticketing.customers.attributes import as_typed
from ticketing.customers.customer import Customer
from ticketing.customers.merge import MergePreview
from ticketing.customers.profile import CustomerLine

_THIS, _OTHER = "this", "other"


def find_customer_modal(customer: Customer) -> Json:
    """Which customer is the same one, and who of the two stays."""
    search: Json = {
        "type": "external_select",
        "action_id": Field.CUSTOMER.value,
        "placeholder": plain("Name, number, address or #ticket"),
        "min_query_length": 2,
    }
    this = option(title(f"{customer.name} (whom you look at)", OPTION), _THIS)
    stays: Json = {
        "type": "radio_buttons",
        "action_id": Field.STAYS.value,
        "options": [this, option("The other one", _OTHER)],
        "initial_option": this,
    }
    blocks = [
        section(mrkdwn(f"*{inline(customer.name, 200) or 'This customer'}* and another one are the same person.")),
        field(Field.CUSTOMER, "The other one", search),
        field(Field.STAYS, "Who stays", stays, hint="Where both have a name, a tier, …, theirs is kept."),
    ]
    ref = CustomerRef(customer.id, customer.version)
    return modal(Form.FIND_CUSTOMER, "Merge customers", blocks, submit="Preview", metadata=ref.encode())


def this_stays(chosen: str) -> bool:
    return chosen != _OTHER


def customer_options(found: Sequence[CustomerLine]) -> list[Json]:
    """Of the menu, by name and addresses."""
    return [
        option(title(" · ".join((each.name, *map(_address, each.addresses))), OPTION), str(each.id))
        for each in found[:100]
    ]


def _address(told: str) -> str:
    """ "whatsapp:+49…" in words."""
    channel, _, address = told.partition(":")
    return f"{words.channel(channel)} {address}"


def merge_modal(preview: MergePreview) -> Json:
    """What the merge would do. Nothing has happened yet."""
    goes, stays = (inline(each.name, 200) or "?" for each in (preview.absorbed, preview.survivor))
    moves = [f"{words.channel(each.channel)} · {inline(each.address, 100)}" for each in preview.identities[:20]]
    counts = f"{words.count(preview.conversations, 'conversation')} and {words.count(preview.tickets, 'ticket')}"
    blocks = [
        section(mrkdwn(f"*{goes}* becomes part of *{stays}*.")),
        section(mrkdwn("\n".join(["*Moves*", *moves, counts]))),
    ]
    if preview.filled:
        blocks.append(section(mrkdwn(f"*Comes with them*\n{inline(', '.join(preview.filled), 1000)}")))
    if preview.conflicts:
        lines = [
            f"{inline(each.name, 60)}: {inline(as_typed(each.stays), 60)} stays, {inline(as_typed(each.goes), 60)} goes"
            for each in preview.conflicts[:15]
        ]
        blocks.append(section(mrkdwn("\n".join(["*Both have*", *lines]))))
    blocks.append(section(mrkdwn("It can be undone: *Customer*, *Undo merge*.")))
    seen = preview.seen
    ref = CustomerRef(preview.survivor.id, seen.survivor, preview.absorbed.id, seen.absorbed)
    return modal(Form.MERGE_CUSTOMERS, "Merge customers", blocks, submit="Merge", metadata=ref.encode())
