"""Every rule of a real shop, as its people would write them down: what it allows, and what it does not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from tests.retail.asking import Asked, Wish, a_store, ago, playbook
from ticketing.resolution.ports import Earlier
from ticketing.resolution.verdict import Ruling

CANCEL: Wish = {"order": "1001", "reason": "by_mistake"}
ADDRESS: Wish = {"order": "1001", "street": "1 New St", "country": "US"}
CHANGE: Wish = {"order": "1001", "item": "mug-red", "instead": "mug-blue"}
RETURN: Wish = {"order": "1002", "item": "mug-red", "refund_to": "card"}
EXCHANGE: Wish = {"order": "1002", "item": "mug-red", "instead": "mug-blue"}
WISHES = {
    "cancel_order": CANCEL,
    "change_address": ADDRESS,
    "change_item": CHANGE,
    "return_item": RETURN,
    "exchange_item": EXCHANGE,
}

Change = Callable[[Asked], Any]


@dataclass(frozen=True)
class Refusing:
    """One rule that does not hold. `so` makes it so; `wish`: or it is what somebody asks for."""

    action: str
    rule: str
    ruling: Ruling
    wish: Wish | None = None
    so: Change = lambda _: None

    def __str__(self) -> str:
        return f"{self.action}:{self.rule}"


def order(number: str, **so: Any) -> Change:
    return lambda asked: asked.change(number, **so)


def two_buyers(asked: Asked) -> None:
    """Somebody else's number is this one, too."""
    bo = asked.store.buyers["bo"]
    asked.store.buyers["bo"] = replace(bo, phones=(*bo.phones, asked.phone))


def unsaid(asked: Asked) -> None:
    asked.yes = False


def much_before(asked: Asked) -> None:
    asked.earlier = Earlier(4, Decimal(480))


def dear_order(asked: Asked) -> None:
    asked.change("1001", items=("desk",))


REFUSED, PERSON = Ruling.REFUSED, Ruling.PERSON
YES, AGREED = Ruling.NEEDS_CONFIRMATION, Ruling.NEEDS_APPROVAL
CASES = [
    Refusing("cancel_order", "one_customer", PERSON, so=two_buyers),
    Refusing("cancel_order", "theirs", REFUSED, CANCEL | {"order": "2001"}),
    Refusing("cancel_order", "pending", REFUSED, so=order("1001", status="shipped")),
    Refusing("cancel_order", "good_reason", REFUSED, CANCEL | {"reason": "other"}),
    Refusing("cancel_order", "within_a_day", REFUSED, so=order("1001", ordered_at=ago(1.01))),
    Refusing("cancel_order", "confirmed", YES, so=unsaid),
    Refusing("cancel_order", "large", AGREED, so=dear_order),
    Refusing("change_address", "one_customer", PERSON, so=two_buyers),
    Refusing("change_address", "theirs", REFUSED, ADDRESS | {"order": "2001"}),
    Refusing("change_address", "pending", REFUSED, ADDRESS | {"order": "1002"}),
    Refusing("change_address", "address_once", PERSON, so=order("1001", address_changed=True)),
    Refusing("change_address", "same_country", PERSON, ADDRESS | {"country": "CA"}),
    Refusing("change_address", "confirmed", YES, so=unsaid),
    Refusing("change_item", "theirs", REFUSED, CHANGE | {"order": "2001"}),
    Refusing("change_item", "pending", REFUSED, CHANGE | {"order": "1002"}),
    Refusing("change_item", "items_once", REFUSED, so=order("1001", items_changed=True)),
    Refusing("change_item", "same_product", REFUSED, CHANGE | {"instead": "lamp"}),
    Refusing("change_item", "in_stock", REFUSED, CHANGE | {"instead": "mug-none"}),
    Refusing(
        "change_item",
        "difference_covered",
        PERSON,
        CHANGE | {"instead": "mug-gold"},
        order("1001", paid_with="gift_card"),
    ),
    Refusing("change_item", "confirmed", YES, so=unsaid),
    Refusing("return_item", "theirs", REFUSED, RETURN | {"order": "2002"}),
    Refusing("return_item", "delivered", REFUSED, RETURN | {"order": "1001"}, order("1001", delivered_at=ago(0))),
    Refusing("return_item", "in_window", REFUSED, so=order("1002", delivered_at=ago(30.01))),
    Refusing("return_item", "not_final", REFUSED, RETURN | {"item": "vase-sale"}),
    Refusing("return_item", "way_back", REFUSED, RETURN | {"refund_to": "paypal"}),
    Refusing("return_item", "capped", PERSON, so=much_before),
    Refusing("return_item", "confirmed", YES, so=unsaid),
    Refusing("return_item", "large", AGREED, RETURN | {"item": "desk"}),
    Refusing("exchange_item", "theirs", REFUSED, EXCHANGE | {"order": "2002"}),
    Refusing("exchange_item", "delivered", REFUSED, EXCHANGE | {"order": "1001"}, order("1001", delivered_at=ago(0))),
    Refusing("exchange_item", "one_exchange", REFUSED, so=order("1002", exchanged=True)),
    Refusing("exchange_item", "exchange_window", REFUSED, so=order("1002", delivered_at=ago(31))),
    Refusing("exchange_item", "same_product", REFUSED, EXCHANGE | {"instead": "lamp"}),
    Refusing("exchange_item", "another_make", REFUSED, EXCHANGE | {"instead": "mug-red"}),
    Refusing("exchange_item", "in_stock", REFUSED, EXCHANGE | {"instead": "mug-none"}),
    Refusing("exchange_item", "no_discount", PERSON, EXCHANGE | {"instead": "mug-plain"}),
    Refusing("exchange_item", "difference_covered", PERSON, EXCHANGE | {"instead": "mug-gold"}),
    Refusing("exchange_item", "confirmed", YES, so=unsaid),
]


