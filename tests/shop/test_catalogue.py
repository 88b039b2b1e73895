"""What a desk looks up: customers, orders in each state, parcels, stock, and returns by the rules."""

from datetime import timedelta

import httpx
import pytest

from examples.shop.shop import Shop
from tests.shop.conftest import MONDAY, open_return


class TestOrders:
    async def test_the_damaged_teapot_is_delivered_in_the_window_and_cost_eighty_nine(
        self, client: httpx.AsyncClient
    ) -> None:
        order = (await client.get("/orders/%2378932")).json()  # as customers write it: #78932
        assert order["total"] == {"amount": 8900, "currency": "USD"}
        assert (order["customer"], order["status"]) == ("cus_clara", "delivered")
        assert order["return_window_ends_at"] > MONDAY.isoformat()
        assert (order["payment"]["last4"], order["payment"]["refundable"]) == ("4242", 8900)

    @pytest.mark.parametrize(
        ("number", "expected"),
        [
            ("78940", ("cus_clara", "delivered", 15000, 15000)),
            ("78951", ("cus_clara", "delivered", 25000, 25000)),
            ("78915", ("cus_clara", "delivered", 3600, 0)),
            ("78990", ("cus_tom", "delivered", 8900, 8900)),
            ("79004", ("cus_tom", "shipped", 6150, 6150)),
            ("79011", ("cus_ines", "placed", 12800, 12800)),
            ("78902", ("cus_ines", "cancelled", 10800, 0)),
        ],
    )
    async def test_each_order_of_the_stories_is_as_they_tell_it(
        self, client: httpx.AsyncClient, number: str, expected: tuple[str, str, int, int]
    ) -> None:
        order = (await client.get(f"/orders/{number}")).json()
        told = (order["customer"], order["status"], order["total"]["amount"], order["payment"]["refundable"])
        assert told == expected

    async def test_an_unknown_number_is_told_in_words(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/orders/12345")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert "12345" in answer.json()["detail"]

    async def test_a_parcel_arrives_when_the_clock_gets_there(self, client: httpx.AsyncClient) -> None:
        under_way = (await client.get("/orders/79004/shipment")).json()
        assert (under_way["delivered"], len(under_way["events"])) == (False, 1)
        assert under_way["expected_at"] == "2026-11-25T09:00:00Z"
        await client.put("/_clock", json={"now": "2026-11-26T09:00:00Z"})
        there = (await client.get(f"/shipments/{under_way['tracking']}")).json()
        assert (there["delivered"], there["events"][-1]["what"]) == (True, "Delivered")
        assert (await client.get("/orders/79004")).json()["status"] == "delivered"

    async def test_an_order_that_is_not_packed_has_no_parcel(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/orders/79011/shipment")).json()["code"] == "not_shipped"


class TestCustomers:
    async def test_an_address_finds_its_customer_and_says_whether_it_is_verified(
        self, client: httpx.AsyncClient
    ) -> None:
        (clara,) = (await client.get("/customers", params={"phone": "+14155550123"})).json()["items"]
        assert (clara["id"], clara["phones"]) == ("cus_clara", [{"number": "+14155550123", "verified": True}])
        (ines,) = (await client.get("/customers", params={"email": "Ines.Carvalho@work.example"})).json()["items"]
        assert [each["verified"] for each in ines["emails"]] == [True, False]
        assert (await client.get("/customers", params={"phone": "+14155550199"})).json()["items"] == []

    async def test_orders_come_newest_first_in_pages(self, client: httpx.AsyncClient) -> None:
        seen, after = [], None
        while True:
            query = {"limit": 2} | ({"after": after} if after else {})
            page = (await client.get("/customers/cus_clara/orders", params=query)).json()
            seen += [each["number"] for each in page["items"]]
            if (after := page["next"]) is None:
                break
        assert seen == ["78951", "78932", "78940", "78915", "78120"]

    async def test_stock_says_when_more_comes(self, client: httpx.AsyncClient) -> None:
        grinder = (await client.get("/stock/GRINDER-B")).json()
        assert (grinder["in_stock"], grinder["restocked_at"]) == (0, "2026-12-05T09:00:00Z")


class TestReturns:
    async def test_cheap_damaged_goods_need_not_come_back(self, client: httpx.AsyncClient) -> None:
        made = await open_return(client, "78932", "TEAPOT-09", key="r-1")
        assert (made.status_code, made.json()["label_needed"], made.json()["label"]) == (201, False, None)
        assert (await client.get(f"/returns/{made.json()['id']}")).json() == made.json()

    @pytest.mark.parametrize(
        ("number", "sku", "reason"), [("78932", "TEAPOT-09", "changed_mind"), ("78951", "GRINDER-B", "damaged")]
    )
    async def test_dear_goods_and_a_change_of_mind_need_a_label(
        self, client: httpx.AsyncClient, number: str, sku: str, reason: str
    ) -> None:
        made = (await open_return(client, number, sku, key="r-1", reason=reason)).json()
        assert made["label_needed"]
        assert made["label"].startswith("RET")

    @pytest.mark.parametrize(
        ("number", "sku", "code"),
        [
            ("78120", "BOWL-SET", "window_over"),
            ("79004", "MUG-OAT", "not_delivered"),
            ("78902", "MUG-OAT", "not_delivered"),
            ("78932", "MUG-OAT", "not_in_order"),
            ("00000", "MUG-OAT", "order_unknown"),
        ],
    )
    async def test_what_the_rules_forbid_is_refused_in_words(
        self, client: httpx.AsyncClient, number: str, sku: str, code: str
    ) -> None:
        assert (await open_return(client, number, sku, key="r-1")).json()["code"] == code

    async def test_nothing_comes_back_twice(self, client: httpx.AsyncClient) -> None:
        first = await open_return(client, "78932", "TEAPOT-09", key="r-1")
        assert (await open_return(client, "78932", "TEAPOT-09", key="r-1")).content == first.content
        assert (await open_return(client, "78932", "TEAPOT-09", key="r-2")).json()["code"] == "more_than_ordered"
        assert len((await client.get("/orders/78932/returns")).json()["items"]) == 1

    async def test_the_window_is_open_at_its_last_instant(self, client: httpx.AsyncClient, shop: Shop) -> None:
        until = shop.books.returns.until(shop.order("78932"))
        assert until == MONDAY + timedelta(days=24)
        shop.clock.set(until + timedelta(seconds=1), running=False)
        late = await open_return(client, "78932", "TEAPOT-09", key="r-1")
        shop.clock.set(until, running=False)
        in_time = await open_return(client, "78932", "TEAPOT-09", key="r-2")
        assert (late.json()["code"], in_time.status_code) == ("window_over", 201)
