"""The card of a conversation that no ticket carries."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from bot.refs import ConversationRef, StaleButton
from bot.views.conversation_ticket_modal import conversation_ticket_modal
from bot.views.light_card import light_card
from bot.views.reply_modal import Setting, answer_modal
from bot.views.words import delivery_of
from core.messages import Delivery, Party
from emulators.slack import as_text
from tests.bot.cards import NOON, a_last_reply, a_light_card, a_mail, a_match
from tests.bot.render_examples import SUGGESTED
from tests.bot.views.hostile import names, texts, valid_message, valid_view, words
from tests.examples import tried
from tests.playbooks import VOCABULARY
from ticketing.conversations.conversation import State


class TestLightCard:
    @tried(40)
    @given(words, names, words)
    def test_whatever_customers_write_slack_takes_it_and_nothing_of_it_is_live(
        self, said: str, name: str, why: str
    ) -> None:
        for state in State:
            card = a_light_card(last_words=said, customer=name, why=why, state=state, state_by=name)
            valid_message(light_card(card))
            match = a_match(customer=name, subject=said, why=why, same=None if state is State.OPEN else True)
            wrote = a_mail(sender=Party(said, name), by_customer=False, copies=(Party(why, said),), doubt=why, url=None)
            card = replace(card, match=match, mail=wrote)
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
