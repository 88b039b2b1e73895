"""A suggestion is believed value by value, or not at all."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from tests.factories import a_burst, a_suggestion, a_ticket, an_entity, an_issue, known
from tests.playbooks import VOCABULARY
from ticketing.triage.check import MOST_ISSUES, SUBJECT_LENGTH, SUMMARY_LENGTH, SuggestionUnreadable, check
from ticketing.triage.decide import for_a_person
from ticketing.triage.suggestion import Suggestion

TICKET = a_ticket()
BURST = a_burst("My mug arrived broken, order 78932.", "Please help!", known=(known(TICKET),))
SECOND = BURST.messages[1].id

IMPOSSIBLE_ISSUES: dict[str, dict[str, Any]] = {
    "a type that the playbook lacks": {"type": "refund"},
    "a category that the playbook lacks": {"category": "aliens"},
    "an intent confidence over 1": {"confidence": 1.01},
    "an intent confidence below 0": {"confidence": -0.1},
    "an intent confidence that is no number": {"confidence": float("nan")},
    "no subject": {"subject": ""},
    "a blank subject": {"subject": " \t "},
    "a subject of two lines": {"subject": "one\ntwo"},
    "a subject with a carriage return": {"subject": "one\rtwo"},
    "a subject that is too long": {"subject": "x" * (SUBJECT_LENGTH + 1)},
    "a subject that cannot be stored": {"subject": "a\x00b"},
    "a summary that cannot be stored": {"summary": "a\x00b"},
    "half a character": {"summary": "\ud83d"},
    "an intent that cannot be stored": {"intent": "\x00"},
    "a summary that is too long": {"summary": "x" * (SUMMARY_LENGTH + 1)},
    "no message": {"message_ids": ()},
    "a message of somebody else": {"message_ids": (BURST.messages[0].id, uuid4())},
    "a ticket of somebody else": {"continues": uuid4()},
    "words that nobody wrote": {"entities": (an_entity(BURST, words="order 1"),)},
    "words of another message": {"entities": (an_entity(BURST, message_id=SECOND),)},
    "no words": {"entities": (an_entity(BURST, words=""),)},
    "an entity of an unknown message": {"entities": (an_entity(BURST, message_id=uuid4()),)},
    "an entity that cannot be stored": {"entities": (an_entity(BURST, value="7\x008"),)},
}

IMPOSSIBLE_SUGGESTIONS: dict[str, Suggestion] = {
    "worthy without an issue": a_suggestion(),
    "too many issues": a_suggestion(*[an_issue(BURST)] * (MOST_ISSUES + 1)),
    "a confidence over 1": a_suggestion(an_issue(BURST), confidence=1.5),
    "a confidence that is no number": a_suggestion(an_issue(BURST), confidence=float("nan")),
    "an infinite confidence": a_suggestion(an_issue(BURST), confidence=float("inf")),
    "a sentiment confidence below 0": a_suggestion(an_issue(BURST), sentiment_confidence=-1.0),
    "a reason that cannot be stored": a_suggestion(an_issue(BURST), why="\x00"),
    "an impossible issue though not worthy": a_suggestion(an_issue(BURST, type="refund"), worthy=False),
}


class TestCheck:
    @pytest.mark.parametrize("fields", IMPOSSIBLE_ISSUES.values(), ids=IMPOSSIBLE_ISSUES)
    def test_an_impossible_issue_is_refused(self, fields: dict[str, Any]) -> None:
        with pytest.raises(SuggestionUnreadable):
            check(a_suggestion(an_issue(BURST, **fields)), BURST, VOCABULARY)

    @pytest.mark.parametrize("suggestion", IMPOSSIBLE_SUGGESTIONS.values(), ids=IMPOSSIBLE_SUGGESTIONS)
    def test_an_impossible_suggestion_is_refused(self, suggestion: Suggestion) -> None:
        with pytest.raises(SuggestionUnreadable):
            check(suggestion, BURST, VOCABULARY)

    def test_one_bad_issue_among_good_ones_spoils_them_all(self) -> None:
        good = an_issue(BURST)
        with pytest.raises(SuggestionUnreadable):
            check(a_suggestion(good, replace(good, category="aliens")), BURST, VOCABULARY)

    def test_a_possible_suggestion_is_returned_as_it_is(self) -> None:
        issue = an_issue(BURST, continues=TICKET.id, entities=(an_entity(BURST),), confidence=1.0)
        suggestion = a_suggestion(issue, confidence=0.0)
        assert check(suggestion, BURST, VOCABULARY) is suggestion

    def test_emoji_and_other_scripts_are_possible(self) -> None:
        suggestion = a_suggestion(an_issue(BURST, subject="Tasse kaputt 👩‍👩‍👧 مكسور", summary="כן 🙏"))
        assert check(suggestion, BURST, VOCABULARY) is suggestion

    def test_a_category_that_its_type_does_not_have_becomes_the_plain_one_of_that_type(self) -> None:
        own = replace(VOCABULARY, by_type={"return": ("damaged", "product"), "complaint": ("billing", "other")})
        issues = (an_issue(BURST, category="billing"), an_issue(BURST, type="complaint", category="damaged"))
        checked = check(a_suggestion(*issues, an_issue(BURST)), BURST, own)
        assert [issue.category for issue in checked.issues] == ["damaged", "other", "damaged"]

    def test_not_worthy_needs_no_issue(self) -> None:
        check(a_suggestion(worthy=False), BURST, VOCABULARY)

    def test_the_suggestion_of_last_resort_is_possible(self) -> None:
        check(for_a_person(BURST, VOCABULARY, why="Unreadable."), BURST, VOCABULARY)
