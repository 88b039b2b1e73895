"""The refund policy of the shipped retail playbook, over what the demo shop's own actions say of an order."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from examples.actions.shop import issue_refund, lookup_order
from tests.factories import NOW
from tests.playbooks import example
from tests.ticketing.resolution.refunds import a_context
from threadline import Outcome, OutcomeKind
from ticketing.resolution.context import Looked
from ticketing.resolution.policy import judge
from ticketing.resolution.run import Json
from ticketing.resolution.verdict import PolicyVerdict, Ruling

ORDER: dict[str, Json] = {
    "number": "78932",
    "belongs_to_customer": True,
    "status": "delivered",
    "pieces": 1,
    "refundable": "89.00",
    "currency": "USD",
    "delivered_at": (NOW - timedelta(days=6)).isoformat(),
}


def verdict(**order: Any) -> PolicyVerdict:
    looked = Looked(lookup_order.spec.result, Outcome(OutcomeKind.DONE, ORDER | order))
    context = a_context(action=issue_refund.spec, facts={"order": looked})
    return judge(example("retail").action_policies["issue_refund"], {"order": "78932", "reason": "damaged"}, context)


def test_89_dollars_of_their_own_are_paid_back() -> None:
    assert (verdict().ruling, verdict().amount) == (Ruling.ALLOWED, Decimal("89.00"))


@pytest.mark.parametrize(
    ("order", "rule"),
    [({"currency": "EUR"}, "dollars"), ({"pieces": 2}, "one_piece")],
)
def test_what_the_rules_do_not_foresee_is_for_a_person(order: dict[str, Any], rule: str) -> None:
    assert (verdict(**order).ruling, verdict(**order).decided_by) == (Ruling.PERSON, rule)
