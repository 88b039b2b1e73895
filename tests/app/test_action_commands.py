"""`threadline actions`, as somebody types it who has the demo shop beside the desk."""

import asyncio
import io
import json
import sys
from pathlib import Path

import pytest

from examples.shop.faults import Fault, Kind
from examples.shop.shop import Shop
from tests.app.shell import Shell
from tests.shop.conftest import shop, url
from tests.ticketing.playbook.broken import BASE

__all__ = ["shop", "url"]  # fixtures

CLARA = ("--customer", "clara@customer.example")


class Typed:
    """`threadline actions …` in a thread of its own, because a command has an event loop of its own."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.setenv = shell.monkeypatch.setenv

    async def __call__(self, *words: str, code: int = 0, answer: str = "") -> str:
        self._shell.monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        return await asyncio.to_thread(self._shell, "actions", *words, code=code)


@pytest.fixture
def typed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    url: str,
) -> Typed:
    """In an empty folder, with the sample actions and a shop, and without any database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name, value in {
        "THREADLINE_ACTIONS": "examples.actions.shop",
        "THREADLINE_ACTION_HOSTS": "",
        "THREADLINE_ACTION_SHOP_URL": url,
        "THREADLINE_ACTION_SHOP_TOKEN": "the key",
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)
    return Typed(Shell(monkeypatch, capsys))


class TestList:
    async def test_says_what_each_takes_whether_it_writes_and_who_may(self, typed: Typed) -> None:
        told = await typed("list")
        assert "issue_refund" in told
        assert "[reason: one of damaged, wrong_item," in " ".join(told.split())
        assert "agent, ai, automation" in told
        data = {each["name"]: each for each in json.loads(await typed("list", "--json"))}
        assert (data["lookup_order"]["writes"], data["issue_refund"]["writes"]) == (False, True)
        assert data["issue_refund"]["parameters"]["required"] == ["order", "amount"]
        assert data["issue_refund"]["fills"] == {"refund_amount": "amount"}

    async def test_without_any_it_says_how_to_begin(self, typed: Typed) -> None:
        typed.setenv("THREADLINE_ACTIONS", "")
        assert "no actions yet" in await typed("list")

    async def test_a_module_in_the_folder_where_it_is_started_is_found(self, typed: Typed, tmp_path: Path) -> None:
        text = 'async def hello(context: Context) -> str:\n    """Hi."""\n    return "x"\n'
        text = f"from threadline import Context, action\n\n@action\n{text}"
        (tmp_path / "our_own_desk.py").write_text(text)
        typed.setenv("THREADLINE_ACTIONS", "our_own_desk")
        assert await typed("call", "hello") == '"x"\n'

    async def test_a_module_that_is_not_there_is_told_in_words(self, typed: Typed) -> None:
        typed.setenv("THREADLINE_ACTIONS", "nowhere.at_all")
        assert "module nowhere.at_all of THREADLINE_ACTIONS is not there" in await typed("list", code=1)


class TestCall:
    async def test_a_read_is_called_and_its_result_printed(self, typed: Typed) -> None:
        found = json.loads(await typed("call", "lookup_order", "-a", "order=78932", *CLARA))
        assert (found["total"], found["belongs_to_customer"]) == ("89.00", True)

    async def test_a_write_asks_first_and_does_nothing_without_a_yes(self, typed: Typed, shop: Shop) -> None:
        words = ("call", "issue_refund", "--json", '{"order": "78932", "amount": 89}')
        assert "issue_refund writes: Pay back" in await typed(*words, code=1, answer="n\n")
        assert "Aborted" in await typed(*words, code=1)
        assert shop.books.gateway.refunded("ch_78932") == 0
        assert json.loads(await typed(*words, "--yes", "--key", "mine"))["amount"] == "89.00"
        assert json.loads(await typed(*words, "--yes", "--key", "mine"))["amount"] == "89.00"
        assert shop.books.gateway.refunded("ch_78932") == 8900

    async def test_after_an_answer_that_got_lost_the_same_call_can_be_made_again(
        self, typed: Typed, shop: Shop
    ) -> None:
        shop.faults.add(Fault(kind=Kind.FAILED_AFTER, operation="refund_charge"))
        words = ("call", "issue_refund", "-a", "order=78932", "-a", "amount=89", "--yes", "--key", "mine")
        told = await typed(*words, code=1)
        assert "It may have been done. With --key mine it is the same call, which is not done twice." in told
        assert json.loads(await typed(*words))["amount"] == "89.00"
        assert shop.books.gateway.refunded("ch_78932") == 8900

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("lookup_order", "-a", "order=1"), "not_found: The shop has no order"),
            (("lookup_order",), "invalid: order is missing."),
            (("lookup_order", "-a", "order"), "'order' is no argument: write name=value."),
            (("lookup_ordr",), 'There is no action lookup_ordr. Did you mean "lookup_order"?'),
            (("lookup_order", "--json", "[1]"), "--json has to be an object"),
            (("lookup_order", "--json", "{"), "--json is no JSON"),
        ],
    )
    async def test_what_cannot_be_done_is_told_in_words(self, words: tuple[str, ...], told: str, typed: Typed) -> None:
        assert told in await typed("call", *words, code=1)

    async def test_what_a_playbook_declares_is_called_too(self, typed: Typed, tmp_path: Path, url: str) -> None:
        text = """
actions:
  price_of:
    label: Price
    description: What a product costs, in cents.
    get: '{{secret.shop_url}}/stock/{{sku}}'
    headers: {Authorization: 'Bearer {{secret.shop_token}}'}
    parameters: {sku: text}
    result: {cents: {path: price.amount, kind: number}}
"""
        (tmp_path / "p.yaml").write_text(BASE + text)
        words = ("call", "price_of", "-a", "sku=TEAPOT-09", "--playbook", "p.yaml")
        assert "in a private network" in await typed(*words, code=1)
        typed.setenv("THREADLINE_ACTION_HOSTS", url.removeprefix("http://"))
        assert json.loads(await typed(*words)) == {"cents": "8900"}
        (tmp_path / "p.yaml").write_text(BASE + text.replace("{{sku}}", "{{skew}}"))
        assert 'There is no "skew" to fill in' in await typed(*words, code=2)


