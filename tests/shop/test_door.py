"""Who gets in, what the page shows, and that the shop runs by itself."""

import asyncio
import os
import re
import sys
from pathlib import Path

import httpx
import pytest

from examples.shop.seed import Seed, read
from tests.shop.conftest import open_return, refund


class TestAccess:
    @pytest.mark.parametrize("path", ["/customers", "/orders/78932", "/_ledger", "/_faults", "/_clock"])
    @pytest.mark.parametrize("key", [None, "Bearer wrong", "Basic dGhlIGtleQ=="], ids=str)
    async def test_without_the_key_nobody_hears_anything(self, url: str, path: str, key: str | None) -> None:
        async with httpx.AsyncClient(base_url=url, verify=False, trust_env=False) as stranger:
            answer = await stranger.get(path, headers={"Authorization": key} if key else {})
        assert (answer.status_code, answer.json()["code"]) == (401, "key_wrong")
        assert answer.headers["www-authenticate"] == "Bearer"

    async def test_a_foreign_name_of_this_machine_is_refused(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/", headers={"Host": "evil.example"})).status_code == 400

    async def test_an_endless_body_is_refused(self, client: httpx.AsyncClient) -> None:
        answer = await refund(client, "78932", 1, key="k", reason="x" * 70_000)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            (b"[" * 60_000, 400, "unreadable"),
            (b'{"amount": 1' + b"0" * 5000 + b"}", 400, "unreadable"),
            (b'{"amount": NaN, "currency": "USD"}', 422, "invalid"),
            (rb'{"amount": 1, "currency": "USD", "reason": "\ud800"}', 422, "invalid"),
            (b"\xff\xfe", 422, "invalid"),
            (b"", 422, "invalid"),
        ],
        ids=["deep", "long number", "NaN", "half a character", "no text", "nothing"],
    )
    async def test_a_body_that_makes_no_sense_is_refused_in_words(
        self, client: httpx.AsyncClient, body: bytes, status: int, code: str
    ) -> None:
        headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
        answer = await client.post("/payments/ch_78932/refunds", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    async def test_what_is_no_address_of_the_api_says_where_they_are(self, client: httpx.AsyncClient) -> None:
        answers = [await client.get("/nowhere"), await client.delete("/orders/78932")]
        assert [answer.status_code for answer in answers] == [404, 405]
        assert all("/openapi.json" in answer.json()["detail"] for answer in answers)

    @pytest.mark.parametrize("given", ["2026-11-24T09:00:00", "9999-12-31T23:59:59Z"])
    async def test_an_instant_without_a_zone_or_far_away_is_refused(
        self, client: httpx.AsyncClient, given: str
    ) -> None:
        by_header = await client.get("/orders/78932", headers={"Shop-Now": given})
        by_clock = await client.put("/_clock", json={"now": given})
        assert by_header.json()["code"] == by_clock.json()["code"] == "instant_unusable"

    async def test_the_api_describes_itself(self, client: httpx.AsyncClient) -> None:
        paths = (await client.get("/openapi.json")).json()["paths"]
        refunds = paths["/payments/{charge}/refunds"]["post"]
        assert refunds["operationId"] == "refund_charge"
        assert refunds["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].endswith("RefundTold")
        assert refunds["security"] == [{"HTTPBearer": []}]


class TestPage:
    async def test_it_shows_what_has_been_done_and_escapes_who_did_it(self, client: httpx.AsyncClient) -> None:
        await refund(client, "78932", 8900, key="k", reason="<script>alert(1)</script>")
        await open_return(client, "78951", "GRINDER-B", key="k2")
        page = await client.get("/")
        assert "script-src" not in page.headers["content-security-policy"]
        assert "<script>" not in page.text
        for words in ("Clara Whitfield", "#78932", "89.00 USD refunded", "&lt;script&gt;", "Send it with label RET"):
            assert words in page.text


class TestSeed:
    def test_a_time_in_other_words_is_refused_with_its_place(self) -> None:
        written = read().model_dump(mode="json")
        with pytest.raises(ValueError, match=r"orders\.0\.ordered(.|\n)*write '9 days ago'"):
            Seed.model_validate({**written, "orders": [{**written["orders"][0], "ordered": "last week"}]})


async def test_it_runs_by_itself_and_says_where() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "examples.shop", "--port", "0", "--now", "2026-11-24T09:00:00+00:00"),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={name: value for name, value in os.environ.items() if name != "SHOP_API_KEY"},
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        found = re.fullmatch(r"The shop is open on (http://127\.0\.0\.1:\d+), API key (\S+)\n", line)
        assert found is not None, line
        async with httpx.AsyncClient(base_url=found[1], headers={"Authorization": f"Bearer {found[2]}"}) as client:
            assert (await client.get("/orders/78932")).json()["ordered_at"].startswith("2026-11-15T09:00:0")
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 10)
