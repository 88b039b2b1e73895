"""Cards, thread entries and modals: what they show, and that Slack takes every one of them whatever customers write."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.intents import Action, Choice
from bot.press import ConversationRef, Ref, StaleButton, Submission, private_metadata
from bot.text import size
from bot.views.assign_modal import assign_modal
from bot.views.conversation_ticket_modal import conversation_ticket_modal
from bot.views.light_card import light_card
from bot.views.message_menu import entry_in, ticket_in
from bot.views.reply_modal import Setting, answer_modal, reply_modal
from bot.views.status_modal import status_modal
from bot.views.thread_entry import thread_entry
from bot.views.ticket_card import fallback_text, ticket_card
from bot.views.type_menu import chosen_type
from bot.views.words import delivery_of
from bot.wire import Json
from core.messages import Delivery
from emulators.slack import as_text
from emulators.slack.blocks import elements_of, message_problems, too_long, view_problems
from tests.bot.cards import NOON, a_card, a_last_reply, a_light_card, a_person, a_trouble, an_entry, an_understanding
from tests.bot.render_examples import SUGGESTED, messages, modals
from ticketing.conversations.conversation import State
from ticketing.playbook.shipped import LIFECYCLE, VOCABULARY
from ticketing.tickets.card import RoomEntry, TicketCard, TicketName
from ticketing.triage.record import Trigger

NASTY = "<!channel> <@U1> *b* _i_ `c` <http://evil.example|click> :fire: \u202e&👨‍👩‍👧 "
words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
    st.sampled_from([NASTY, NASTY * 80, "שלום " * 900, "🇩🇪" * 900, "&" * 4000, "\x00\n\t ", "e" + "\u0301" * 400]),
)
names = words.map(lambda text: text[:400])


def valid_message(blocks: list[Json]) -> None:
    assert message_problems(blocks) == []
    assert not too_long(blocks)
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None
        parsed.validate_json()


def valid_view(view: Json) -> None:
    assert view_problems(view) == []
    View(**view).validate_json()


def texts(thing: Any) -> list[str]:
    """Every text object's text, wherever it stands."""
    if isinstance(thing, list):
        return [text for each in thing for text in texts(each)]
    if not isinstance(thing, dict):
        return []
    own = [str(thing["text"])] if thing.get("type") in ("plain_text", "mrkdwn") else []
    return own + [text for each in thing.values() for text in texts(each)]


def is_inert(blocks: list[Json]) -> bool:
    """Only our own date token is left for Slack to parse."""
    return not any("<" in text.replace("<!date^", "") or "<@" in text or "<!ch" in text for text in texts(blocks))


@st.composite
def hostile_cards(draw: st.DrawFn) -> TicketCard:
    understanding = an_understanding(
        why=draw(words),
        summary=draw(words),
        intent=draw(names),
        entities=tuple(draw(st.lists(st.tuples(names, names), max_size=8))),
    )
    return a_card(
        status=draw(st.sampled_from([status.key for status in LIFECYCLE.statuses])),
        subject=draw(words),
        customer=draw(names),
        assignee=draw(st.none() | names),
        team=draw(st.none() | names),
        trouble=draw(st.none() | st.builds(a_trouble, words, resendable=st.booleans())),
        understanding=draw(st.none() | st.just(understanding)),
        comments=draw(st.integers(0, 10_000)),
    )


class TestExamples:
    @pytest.mark.parametrize(
        ("name", "blocks"), list(messages()), ids=lambda each: each if isinstance(each, str) else ""
    )
    def test_slack_takes_every_card_and_post(self, name: str, blocks: list[Json]) -> None:
        valid_message(blocks)

    @pytest.mark.parametrize(("name", "view"), list(modals()), ids=lambda each: each if isinstance(each, str) else "")
    def test_slack_takes_every_modal(self, name: str, view: Json) -> None:
        valid_view(view)