CASES = """
cases:
  - name: hers, and in the window
    action: lookup_order
    arguments: {order: "78932"}
    context: {actor: ai, customer: {verified: [clara@customer.example]}, now: 2026-11-23T10:00:00Z}
    expect:
      values: {total: 89.00, belongs_to_customer: true, returnable: true, lines.0.sku: TEAPOT-09,
               delivered_at: 2026-11-17T10:00:00+01:00}
  - name: somebody else's
    action: lookup_order
    arguments: {order: "78990"}
    context: {customer: {verified: [clara@customer.example], claimed: [tom@customer.example]}}
    expect: {values: {belongs_to_customer: false, email: null}}
  - action: lookup_order
    arguments: {order: "1"}
    expect: {outcome: not_found, words: no order}
"""
WRITE = """
  - action: issue_refund
    arguments: {order: "78932", amount: 500}
    expect: {outcome: done}
"""


class TestTest:
    async def test_cases_that_come_out_as_expected_end_well(self, typed: Typed, tmp_path: Path) -> None:
        (tmp_path / "cases.yaml").write_text(CASES)
        assert "All 3 are as expected." in await typed("test", "cases.yaml")

    async def test_a_case_that_comes_out_otherwise_is_told(self, typed: Typed, tmp_path: Path) -> None:
        text = CASES.replace("89.00", "90").replace("words: no order", "words: elephants") + WRITE
        (tmp_path / "cases.yaml").write_text(text)
        data = json.loads(await typed("test", "cases.yaml", "--yes", "--json", code=1))
        assert [each["passed"] for each in data] == [False, True, False, False]
        assert data[0]["faults"] == ["total is '89.00', not 90"]
        assert "without “elephants”" in data[2]["faults"][0]
        assert data[3]["faults"][0].startswith("it is refused, not done: 500.00 USD cannot go back")
        assert "3 of 4 cases came out otherwise." in await typed("test", "cases.yaml", "--yes", code=1)

    async def test_cases_that_write_ask_first(self, typed: Typed, tmp_path: Path, shop: Shop) -> None:
        (tmp_path / "cases.yaml").write_text(CASES + WRITE)
        assert "1 of the cases write elsewhere" in await typed("test", "cases.yaml", code=1, answer="n\n")
        assert shop.ledger.count == 0

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("cases: []", "cases.yaml: cases has to be a list of at least 1."),
            ("cases: [{acton: x}]", "cases.yaml: case 1: action is missing."),
            (
                "cases: [{action: x, acton: y}]",
                "case 1: it takes no acton. It takes: name, action, arguments, context, expect.",
            ),
            ("cases: [{action: x}, {action: 5}]", "case 2: action has to be a text."),
            (
                "cases: [{action: x, expect: {outcome: well}}]",
                "case 1: expect.outcome has to be one of done, not_found, refused, unavailable, unknown, invalid, ",
            ),
            (
                "cases: [{action: x, expect: {vals: {}}}]",
                "case 1: expect takes no vals. It takes: outcome, values, words.",
            ),
            ("- action: x", "It has to be a group of values, each with its name."),
            ("a: [", "is no YAML"),
            ("", "cases.yaml"),
        ],
    )
    async def test_a_file_that_is_none_is_told(self, text: str, words: str, typed: Typed, tmp_path: Path) -> None:
        (tmp_path / "cases.yaml").write_text(text)
        assert words in await typed("test", "cases.yaml", code=2)
