"""Sums in conditions are as exact as people expect of money."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ticketing.playbook.test_checking import SEEDS, questions, some_context
from ticketing.playbook.conditions import Condition
from ticketing.playbook.expressions import parse
from ticketing.playbook.expressions.rounding import ROUNDED, calculates, exactly

CENTS = st.integers(0, 10**11)
WITHIN = Condition("a + b <= limit")
BELOW = Condition("a + b < limit")
EXACT = Condition("a + b - c == limit")


@given(CENTS, CENTS, CENTS, st.integers(-1, 1))
@settings(deadline=None)
def test_a_sum_of_cents_beside_its_limit_is_told_from_the_limit(a: int, b: int, c: int, beside: int) -> None:
    names = {name: float(Decimal(each) / 100) for name, each in (("a", a), ("b", b), ("c", c))}
    assert WITHIN.answer(names | {"limit": _money(a + b + beside)}) is (beside >= 0)
    assert BELOW.answer(names | {"limit": _money(a + b + beside)}) is (beside > 0)
    assert EXACT.answer(names | {"limit": _money(a + b - c + beside)}) is (beside == 0)


def _money(cents: int) -> float:
    return float(Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("0.1 + 0.2 == 0.3", True),
        ("1.1 * 3.0 == 3.3", True),
        ("0.7 / 0.1 == 7.0", True),
        ("300.3 - 300.2 == 0.1", True),
        ("[1.0 + 0.1, 2.2].exists(x, x * 3.0 == 3.3)", True),
        ("-(0.1 + 0.2) == -0.3", True),
        ("(0.1 + 0.2 == 0.3 ? 1.0 : 2.0) < 1.5", True),
        ("7 / 2 == 3", True),
        ('"a" + "b\\"\\n\\u00e9🙂" == x.y', True),
        ('now + duration("1h") > now', True),
        ("now - now == duration('0s')", True),
        ('m["a b"] + 0.2 == 0.3', True),
        ("x.gone + 1.0 > 0.0", None),
        ("x.gone + 1.0 > 0.0 || true", True),
        ("1.0 / 0.0 > 1e300", True),
        ("1 / 0 > 1", None),
    ],
)
def test_whatever_is_calculated_comes_out_as_written(source: str, answer: Any) -> None:
    names = {"x": {"y": 'ab"\n\u00e9🙂', "gone": None}, "m": {"a b": 0.1}, "now": datetime(2026, 11, 23, tzinfo=UTC)}
    assert Condition(source).answer(names) is answer


@given(questions(), SEEDS, st.booleans())
@settings(deadline=None)
def test_written_again_a_question_is_the_same(source: str, chance: Any, full: bool) -> None:
    context = some_context(chance, full=full)
    again = exactly(parse(source))
    if not calculates(parse(source)):
        assert Condition(again).answer(context) == Condition(source).answer(context)
    assert exactly(parse(again.replace(ROUNDED, ""))) == again
