"""What goes wrong by script, and what the ledger then says was done."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from examples.shop.shop import Shop
from tests.shop.conftest import refund


async def script(client: httpx.AsyncClient, kind: str, **further: Any) -> None:
    answer = await client.post("/_faults", json={"kind": kind, "operation": "refund_charge", **further})
    assert answer.status_code == 201, answer.text


class TestCarriedOutOrNot:
    @pytest.mark.parametrize(
        ("kind", "status", "done"), [("down", 503, False), ("busy", 429, False), ("failed_after", 500, True)]
    )
    async def test_a_failure_says_nothing_about_what_was_done(
        self, client: httpx.AsyncClient, shop: Shop, kind: str, status: int, done: bool
    ) -> None:
        await script(client, kind, retry_after_seconds=7)
        answer = await refund(client, "78932", 8900, key="k")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.headers.get("retry-after") == ("7" if kind == "busy" else None)
        assert bool(shop.books.gateway.of("ch_78932")) is done
        assert (await refund(client, "78932", 8900, key="k")).status_code == 201  # once, and safe to ask again
        assert len(shop.books.gateway.of("ch_78932")) == 1

    @pytest.mark.parametrize(("kind", "done"), [("request_lost", False), ("reply_lost", True)])
    async def test_a_caller_without_an_answer_asks_again_and_pays_once(
        self, client: httpx.AsyncClient, shop: Shop, kind: str, done: bool
    ) -> None:
        await script(client, kind)
        with pytest.raises(httpx.ReadTimeout):
            await client.post(
                "/payments/ch_78932/refunds",
                json={"amount": 8900, "currency": "USD"},
                headers={"Idempotency-Key": "k"},
                timeout=0.3,
            )
        assert bool(shop.books.gateway.of("ch_78932")) is done
        again = await refund(client, "78932", 8900, key="k")
        assert again.headers.get("idempotent-replayed") == ("true" if done else None)
        first, second = (await client.get("/_ledger")).json()["calls"]
        assert (first["fault"], first["carried_out"], first["answered"]) == (kind, done, None)
        assert (second["fault"], second["answered"], second["replayed"]) == (None, 201, done)

    async def test_a_slow_answer_is_carried_out_before_it_comes(self, client: httpx.AsyncClient, shop: Shop) -> None:
        await script(client, "slow", delay_seconds=0.2)
        started = asyncio.get_running_loop().time()
        assert (await refund(client, "78932", 8900, key="k")).status_code == 201
        assert asyncio.get_running_loop().time() - started >= 0.2


class TestSpoiltAnswers:
    async def test_half_of_an_answer_is_no_json(self, client: httpx.AsyncClient) -> None:
        await script(client, "malformed")
        answer = await refund(client, "78932", 8900, key="k")
        assert answer.status_code == 201
        with pytest.raises(json.JSONDecodeError):
            answer.json()

    async def test_a_wrong_currency_keeps_the_amount(self, client: httpx.AsyncClient, shop: Shop) -> None:
        await script(client, "wrong_currency", operation="get_order")
        order = (await client.get("/orders/78932")).json()
        assert order["total"] == order["payment"]["taken"] == {"amount": 8900, "currency": "EUR"}
        assert shop.order("78932").currency == "USD"


class TestTheScript:
    async def test_a_fault_meets_only_its_operation_as_often_as_asked(self, client: httpx.AsyncClient) -> None:
        await script(client, "down", operation="get_stock", times=2)
        asked = [(await client.get(path)).status_code for path in ("/stock", *["/stock/MUG-OAT"] * 3)]
        assert asked == [200, 503, 503, 200]
        assert (await client.get("/_faults")).json() == []

    async def test_any_means_any(self, client: httpx.AsyncClient) -> None:
        await script(client, "down", operation="*")
        assert (await client.get("/customers")).status_code == 503

    async def test_an_operation_that_is_none_is_refused_with_those_that_are(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/_faults", json={"kind": "down", "operation": "refund"})
        assert answer.json()["code"] == "operation_unknown"
        assert "refund_charge" in answer.json()["detail"]

    async def test_the_ledger_lists_each_call_and_every_refund(self, client: httpx.AsyncClient) -> None:
        await client.get("/orders/78932")
        await refund(client, "78932", 8900, key="k")
        await client.get("/nowhere")
        ledger = (await client.get("/_ledger")).json()
        assert [(each["operation"], each["answered"]) for each in ledger["calls"]] == [
            ("get_order", 200),
            ("refund_charge", 201),
            (None, 404),
        ]
        assert [each["order"] for each in ledger["refunds"]] == ["78902", "78915", "78932"]
        assert [each["number"] for each in (await client.get("/_ledger?after=2")).json()["calls"]] == [3]

    async def test_a_reset_opens_the_shop_anew_and_keeps_the_ledger(self, client: httpx.AsyncClient) -> None:
        await refund(client, "78932", 8900, key="k")
        await client.post("/_reset")
        assert (await client.get("/payments/ch_78932")).json()["refunded"] == 0
        assert (await refund(client, "78932", 100, key="k")).status_code == 201
        assert (await client.get("/_ledger")).json()["count"] == 3
