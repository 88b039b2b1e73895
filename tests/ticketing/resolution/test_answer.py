"""What an answer says for the field that was asked for."""

from decimal import Decimal

import pytest

from ticketing.playbook.fields import Field, FieldKind, Option
from ticketing.resolution.answer import answer_in

ORDER = Field("order", "Order", FieldKind.TEXT, pattern="#?[A-Za-z0-9-]{3,30}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("78932", "78932"),
        ("It's #78932.", "#78932"),
        ("order 78932, please", "78932"),
        ("Die Nummer ist (78932)!", "78932"),
        ("78932 … I mean 78932", "78932"),
        ("78932 or 78940", None),
        ("I do not know the number", None),
        ("", None),
        ("7" * 600, None),
        ("78932\u202e", None),
    ],
)
def test_an_order_is_what_its_pattern_takes_and_has_a_digit(text: str, found: str | None) -> None:
    assert answer_in(text, ORDER) == found


def test_of_other_kinds_it_is_what_they_take() -> None:
    amount = Field("amount", "Amount", FieldKind.MONEY, currency="USD", most=Decimal(100))
    assert answer_in("It was $89.00", amount) == "$89.00"
    reason = Field("reason", "Reason", FieldKind.DROPDOWN, options=(Option("damaged", "Arrived damaged"),))
    assert answer_in("arrived damaged", reason) == "arrived damaged"
    assert answer_in("no idea", reason) is None
    anything = Field("order", "Order", FieldKind.TEXT)
    assert (answer_in("78932.", anything), answer_in("I do not know 1", anything)) == ("78932", None)