@pytest.mark.parametrize("action", WISHES)
async def test_what_every_rule_allows_is_allowed(action: str) -> None:
    verdict = await Asked(a_store()).verdict(action, WISHES[action])
    rules = playbook().action_policies[action].rules
    assert verdict.ruling is Ruling.ALLOWED, verdict.because
    assert {each.key for each in rules} <= {said.rule for said in verdict.rules if said.held}


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_one_rule_alone_stands_in_the_way(case: Refusing) -> None:
    asked = Asked(a_store())
    case.so(asked)
    verdict = await asked.verdict(case.action, case.wish or WISHES[case.action])
    assert [said.rule for said in verdict.rules if not said.held] == [case.rule]
    assert (verdict.ruling, verdict.decided_by) == (case.ruling, case.rule)


def test_no_rule_is_left_out_and_there_are_enough() -> None:
    written = {(key, rule.key) for key, each in playbook().action_policies.items() for rule in each.rules}
    assert written == {(case.action, case.rule) for case in CASES}
    assert len({rule for _, rule in written}) >= 20


async def test_a_wish_without_an_order_of_the_shop_is_refused_as_if_it_were_somebody_elses() -> None:
    nobodys = await Asked(a_store()).verdict("cancel_order", CANCEL | {"order": "9999"})
    others = await Asked(a_store()).verdict("cancel_order", CANCEL | {"order": "2001"})
    assert (nobodys.ruling, nobodys.tell) == (others.ruling, others.tell) == (Ruling.REFUSED, "not_found")


async def test_what_somebody_else_pays_back_is_set_by_the_shop_whatever_was_proposed() -> None:
    verdict = await Asked(a_store()).verdict("return_item", RETURN | {"amount": "9000"})
    assert (verdict.ruling, verdict.amount) == (Ruling.ALLOWED, Decimal(40))


async def test_a_yes_to_one_thing_is_none_to_another() -> None:
    asked = Asked(a_store(), yes=False)
    other = await asked.verdict("return_item", RETURN | {"refund_to": "gift_card"})
    given = await asked.verdict("return_item", RETURN, yes_to=other)
    assert (other.ruling, given.ruling) == (Ruling.NEEDS_CONFIRMATION, Ruling.NEEDS_CONFIRMATION)
    assert (await asked.verdict("return_item", RETURN, yes_to=given)).ruling is Ruling.ALLOWED
