"""Beyond a gate fields stay as they were agreed to, whoever fills them in."""

from dataclasses import replace
from typing import Any

import pytest

from tests.factories import NOW, a_ticket, an_actor
from tests.playbooks import example
from ticketing.fields.auto_fill import as_agreed
from ticketing.fields.change import fill_in
from ticketing.fields.provenance import FieldSource
from ticketing.fields.refusals import FieldsRefused
from ticketing.people.person import Role
from ticketing.tickets.ticket import Stored, Ticket

RETAIL = example("retail")
RULES = RETAIL.lifecycles["return"]
ADA = an_actor(Role.ADMIN)


def a_return(status: str = "resolution_proposed", **fields: Stored) -> Ticket:
    ticket = a_ticket(type="return", fields={"order_number": "78932", **fields})
    return replace(ticket, status=status, status_category=RULES.status(status).category)


SMALL = a_return(resolution="refund", refund_amount="150.00")
AGREED = a_return(resolution="refund", refund_amount="250.00")
HIDDEN = a_return(resolution="repair", refund_amount="9000.00")


def filled(ticket: Ticket, towards: str | None = None, **values: Any) -> Ticket:
    to = RULES.status(towards) if towards else None
    return fill_in(ticket, values, by=ADA, at=NOW, playbook=RETAIL, towards=to).ticket


@pytest.mark.parametrize(
    ("ticket", "values"),
    [
        (SMALL, {"refund_amount": "250.00"}),
        (AGREED, {"refund_amount": "251.00"}),
        (AGREED, {"order_number": "1"}),
        (HIDDEN, {"resolution": "refund"}),
        (SMALL, {"refund_amount": "9000.00", "towards": "customer_accepted"}),
    ],
    ids=["too much", "more than agreed", "another order", "what was hidden", "on the way on"],
)
def test_what_would_need_an_approval_is_refused_to_everybody(ticket: Ticket, values: dict[str, Any]) -> None:
    with pytest.raises(FieldsRefused, match="this needs the approval “Refund over 200”"):
        filled(ticket, **values)


@pytest.mark.parametrize(
    ("ticket", "values"),
    [
        (SMALL, {"refund_amount": "199.00", "order_number": "1"}),
        (AGREED, {"refund_amount": "180.00"}),
        (AGREED, {"return_reason": "damaged"}),
        (AGREED, {"refund_amount": "300.00", "towards": "investigating"}),
        (a_return("investigating"), {"resolution": "refund", "refund_amount": "9000.00"}),
        (
            a_return("investigating"),
            {"resolution": "refund", "refund_amount": "9000.00", "towards": "resolution_proposed"},
        ),
    ],
    ids=["as free as before", "needs none", "nobody agreed to it", "on the way back", "before", "at the gate"],
)
def test_everything_else_can_be_changed(ticket: Ticket, values: dict[str, Any]) -> None:
    after = filled(ticket, **values)
    assert after.fields.items() >= {key: each for key, each in values.items() if key != "towards"}.items()


def test_no_words_of_a_customer_change_what_was_agreed_to() -> None:
    found = [
        FieldSource("refund_amount", "entity", NOW, "amount", "9000.00"),
        FieldSource("order_number", "entity", NOW, "order", "1"),
        FieldSource("customer_tier", "customer", NOW, "tier", "gold"),
    ]
    assert [each.field for each in as_agreed(AGREED, found, RETAIL, at=NOW)] == ["customer_tier"]
    assert [each.field for each in as_agreed(SMALL, found, RETAIL, at=NOW)] == ["order_number", "customer_tier"]
    before = a_return("investigating", resolution="refund")
    assert as_agreed(before, found, RETAIL, at=NOW) == found
