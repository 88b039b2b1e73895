"""From a suggestion to what is done, against the tickets as they stand now."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, RULES, a_burst, a_resolved_ticket, a_suggestion, a_ticket, an_issue, unhurried
from tests.playbooks import CLOSED, IN_PROGRESS, PLAIN, REOPEN_WINDOW, VOCABULARY, WAITING
from ticketing.tickets.ticket import Ticket
from ticketing.triage.decide import (
    Continue,
    Decision,
    Open,
    PassToPeople,
    Reopen,
    StayResolved,
    decide,
    for_a_person,
    unread,
)
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Burst, Suggestion

BURST = a_burst("My mug arrived broken.", "And where is the other one?")
ALL = tuple(message.id for message in BURST.messages)
ISSUE = an_issue(BURST)
LIVE, SECOND_LIVE = a_ticket(number=1), a_ticket(WAITING, number=2)
RESOLVED = a_resolved_ticket(number=3)
OLDER_RESOLVED = a_resolved_ticket(number=2)
EXPIRED = a_resolved_ticket(age=REOPEN_WINDOW + timedelta(seconds=1), number=4)
CLOSED_TICKET = a_ticket(CLOSED, number=5, resolved_at=NOW)
SURE, UNSURE = RULES.sure_enough, RULES.sure_enough - 0.01

OPEN_SURE = Open(ISSUE, Trigger.TRIAGE)
OPEN_UNSURE = Open(ISSUE, Trigger.LOW_CONFIDENCE)
PASSED, PASSED_UNSURE = PassToPeople(Trigger.TRIAGE), PassToPeople(Trigger.LOW_CONFIDENCE)

# (the suggestion is worthy, its confidence, the tickets there are, what is done)
TABLE: dict[str, tuple[bool, float, list[Ticket], list[Decision]]] = {
    "worthy, no ticket": (True, SURE, [], [OPEN_SURE]),
    "worthy, one live": (True, SURE, [LIVE], [OPEN_SURE]),
    "worthy, several live": (True, SURE, [LIVE, SECOND_LIVE], [OPEN_SURE]),
    "worthy, resolved in the window": (True, SURE, [RESOLVED], [OPEN_SURE]),
    "worthy, only closed": (True, SURE, [CLOSED_TICKET], [OPEN_SURE]),
    "perhaps worthy, no ticket: a person": (True, UNSURE, [], [OPEN_UNSURE]),
    "perhaps worthy, one live: whoever works on it": (True, UNSURE, [LIVE], [Continue(LIVE.id, ALL)]),
    "perhaps worthy, several live: all of them see it": (True, UNSURE, [LIVE, SECOND_LIVE], []),
    "perhaps worthy, resolved in the window: a person": (True, UNSURE, [RESOLVED], [OPEN_UNSURE]),
    "perhaps worthy, closed: a person": (True, UNSURE, [CLOSED_TICKET], [OPEN_UNSURE]),
    "not worthy, no ticket": (False, SURE, [], [PASSED]),
    "not worthy, one live": (False, SURE, [LIVE], [Continue(LIVE.id, ALL)]),
    "not worthy, one live among settled ones": (False, SURE, [RESOLVED, LIVE], [Continue(LIVE.id, ALL)]),
    "not worthy, several live": (False, SURE, [LIVE, SECOND_LIVE], []),
    "not worthy, resolved in the window: nobody looks there": (False, SURE, [RESOLVED], [PASSED]),
    "not worthy, the window has passed": (False, SURE, [EXPIRED], [PASSED]),
    "not worthy, only closed": (False, SURE, [CLOSED_TICKET], [PASSED]),
    "perhaps not worthy, no ticket: a person": (False, UNSURE, [], [PASSED_UNSURE]),
    "perhaps not worthy, one live": (False, UNSURE, [LIVE], [Continue(LIVE.id, ALL)]),
    "perhaps not worthy, several live": (False, UNSURE, [LIVE, SECOND_LIVE], []),
    "perhaps not worthy, resolved: a person": (False, UNSURE, [RESOLVED], [PASSED_UNSURE]),
    "perhaps not worthy, the window has passed": (False, UNSURE, [EXPIRED], [PASSED_UNSURE]),
}

# What asks for nothing and awaits no answer: a thanks. (its confidence, the tickets there are, what is done)
THANKS: dict[str, tuple[float, list[Ticket], list[Decision]]] = {
    "no ticket": (SURE, [], []),
    "one live": (SURE, [LIVE], [Continue(LIVE.id, ALL)]),
    "resolved in the window": (SURE, [RESOLVED], [StayResolved(RESOLVED.id, ALL)]),
    "two resolved: the newest": (SURE, [OLDER_RESOLVED, RESOLVED], [StayResolved(RESOLVED.id, ALL)]),
    "the window has passed": (SURE, [EXPIRED], []),
    "only closed": (SURE, [CLOSED_TICKET], []),
    "perhaps a thanks: a person": (UNSURE, [RESOLVED], [PASSED_UNSURE]),
}


def _decide(suggestion: Suggestion, tickets: list[Ticket], burst: Burst = BURST) -> list[Decision]:
    return decide(suggestion, burst, tickets, rules=RULES, playbook=PLAIN, now=NOW)


class TestDecide:
    @pytest.mark.parametrize(("worthy", "confidence", "tickets", "then"), TABLE.values(), ids=TABLE)
    def test_the_table(self, worthy: bool, confidence: float, tickets: list[Ticket], then: list[Decision]) -> None:
        assert _decide(a_suggestion(ISSUE, worthy=worthy, confidence=confidence), tickets) == then

    @pytest.mark.parametrize(("confidence", "tickets", "then"), THANKS.values(), ids=THANKS)
    def test_what_awaits_no_answer(self, confidence: float, tickets: list[Ticket], then: list[Decision]) -> None:
        assert _decide(a_suggestion(worthy=False, confidence=confidence, awaits_answer=False), tickets) == then

    @pytest.mark.parametrize("status", ["open", IN_PROGRESS, WAITING])
    def test_an_issue_goes_on_with_the_live_ticket_it_names(self, status: str) -> None:
        ticket = a_ticket(status)
        issue = an_issue(BURST, continues=ticket.id)
        assert _decide(a_suggestion(issue), [ticket, LIVE]) == [Continue(ticket.id, ALL, issue)]

    def test_an_issue_reopens_the_resolved_ticket_it_names(self) -> None:
        issue = an_issue(BURST, continues=RESOLVED.id)
        assert _decide(a_suggestion(issue), [RESOLVED, LIVE]) == [Reopen(RESOLVED.id, issue)]

    def test_the_last_instant_of_the_window_still_reopens(self) -> None:
        ticket = a_resolved_ticket(age=REOPEN_WINDOW)
        issue = an_issue(BURST, continues=ticket.id)
        assert _decide(a_suggestion(issue), [ticket]) == [Reopen(ticket.id, issue)]

    @pytest.mark.parametrize("ticket", [EXPIRED, CLOSED_TICKET], ids=["window passed", "closed"])
    def test_an_issue_of_a_ticket_that_is_over_opens_a_new_one_that_follows_it(self, ticket: Ticket) -> None:
        issue = an_issue(BURST, continues=ticket.id)
        assert _decide(a_suggestion(issue), [ticket]) == [Open(issue, Trigger.TRIAGE, follows=ticket.id)]

    def test_a_ticket_that_was_closed_while_the_brain_thought_is_not_continued(self) -> None:
        issue = an_issue(BURST, continues=uuid4())
        assert _decide(a_suggestion(issue), [LIVE]) == [Open(issue, Trigger.TRIAGE)]

    def test_two_issues_are_placed_one_by_one(self) -> None:
        mug = an_issue(BURST, continues=LIVE.id, message_ids=ALL[:1])
        lost = an_issue(BURST, message_ids=ALL[1:])
        assert _decide(a_suggestion(mug, lost), [LIVE]) == [
            Continue(LIVE.id, ALL[:1], mug),
            Open(lost, Trigger.TRIAGE),
        ]

    def test_a_picture_without_words_goes_to_people_whatever_the_brain_thinks_of_it(self) -> None:
        sure = a_suggestion(worthy=False, confidence=1.0, awaits_answer=False)
        assert _decide(sure, [], a_burst("", "  ")) == [PASSED_UNSURE]

    @unhurried
    @given(
        st.booleans(), st.floats(0, 1), st.lists(st.sampled_from([LIVE, SECOND_LIVE, RESOLVED, EXPIRED]), unique=True)
    )
    def test_what_may_need_somebody_always_reaches_somebody(
        self, worthy: bool, confidence: float, tickets: list[Ticket]
    ) -> None:
        decisions = _decide(a_suggestion(ISSUE, worthy=worthy, confidence=confidence), tickets)
        several_live = LIVE in tickets and SECOND_LIVE in tickets
        if worthy or confidence < SURE:
            assert decisions or several_live


class TestUnread:
    def test_it_names_the_first_words_in_one_short_line(self) -> None:
        assert unread(a_burst("", " one\n two " + "x" * 200), VOCABULARY).subject == ("one two " + "x" * 72)

    def test_a_burst_without_words_has_a_subject_all_the_same(self) -> None:
        assert unread(a_burst("", "  "), VOCABULARY).subject == "A message without text"

    def test_the_suggestion_of_last_resort_opens_a_ticket_for_a_person(self) -> None:
        assert [type(each) for each in _decide(for_a_person(BURST, VOCABULARY, why="Unreadable."), [])] == [Open]