class TestTicketCard:
    def test_says_what_there_is_to_know(self) -> None:
        assert as_text({"blocks": ticket_card(a_card())}).splitlines() == [
            "#12 Damaged item: order 78932",
            "─────────────────────────────",
            "Priority: 🟠 High            Status: 🆕 Open              ‹Return · Damaged ▾›",
            "Customer                     Assignee: nobody yet",
            "Anna Kowalski · WhatsApp",
            "Opened",
            "2026-11-23 12:00 UTC",
            "A mug arrived broken; the customer asks for a refund of order 78932.",
            "🤖 request a refund (92% sure)  ·  😕 frustrated  ·  order 78932  ·  amount",
            "89.00 EUR",
            "Why: The customer reports a damaged item and asks for money back.",
            "[Claim] [Reply] [Comment] [Status] [⋯]",
            "Support",
        ]

    def test_taking_it_from_a_colleague_asks_first(self) -> None:
        button = elements_of(ticket_card(a_card(assignee="Ben"))[-2])[0]
        assert button["action_id"] == Action.TAKE_OVER
        assert button["confirm"]["text"]["text"].startswith("Ben has this conversation.")

    @pytest.mark.parametrize("status", ["resolved", "closed"])
    def test_a_settled_one_is_a_single_line(self, status: str) -> None:
        assert len(as_text({"blocks": ticket_card(a_card(status=status, assignee="Mia"))}).splitlines()) == 1

    def test_one_that_was_none_is_a_single_line_with_the_way_back(self) -> None:
        shown = as_text({"blocks": ticket_card(a_card(discarded_by="Mia"))}, columns=200).split("  ")
        assert shown[0] == "🗑 #12 Damaged item: order 78932 was no ticket (Mia)"
        assert shown[-1].strip() == "[Put back]"

    def test_every_type_with_every_category_is_one_choice(self) -> None:
        menu = ticket_card(a_card())[1]["accessory"]
        values = [each["value"] for group in menu["option_groups"] for each in group["options"]]
        assert [chosen_type(value) for value in values] == list(product(VOCABULARY.types, VOCABULARY.categories))
        assert menu["initial_option"]["value"] == "return/damaged"

    def test_a_type_that_is_not_offered_any_more_still_shows(self) -> None:
        menu = ticket_card(a_card(type="Warranty"))[1]["accessory"]
        assert (menu["placeholder"]["text"], "initial_option" in menu) == ("Warranty · Damaged", False)

    def test_the_menu_of_types_names_its_ticket_and_the_version_it_was_drawn_from(self) -> None:
        card = a_card()
        assert Ref.decode(ticket_card(card)[1]["block_id"]) == Ref(card.ticket_id, card.conversation_id, card.version)

    def test_a_failed_reply_shows_even_on_a_settled_one(self) -> None:
        card = a_card(status="resolved", trouble=a_trouble())
        assert "did not arrive. The 24-hour window is closed" in as_text({"blocks": ticket_card(card)}, columns=200)

    def test_a_reply_of_unknown_fate_can_be_settled_from_the_card(self) -> None:
        trouble = a_trouble("The connection broke.", delivery=Delivery.UNKNOWN)
        shown = as_text({"blocks": ticket_card(a_card(trouble=trouble))}, columns=200)
        assert "❓ The last reply may not have arrived. The connection broke.\n[It arrived] [Send again]" in shown

    def test_the_same_card_has_the_same_blocks(self) -> None:
        assert ticket_card(a_card()) == ticket_card(a_card())

    def test_a_menu_option_carries_the_ticket_and_what_was_chosen(self) -> None:
        menu = elements_of(ticket_card(a_card())[-2])[-1]
        values = [json.loads(each["value"]) for each in menu["options"]]
        assert [value["a"] for value in values] == [
            Choice.ASSIGN,
            Choice.PRIORITY,
            Choice.NEW_TICKET,
            Choice.NOT_A_TICKET,
            Choice.BLOCK,
        ]
        assert Ref.decode(menu["options"][0]["value"]) == Ref(a_card().ticket_id, a_card().conversation_id, 3)

    @settings(max_examples=30, deadline=None)
    @given(hostile_cards())
    def test_slack_takes_it_whatever_customers_write(self, card: TicketCard) -> None:
        blocks = ticket_card(card)
        valid_message(blocks)
        assert is_inert(blocks)
        assert size(fallback_text(card)) < 500
        assert "<" not in fallback_text(card)


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
            "Another ticket…",
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

    @settings(max_examples=30, deadline=None)
    @given(words, names, st.none() | words)
    def test_slack_takes_it_whatever_customers_write(self, text: str, author: str, error: str | None) -> None:
        entry = an_entry(text=text, author=author, error=error, kind="outbound", delivery=Delivery.FAILED)
        for fallback, blocks in thread_entry(entry):
            valid_message(blocks)
            assert is_inert(blocks)
            assert "<" not in fallback


