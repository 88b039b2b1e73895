"""The 24-hour window: until when, from when, and in which words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from core.messages import Delivery, Limits
from tests.factories import NOW
from ticketing.conversations.conversation import Conversation, Direction, Message, TemplateSent
from ticketing.conversations.window import Closed, Free, closed_words, heard, may_leave, refused, window

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
WHATSAPP = Limits(text=1600, window=DAY)


def a_conversation(*, heard_at: datetime | None = NOW, refused_at: datetime | None = None) -> Conversation:
    values = (uuid4(), uuid4(), "Clara", "whatsapp", "+1", "+49", None, 1)
    return Conversation(*values, last_inbound_at=heard_at, window_closed_at=refused_at)


class TestWindow:
    @pytest.mark.parametrize(
        ("after", "found"),
        [
            (timedelta(), Free(NOW + DAY)),
            (DAY - SECOND, Free(NOW + DAY)),
            (DAY, Closed(NOW + DAY)),  # exactly 24 hours is too late
            (DAY + SECOND, Closed(NOW + DAY)),
        ],
        ids=str,
    )
    def test_it_closes_24_hours_after_the_customers_last_message(self, after: timedelta, found: Free | Closed) -> None:
        assert window(a_conversation(), WHATSAPP, NOW + after) == found

    def test_a_customer_who_never_wrote_has_none(self) -> None:
        assert window(a_conversation(heard_at=None), WHATSAPP, NOW) == Closed(None)

    def test_a_channel_without_a_window_is_always_open(self) -> None:
        assert window(a_conversation(heard_at=None), Limits(text=10), NOW) == Free(None)

    def test_what_the_provider_says_closes_it_before_its_time(self) -> None:
        assert window(a_conversation(refused_at=NOW + SECOND), WHATSAPP, NOW + DAY / 2) == Closed(NOW + SECOND)

    def test_a_template_may_always_leave_and_a_free_message_may_not(self) -> None:
        closed = a_conversation(heard_at=None)
        free = Message(uuid4(), closed.id, Direction.OUTBOUND, "Hello", NOW, Delivery.PENDING)
        template = replace(free, template=TemplateSent("HX1", "order_update", {"1": "Hello"}))
        assert may_leave(free, closed, WHATSAPP, NOW) == Closed(None)
        assert may_leave(template, closed, WHATSAPP, NOW) == Free(None)


class TestHeard:
    def test_a_message_opens_it_again_and_what_the_provider_said_is_over(self) -> None:
        after = heard(a_conversation(refused_at=NOW + SECOND), NOW + 2 * SECOND)
        assert (after.last_inbound_at, after.window_closed_at) == (NOW + 2 * SECOND, None)

    def test_one_that_is_filed_late_moves_nothing_back_and_opens_nothing(self) -> None:
        before = a_conversation(refused_at=NOW + SECOND)
        assert heard(before, NOW - SECOND) == before


class TestRefused:
    def test_a_refusal_closes_it_once(self) -> None:
        first = refused(a_conversation(), NOW + SECOND, NOW + 2 * SECOND)
        assert first.window_closed_at == NOW + 2 * SECOND
        assert refused(first, NOW + SECOND, NOW + 3 * SECOND) == first

    def test_a_refusal_of_what_was_sent_before_the_customer_wrote_again_says_nothing_of_now(self) -> None:
        conversation = a_conversation(heard_at=NOW)
        assert refused(conversation, NOW - SECOND, NOW + SECOND) == conversation


class TestWords:
    def test_they_name_the_time_in_the_desks_own_zone_and_the_day_where_it_is_another(self) -> None:
        berlin, since = ZoneInfo("Europe/Berlin"), datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
        today = closed_words(Closed(since), WHATSAPP, since + SECOND, berlin)
        later = closed_words(Closed(since), WHATSAPP, since + DAY, berlin)
        assert today == "The 24-hour window closed at 14:05: send a template, or wait until the customer writes."
        assert later.startswith("The 24-hour window closed on Mon, 23 Nov at 14:05: send a template")
