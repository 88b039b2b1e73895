"""A ticket's card: what it shows and offers."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from bot.intents import Action, Choice
from bot.refs import Ref
from bot.text import size
from bot.views.ticket_card import fallback_text, ticket_card
from bot.views.type_menu import chosen_type
from core.messages import Delivery
from emulators.slack import as_text
from emulators.slack.blocks import elements_of
from tests.bot.cards import a_card, a_trouble, a_waiting, an_understanding
from tests.bot.views.hostile import hostile_cards, is_inert, valid_message
from tests.examples import tried
from tests.playbooks import VOCABULARY
from ticketing.tickets.card import ShownField, TicketCard, TroubleAbout
from ticketing.triage.record import Trigger
from ticketing.triage.suggestion import Sentiment

SITE = "https://acme.slack.com/"


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
            "[Claim] [Reply] [Comment] [Status] [Customer] [More…]",
            "Support",
        ]

    def test_tells_what_the_ai_did_and_how_the_customer_sounded_then_and_now(self) -> None:
        sounds = an_understanding(
            sentiment=Sentiment.UPSET, sentiment_then=Sentiment.NEUTRAL, opened_because=Trigger.LOW_CONFIDENCE, times=3
        )
        read = tuple(ShownField(label, "1", stale=False, by_ai=label != "Due") for label in ("Order", "*Due*", "Due"))
        shown = as_text({"blocks": ticket_card(a_card(understanding=sounds, fields=read))}, columns=200)
        assert "(92% sure)  ·  😐 neutral → 😠 upset" in shown
        assert (
            "Done by the AI: opened this ticket, not sure that it needs one  ·  read what the customer wrote since, "
            "2 times  ·  filled in Order, ∗Due∗" in shown
        )

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

    def test_one_that_goes_on_as_another_is_a_single_line_without_buttons(self) -> None:
        card = a_card(merged_into=7)
        assert as_text({"blocks": ticket_card(card)}, columns=200).strip() == (
            "🔗 #12 Damaged item: order 78932 was merged into #7 and goes on there"
        )
        assert "goes on as #7" in fallback_text(card)

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

    def test_what_waits_for_whom_since_when_is_one_line_that_leads_to_the_request(self) -> None:
        card = a_card(waiting=a_waiting(others=1), place=("C1", "1795348800.000100"))
        (line,) = [block["text"]["text"] for block in ticket_card(card, site=SITE) if "approval" in str(block)]
        assert line == (
            "🔐 *Waits for approval: Refund over 200* · 250.00 USD"
            " · asked for by Mia <!date^1795435200^{date_short_pretty} {time}|2026-11-23 12:00 UTC>"
            " · for a supervisor of its team or an admin · and 1 more request"
            f" · <{SITE}archives/C1/p1795348800000200?thread_ts=1795348800.000100&cid=C1|see the request>"
        )

    @pytest.mark.parametrize("changes", [{"place": None}, {"waiting": a_waiting(post_ts=None)}])
    def test_it_leads_nowhere_before_the_request_stands_in_the_thread(self, changes: dict[str, Any]) -> None:
        card = replace(a_card(waiting=a_waiting(), place=("C1", "1.2")), **changes)
        shown = as_text({"blocks": ticket_card(card, site=SITE)}, columns=500)
        assert ("Waits for approval" in shown, "see the request" in shown) == (True, False)

    @pytest.mark.parametrize(
        ("delivery", "words"),
        [
            (Delivery.FAILED, "The proposal did not arrive: the customer has not been asked."),
            (Delivery.UNKNOWN, "nobody knows whether the customer was asked."),
        ],
    )
    def test_a_proposal_that_did_not_arrive_is_called_so(self, delivery: Delivery, words: str) -> None:
        trouble = a_trouble(about=TroubleAbout.PROPOSAL, delivery=delivery)
        assert words in as_text({"blocks": ticket_card(a_card(trouble=trouble))}, columns=500)

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
        menu = ticket_card(a_card(status="closed"))[0]["accessory"]
        values = [json.loads(each["value"]) for each in menu["options"]]
        assert [value["a"] for value in values] == [Choice.COMMENT, Choice.NEW_TICKET, Choice.WORK]
        assert Ref.decode(menu["options"][0]["value"]) == Ref(a_card().ticket_id, a_card().conversation_id, 3)

    def test_what_people_have_arranged_is_one_line_where_there_is_any(self) -> None:
        tags = ("vip", "<!here> *b*", *(f"t{n}" for n in range(6)))
        card = a_card(tags=tags, due_at=datetime(2026, 11, 24, 9, tzinfo=UTC), watchers=2, links=1)
        (line,) = [block["elements"][0]["text"] for block in ticket_card(card) if "watcher" in str(block)]
        assert line == (
            "🗓️ promised for <!date^1795510800^{date_short_pretty}, {time}|2026-11-24 09:00 UTC>"
            "  ·  🏷️ `vip` `&lt;!here&gt; *b*` `t0` `t1` `t2` `t3` and 2 more  ·  👁 2 watchers  ·  🔗 1 link"
        )
        assert len(ticket_card(a_card())) == len(ticket_card(card)) - 1

    @tried(30)
    @given(hostile_cards())
    def test_slack_takes_it_whatever_customers_write(self, card: TicketCard) -> None:
        blocks = ticket_card(card)
        valid_message(blocks)
        assert is_inert(blocks)
        assert size(fallback_text(card)) < 500
        assert "<" not in fallback_text(card)

    def test_a_date_reads_well_without_slack(self) -> None:
        opened = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
        assert "2026-01-02 03:04 UTC" in as_text({"blocks": ticket_card(a_card(opened_at=opened))})


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