class TestModals:
    @settings(max_examples=20, deadline=None)
    @given(hostile_cards())
    def test_slack_takes_them_whatever_customers_write(self, card: TicketCard) -> None:
        for view in (
            reply_modal(card, Setting(4096), then=LIFECYCLE.statuses),
            status_modal(card, LIFECYCLE.statuses),
            assign_modal(card, [a_person(NASTY * 9), a_person(NASTY * 9)]),
        ):
            valid_view(view)
            assert is_inert(view["blocks"])

    def test_namesakes_are_told_apart_by_their_address(self) -> None:
        first, second = a_person("Mia"), replace(a_person("Mia"), email="mia.two@desk.example")
        menu = assign_modal(a_card(), [first, second, a_person("Ben")])["blocks"][1]["element"]
        shown = [option["text"]["text"] for option in menu["options"]]
        assert shown == ["Ben", "Mia (mia.two@desk.example)", "Mia (mia@desk.example)"]

    def test_the_reply_asks_for_no_status_that_the_person_may_not_set(self) -> None:
        assert len(reply_modal(a_card(understanding=None), Setting(None), then=())["blocks"]) == 2


class TestRefs:
    def test_survive_the_way_through_slack(self) -> None:
        ref = Ref(a_card().ticket_id, a_card().conversation_id, 2_000_000_000)
        assert Ref.decode(ref.encode(a="new_ticket")) == ref
        assert len(ref.encode(a="new_ticket")) <= 150
        assert Submission("U1", "V1", private_metadata(ref, 12), {}).ref == ref

    @pytest.mark.parametrize("value", ["", "{", "null", "[]", '{"t":1}', '{"t":"x","c":"y","v":"z"}', '{"v":2}'])
    def test_from_another_version_are_refused(self, value: str) -> None:
        with pytest.raises(StaleButton):
            Ref.decode(value)
        with pytest.raises(StaleButton):
            _ = Submission("U1", "V1", value, {}).ref

    def test_a_date_reads_well_without_slack(self) -> None:
        opened = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
        assert "2026-01-02 03:04 UTC" in as_text({"blocks": ticket_card(a_card(opened_at=opened))})


