"""The form for what is known of a customer."""

from bot.intents import Field, Form
from bot.refs import CustomerRef
from bot.text import one_line
from bot.views.parts import field, modal, typed
from bot.wire import Json
from ticketing.customers.attributes import OWN, as_typed, attributes_of
from ticketing.customers.customer import Customer

_MOST_TYPED = 3000  # characters of a field, by Slack's limit


def edit_customer_modal(customer: Customer) -> Json:
    """As it is now; what is emptied is taken away. Own attributes that do not fit the field are left as they are."""
    blocks = [
        field(Field.NAME, "Name", typed(Field.NAME, most=200, initial=one_line(customer.name)[:200] or None)),
        field(Field.TIER, "Tier", typed(Field.TIER, most=40, initial=customer.tier, focus=True), optional=True),
        field(
            Field.LANGUAGE,
            "Language",
            typed(Field.LANGUAGE, most=35, initial=customer.language, placeholder="de, en-GB, zh-Hant"),
            optional=True,
        ),
        field(
            Field.TIME_ZONE,
            "Time zone",
            typed(Field.TIME_ZONE, most=64, initial=customer.time_zone, placeholder="Europe/Berlin"),
            optional=True,
        ),
        field(
            Field.ATTRIBUTES,
            "Attributes",
            typed(Field.ATTRIBUTES, lines=True, initial="\n".join(shown_attributes(customer)) or None),
            optional=True,
            hint="One on each line: name=value. A value is text, a number, true or false.",
        ),
    ]
    ref = CustomerRef(customer.id, customer.version)
    return modal(Form.EDIT_CUSTOMER, "Edit customer", blocks, submit="Save", metadata=ref.encode())


def shown_attributes(customer: Customer) -> dict[str, str]:
    """The lines of the field that are shown in full, with the names of their attributes."""
    lines: dict[str, str] = {}
    used = 0
    for name, value in attributes_of(customer).items():
        if not name.startswith(OWN):
            continue
        line = f"{name.removeprefix(OWN)}={as_typed(value)}"
        used += 2 * len(line) + 1  # Slack may count what is beyond its usual characters twice
        if used > _MOST_TYPED or "\n" in line:
            continue
        lines[line] = name
    return lines
