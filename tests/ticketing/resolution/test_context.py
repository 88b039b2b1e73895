"""What a verdict depends on is kept so that it is the very same afterwards."""

import json
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, a_ticket
from tests.ticketing.resolution.refunds import POLICY, REFUND, a_context, an_identity, looked
from threadline import OutcomeKind, Shape, Sort
from ticketing.resolution.context import PolicyContext, read_back, stored
from ticketing.resolution.policy import judge
from ticketing.resolution.ports import Earlier
from ticketing.resolution.record import as_json, from_json

INSTANTS = st.datetimes(
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-9))])
)
TEXTS = st.text(st.characters() | st.sampled_from("\0\ud800\udfff$"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | TEXTS | INSTANTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS | st.just("$at"), inner, max_size=4),
    max_leaves=12,
)


def through_a_database(value: Any) -> Any:
    """As PostgreSQL's jsonb keeps it: numbers are decimals, written without an exponent."""
    written = json.dumps(value, allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in written
    written.encode()  # no half of a pair
    return json.loads(written, parse_float=lambda said: _number(format(Decimal(said), "f")))


def _number(said: str) -> int | float:
    return float(said) if "." in said else int(said)


@given(VALUES)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    again = from_json(through_a_database(as_json(value)))
    assert again == value
    assert _sorts(again) == _sorts(value)


def test_what_conditions_do_not_know_is_not_kept() -> None:
    with pytest.raises(TypeError):
        as_json(object())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"facts": {}},
        {"facts": looked(OutcomeKind.NOT_FOUND)},
        {"earlier": Earlier(2, Decimal("211.01"))},
        {"proven": False, "identities": []},
        {
            "ticket": a_ticket(
                fields={"refund_amount": "1e22", "bought_on": "2026-11-01"}, due_at=NOW, tags=("a", "$at")
            )
        },
        {"refundable": "99999999999999999999.00"},
    ],
)
def test_a_context_comes_back_as_it_was_and_is_judged_alike(changes: dict[str, Any]) -> None:
    context = a_context(**changes)
    again = read_back(through_a_database(stored(context)))
    assert again == context
    assert again.names == context.names
    assert (again.required, again.missing) == (context.required, context.missing)
    for proposed in ({"order": "78932"}, {"order": 5}, {}):
        assert judge(POLICY, proposed, again) == judge(POLICY, proposed, context)


def test_shapes_come_back_with_options_and_nesting() -> None:
    inner = Shape(Sort.GROUP, members={"kind": Shape(Sort.TEXT, ("a", "b"), optional=True)})
    takes = Shape(Sort.GROUP, members={"list": Shape(Sort.LIST, item=inner), "map": Shape(Sort.MAP, item=inner)})
    again = read_back(through_a_database(stored(PolicyContext({}, takes, frozenset({"list"})))))
    assert again.arguments == takes
    assert again.arguments.members["list"].item == inner
    assert again.arguments.members["map"].item is not None
    assert again.arguments.members["map"].item.members == inner.members


def test_only_what_somebody_vouches_for_proves_anything() -> None:
    claimed = an_identity(channel="email", address="boss@example.com", verified_at=None, email="boss@example.com")
    told = an_identity(channel="telegram", address="7", phone="+4930123", verified_at=None)
    real = an_identity(phone="+4915112345678", email="Ada@Example.com")
    known = a_context(identities=[claimed, told, real]).names["customer"]
    assert (known["emails"], known["phones"]) == (["ada@example.com"], ["+4915112345678"])


def test_what_the_action_takes_is_part_of_it() -> None:
    assert a_context().arguments == REFUND.arguments
    assert a_context().required == {"order", "amount"}


def _sorts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorts(each) for key, each in value.items()}
    return [_sorts(each) for each in value] if isinstance(value, list) else type(value)
