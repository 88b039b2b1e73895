"""The AI alone with customers who want their money back, while processes die and the shop fails; and that the books
find what is wrong.
"""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from chaos.books import Books
from chaos.books.runs import RunTables, balance_runs
from chaos.plan import of_returns
from chaos.shop import SMALL, TroubledShop
from chaos.town import Channel, Citizen, Kind
from examples.shop.values import Destination, Money
from tests.chaos.weather import weather

CLARA = Citizen(Channel.WHATSAPP, "+4917100000001", "Clara", Kind.ONE_ISSUE, [], None, 0.0, order="500002")
TOM = Citizen(Channel.TELEGRAM, "7000000001", "Tom", Kind.ONE_ISSUE, [], None, 0.0, order="500004")
RUN = uuid4()
ACT = {"run_id": RUN, "kind": "act", "name": "issue_refund", "state": "done", "outcome": "done", "told": None}


def wrong(
    state: str = "done",
    *steps: dict[str, Any],
    refunds: int = 1,
    of: Citizen = CLARA,
    said: int = 1,
    amount: int = SMALL,
    **run: Any,
) -> str:
    """What the books say of one run of this customer's ticket, and of so many refunds."""
    shop = TroubledShop([CLARA, TOM])
    for _ in range(refunds):
        money = Money(amount=amount // refunds, currency="USD")
        shop.books.gateway.refund(f"ch_{of.order}", money, Destination.ORIGINAL, "", now=shop.clock.now())
    row = {"id": RUN, "state": state, "why": "", "number": 1, "status": "closed", "approval": None, "of_ticket": 1}
    books = Books()
    tables = RunTables([{**row, "address": of.address, **run}], steps, {RUN: said}, returns=1)
    balance_runs(books, tables, shop, [CLARA, TOM])
    return "\n".join(books.wrong)


def test_one_refund_one_message_and_a_closed_ticket_are_right() -> None:
    assert wrong("done", ACT) == ""


def test_a_ticket_that_a_person_has_is_right() -> None:
    told = {**ACT, "kind": "hand_over", "told": "true"}
    assert wrong("handed_over", told, refunds=0, status="investigating") == ""


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("was paid back 2 times", {"refunds": 2}),
        ("went back without an approval", {"amount": SMALL - 100}),
        ("a run says that it was paid back, and it was not", {"refunds": 0}),
        ("for somebody who proved nothing", {"of": TOM}),
        ("told 0 things", {"said": 0}),
        ("told 2 things", {"said": 2}),
        ("is done", {"status": "investigating"}),
        ("is working", {"state": "working"}),
        ("is waiting_for_approval", {"state": "waiting_for_approval", "approval": "expired"}),
        ("is handed_over", {"state": "handed_over", "status": "closed"}),
    ],
)
def test_anything_else_is_found(words: str, given: dict[str, Any]) -> None:
    assert words in wrong(given.pop("state", "done"), ACT, **given)


def test_a_refund_that_no_run_tells_of_is_found() -> None:
    assert "no run says so" in wrong("handed_over", status="investigating")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 3))
async def test_each_return_is_paid_back_once_or_has_a_person(tmp_path: Path, seed: int) -> None:
    await weather(of_returns(0.2, 10, seed), tmp_path)