class TestLightCard:
    @settings(deadline=None, max_examples=40)
    @given(words, names, words)
    def test_whatever_customers_write_slack_takes_it_and_nothing_of_it_is_live(
        self, said: str, name: str, why: str
    ) -> None:
        for state in State:
            card = a_light_card(last_words=said, customer=name, why=why, state=state, state_by=name)
            valid_message(light_card(card))
            live = [text for text in texts(light_card(card)) if "<!channel" in text or "<@" in text or "<http" in text]
            assert live == []
        valid_view(answer_modal(a_light_card(last_words=said, customer=name), Setting(1600)))

    def test_it_is_one_line_once_nobody_is_needed_and_says_what_became_of_it(self) -> None:
        def line(**changes: Any) -> str:
            (block,) = light_card(a_light_card(**changes))
            return as_text({"blocks": [block]})

        done = State.RESOLVED
        assert line(state=done, awaiting_since=None, state_by="Mia") == "Anna Kowalski: ✅ resolved by Mia"
        assert line(state=done, awaiting_since=None, state_by="Mia", ticket=5) == "Anna Kowalski: ✅ resolved by Mia"
        assert line(awaiting_since=None, ticket=12) == "Anna Kowalski: → #12"
        assert line(state=done, awaiting_since=None, state_by="Threadline", ticket=12) == "Anna Kowalski: → #12"
        assert line(awaiting_since=None) == "Anna Kowalski: nothing waits for an answer"
        asleep = line(state=State.SNOOZED, snoozed_until=NOON, state_by="Mia")
        assert "💤 snoozed until" in asleep
        assert "[Wake]" in asleep

    @pytest.mark.parametrize(
        ("delivery", "buttons"),
        [
            (Delivery.PENDING, ["Undo"]),
            (Delivery.SENDING, []),
            (Delivery.SENT, []),
            (Delivery.READ, []),
            (Delivery.UNKNOWN, ["It arrived", "Send again"]),
            (Delivery.FAILED, ["Send again"]),
        ],
    )
    def test_it_says_what_became_of_the_last_reply_and_what_can_be_done_about_it(
        self, delivery: Delivery, buttons: list[str]
    ) -> None:
        card = a_light_card(reply=a_last_reply(delivery, error="It rang off.", resendable=True))
        *_, offered = light_card(replace(card, state=State.RESOLVED, awaiting_since=None, state_by="Mia"))
        shown = as_text({"blocks": light_card(card)}, columns=500)
        assert f"📤 Mia → customer: “Hello Anna!” · {delivery_of(delivery, 'It rang off.')}" in shown
        assert ("It rang off." in shown) is (delivery in (Delivery.PENDING, Delivery.UNKNOWN, Delivery.FAILED))
        for name in ("Undo", "It arrived", "Send again"):
            assert (f"[{name}]" in shown) is (name in buttons)
        assert [each["text"]["text"] for each in offered.get("elements", []) if "action_id" in each] == buttons

    def test_a_failure_that_sending_again_cannot_mend_offers_no_button(self) -> None:
        shown = as_text({"blocks": light_card(a_light_card(reply=a_last_reply(Delivery.FAILED, error="Gone.")))})
        assert "⚠️ failed" in shown
        assert "[Send again]" not in shown

    def test_the_ticket_form_starts_from_what_triage_suggests(self) -> None:
        form = conversation_ticket_modal(a_light_card(suggested=SUGGESTED), VOCABULARY)
        chosen = [block["element"].get("initial_option", {}).get("value") for block in form["blocks"][2:]]
        assert form["blocks"][1]["element"]["initial_value"] == "Refund: order 78932"
        assert chosen == ["high", "return", "billing"]

    def test_its_buttons_name_the_conversation_within_slacks_limits(self) -> None:
        values = [each["value"] for each in light_card(a_light_card())[-1]["elements"][-1]["options"]]
        assert all(len(value) <= 150 for value in values)
        assert {ConversationRef.decode(value).conversation_id for value in values} == {a_light_card().conversation_id}
        with pytest.raises(StaleButton):
            ConversationRef.decode('{"t": "x"}')


@pytest.mark.parametrize(
    ("trigger", "words"),
    [(Trigger.AI_OFF, "the AI is switched off"), (Trigger.BRAIN_FAILED, "the AI could not read this")],
)
def test_a_card_that_no_brain_understood_says_so_and_claims_no_certainty(trigger: Trigger, words: str) -> None:
    understanding = an_understanding(trigger=trigger, entities=(("order", "78932"),))
    shown = as_text({"blocks": ticket_card(a_card(understanding=understanding))})
    assert f"Please check: {words}" in shown.replace("*", "")
    assert "order 78932" in shown
    assert "% sure" not in shown
