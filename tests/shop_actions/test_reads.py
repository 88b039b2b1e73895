"""What the sample actions look up: whose an order is comes from verified addresses on both sides."""

from typing import Any

import httpx
import pytest

from ai.actions.desk_actions import CallableActions, DeskActions
from ai.actions.registry import load_actions
from tests.shop_actions.conftest import CLARA, asking
from threadline import OutcomeKind, Sort


async def read(actions: CallableActions, name: str, *addresses: str, **arguments: Any) -> Any:
    outcome = await actions.call(name, arguments, asking(*addresses))
    assert outcome.kind is OutcomeKind.DONE, outcome
    return outcome.value


class TestLookupOrder:
    async def test_tells_what_a_policy_asks_about(self, actions: CallableActions) -> None:
        order = await read(actions, "lookup_order", CLARA, order="#78932")
        assert {name: order[name] for name in ("number", "status", "total", "refunded", "refundable", "currency")} == {
            "number": "78932",
            "status": "delivered",
            "total": "89.00",
            "refunded": "0.00",
            "refundable": "89.00",
            "currency": "USD",
        }
        assert (order["belongs_to_customer"], order["email"], order["phone"]) == (True, CLARA, "+14155550123")
        assert (order["items"], order["pieces"]) == (["1 × Cast-iron teapot, 0.9 l"], 1)
        assert (await read(actions, "lookup_order", CLARA, order="78120"))["pieces"] == 3
        assert order["delivered_at"] == "2026-11-17T09:00:00Z"
        assert (order["returnable"], order["return_until"]) == (True, "2026-12-17T09:00:00Z")

    @pytest.mark.parametrize(
        ("order", "returnable", "refundable"),
        [("78120", False, "100.00"), ("78915", True, "0.00"), ("79004", False, "61.50"), ("79011", False, "128.00")],
    )
    async def test_outside_the_window_or_not_delivered_it_cannot_come_back(
        self, order: str, returnable: bool, refundable: str, actions: CallableActions
    ) -> None:
        found = await read(actions, "lookup_order", order=order)
        assert (found["returnable"], found["refundable"]) == (returnable, refundable)

    async def test_a_number_proves_it_as_well_as_an_address(self, actions: CallableActions) -> None:
        assert (await read(actions, "lookup_order", "+14155550123", order="78932"))["belongs_to_customer"]

    @pytest.mark.parametrize("addresses", [(), (CLARA,), ("ines.carvalho@work.example",), ("+14155550177",)])
    async def test_of_somebody_elses_order_no_address_is_told(
        self, addresses: tuple[str, ...], actions: CallableActions
    ) -> None:
        """Inês' second address and her number were never verified by the shop."""
        found = await read(actions, "lookup_order", *addresses, order="79011")
        assert (found["belongs_to_customer"], found["email"], found["phone"]) == (False, None, None)

    async def test_an_address_that_the_desk_has_not_verified_proves_nothing(self, actions: CallableActions) -> None:
        outcome = await actions.call("lookup_order", {"order": "78932"}, asking(CLARA, verified=False))
        assert outcome.value["belongs_to_customer"] is False  # type: ignore[call-overload, index]

    @pytest.mark.parametrize("order", ["11111", "78932/../79011", "..", "#", "78932?x=1"])
    async def test_an_order_that_is_not_there_is_not_found(self, order: str, actions: CallableActions) -> None:
        outcome = await actions.call("lookup_order", {"order": order}, asking(CLARA))
        assert outcome.kind is OutcomeKind.NOT_FOUND


class TestOtherReads:
    async def test_orders_are_found_by_proven_addresses_alone(self, actions: CallableActions) -> None:
        found = await read(actions, "find_orders", CLARA)
        assert found["count"] == 5
        assert [each["number"] for each in found["orders"]][:2] == ["78951", "78932"]
        outcome = await actions.call("find_orders", {}, asking("ines.carvalho@work.example"))
        assert outcome.kind is OutcomeKind.NOT_FOUND
        assert (await actions.call("find_orders", {}, asking())).kind is OutcomeKind.REFUSED

    async def test_a_parcel_is_where_it_was_seen_last(self, actions: CallableActions) -> None:
        parcel = await read(actions, "track_parcel", order="79004")
        assert (parcel["carrier"], parcel["delivered"]) == ("Parcel Post", False)
        assert parcel["last_seen"] == "Handed over to Parcel Post"

    async def test_stock_says_when_more_comes(self, actions: CallableActions) -> None:
        stock = await read(actions, "check_stock", sku="GRINDER-B")
        assert (stock["in_stock"], stock["price"], stock["restocked_at"]) == (0, "250.00", "2026-12-05T09:00:00Z")


class TestFaults:
    @pytest.mark.parametrize("kind", ["down", "busy", "failed_after", "malformed"])
    async def test_a_shop_that_has_trouble_may_be_asked_again(
        self, kind: str, actions: CallableActions, client: httpx.AsyncClient
    ) -> None:
        await client.post("/_faults", json={"kind": kind, "operation": "get_order", "retry_after_seconds": 7})
        outcome = await actions.call("lookup_order", {"order": "78932"}, asking(CLARA))
        assert outcome.kind is OutcomeKind.UNAVAILABLE
        assert outcome.retry_after == (7 if kind == "busy" else None)

    async def test_a_wrong_key_is_told_and_not_shown(self, url: str) -> None:
        settings = {"shop_url": url, "shop_token": "a wrong key"}
        desk = DeskActions(load_actions(["examples.actions.shop"], installed=False), settings=settings)
        outcome = await desk.installed.call("lookup_order", {"order": "78932"}, asking(CLARA))
        assert outcome.kind is OutcomeKind.REFUSED
        assert "a wrong key" not in outcome.words
        await desk.close()


def test_policies_can_ask_about_an_order(actions: CallableActions) -> None:
    shape = actions.specs["lookup_order"].result
    assert shape.members["refundable"].sort is Sort.NUMBER
    assert shape.members["belongs_to_customer"].sort is Sort.YES_NO
    assert shape.members["return_until"].sort is Sort.INSTANT
    assert actions.specs["issue_refund"].writes
