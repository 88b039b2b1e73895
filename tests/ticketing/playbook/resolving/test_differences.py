"""What the AI may do otherwise in another playbook, and which way limits moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import tried
from tests.ticketing.playbook.resolving.test_compiled import made
from ticketing.playbook.conditions import Condition
from ticketing.playbook.diff import differences
from ticketing.playbook.limits import looser

BEFORE = made()


def told(*edits: tuple[str, str]) -> list[str]:
    return [f"{each.sign} {each.where}: {each.words}" for each in differences(BEFORE, made(*edits))]


def test_the_same_says_nothing() -> None:
    assert told() == []


def test_how_far_the_ai_goes() -> None:
    assert told(("act_alone", "suggest"), ("60%", "75%"), ("hands_over: person", "hands_over: which")) == [
        "~ Type Return: the AI goes less far: suggest, was act alone",
        "~ Type Return: the AI has to be 75% sure, was 60%: lets less pass",
        "~ Type Return: the AI hands over with which now, was person",
    ]


def test_how_it_earns_that() -> None:
    line = "autonomy: act_alone"
    assert told((line, f"{line}\n      earns: {{from: suggest, precision: 90%, over: 20}}")) == [
        "+ Type Return: the AI earns it from suggest: 90% right of 20"
    ]
    earning = made((line, f"{line}\n      earns: {{}}"))
    (more,) = differences(earning, made((line, f"{line}\n      earns: {{over: 10}}")))
    assert more.words == "the AI earns it from shadow: 95% right of 10, was from shadow: 95% of 50"
    (gone,) = differences(earning, BEFORE)
    assert (gone.sign, gone.words.partition(":")[0]) == ("-", "what the AI may do is not earned any more, and not lost")


def test_budgets_say_which_way_they_moved() -> None:
    assert told(("runs_per_ticket: 2, cost_per_ticket: 0.50, amount_per_month: 1000", "amount_per_month: 20000")) == [
        "~ Type Return: times it may begin on a ticket: 3, was 2: lets more pass",
        "~ Type Return: dollars it may cost on a ticket: no limit, was 0.50: lets more pass",
        "~ Type Return: what it may give away in a month: 20,000, was 1,000: lets more pass",
    ]


def test_a_limit_of_money_that_moved() -> None:
    assert told(("arguments.amount < 100,", "arguments.amount < 150,")) == [
        "~ Policy issue_refund: rule small: arguments.amount < 150, was arguments.amount < 100: lets more pass"
    ]
    (line,) = told(("earlier.count < 3 && earlier.amount + arguments.amount <= 300", "earlier.count < 2"))
    assert line == (
        "~ Policy issue_refund: rule capped: earlier.count < 2, was earlier.count < 3 && "
        "earlier.amount + arguments.amount <= 300"
    )


def test_what_follows_where_a_rule_does_not_hold() -> None:
    assert told(("because: Too much", "because: Enough"), ("otherwise: person", "otherwise: {approval: small}")) == [
        "~ Policy issue_refund: rule capped: else approval Refund, was a person takes it: milder",
        "~ Policy issue_refund: rule capped: because “Enough”",
    ]


def test_rules_facts_and_values_that_come_go_and_change() -> None:
    new = "      - {rule: new, holds: customer.proven, otherwise: person, because: New}\n"
    lines = told(
        ("      - {rule: theirs", f"{new}      - {{rule: theirs"),
        ("{amount: facts.order.refundable}", "{amount: facts.order.refundable - 1.0}"),
        ("window: 14d", "window: 30d"),
        (", not_found: missing}", "}"),
    )
    assert lines == [
        "+ Policy issue_refund: rule new: customer.proven, else a person takes it",
        "~ Policy issue_refund: fact order comes from lookup_order(order: arguments.order)",
        "~ Policy issue_refund: amount is facts.order.refundable - 1.0, was facts.order.refundable",
        "~ Policy issue_refund: it looks back on 30 days, was 14 days",
    ]


def test_a_recipe_says_what_it_does_otherwise() -> None:
    assert told((", note: 'Paid {{fields.amount}}'", ", note: Paid"), ("    reads: [lookup_order]\n", "")) == [
        "+ Recipe Refund: step 3: to closed, noting “Paid”, only if fields.amount < 100",
        "- Recipe Refund: may read lookup_order",
        "- Recipe Refund: step 3: to closed, noting “Paid {{fields.amount}}”, only if fields.amount < 100",
    ]


class TestLooser:
    @pytest.mark.parametrize(
        ("before", "after", "more"),
        [
            ("a < 1", "a < 2", True),
            ("a <= 2", "a <= 1.5", False),
            ("a > 1", "a > 2", False),
            ("1 < a", "2 < a", False),
            ("a < 1 && b > 5", "a < 2 && b > 5", True),
            ("a < 1 || b > 5", "a < 1 || b > 4", True),
            ("!(a < 1)", "!(a < 2)", False),
            ("a < 1 && b < 5", "a < 2 && b < 4", None),
            ("a < 1", "a <= 1", None),
            ("a < 1", "b < 2", None),
            ("a == 1", "a == 2", None),
            ("a < 1", "a < 1", None),
            ("f(a) < 1", "f(b) < 2", None),
        ],
    )
    def test_only_limits_moved_and_which_way(self, before: str, after: str, more: bool | None) -> None:
        assert looser(before, after) is more

    @given(
        st.sampled_from(["n.a < {0}.0 && n.b > 3.0", "!(n.a > {0}.0) || n.b < 2.0", "{0}.0 >= n.a", "!(n.a <= {0}.0)"]),
        *[st.integers(0, 9)] * 4,
    )
    @tried(100)
    def test_whatever_passes_before_a_looser_limit_passes_after_it(
        self, form: str, old: int, new: int, a: int, b: int
    ) -> None:
        before, after = form.format(old), form.format(new)
        moved = looser(before, after)
        assert (moved is None) is (old == new)
        given = {"n": {"a": float(a), "b": float(b)}}
        was, now = (Condition(each).holds(given, otherwise=False) for each in (before, after))
        assert was == now if moved is None else (now or not was) if moved else (was or not now)
