"""A sum of two currencies is none: what would be done in another than is counted goes to people."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.playbooks import with_fields
from tests.ticketing.resolution.refunds import REFUND
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.conditions import Expression
from ticketing.playbook.fields import Field, FieldKind
from ticketing.playbook.playbook import Playbook, TicketType
from ticketing.playbook.resolving import Budget, Calling, Recipe
from ticketing.resolution.fill import other_currency

CALLING = Calling("issue_refund")
REFUNDS = Recipe("refunds", "Refund", CALLING, fills={"refund_amount": Expression("arguments.amount")})
GOODWILL = Recipe("goodwill", "Goodwill", CALLING)  # fills nothing


def a_kind(budget: Budget) -> tuple[TicketType, Playbook]:
    """Tickets that are refunded in dollars."""
    playbook = with_fields(Field("refund_amount", "Refund", FieldKind.MONEY, currency="USD"))
    playbook = replace(playbook, recipes={each.key: each for each in (GOODWILL, REFUNDS)})
    kind = next(iter(playbook.types.values()))
    return replace(kind, ai=AiPolicy(recipes=("goodwill", "refunds"), budget=budget)), playbook


@pytest.mark.parametrize(
    ("recipe", "most", "currency", "why"),
    [
        (REFUNDS, None, "usd ", None),
        (REFUNDS, None, None, None),  # as the field counts
        (REFUNDS, None, "EUR", "It would be done in EUR, and Refund counts USD"),
        (GOODWILL, None, "EUR", None),
        (GOODWILL, 100, "USD", None),
        (GOODWILL, 100, "EUR", "It would be done in EUR, and this month's budget counts USD"),
    ],
)
def test_it_is_said_where_it_could_not_be_counted(
    recipe: Recipe, most: int | None, currency: str | None, why: str | None
) -> None:
    kind, playbook = a_kind(Budget(amount_per_month=Decimal(most) if most else None))
    assert other_currency(kind, playbook, REFUND, recipe, {"currency": currency}) == why
