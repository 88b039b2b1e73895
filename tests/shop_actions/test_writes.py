"""Money goes back once, whatever becomes of the answer."""

import asyncio
from decimal import Decimal
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ai.actions.desk_actions import CallableActions, DeskActions
from ai.actions.registry import load_actions
from emulators.server import Served
from examples.shop.api import application
from examples.shop.shop import Shop
from tests.shop_actions.conftest import CLARA, asking
from threadline import Outcome, OutcomeKind


async def refund(actions: CallableActions, *, key: str = "k", **arguments: Any) -> Outcome:
    given = {"order": "78932", "amount": "89.00", "currency": "USD", "reason": "damaged"} | arguments
    return await actions.call("issue_refund", given, asking(CLARA, key=key))


class StillAtIt:
    """Says of the first call that writes that a try before, with the same key, is still worked on."""

    def __init__(self, shop: ASGIApp) -> None:
        self._shop, self._said = shop, False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or self._said:
            await self._shop(scope, receive, send)
            return
        self._said = True
        await JSONResponse({}, 409)(scope, receive, send)


class TestIssueRefund:
    async def test_pays_back_and_says_when_it_arrives(self, actions: CallableActions, shop: Shop) -> None:
        outcome = await refund(actions)
        assert outcome.value == {
            "id": "re_000003",
            "order": "78932",
            "amount": "89.00",
            "currency": "USD",
            "status": "pending",
            "arrives_at": "2026-11-26T09:00:00Z",
        }
        (given,) = shop.books.gateway.of("ch_78932")
        assert (given.given.amount, given.reason) == (8900, "damaged")

    async def test_asked_again_with_the_same_key_nothing_more_goes_back(
        self, actions: CallableActions, shop: Shop
    ) -> None:
        first, second = await refund(actions), await refund(actions)
        assert first.value == second.value
        assert len(shop.books.gateway.of("ch_78932")) == 1

    async def test_twenty_at_once_are_one(self, actions: CallableActions, shop: Shop) -> None:
        outcomes = await asyncio.gather(*(refund(actions) for _ in range(20)))
        assert {each.kind for each in outcomes} == {OutcomeKind.DONE}
        assert shop.books.gateway.refunded("ch_78932") == 8900

    @pytest.mark.parametrize("kind", ["down", "busy", "failed_after", "malformed", "wrong_currency"])
    async def test_after_a_failure_the_same_key_finds_out_and_pays_once(
        self, kind: str, actions: CallableActions, shop: Shop, client: httpx.AsyncClient
    ) -> None:
        await client.post("/_faults", json={"kind": kind, "operation": "refund_charge"})
        assert (await refund(actions)).kind is OutcomeKind.UNAVAILABLE
        assert (await refund(actions)).kind is OutcomeKind.DONE
        assert shop.books.gateway.refunded("ch_78932") == 8900

    @pytest.mark.parametrize("kind", ["request_lost", "reply_lost"])
    async def test_an_answer_that_never_comes_is_asked_for_again(
        self, kind: str, actions: CallableActions, shop: Shop, client: httpx.AsyncClient
    ) -> None:
        """As for a worker that was killed while it waited: whoever goes on asks with the same key."""
        await client.post("/_faults", json={"kind": kind, "operation": "refund_charge"})
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await refund(actions)
        assert (await refund(actions)).kind is OutcomeKind.DONE
        assert shop.books.gateway.refunded("ch_78932") == 8900

    async def test_while_a_try_before_is_still_worked_on_it_is_asked_again(self, shop: Shop) -> None:
        async with Served(StillAtIt(application(shop))) as served:
            settings = {"shop_url": served.url, "shop_token": "the key"}
            desk = DeskActions(load_actions(["examples.actions.shop"], installed=False), settings=settings)
            first, second = await refund(desk.installed), await refund(desk.installed)
            await desk.close()
        assert (first.kind, first.perhaps_done) == (OutcomeKind.UNAVAILABLE, True)
        assert second.kind is OutcomeKind.DONE
        assert shop.books.gateway.refunded("ch_78932") == 8900

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({"amount": "89.01"}, "89.01 USD cannot go back: of 89.00 USD that were taken, 89.00 USD are left."),
            ({"currency": "EUR"}, "it cannot go back in EUR"),
            ({"order": "78915", "amount": "1"}, "0.00 USD are left"),
        ],
    )
    async def test_what_the_gateway_refuses_is_told_in_its_words(
        self, arguments: dict[str, Any], words: str, actions: CallableActions
    ) -> None:
        outcome = await refund(actions, **arguments)
        assert outcome.kind is OutcomeKind.REFUSED
        assert words in outcome.words

    @pytest.mark.parametrize("amount", ["0", "-5", "1.005", "NaN", "1e9", "a lot"])
    async def test_an_amount_that_cannot_be_is_not_asked_for(
        self, amount: str, actions: CallableActions, shop: Shop
    ) -> None:
        assert (await refund(actions, amount=amount)).kind is OutcomeKind.INVALID
        assert shop.books.gateway.refunded("ch_78932") == 0

    async def test_a_part_leaves_the_rest(self, actions: CallableActions, shop: Shop) -> None:
        await refund(actions, amount="9.50", currency=None, reason=None)
        found = await actions.call("lookup_order", {"order": "78932"}, asking(CLARA))
        assert isinstance(found.value, dict)
        assert Decimal(str(found.value["refundable"])) == Decimal("79.50")


class TestCreateReturn:
    @pytest.mark.parametrize(("order", "label"), [("78932", False), ("78940", True)])
    async def test_says_whether_the_goods_have_to_be_sent(
        self, order: str, label: bool, actions: CallableActions
    ) -> None:
        arguments = {"order": order, "reason": "damaged", "note": "arrived in pieces"}
        outcome = await actions.call("create_return", arguments, asking(CLARA))
        assert isinstance(outcome.value, dict)
        assert outcome.value["label_needed"] is label
        assert (outcome.value["label"] is not None) is label
        assert (await actions.call("create_return", arguments, asking(CLARA))).value == outcome.value

    async def test_outside_the_window_it_is_refused_with_the_reason(self, actions: CallableActions) -> None:
        arguments = {"order": "78120", "reason": "does_not_fit"}
        outcome = await actions.call("create_return", arguments, asking(CLARA))
        assert outcome.kind is OutcomeKind.REFUSED
        assert "30 days after its delivery" in outcome.words
