"""What policy decided by: the facts that its rules look at, as people read and write them."""

from dataclasses import replace
from typing import Any

import pytest

from tests.playbooks import example
from tests.ticketing.resolution.runs import a_verdict
from ticketing.resolution.run import Step
from ticketing.resolution.shown_facts import facts_of
from ticketing.resolution.shown_steps import shown_step

ORDER: dict[str, Any] = {
    "belongs_to_customer": True,
    "charge": "ch_78951",
    "currency": "USD",
    "delivered_at": {"$at": "2026-11-20T09:00:00+00:00"},
    "email": "clara@customer.example",
    "items": ["1 × Coffee grinder"],
    "number": "78951",
    "pieces": 1.0,
    "refundable": 250.0,
    "status": "delivered",
}
RETAIL = example("retail")
POLICY = RETAIL.action_policies["issue_refund"]


def decided(facts: Any, *, earlier: Any = None, arguments: Any = None) -> Step:
    plain = a_verdict()
    names = {"facts": facts, **({"earlier": earlier} if earlier is not None else {})}
    verdict = {**plain.outputs["verdict"], "arguments": {"currency": "USD"} if arguments is None else arguments}
    return replace(plain, inputs={"context": {"names": names}}, outputs={"verdict": verdict})


class TestFactsOf:
    def test_what_the_rules_look_at_stands_first_in_their_order_and_as_people_write_it(self) -> None:
        found = facts_of(decided({"order": ORDER}, earlier={"count": 2, "amount": 239.0}), POLICY)
        assert found.looked_at == (
            ("Order belongs to customer", "yes"),
            ("Order status", "delivered"),
            ("Order currency", "USD"),
            ("Order pieces", "1"),
            ("Order delivered", "20 Nov 2026"),
            ("Order refundable", "250.00 USD"),
            ("Done for them before, in 30 days", "2 times, 239.00 in all"),
        )
        assert found.others == (
            ("Order charge", "ch_78951"),
            ("Order email", "clara@customer.example"),
            ("Order number", "78951"),
        )

    @pytest.mark.parametrize(("count", "said"), [(0, "nothing"), (1, "once, 89.00 in all")])
    def test_what_was_given_before(self, count: int, said: str) -> None:
        found = facts_of(decided({"order": ORDER}, earlier={"count": count, "amount": 89.0 * count}), POLICY)
        assert found.looked_at[-1] == ("Done for them before, in 30 days", said)

    @pytest.mark.parametrize(
        ("currencies", "said"), [(["USD"], "2 times, 239.00 USD in all"), (["EUR", "USD"], "2 times")]
    )
    def test_different_currencies_are_never_added(self, currencies: list[str], said: str) -> None:
        earlier = {"count": 2, "amount": 239.0, "currencies": currencies}
        found = facts_of(decided({"order": ORDER}, earlier=earlier), POLICY)
        assert found.looked_at[-1] == ("Done for them before, in 30 days", said)

    def test_what_was_not_found_is_said(self) -> None:
        assert facts_of(decided({"order": None}), POLICY).looked_at == (("Order", "not found"),)

    def test_of_a_playbook_that_has_no_such_policy_any_more_all_of_it(self) -> None:
        found = facts_of(decided({"order": ORDER}), None)
        assert (len(found.looked_at), found.others) == (9, ())

    def test_money_has_its_currencys_places(self) -> None:
        order = {**ORDER, "refundable": 1200.0}
        found = dict(facts_of(decided({"order": order}, arguments={"currency": "JPY"}), POLICY).looked_at)
        assert found["Order refundable"] == "1200 JPY"
        assert dict(facts_of(decided({"order": order}, arguments=[]), POLICY).looked_at)["Order refundable"] == "1200"

    @pytest.mark.parametrize("odd", [{"$at": "yesterday"}, {"$number": "x"}, {"$map": 7}, {"$text": 3}, "x" * 5000])
    def test_whatever_stands_in_the_record_can_be_shown(self, odd: Any) -> None:
        for facts in ({"order": {**ORDER, "status": odd}}, {"order": odd}, odd):
            for earlier in (odd, {"count": odd, "amount": odd}, {"count": 2, "amount": 1.0, "currencies": odd}):
                found = facts_of(decided(facts, earlier=earlier, arguments=odd), POLICY)
                assert all(len(value) <= 120 for _, value in found.looked_at + found.others)


def test_where_a_fact_is_missing_nobody_counts_the_rules_that_could_not_be_asked() -> None:
    rules = [
        {"rule": "always.facts", "held": False, "because": "There is no such order."},
        {"rule": "always.arguments", "held": False, "because": "The amount is not known."},
        {"rule": "theirs", "held": False, "because": "Refunds go to whoever ordered"},
    ]
    step = a_verdict("refused")
    step = replace(step, outputs={"verdict": {**step.outputs["verdict"], "rules": rules}})
    assert shown_step(step, RETAIL).words == "the rules could not be asked: not possible"
