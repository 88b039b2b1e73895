"""Money goes back once, never more of it than was taken, and only in its own currency."""

import asyncio
from datetime import timedelta
from functools import partial

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.shop.idempotency import IdempotencyKeys
from examples.shop.problems import Refused
from examples.shop.seed import Books, read
from examples.shop.shop import Shop
from examples.shop.values import Destination, Money
from tests.examples import tried
from tests.shop.conftest import MONDAY, refund


class TestIdempotency:
    async def test_twenty_calls_at_once_under_one_key_make_one_refund_and_get_one_answer(
        self, client: httpx.AsyncClient, shop: Shop
    ) -> None:
        answers = await asyncio.gather(*(refund(client, "78932", 8900, key="run-1") for _ in range(20)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
        assert [each.given.amount for each in shop.books.gateway.of("ch_78932")] == [8900]

    async def test_twenty_calls_at_once_under_keys_of_their_own_never_exceed_the_charge(
        self, client: httpx.AsyncClient, shop: Shop
    ) -> None:
        answers = await asyncio.gather(*(refund(client, "78932", 1000, key=f"run-{n}") for n in range(20)))
        assert sorted(answer.status_code for answer in answers) == [201] * 8 + [422] * 12
        assert shop.books.gateway.refunded("ch_78932") == 8000

    @pytest.mark.parametrize(
        "other", [{"amount": 8800}, {"to": "gift_card"}, {"reason": "another"}, {"currency": "EUR"}], ids=str
    )
    async def test_a_key_used_for_something_else_is_refused(
        self, client: httpx.AsyncClient, shop: Shop, other: dict[str, object]
    ) -> None:
        await refund(client, "78932", 8900, key="run-1")
        answer = await refund(client, "78932", **{"amount": 8900, "key": "run-1", **other})  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert shop.books.gateway.refunded("ch_78932") == 8900

    async def test_a_key_of_one_charge_serves_no_other(self, client: httpx.AsyncClient) -> None:
        await refund(client, "78932", 8900, key="run-1")
        answer = await refund(client, "78990", 8900, key="run-1")
        assert answer.json()["code"] == "idempotency_key_reused"

    async def test_a_refusal_stays_the_answer_of_its_key(self, client: httpx.AsyncClient) -> None:
        first = await refund(client, "78932", 8901, key="run-1")
        again = await refund(client, "78932", 8901, key="run-1")
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert again.headers["idempotent-replayed"] == "true"

    async def test_the_answer_stays_the_first_one_after_the_refund_has_settled(
        self, client: httpx.AsyncClient, shop: Shop
    ) -> None:
        first = await refund(client, "78932", 8900, key="run-1")
        shop.clock.set(MONDAY + timedelta(days=9), running=False)
        assert (await refund(client, "78932", 8900, key="run-1")).content == first.content

    async def test_without_a_key_nothing_is_done(self, client: httpx.AsyncClient, shop: Shop) -> None:
        answer = await client.post("/payments/ch_78932/refunds", json={"amount": 100, "currency": "USD"})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
        assert shop.books.gateway.refunded("ch_78932") == 0

    async def test_what_could_not_be_read_leaves_its_key_free(self, client: httpx.AsyncClient) -> None:
        assert (await refund(client, "78932", 0, key="run-1")).status_code == 422
        assert (await refund(client, "78932", 8900, key="run-1")).status_code == 201


class TestMoney:
    async def test_a_refund_is_pending_until_three_working_days_later(
        self, client: httpx.AsyncClient, shop: Shop
    ) -> None:
        shop.clock.set(MONDAY + timedelta(days=4), running=False)  # Friday
        made = (await refund(client, "78932", 8900, key="run-1")).json()
        assert (made["status"], made["settles_at"]) == ("pending", "2026-12-02T09:00:00Z")  # Wednesday
        before = await client.get(f"/refunds/{made['id']}", headers={"Shop-Now": "2026-12-02T08:59:59Z"})
        after = await client.get(f"/refunds/{made['id']}", headers={"Shop-Now": "2026-12-02T10:00:00+01:00"})
        assert (before.json()["status"], after.json()["status"]) == ("pending", "settled")

    async def test_a_gift_card_has_its_money_at_once(self, client: httpx.AsyncClient) -> None:
        made = (await refund(client, "78932", 500, key="run-1", to="gift_card")).json()
        assert made["status"] == "settled"
        assert made["gift_card"].startswith("•••• ")

    async def test_what_is_left_shrinks_with_each_refund(self, client: httpx.AsyncClient) -> None:
        await refund(client, "78932", 8000, key="run-1")
        charge = (await client.get("/payments/ch_78932")).json()
        assert (charge["taken"]["amount"], charge["refunded"], charge["refundable"]) == (8900, 8000, 900)
        refused = await refund(client, "78932", 901, key="run-2", to="gift_card")
        assert refused.headers["content-type"] == "application/problem+json"
        assert (refused.status_code, refused.json()["code"]) == (422, "refund_exceeds_charge")
        assert "9.00 USD are left" in refused.json()["detail"]

    @pytest.mark.parametrize(
        "body",
        [
            {"amount": 89.0},
            {"amount": "8900"},
            {"amount": -1},
            {"amount": True},
            {"amount": 10**12},
            {"currency": "usd"},
            {"to": "DE89370400440532013000"},
            {"account": "somebody else's"},
        ],
        ids=str,
    )
    async def test_what_is_no_whole_amount_or_goes_elsewhere_is_not_valid(
        self, client: httpx.AsyncClient, shop: Shop, body: dict[str, object]
    ) -> None:
        asked = {"amount": 8900, "currency": "USD", **body}
        answer = await client.post("/payments/ch_78932/refunds", json=asked, headers={"Idempotency-Key": "k"})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert shop.books.gateway.refunded("ch_78932") == 0

    async def test_another_currency_is_refused(self, client: httpx.AsyncClient) -> None:
        assert (await refund(client, "78932", 1, key="k", currency="EUR")).json()["code"] == "currency_mismatch"

    @pytest.mark.parametrize("number", ["78915", "00000"])
    async def test_what_is_refunded_or_unknown_gives_nothing(self, client: httpx.AsyncClient, number: str) -> None:
        assert (await refund(client, number, 1, key="k")).json()["code"] in {"refund_exceeds_charge", "charge_unknown"}


SEED = read()
ASKED = st.tuples(st.sampled_from(["a", "b", "c", "d", "e", "f"]), st.integers(1, 12_000), st.sampled_from(Destination))


class TestAnySequence:
    @tried(200)
    @given(st.lists(ASKED, max_size=40))
    def test_the_sum_never_exceeds_the_charge_and_each_key_counts_once(
        self, asked: list[tuple[str, int, Destination]]
    ) -> None:
        gateway, keys = Books(SEED, now=MONDAY).gateway, IdempotencyKeys()
        decided: dict[str, tuple[int, Destination, int, bytes]] = {}  # what each key was used for, and what came of it
        for key, amount, to in asked:
            money = Money(amount=amount, currency="USD")
            book = partial(gateway.refund, "ch_78932", money, to, "", now=MONDAY)
            if key in decided and decided[key][:2] != (amount, to):
                with pytest.raises(Refused, match="used for a different request"):
                    keys.once(key, to, money, book)
                continue
            answer = keys.once(key, to, money, book)
            now = (amount, to, answer.status_code, bytes(answer.body))
            assert decided.setdefault(key, now) == now
        booked = sum(amount for amount, _, status, _ in decided.values() if status == 201)
        assert booked == gateway.refunded("ch_78932") == sum(each.given.amount for each in gateway.of("ch_78932"))
        assert booked <= 8900
