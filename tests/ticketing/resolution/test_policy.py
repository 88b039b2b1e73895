"""Policy as a table, and what must be so whatever anybody proposes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import NOW
from tests.ticketing.resolution.refunds import (
    FOUND,
    ORDER,
    POLICY,
    REFUND,
    a_context,
    a_conversation,
    a_rule,
    an_identity,
    looked,
    policy,
)
from tests.ticketing.resolution.test_context import through_a_database
from threadline import OutcomeKind
from ticketing.playbook.conditions import Expression
from ticketing.playbook.resolving import ActionPolicy, Otherwise
from ticketing.resolution.arguments import confirmation
from ticketing.resolution.context import read_back, stored
from ticketing.resolution.policy import judge
from ticketing.resolution.ports import Earlier
from ticketing.resolution.verdict import PolicyVerdict, Ruling

ALLOWED, APPROVAL, CONFIRMATION, PERSON, REFUSED = Ruling
STRICTNESS = list(Ruling)
CHOSEN = {"order": "78932"}


def verdict(*, on: ActionPolicy | None = POLICY, proposed: dict[str, Any] | None = None, **facts: Any) -> PolicyVerdict:
    return judge(on, CHOSEN if proposed is None else proposed, a_context(**facts))


class TestTheRefundOfTheReferenceScenario:
    def test_89_within_the_window_is_given_back_alone(self) -> None:
        found = verdict()
        assert (found.ruling, found.amount, found.decided_by) == (ALLOWED, Decimal("89.00"), None)
        assert found.arguments == {"order": "78932", "amount": "89.00", "currency": "EUR"}
        assert [each.rule for each in found.rules if each.held] == [
            "theirs",
            "in_window",
            "capped",
            "small",
            "not_large",
        ]

    @pytest.mark.parametrize(
        ("facts", "ruling", "by", "then"),
        [
            ({"refundable": "99.99"}, ALLOWED, None, None),
            ({"refundable": "100.00"}, APPROVAL, "small", "refund_confirmed"),
            ({"refundable": "200.00"}, APPROVAL, "small", "refund_confirmed"),
            ({"refundable": "200.01"}, APPROVAL, "not_large", "refund_over_200"),
            ({"refundable": "300.01"}, PERSON, "capped", None),
            ({"earlier": Earlier(3, Decimal("3.00"))}, PERSON, "capped", None),
            ({"earlier": Earlier(2, Decimal("211.00"))}, ALLOWED, None, None),
            ({"earlier": Earlier(2, Decimal("211.01"))}, PERSON, "capped", None),
            ({"earlier": Earlier(2, Decimal("211.00"), frozenset({"EUR"}))}, ALLOWED, None, None),
            ({"earlier": Earlier(1, Decimal("0.01"), frozenset({"USD"}))}, PERSON, "always.currency", None),
            ({"earlier": Earlier(2, Decimal("0.02"), frozenset({"EUR", "USD"}))}, PERSON, "always.currency", None),
            ({"earlier": Earlier(1, Decimal("0.01"), frozenset({""}))}, PERSON, "always.currency", None),
            ({"email": "eve@example.com"}, REFUSED, "theirs", None),
            ({"identities": []}, REFUSED, "theirs", None),
            ({"identities": [an_identity(email="ada@example.com", verified_at=None)]}, REFUSED, "theirs", None),
            ({"delivered": "2026-10-01"}, REFUSED, "in_window", None),
            ({"delivered": None}, REFUSED, "in_window", None),
            ({"email": "eve@example.com", "delivered": "2026-10-01", "refundable": "999.00"}, REFUSED, "theirs", None),
            ({"proven": False}, PERSON, "always.proven", None),
            ({"proven": False, "email": "eve@example.com"}, REFUSED, "theirs", None),
            ({"refundable": None}, PERSON, "always.arguments", None),
            ({"currency": None}, PERSON, "always.arguments", None),
            ({"refundable": "0.00"}, REFUSED, "always.amount", None),
            ({"refundable": "-5.00"}, REFUSED, "always.amount", None),
            ({"refundable": "0.001"}, REFUSED, "always.amount", None),
            ({"refundable": "99.999999"}, REFUSED, "always.amount", None),
            ({"refundable": "89.50", "currency": "JPY"}, REFUSED, "always.amount", None),
            ({"refundable": "89.50", "currency": "jpy"}, REFUSED, "always.amount", None),
            ({"refundable": "89.505", "currency": "KWD"}, ALLOWED, None, None),
            ({"refundable": "1e999"}, PERSON, "always.arguments", None),
            ({"refundable": "NaN"}, PERSON, "always.arguments", None),
            ({"facts": {}}, PERSON, "always.facts", None),
            ({"facts": looked(OutcomeKind.UNAVAILABLE)}, PERSON, "always.facts", None),
        ],
    )
    def test_each_rule_decides_where_it_should(
        self, facts: dict[str, Any], ruling: Ruling, by: str | None, then: str | None
    ) -> None:
        found = verdict(**facts)
        assert (found.ruling, found.decided_by, found.approval) == (ruling, by, then)

    def test_an_order_that_is_not_there_is_told_in_the_words_of_its_fact(self) -> None:
        found = verdict(facts=looked(OutcomeKind.NOT_FOUND))
        assert (found.ruling, found.tell, found.decided_by) == (REFUSED, "order_not_found", "always.facts")
        silent = policy(facts=(replace(ORDER, not_found=None),))
        assert verdict(on=replace(silent, rules=()), facts=looked(OutcomeKind.NOT_FOUND)).ruling is PERSON

    def test_the_customer_is_told_by_the_rule_that_decided(self) -> None:
        assert verdict(email="eve@example.com").tell == "order_not_found"
        assert verdict(delivered="2026-10-01").tell == "too_late"
        assert verdict(refundable="301.00").tell == "a_colleague"

    def test_who_writes_an_authenticated_mail_has_proven_its_address(self) -> None:
        mail: dict[str, Any] = {"conversation": a_conversation("email", "Ada@Example.com"), "identities": []}
        assert verdict(**mail).ruling is ALLOWED
        assert verdict(**mail, proven=False).ruling is REFUSED

    def test_without_a_policy_nothing_is_done(self) -> None:
        found = verdict(on=None)
        assert (found.ruling, found.arguments, found.amount) == (REFUSED, {}, None)


class TestStrictestWins:
    def test_among_approvals_the_last(self) -> None:
        rules = [a_rule(name, "arguments.amount < 1", Otherwise.APPROVAL, approval=name) for name in ("a", "b", "c")]
        assert verdict(on=policy(*rules)).approval == "c"

    def test_among_refusals_the_first(self) -> None:
        rules = [a_rule(name, "arguments.amount < 1", Otherwise.REFUSE, tell=name) for name in ("a", "b")]
        assert verdict(on=policy(*rules)).tell == "a"

    def test_an_approval_that_nobody_is_named_for_goes_to_a_person(self) -> None:
        found = verdict(on=policy(a_rule("odd", "arguments.amount < 1", Otherwise.APPROVAL)))
        assert (found.ruling, found.approval) == (PERSON, None)

    def test_the_customer_says_yes_before_anybody_else_is_asked(self) -> None:
        yes = a_rule("yes", "confirmed", Otherwise.CONFIRM, tell="confirm_refund")
        approval = a_rule("odd", "arguments.amount < 1", Otherwise.APPROVAL, approval="x")
        found = verdict(on=policy(yes, approval))
        assert (found.ruling, found.tell) == (CONFIRMATION, "confirm_refund")
        said = confirmation("issue_refund", found.arguments)
        assert verdict(on=policy(yes), confirmed=said).ruling is ALLOWED
        assert verdict(on=policy(yes, approval), confirmed=said).approval == "x"
        assert verdict(on=policy(yes), confirmed=said, refundable="89.01").ruling is CONFIRMATION
        assert verdict(on=policy(replace(yes, tell=None))).ruling is PERSON

    def test_where_the_action_itself_wants_an_approval_somebody_agrees(self) -> None:
        careful = replace(REFUND, approval="arguments.amount > 50")
        found = verdict(action=careful)
        assert (found.ruling, found.approval, found.decided_by) == (APPROVAL, None, "always.approval")
        assert verdict(action=careful, refundable="50.00").ruling is ALLOWED
        assert verdict(action=careful, refundable="250.00").approval == "refund_over_200"
        for unanswerable in ("arguments.nothing > 50", "this is no condition"):
            assert verdict(action=replace(REFUND, approval=unanswerable)).ruling is APPROVAL

    @given(st.permutations(POLICY.rules), st.sampled_from(["89.00", "150.00", "250.00", "400.00", None]))
    def test_in_whatever_order_the_rules_stand(self, rules: list[Any], refundable: str | None) -> None:
        assert verdict(on=policy(*rules), refundable=refundable).ruling is verdict(refundable=refundable).ruling

    @given(st.sets(st.sampled_from(range(len(POLICY.rules)))), st.sampled_from(["89.00", "150.00", "250.00", "400.00"]))
    def test_a_rule_more_is_never_milder(self, kept: set[int], refundable: str) -> None:
        fewer = replace(POLICY, rules=tuple(POLICY.rules[place] for place in sorted(kept)))
        assert _strictness(verdict(on=fewer, refundable=refundable)) <= _strictness(verdict(refundable=refundable))


class TestWhatABrainProposes:
    @pytest.mark.parametrize("own", ["9999.00", -1, None, "1e999", {"a": 1}, "NaN", 0.5, [], True])
    def test_what_policy_sets_is_never_looked_at(self, own: Any) -> None:
        assert verdict(proposed=CHOSEN | {"amount": own, "currency": own}) == verdict()

    @pytest.mark.parametrize(
        "proposed",
        [
            {"order": 78932},
            {"order": ["78932"]},
            {"order": None},
            {"order": {"number": "78932"}},
            {"order": "78932\0"},
            {"order": "\ud800"},
            {"order": "7" * 5000},
            {},
            {"order": "78932", "reason": 5},
            {"order": "78932", "approved": True},
            {"order": "78932", "facts": {"order": {"refundable": 9999}}},
            {"order": "78932", "": 1},
            {"order": "78932", "\ud800": 1},
        ],
    )
    def test_what_the_action_does_not_take_is_refused(self, proposed: dict[str, Any]) -> None:
        found = verdict(proposed=proposed)
        assert (found.ruling, found.decided_by) == (REFUSED, "always.arguments")
        assert "\ud800" not in found.because

    def test_a_value_that_policy_sets_may_not_come_from_the_proposal_by_another_way(self) -> None:
        asking = policy(sets={"amount": Expression("arguments.amount"), "currency": Expression("arguments.currency")})
        assert verdict(on=asking, proposed=CHOSEN | {"amount": 5, "currency": "EUR"}).ruling is PERSON

    @given(
        st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["order", "amount", "currency", "reason", "facts", "earlier"]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
                lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
                max_leaves=6,
            ),
            max_size=5,
        ),
        st.sampled_from(["89.00", "150.00", "250.00", "400.00", "0", "-1", "1e999", None]),
    )
    @settings(max_examples=200, deadline=None)
    def test_whatever_it_proposes_the_verdict_is_never_milder_than_the_facts(
        self, proposed: dict[str, Any], refundable: str | None
    ) -> None:
        found = verdict(proposed=CHOSEN | proposed, refundable=refundable)
        plain = verdict(refundable=refundable)
        assert _strictness(found) >= _strictness(plain)
        assert found.amount == plain.amount
        if found.ruling is ALLOWED:
            assert found.arguments.items() >= plain.arguments.items() - {("order", "78932")}

    @given(st.text(max_size=30))
    def test_a_reason_in_whatever_words_changes_nothing(self, words: str) -> None:
        found = verdict(proposed=CHOSEN | {"reason": words})
        if found.ruling is not REFUSED:  # that is for words that cannot be kept
            assert replace(found, arguments={}) == replace(verdict(), arguments={})


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(["1e308", "-0", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "\ud800", "89.00"]),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


class TestWhateverAnActionGave:
    @given(st.fixed_dictionaries(dict.fromkeys(FOUND, ODD)))
    @settings(max_examples=150, deadline=None)
    def test_there_is_a_verdict_and_only_good_money_goes_out(self, order: dict[str, Any]) -> None:
        context = a_context(**order)
        found = judge(POLICY, CHOSEN, context)
        assert judge(POLICY, CHOSEN, read_back(through_a_database(stored(context)))) == found
        if found.ruling is ALLOWED:
            assert found.amount is not None
            assert 0 < found.amount < 100
            assert found.amount == round(found.amount, 3)
            assert order["email"] == "ada@example.com"


def test_where_nothing_is_capped_by_amount_currencies_do_not_matter() -> None:
    on = policy(a_rule("few", "earlier.count < 3", Otherwise.PERSON))
    assert verdict(on=on, earlier=Earlier(1, Decimal(5), frozenset({"USD"}))).ruling is ALLOWED


class TestMoneyIsExact:
    @given(st.integers(1, 40_000))
    @settings(deadline=None)
    def test_around_every_limit(self, cents: int) -> None:
        found = verdict(refundable=str(Decimal(cents) / 100))
        expected = PERSON if cents > 30_000 else APPROVAL if cents >= 10_000 else ALLOWED
        assert (found.ruling, found.amount) == (expected, Decimal(cents) / 100)

    @given(st.integers(1, 30_000), st.integers(-1, 1))
    @settings(deadline=None)
    def test_with_what_was_given_before_around_the_cap(self, cents: int, beside: int) -> None:
        before = Decimal(30_000 - cents + beside) / 100
        found = verdict(refundable=str(Decimal(cents) / 100), earlier=Earlier(1, before))
        assert (found.decided_by == "capped") == (beside > 0)

    @pytest.mark.parametrize("limit", [99.99, 100, 200, 300, 0.07, 1234.56])
    @pytest.mark.parametrize("beside", [-1, 0, 1])
    def test_one_cent_beside_a_limit(self, limit: float, beside: int) -> None:
        amount = Decimal(str(limit)) + Decimal(beside) / 100
        on = policy(a_rule("limit", f"arguments.amount <= {limit}", Otherwise.PERSON))
        assert (verdict(on=on, refundable=str(amount)).ruling is ALLOWED) == (beside <= 0)


def test_the_window_ends_at_the_same_instant_every_day() -> None:
    last = NOW - timedelta(days=30)
    assert verdict(delivered=date(2026, 10, 25).isoformat()).ruling is ALLOWED
    assert verdict(delivered=last.date().isoformat()).ruling is REFUSED  # the day began before that instant


def _strictness(found: PolicyVerdict) -> int:
    return STRICTNESS.index(found.ruling)
