"""What the Claude brain asks and what it believes: data only, redacted, in small numbers; nothing that is not there."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ai.claude import wire
from ai.redaction import MASK
from emulators.anthropic import schemas
from tests.ai.bursts import a_burst, a_ticket
from tests.playbooks import VOCABULARY
from ticketing.triage.suggestion import Burst, Suggestion

CARD = "4111 1111 1111 1111"
Json = dict[str, Any]


def an_entity(**fields: Any) -> Json:
    return {"kind": "order", "value": "78932", "words": "order #78932", "message": 1} | fields


def an_issue(**fields: Any) -> Json:
    return {
        "subject": "Damaged item: order 78932",
        "summary": "The item arrived damaged.",
        "type": "return",
        "category": "damaged",
        "intent": "damaged_item",
        "confidence": 0.9,
        "priority": "high",
        "messages": [1],
        "entities": [],
        "continues": None,
    } | fields


def an_answer(*issues: Json, **fields: Any) -> Json:
    return {
        "ticket_worthy": True,
        "confidence": 0.9,
        "why": "Reports a damaged item.",
        "awaits_answer": True,
        "sentiment": "neutral",
        "sentiment_confidence": 0.8,
        "language": "en",
        "issues": list(issues),
    } | fields


def read(answer: Json | str, burst: Burst) -> Suggestion:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return wire.suggestion(text, wire.Sent.of(burst), brain="claude", model="m")


def asked(burst: Burst) -> Json:
    data: Json = json.loads(wire.Sent.of(burst).question().split("\n", 1)[1])
    return data


class TestQuestion:
    def test_it_holds_words_and_small_numbers_and_no_id(self) -> None:
        burst = a_burst("hi", 'it is "broken"', known=(a_ticket(number=4711, references=("12",)),), tier="gold")
        assert asked(burst) == {
            "messages": [{"number": 1, "text": "hi"}, {"number": 2, "text": 'it is "broken"'}],
            "tickets": [
                {
                    "number": 1,
                    "subject": "Something",
                    "type": "return",
                    "category": "damaged",
                    "status": "active",
                    "references": ["12"],
                }
            ],
            "customer_tier": "gold",
        }
        assert str(burst.messages[0].id) not in wire.Sent.of(burst).question()

    def test_members_of_a_group_are_numbers_too(self) -> None:
        burst = a_burst("It broke.", "Mine too.", "Same here.", "Hello?")
        authors = ("4711", "Olga", "4711", None)
        told = tuple(replace(each, author=who) for each, who in zip(burst.messages, authors, strict=True))
        question = wire.Sent.of(replace(burst, messages=told)).question()
        assert [each.get("by") for each in json.loads(question.split("\n", 1)[1])["messages"]] == [1, 2, 1, None]
        assert "4711" not in question
        assert "Olga" not in question

    def test_card_numbers_stay_in_the_house(self) -> None:
        (message,) = asked(a_burst(f"charged twice on {CARD}!"))["messages"]
        assert message["text"] == f"charged twice on {MASK * len(CARD)}!"

    def test_what_is_no_character_is_replaced(self) -> None:
        (message,) = asked(a_burst("broken \ud800 \x00lamp"))["messages"]
        assert message["text"] == "broken \ufffd \ufffdlamp"

    def test_a_flood_is_cut(self) -> None:
        texts = [message["text"] for message in asked(a_burst(*["x" * 20_000] * 6))["messages"]]
        assert [len(text) for text in texts] == [8_000, 8_000, 8_000, 8_000, 0, 0]

    def test_the_schema_is_one_that_structured_outputs_support(self) -> None:
        made = wire.schema(VOCABULARY)
        schemas.check(made)
        assert schemas.misfit(an_answer(an_issue(entities=[an_entity()])), made) is None
        assert schemas.misfit(an_answer(an_issue(type="aliens")), made) is not None

    def test_every_name_the_model_may_use_is_explained_to_it(self) -> None:
        told = wire.system("Be exact.", VOCABULARY)
        offered = wire.schema(VOCABULARY)["$defs"]["IssueAnswer"]["properties"]
        names = [name for key in ("type", "category", "intent") for name in offered[key]["enum"]]
        assert [name for name in names if f"\n- `{name}`: " not in told] == []


UNBELIEVED = {
    "message 0": an_answer(an_issue(messages=[0])),
    "message 2": an_answer(an_issue(messages=[1, 2])),
    "message of an entity": an_answer(an_issue(entities=[an_entity(message=7)])),
    "a ticket": an_answer(an_issue(continues=2)),
    "ticket -1": an_answer(an_issue(continues=-1)),
    "words never said": an_answer(an_issue(entities=[an_entity(words="order #99", value="99")])),
    "no words": an_answer(an_issue(entities=[an_entity(words="")])),
    "another order": an_answer(an_issue(entities=[an_entity(value="99999")])),
    "a kind": an_answer(an_issue(entities=[an_entity(kind="iban")])),
    "a priority": an_answer(an_issue(priority="whenever")),
    "a mood": an_answer(sentiment="thrilled"),
    "a number as text": an_answer(confidence="0.9"),
    "something more": an_answer(orders=[1]),
    "a list": [an_answer()],
}


class TestAnswer:
    def test_numbers_become_ids_and_words_the_customers_own(self) -> None:
        ticket = a_ticket()
        burst = a_burst("hi", "still broken, order #78932", known=(a_ticket(), ticket))
        answer = an_answer(an_issue(messages=[2], entities=[an_entity(message=2)], continues=2), awaits_answer=False)
        found = read(answer, burst)
        (issue,) = found.issues
        assert (issue.message_ids, issue.continues) == ((burst.messages[1].id,), ticket.id)
        assert [(entity.value, entity.message_id) for entity in issue.entities] == [("78932", burst.messages[1].id)]
        assert not found.awaits_answer

    @pytest.mark.parametrize("answer", UNBELIEVED.values(), ids=UNBELIEVED.keys())
    def test_what_cannot_be_is_not_believed(self, answer: Any) -> None:
        with pytest.raises(wire.WrongShape):
            read(json.dumps(answer), a_burst("my order #78932 is broken", known=(a_ticket(),)))

    @pytest.mark.parametrize("text", ["", "Here you are: {}", '{"ticket_worthy": tr', "{} {}"])
    def test_what_is_no_json_is_named_so(self, text: str) -> None:
        with pytest.raises(wire.NotJson):
            read(text, a_burst("hi"))

    def test_an_entity_in_masked_words_is_left_out(self) -> None:
        burst = a_burst(f"order {CARD} is late")
        entities = [an_entity(words=f"order {MASK * len(CARD)}", value=MASK * len(CARD))]
        (issue,) = read(an_answer(an_issue(entities=entities)), burst).issues
        assert issue.entities == ()

    def test_long_words_are_cut_and_lines_joined(self) -> None:
        (issue,) = read(
            an_answer(an_issue(subject="a\nbroken " + "lamp " * 60, summary="s " * 900)), a_burst("x")
        ).issues
        assert issue.subject.startswith("a broken lamp")
        assert (len(issue.subject) <= 120, len(issue.summary) <= 1000) == (True, True)

    def test_a_language_that_is_no_code_is_unknown(self) -> None:
        assert read(an_answer(language="English"), a_burst("hi")).language == "und"
