"""What stands in a ticket's thread, and what can be done about it there."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intents import Action
from bot.views.message_menu import entry_in, ticket_in
from bot.views.thread_entry import thread_entry
from core.messages import Delivery, Party
from emulators.slack import as_text
from emulators.slack.blocks import elements_of
from tests.bot.cards import NOON, a_mail, an_entry
from tests.bot.views.hostile import is_inert, names, texts, valid_message, words
from tests.examples import tried
from ticketing.tickets.card import RoomEntry, TicketName

MUG, CHARGE = TicketName(UUID(int=12), 12, "Mug"), TicketName(UUID(int=13), 13, "A <charge>")
PARCEL = TicketName(UUID(int=14), 14, "Parcel")


def menu_of(entry: RoomEntry) -> list[str]:
    """What the menu on a message offers."""
    ((_, blocks),) = thread_entry(entry)
    return [option["text"]["text"] for option in blocks[0]["accessory"]["options"]]


class TestThreadEntry:
    def test_a_customers_words_stand_as_they_were_written(self) -> None:
        ((text, blocks),) = thread_entry(an_entry(text="*hi* <!here>\n:fire:"))
        assert blocks[1]["text"] == {"type": "plain_text", "text": "*hi* &lt;!here&gt;\n:fire:", "emoji": False}
        assert text == "Anna Kowalski: *hi* &lt;!here&gt;\n:fire:"

    def test_4000_characters_are_all_in_the_thread(self) -> None:
        text = "The parcel never came & nobody answers. " * 100
        posts = thread_entry(an_entry(text=text))
        shown = "".join(part for _, blocks in posts for part in texts(blocks[1:]))
        assert shown == text.replace("&", "&amp;")

    @pytest.mark.parametrize(
        ("delivery", "shown"),
        [
            (Delivery.PENDING, "waiting to be sent · The window is closed."),
            (Delivery.SENT, "✓ sent"),
            (Delivery.DELIVERED, "✓✓ delivered"),
            (Delivery.READ, "✓✓ read"),
            (Delivery.FAILED, "⚠️ failed · The window is closed."),
            (Delivery.UNKNOWN, "❓ unknown · The window is closed."),
        ],
    )
    def test_a_reply_says_how_far_it_came(self, delivery: Delivery, shown: str) -> None:
        entry = an_entry(kind="outbound", author="Mia", delivery=delivery, error="The window is closed.", text="Hello")
        ((_, blocks),) = thread_entry(entry)
        assert as_text({"blocks": blocks}) == f"📤 Mia → customer · {shown}\nHello"

    def test_a_customers_message_can_be_put_where_it_belongs(self) -> None:
        entry = an_entry(ticket=MUG, others=(CHARGE, PARCEL, TicketName(UUID(int=15), 15, "Late")))
        assert menu_of(entry) == [
            "Belongs to #13 A &lt;charge&gt;",
            "Belongs to #14 Parcel",
            "New ticket from this",
            "Concerns no ticket in particular",
            "Belongs to another ticket…",
        ]

    def test_one_about_the_conversation_can_become_this_tickets_own(self) -> None:
        shown = menu_of(an_entry(concerns=False, ticket=MUG, others=(CHARGE, PARCEL)))
        assert shown[0] == "Belongs to #12 Mug"
        assert (len(shown), "Concerns no ticket in particular" in shown) == (5, False)

    def test_the_menu_says_which_entry_it_is_of_and_what_was_chosen(self) -> None:
        entry = an_entry(others=(CHARGE,))
        ((_, blocks),) = thread_entry(entry)
        assert entry_in(blocks[0]["block_id"]) == entry.id
        assert ticket_in(blocks[0]["accessory"]["options"][0]["value"]) == CHARGE.id

    @pytest.mark.parametrize(
        ("changes", "shown"),
        [
            ({}, "✏️ edited 12:00 UTC · before: “A mug <b>”"),
            ({"versions": 3}, "✏️ edited 12:00 UTC · before: “A mug <b>” (+2 older)"),
            ({"edited_after_answer": True, "answered_by": "Ben"}, "✏️ edited 12:00 UTC, after Ben’s answer · before:"),
            ({"earlier": ""}, "✏️ edited 12:00 UTC · before: no text"),
        ],
    )
    def test_an_edit_says_when_after_whose_answer_and_what_stood_there(
        self, changes: dict[str, Any], shown: str
    ) -> None:
        entry = replace(an_entry(edited_at=NOON, earlier="A mug <b>", versions=1), **changes)
        ((_, blocks),) = thread_entry(entry)
        assert shown in as_text({"blocks": blocks})

    def test_an_edited_message_leads_to_all_its_earlier_versions(self) -> None:
        others = (CHARGE, PARCEL)
        assert menu_of(an_entry(edited_at=NOON, earlier="A mug", versions=1, others=others)) == [
            "Belongs to #13 A &lt;charge&gt;",
            "New ticket from this",
            "Concerns no ticket in particular",
            "Belongs to another ticket…",
            "Earlier versions",
        ]

    @pytest.mark.parametrize("kind", ["outbound", "comment"])
    def test_what_the_team_writes_has_no_such_menu(self, kind: str) -> None:
        ((_, blocks),) = thread_entry(an_entry(kind=kind, others=(CHARGE,)))
        assert Action.MESSAGE not in [each["action_id"] for block in blocks for each in elements_of(block)]

    def test_what_was_moved_leaves_one_line_that_says_where_to(self) -> None:
        ((text, blocks),) = thread_entry(an_entry(text="x" * 9000, moved_to=13, moved_by="Mia"))
        assert as_text({"blocks": blocks}) == "💬 Anna Kowalski · ↪ moved to #13 by Mia"
        assert text == "Anna Kowalski: moved to #13 by Mia"

    @pytest.mark.parametrize(
        ("changes", "buttons"),
        [
            ({"delivery": Delivery.PENDING}, "[Undo]"),
            ({"delivery": Delivery.SENDING}, None),
            ({"delivery": Delivery.READ}, None),
            ({"delivery": Delivery.WITHDRAWN}, None),
            ({"delivery": Delivery.UNKNOWN}, "[It arrived] [Send again]"),
            ({"delivery": Delivery.UNKNOWN, "resent_by": "Ben"}, None),
            ({"delivery": Delivery.FAILED}, None),
            ({"delivery": Delivery.FAILED, "resendable": True}, "[Send again]"),
            ({"delivery": Delivery.FAILED, "resendable": True, "resent_by": "Ben"}, None),
            ({"delivery": Delivery.UNKNOWN, "goes_along": True}, None),
        ],
    )
    def test_a_reply_offers_what_can_be_done_about_it(self, changes: dict[str, Any], buttons: str | None) -> None:
        entry = an_entry(kind="outbound", text="Hello", message_id=uuid4(), **changes)
        ((_, blocks),) = thread_entry(entry)
        assert as_text({"blocks": blocks}).splitlines()[1:] == ["Hello", *([buttons] if buttons else [])]

    def test_one_that_was_sent_again_says_by_whom(self) -> None:
        entry = an_entry(kind="outbound", author="Mia", delivery=Delivery.UNKNOWN, resent_by="Ben <b>")
        ((_, blocks),) = thread_entry(entry)
        assert "❓ unknown · sent again by Ben <b>" in as_text({"blocks": blocks})

    @pytest.mark.parametrize("kind", ["inbound", "comment"])
    def test_only_replies_have_such_buttons(self, kind: str) -> None:
        ((_, blocks),) = thread_entry(an_entry(kind=kind, delivery=Delivery.UNKNOWN, message_id=uuid4()))
        assert "Send again" not in as_text({"blocks": blocks})

    def test_says_when_it_is_not_about_this_ticket_in_particular(self) -> None:
        ((_, blocks),) = thread_entry(an_entry(concerns=False))
        assert "about the conversation" in as_text({"blocks": blocks})

    def test_only_the_first_post_changes_when_a_reply_gets_on(self) -> None:
        before = an_entry(kind="outbound", text="x" * 30_000, delivery=Delivery.PENDING)
        pending, read = thread_entry(before), thread_entry(replace(before, delivery=Delivery.READ))
        assert pending[0] != read[0]
        assert pending[1:] == read[1:]

    @pytest.mark.parametrize(
        ("quoted", "whose", "shown"),
        [
            ("Your refund\nis on its way.", "Ben", "↩︎ to *Ben*: “Your refund is on its way.”"),
            ("Yes.", "Ben :cat", "↩︎ to *Ben ːcat*: “Yes.”"),
            (
                "*R* <!here> :fire: & ~so~ `on`",
                "<@U1> _B_",
                "↩︎ to *&lt;@U1&gt; ˍBˍ*: “∗R∗ &lt;!here&gt; ːfire: &amp; ∼so∼ ˋonˋ”",
            ),
            ("x" * 200, "Ben", f"↩︎ to *Ben*: “{'x' * 79}…”"),
            (" \n", None, "↩︎ to a message: no text"),
        ],
    )
    def test_what_a_message_answers_is_quoted_shortly_and_inert(
        self, quoted: str, whose: str | None, shown: str
    ) -> None:
        ((_, blocks),) = thread_entry(an_entry(answers=quoted, answers_whose=whose))
        assert blocks[0]["text"]["text"] == f"💬 *Anna Kowalski* · {shown}"
        assert is_inert(blocks)

    def test_a_member_of_a_group_is_named_with_the_group_and_both_are_inert(self) -> None:
        entry = an_entry(author="<@U1> *Ben*", group="Shop <!here>", text="Mine too!")
        ((fallback, blocks),) = thread_entry(entry)
        assert fallback == "&lt;@U1&gt; *Ben* in Shop &lt;!here&gt;: Mine too!"
        assert blocks[0]["text"]["text"] == "💬 *&lt;@U1&gt; ∗Ben∗* in *Shop &lt;!here&gt;*"
        assert is_inert(blocks)
        ((_, moved),) = thread_entry(replace(entry, moved_to=13, moved_by="Mia"))
        assert "in *Shop &lt;!here&gt;* · ↪ moved to #13 by Mia" in moved[0]["elements"][0]["text"]

    @tried(30)
    @given(words, names, st.none() | words)
    def test_slack_takes_it_whatever_customers_write(self, text: str, author: str, error: str | None) -> None:
        reply = an_entry(text=text, author=author, error=error, kind="outbound", delivery=Delivery.FAILED)
        before = {"edited_at": NOON, "earlier": text, "versions": 2, "edited_after_answer": True, "answered_by": author}
        for fallback, blocks in thread_entry(reply) + thread_entry(an_entry(text=text, **before)):
            valid_message(blocks)
            assert is_inert(blocks)
            assert "<" not in fallback
        wrote = a_mail(
            sender=Party(text, author), by_customer=False, copies=(Party(author, text),), doubt=error, url=None
        )
        for mail in (wrote, replace(wrote, automatic=text)):
            for fallback, blocks in thread_entry(an_entry(text=text, author=author, mail=mail)):
                valid_message(blocks)
                assert is_inert(blocks)
                assert "<" not in fallback


def test_of_a_long_mail_the_rest_is_behind_a_link_and_without_one_all_of_it_is_there() -> None:
    said = "Where is it? " * 3000
    posts = thread_entry(an_entry(text=said, mail=a_mail()))
    assert len(posts) == 2
    assert "more characters: <https://desk.example/mails/" in posts[-1][1][-1]["elements"][0]["text"]
    assert len(thread_entry(an_entry(text=said, mail=a_mail(url=None)))) == 5
