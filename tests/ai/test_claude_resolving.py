"""What Claude is asked about a ticket, what of its answer is believed, and what goes wrong on the way."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ai.claude import phrasing, resolving
from ai.claude.brain import ClaudeBrain
from ai.claude.client import Called, Reply
from ai.claude.config import Chosen, Prices
from ai.claude.wire import NotJson, WrongShape
from ai.redaction import MASK
from core.errors import ChannelUnavailable, DeskError, MessageRefused
from core.ids import new_id
from emulators.anthropic import Organization
from emulators.anthropic.schemas import check
from tests.ai.cases import REFUND, a_case
from tests.ai.conftest import Books, a_config
from ticketing.resolution.proposal import AskCustomer, Call, Case, HandOver, OfferedRecipe, Taken, Telling
from ticketing.triage.check import SuggestionUnreadable
from ticketing.triage.model_call import Outcome

CARD = "4111 1111 1111 1111"
SONNET = Chosen("claude-sonnet-5-5", Prices(input=2.0, output=10.0, cache_write=2.5, cache_read=0.1))
Json = dict[str, Any]


def asked(case: Case) -> Json:
    data: Json = json.loads(resolving.Sent(case).turns()[0]["content"].split("\n", 1)[1])
    return data


def read(case: Case, tool: str, given: Any, words: str = "") -> Any:
    written = given if isinstance(given, str) else json.dumps(given)
    return resolving.proposal(Reply(text=words, tools=[Called(tool, written)]), case)


class TestQuestion:
    def test_it_holds_the_ticket_and_the_recipes_and_no_id(self) -> None:
        case = a_case("It broke, order 78932", conversation_id=new_id(), run_id=new_id())
        assert asked(case) == {
            "ticket": {
                "subject": "Damaged item: order 78932",
                "type": "Return",
                "category": "Damaged",
                "language": "en",
                "filled_in": {"Order number": "78932", "Reason for the return": "Arrived damaged"},
            },
            "messages": [{"from": "customer", "text": "It broke, order 78932", "file": False}],
            "recipes": [
                {
                    "name": "Refund",
                    "tool": "issue_refund",
                    "arguments": {"order": "78932", "reason": "damaged"},
                    "missing": {},
                }
            ],
        }
        assert str(case.run_id) not in str(resolving.Sent(case).turns())

    def test_names_and_card_numbers_stay_in_the_house_also_in_what_was_looked_up(self) -> None:
        looked_up = Taken(
            Call("lookup_order", {"order": "78932"}),
            "done",
            {"buyer": "Anna Kowalski", "email": "anna@x.example", "card": CARD},
        )
        case = a_case(f"Anna here, card {CARD}", fields={"who": "Kowalski"}, taken=(looked_up,))
        sent = str(resolving.Sent(case).turns())
        for secret in ("Anna", "anna", "Kowalski", "4111"):
            assert secret not in sent

    def test_what_was_proposed_before_stands_there_as_calls_with_their_results(self) -> None:
        taken = (
            Taken(Call("lookup_order", {"order": "78932"}), "done", {"total": "89.00"}),
            Taken(AskCustomer("photo", "It has to be seen."), "done"),
            Taken(Call("issue_refund", {"order": "78932"}), "refused", words="Too late."),
        )
        _, *turns = resolving.Sent(a_case(taken=taken)).turns()
        assert [turn["role"] for turn in turns] == ["assistant", "user"] * 3
        uses = [turn["content"][0] for turn in turns[::2]]
        results = [turn["content"][0] for turn in turns[1::2]]
        assert [use["name"] for use in uses] == ["lookup_order", "ask-customer", "issue_refund"]
        assert [use["id"] for use in uses] == [result["tool_use_id"] for result in results]
        assert [result["is_error"] for result in results] == [False, False, True]
        assert json.loads(results[0]["content"]) == {"outcome": "done", "value": {"total": "89.00"}}
        assert json.loads(results[2]["content"]) == {"outcome": "refused", "words": "Too late."}

    @pytest.mark.parametrize("outcome", ["proposed", "needs_confirmation", "allowed"])
    def test_what_went_no_further_is_no_failure(self, outcome: str) -> None:
        taken = Taken(Call("issue_refund", {"order": "78932"}), outcome)
        result = resolving.Sent(a_case(taken=(taken,))).turns()[-1]["content"][0]
        assert result["content"].startswith("Nothing has been done.")
        assert "is_error" not in result

    def test_a_huge_result_is_cut(self) -> None:
        taken = Taken(Call("lookup_order", {}), "done", {"notes": "x" * 100_000})
        assert len(resolving.Sent(a_case(taken=(taken,))).turns()[-1]["content"][0]["content"]) < 8_100

    def test_the_tools_are_the_actions_and_two_of_our_own(self) -> None:
        lacking = OfferedRecipe("refund", "Refund", "issue_refund", {}, ("photo", "order_number"))
        offered = {tool["name"]: tool for tool in resolving.tools(a_case(recipes=(REFUND, lacking)))}
        assert list(offered) == ["lookup_order", "issue_refund", "send_replacement", "ask-customer", "hand-over"]
        assert offered["ask-customer"]["input_schema"]["properties"]["field"]["enum"] == ["order_number", "photo"]
        assert offered["issue_refund"]["description"] == "Give the customer money back for an order."
        assert "ask-customer" not in {tool["name"] for tool in resolving.tools(a_case())}


class TestAnswer:
    def test_a_tool_is_a_call_with_the_arguments_that_came(self) -> None:
        found = read(a_case(), "issue_refund", {"order": "78932", "amount": 12.5}, "It is\ndamaged.")
        assert found == Call("issue_refund", {"order": "78932", "amount": 12.5}, "It is damaged.")

    def test_an_unknown_tool_is_proposed_as_it_came(self) -> None:
        assert read(a_case(), "delete_shop", {"now": True}) == Call("delete_shop", {"now": True})

    def test_asking_and_leaving_say_why(self) -> None:
        assert read(a_case(), "ask-customer", {"field": "photo", "because": "b"}) == AskCustomer("photo", "b")
        assert read(a_case(), "hand-over", {"because": "They want  a lamp."}) == HandOver("They want a lamp.")
        assert read(a_case(), "hand-over", {"because": 7}, "Words.") == HandOver("Words.")

    def test_words_without_a_tool_leave_it_to_a_person(self) -> None:
        assert resolving.proposal(Reply(text="I cannot tell."), a_case()) == HandOver("I cannot tell.")
        assert resolving.proposal(Reply(), a_case()) == HandOver("It proposed nothing.")

    def test_what_was_taken_out_is_put_back(self) -> None:
        recipe = replace(REFUND, arguments={"order": "Anna-1", "card": CARD, "to": "anna@x.example"})
        case = a_case(recipes=(recipe,))
        sent = asked(case)["recipes"][0]["arguments"]
        assert sent == {"order": "{{customer}}-1", "card": MASK * len(CARD), "to": "{{customer}}@x.example"}
        assert read(case, "issue_refund", sent | {"for": "{{customer}}"}) == Call(
            "issue_refund", {"order": "Anna-1", "card": CARD, "to": "anna@x.example", "for": "Anna Kowalski"}
        )

    def test_what_is_masked_and_not_known_is_a_persons(self) -> None:
        found = read(a_case(f"my card is {CARD}"), "issue_refund", {"order": MASK * 4})
        assert isinstance(found, HandOver)
        assert "does not see" in found.because

    @pytest.mark.parametrize("written", ['{"order": ', "{} {}", '{"amount": NaN}', '{"amount": 1e999}', "[" * 100_000])
    def test_what_is_no_json_is_named_so(self, written: str) -> None:
        with pytest.raises(NotJson):
            read(a_case(), "issue_refund", written)

    @pytest.mark.parametrize("written", ["[1]", '"78932"', "7", "null"])
    def test_arguments_that_are_no_object_are_not_believed(self, written: str) -> None:
        with pytest.raises(WrongShape):
            read(a_case(), "issue_refund", written)

    def test_asking_for_nothing_is_not_believed(self) -> None:
        with pytest.raises(WrongShape):
            read(a_case(), "ask-customer", {"because": "?"})

    def test_what_no_database_keeps_is_replaced(self) -> None:
        found = read(a_case(), "x\x00", '{"order": "a\\u0000b", "list": ["\\ud800"]}')
        assert found == Call("x\ufffd", {"order": "a\ufffdb", "list": ["?"]})


class TestAsking:
    @pytest.fixture
    async def working(self, organization: Organization, books: Books) -> Any:
        brain = ClaudeBrain(replace(a_config(organization), resolution=SONNET), books)
        yield brain
        await brain.close()

    async def test_it_asks_the_model_that_works_on_tickets_and_the_books_say_for_which_run(
        self, organization: Organization, working: ClaudeBrain, books: Books
    ) -> None:
        case = a_case(conversation_id=new_id(), run_id=new_id())
        found = await working.propose(case)
        assert (found.brain, found.model) == ("claude", "claude-sonnet-5-5")
        (call,) = books.calls
        assert (call.purpose, call.model, call.outcome) == ("resolve", "claude-sonnet-5-5", Outcome.OK)
        assert (call.conversation_id, call.run_id, call.triage_id) == (case.conversation_id, case.run_id, None)
        assert call.cost == SONNET.prices.of(call.usage) > 0
        body = organization.calls[0].body
        assert body["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}
        assert "thinking" not in body

    async def test_a_run_goes_on_from_its_record(self, organization: Organization, working: ClaudeBrain) -> None:
        taken = Taken(Call("lookup_order", {"order": "78932"}), "done", {"total": "89.00"})
        found = await working.propose(a_case(taken=(taken,)))
        assert isinstance(found.proposal, Call)
        assert [turn["role"] for turn in organization.calls[0].body["messages"]] == ["user", "assistant", "user"]

    async def test_what_it_thinks_and_says_before_is_no_proposal(
        self, organization: Organization, working: ClaudeBrain
    ) -> None:
        organization.uses("hand-over", {"because": "No."}, words="I refund it.", thinking='{"order": "78932"}')
        assert (await working.propose(a_case())).proposal == HandOver("No.")

    @pytest.mark.parametrize(
        ("fault", "error", "outcome"),
        [
            ("rate_limited", ChannelUnavailable, Outcome.RATE_LIMITED),
            ("overloaded", ChannelUnavailable, Outcome.OVERLOADED),
            ("stream_error", ChannelUnavailable, Outcome.OVERLOADED),
            ("stream_cut", ChannelUnavailable, Outcome.UNFINISHED),
            ("reset", ChannelUnavailable, Outcome.UNREACHABLE),
            ("too_large", MessageRefused, Outcome.REQUEST_REFUSED),
            ("refusal", SuggestionUnreadable, Outcome.REFUSAL),
            ("truncated", SuggestionUnreadable, Outcome.TRUNCATED),
            ("invalid_json", NotJson, Outcome.NOT_JSON),
            ("wrong_shape", WrongShape, Outcome.WRONG_SHAPE),
        ],
    )
    async def test_what_goes_wrong_is_named_and_in_the_books(
        self,
        organization: Organization,
        working: ClaudeBrain,
        books: Books,
        fault: str,
        error: type[DeskError],
        outcome: Outcome,
    ) -> None:
        organization.faults.next(fault)
        with pytest.raises(error):
            await working.propose(a_case())
        assert [call.outcome for call in books.calls] == [outcome]

    async def test_a_model_that_uses_no_tool_leaves_it_to_a_person(
        self, organization: Organization, working: ClaudeBrain
    ) -> None:
        organization.faults.next("no_tool")
        assert isinstance((await working.propose(a_case())).proposal, HandOver)


class TestPhrasing:
    TELLING = Telling("Hello Anna, 89.00 USD are on their way.", "de", "Anna Kowalski")

    async def test_the_model_that_understands_customers_is_asked_and_the_name_put_back(
        self, organization: Organization, claude: ClaudeBrain, books: Books
    ) -> None:
        organization.says({"text": "Guten Tag {{customer}}, 89.00 USD sind unterwegs."})
        telling = replace(self.TELLING, run_id=new_id())
        found = await claude.phrase(telling)
        assert found is not None
        assert found.text == "Guten Tag Anna Kowalski, 89.00 USD sind unterwegs."
        (call,) = books.calls
        assert (call.purpose, call.run_id, call.model) == ("phrase", telling.run_id, "claude-haiku-5-5")
        assert "Anna" not in str(organization.calls[0].body)

    async def test_no_words_are_none(self, organization: Organization, claude: ClaudeBrain) -> None:
        organization.says({"text": "\n "})
        assert await claude.phrase(self.TELLING) is None

    def test_the_schema_is_one_that_structured_outputs_take(self) -> None:
        check(phrasing.schema())
