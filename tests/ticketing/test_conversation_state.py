"""A conversation's states: what leads from one to the other, and what is recorded of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, after, an_actor, unhurried
from ticketing.conversations.conversation import Conversation, State
from ticketing.conversations.snooze import SnoozeChoice, snoozed_until
from ticketing.conversations.state import (
    LONGEST_SNOOZE,
    SnoozeRefused,
    carried_by_ticket,
    open_again,
    pass_to_people,
    resolve,
    snooze,
)

MIA = an_actor()
OPEN = Conversation(uuid4(), uuid4(), "Ada", "fake", "+1", "+49", None, 1)
WAITING = replace(OPEN, awaiting_since=NOW)
ASLEEP = replace(WAITING, state=State.SNOOZED, snoozed_until=after(3600), state_by="Mia")
RESOLVED = replace(OPEN, state=State.RESOLVED, state_by="Mia")
EACH = pytest.mark.parametrize(
    "conversation", [OPEN, WAITING, ASLEEP, RESOLVED], ids=["open", "waiting", "asleep", "resolved"]
)


class TestSnooze:
    @EACH
    def test_until_then_and_people_go_on_owing_what_they_owed(self, conversation: Conversation) -> None:
        change = snooze(conversation, after(60), by=MIA, at=NOW)
        assert (change.conversation.state, change.conversation.snoozed_until) == (State.SNOOZED, after(60))
        assert change.conversation.state_by == MIA.name
        assert change.conversation.awaiting_since == conversation.awaiting_since
        assert change.record is not None
        assert change.record.after == {"state": "snoozed", "until": after(60).isoformat()}

    @pytest.mark.parametrize("until", [NOW, after(-1), NOW + LONGEST_SNOOZE + timedelta(seconds=1)])
    def test_only_to_a_time_to_come_and_not_for_ever(self, until: datetime) -> None:
        with pytest.raises(SnoozeRefused):
            snooze(WAITING, until, by=MIA, at=NOW)

    def test_twice_to_the_same_time_is_once(self) -> None:
        assert snooze(ASLEEP, after(3600), by=MIA, at=NOW).record is None


class TestResolve:
    @pytest.mark.parametrize("conversation", [OPEN, WAITING, ASLEEP], ids=["open", "waiting", "asleep"])
    def test_ends_what_people_owed(self, conversation: Conversation) -> None:
        change = resolve(conversation, by=MIA, at=NOW)
        resolved = change.conversation
        assert (resolved.state, resolved.awaiting_since, resolved.snoozed_until) == (State.RESOLVED, None, None)
        assert change.record is not None
        assert change.record.before == {"state": conversation.state.value}

    def test_twice_is_once(self) -> None:
        assert resolve(RESOLVED, by=MIA, at=NOW).record is None


class TestOpenAgain:
    def test_what_waited_for_people_before_it_slept_waits_again(self) -> None:
        awake = open_again(ASLEEP, by=MIA, at=NOW).conversation
        assert (awake.state, awake.snoozed_until, awake.awaiting_since) == (State.OPEN, None, NOW)

    def test_what_is_open_stays_as_it_is(self) -> None:
        assert open_again(WAITING, by=MIA, at=NOW).record is None


class TestPassToPeople:
    @EACH
    def test_opens_it_and_counts_from_when_the_customer_began_to_wait(self, conversation: Conversation) -> None:
        passed = pass_to_people(conversation, after(5), by=MIA, at=after(8)).conversation
        assert (passed.state, passed.awaiting_since) == (State.OPEN, conversation.awaiting_since or after(5))

    def test_twice_is_once(self) -> None:
        assert pass_to_people(WAITING, after(5), by=MIA, at=after(8)).record is None


class TestCarriedByTicket:
    @EACH
    def test_a_ticket_owes_the_answer_from_then_on(self, conversation: Conversation) -> None:
        change = carried_by_ticket(conversation, by=MIA, at=NOW)
        assert (change.conversation.state, change.conversation.awaiting_since) == (State.OPEN, None)
        assert (change.record is None) == (conversation is OPEN)


class TestSnoozedUntil:
    BERLIN = ZoneInfo("Europe/Berlin")

    def test_the_mornings_are_the_desks_own(self) -> None:
        friday = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
        assert snoozed_until(SnoozeChoice.HOUR, friday, self.BERLIN) == friday + timedelta(hours=1)
        assert snoozed_until(SnoozeChoice.TOMORROW, friday, self.BERLIN) == datetime(2026, 11, 28, 8, tzinfo=UTC)
        assert snoozed_until(SnoozeChoice.MONDAY, friday, self.BERLIN) == datetime(2026, 11, 30, 8, tzinfo=UTC)

    def test_on_a_monday_it_is_the_next_one(self) -> None:
        assert snoozed_until(SnoozeChoice.MONDAY, NOW, UTC) == NOW + timedelta(days=7)

    @unhurried
    @given(st.integers(0, 15 * 366 * 24 * 60), st.sampled_from(SnoozeChoice))
    def test_is_always_to_come_within_eight_days_and_at_nine_there(self, minutes: int, choice: SnoozeChoice) -> None:
        now = NOW + timedelta(minutes=minutes)
        until = snoozed_until(choice, now, self.BERLIN)
        assert timedelta() < until - now <= timedelta(days=8)
        assert choice is SnoozeChoice.HOUR or until.astimezone(self.BERLIN).hour == 9
