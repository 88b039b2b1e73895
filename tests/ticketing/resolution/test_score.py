"""What the AI would have done is right when people did the same: the same way, the same amount."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.ticketing.resolution.runs import DONE, REFUND
from ticketing.playbook.conditions import Expression
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import RunState
from ticketing.resolution.score import Held, Judged, judged, score

RECIPE = replace(REFUND, sets={"resolution": "refund"}, fills={"refund_amount": Expression("arguments.amount")})
SHADOW = replace(DONE, state=RunState.SHADOWED, autonomy=Autonomy.SHADOW)
REFUNDED = {"resolution": "refund", "refund_amount": "89.00"}


def held(**changed: Any) -> Held:
    return replace(Held(SHADOW, "allowed", REFUNDED, True, False, timedelta(hours=2)), **changed)


class TestJudged:
    @pytest.mark.parametrize(
        ("changed", "what"),
        [
            ({}, Judged.SAME),
            ({"ruling": "needs_approval"}, Judged.SAME),
            ({"fields": REFUNDED | {"refund_amount": "89"}}, Judged.SAME),
            ({"fields": REFUNDED | {"refund_amount": "45.00"}}, Judged.OTHER_AMOUNT),
            ({"fields": {"resolution": "refund"}}, Judged.OTHER_AMOUNT),
            ({"fields": REFUNDED | {"resolution": "replacement"}}, Judged.OTHER_WAY),
            ({"is_discarded": True}, Judged.OTHER_WAY),
            ({"fields": {}}, Judged.NOT_SAID),
            ({"is_settled": False}, Judged.OPEN),
            ({"ruling": "refused"}, Judged.LEFT),
            ({"ruling": "person"}, Judged.LEFT),
            ({"ruling": None}, Judged.LEFT),
        ],
        ids=str,
    )
    def test_it_is_held_against_what_people_filled_in(self, changed: dict[str, Any], what: Judged) -> None:
        assert judged(held(**changed), RECIPE) is what

    def test_a_recipe_that_says_nothing_of_the_ticket_cannot_be_judged(self) -> None:
        assert judged(held(fields={}), replace(REFUND, fills=RECIPE.fills)) is Judged.NOT_SAID
        assert judged(held(), None) is Judged.LEFT


class TestScore:
    def test_precision_is_of_those_that_can_be_judged(self) -> None:
        of = [held(), held(), held(), held(fields=REFUNDED | {"resolution": "replacement", "refund_amount": None})]
        of += [held(ruling="person"), held(is_settled=False), held(fields={})]
        (found,) = score(of, {"refund": RECIPE})
        assert (found.type, found.recipe, found.autonomy, found.runs) == ("return", "refund", "shadow", 7)
        assert (found.judged, found.precision) == (4, 0.75)
        assert (found.would_give, found.gave) == (Decimal("356.00"), Decimal("267.00"))
        assert (found.median_took, found.median_took_people) == (timedelta(seconds=4.2), timedelta(hours=2))

    def test_types_recipes_and_autonomies_stand_apart(self) -> None:
        other = replace(SHADOW, type="lost")
        none = replace(SHADOW, recipe=None)
        suggested = replace(SHADOW, autonomy=Autonomy.SUGGEST)
        found = score([held(run=each) for each in (SHADOW, other, none, suggested)], {"refund": RECIPE})
        assert [(each.type, each.recipe, each.autonomy) for each in found] == [
            ("lost", "refund", "shadow"),
            ("return", None, "shadow"),
            ("return", "refund", "shadow"),
            ("return", "refund", "suggest"),
        ]

    def test_where_nothing_can_be_judged_there_is_no_precision(self) -> None:
        (found,) = score([held(is_settled=False)], {"refund": RECIPE})
        assert (found.precision, found.median_took) == (None, None)
        assert score([], {}) == []
