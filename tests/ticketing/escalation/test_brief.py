"""What somebody needs who takes up a ticket that the AI has left to people."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from tests.factories import NOW, a_ticket
from tests.playbooks import IN_PROGRESS, OPEN, PLAIN, WAITING, example
from ticketing.escalation.brief import Brief, Course, brief
from ticketing.fields.surroundings import NOT_ASKED
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Sentiment


def told(ticket: Ticket | None = None, *, playbook: Playbook = PLAIN, **course: Any) -> Brief:
    return brief(ticket or a_ticket(), Course(**course), playbook, around=NOT_ASKED, now=NOW)


def a_return(**changes: Any) -> Ticket:
    values: dict[str, Any] = {"type": "return", "status": "investigating", "status_category": StatusCategory.ACTIVE}
    return replace(a_ticket(IN_PROGRESS), **(values | changes))


class TestWants:
    def test_what_a_brain_made_of_it_and_of_the_newest_words(self) -> None:
        found = told(first_summary="The mug broke.", last_summary="She asks where the money is.")
        assert (found.wants, found.lately) == ("The mug broke.", "She asks where the money is.")

    def test_the_same_twice_is_said_once(self) -> None:
        assert told(first_summary="The mug broke.", last_summary="The mug broke.").lately == ""

    def test_where_no_brain_has_read_it_what_people_wrote(self) -> None:
        assert told(a_ticket(description="Mug, blue")).wants == "Mug, blue"
        assert told().wants == "Where is my order?"

    def test_however_much_it_is_it_is_short(self) -> None:
        found = told(first_summary="x" * 5000, last_summary="y" * 5000)
        assert (len(found.wants), len(found.lately)) == (600, 300)


class TestDone:
    def test_by_the_ai_and_by_people(self) -> None:
        ticket = a_return(hand_offs=1, reopenings=2)
        found = told(ticket, playbook=example("retail"), understood=3, filled=("order_number", "gone"), replies=5)
        assert found.done == (
            "the AI opened the ticket",
            "the AI read what the customer wrote 3 times",
            "the AI filled in Order number",
            "the customer was answered 5 times",
            "it was handed on once",
            "it was settled and came back twice",
        )

    def test_nothing_is_said_too(self) -> None:
        assert told(a_ticket(reporter="agent")).done == ("nobody has answered yet",)


class TestMissing:
    def test_an_answer_a_decision_and_what_the_ways_on_ask_for(self) -> None:
        found = told(a_return(), playbook=example("retail"), unanswered_since=NOW, waits_for="Refund over 200")
        assert found.missing[:2] == ("an answer to the customer", "a decision about “Refund over 200”")
        assert "Resolution" in found.missing[2]

    def test_nothing(self) -> None:
        assert told().missing == ()


@pytest.mark.parametrize(
    ("ticket", "course", "suggested"),
    [
        (a_ticket(), {"waits_for": "Refund"}, "Have “Refund” decided: nothing goes on before."),
        (
            a_ticket(reopenings=1),
            {"unanswered_since": NOW},
            "Ask the customer what the last solution left open, before the same is tried again.",
        ),
        (a_ticket(), {"unanswered_since": NOW}, "Answer the customer."),
        (
            a_ticket(sentiment=Sentiment.UPSET),
            {"unanswered_since": NOW},
            "Answer in person and say what happens next, by when.",
        ),
        (
            a_ticket(WAITING),
            {},
            "It waits for somebody else: remind them, or tell the customer how long it will take.",
        ),
        (a_ticket(OPEN), {}, "Decide how it goes on: In progress, Waiting on customer or Resolved."),
    ],
)
def test_one_step_is_suggested(ticket: Ticket, course: dict[str, Any], suggested: str) -> None:
    assert told(ticket, **course).suggested == suggested


class TestWhatTheWaysOnAskFor:
    """Retail lets a return be proposed with its resolution; this one wants the order number for it, too."""

    RETAIL = example("retail")
    RETURN = RETAIL.lifecycles["return"]
    STATUSES = tuple(
        replace(each, requires=(*each.requires, "order_number")) if each.key == "resolution_proposed" else each
        for each in RETURN.statuses
    )
    ASKING = replace(RETAIL, lifecycles={**RETAIL.lifecycles, "return": replace(RETURN, statuses=STATUSES)})

    def test_what_customers_know_they_are_asked_for(self) -> None:
        found = told(a_return(), playbook=self.ASKING, unanswered_since=NOW)
        assert found.suggested == "Answer the customer, and ask for what is missing: Order number."
        found = told(a_return(), playbook=self.ASKING)
        assert found.suggested == "Ask the customer for what is missing: Order number."
        assert found.missing == ("Order number", "a decision: Resolution")

    def test_what_only_comes_of_the_work_nobody_is_asked_for(self) -> None:
        found = told(a_return(), playbook=self.RETAIL)
        assert found.suggested == "Look into it, fill in what you decide (Resolution), and tell the customer."
        assert told(a_return(), playbook=self.RETAIL, unanswered_since=NOW).suggested == "Answer the customer."

    def test_an_amount_is_decided_and_a_text_is_known(self) -> None:
        fields = {key: replace(each, fill=()) for key, each in self.ASKING.fields.items()}
        found = told(a_return(), playbook=replace(self.ASKING, fields=fields, recipes={}))
        assert found.missing == ("Order number", "a decision: Resolution")
        with_amount = a_return(fields={"resolution": "refund", "order_number": "78951"})
        assert told(with_amount, playbook=self.RETAIL).missing == ("a decision: Refund amount",)


def test_a_ticket_of_nobody_is_no_reason_to_fail() -> None:
    assert told(a_ticket(assignee_id=uuid4(), type="case_follow_up")).suggested
