"""Forms: what they ask."""

from dataclasses import replace

import pytest
from hypothesis import given

from bot.intents import Field
from bot.views.assign_modal import assign_modal
from bot.views.reply_modal import Setting, reply_modal
from bot.views.status_modal import status_modal
from bot.views.taken import taken
from connectors.telegram import outbound as telegram
from connectors.whatsapp import outgoing as whatsapp
from core.messages import Limits
from tests.bot.cards import a_card, a_person
from tests.bot.views.hostile import NASTY, hostile_cards, is_inert, valid_view
from tests.examples import tried
from tests.playbooks import LIFECYCLE
from ticketing.tickets.card import TicketCard


class TestModals:
    @tried(20)
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

    @pytest.mark.parametrize(
        ("channel", "limits", "words"),
        [
            (
                "whatsapp",
                whatsapp.LIMITS,
                "WhatsApp takes JPEG, PNG up to 5 MB; "
                "PDF, Word, Excel, PowerPoint, text, MP3, OGG, MP4 up to 10 MB each.",
            ),
            ("telegram", telegram.LIMITS, "Telegram takes any file of up to 10 MB."),
            ("fake", Limits(text=100), None),
        ],
    )
    def test_the_reply_takes_the_files_that_the_channel_takes_and_slack_can_give(
        self, channel: str, limits: Limits, words: str | None
    ) -> None:
        assert taken(channel, limits) == words
        view = reply_modal(a_card(), Setting(None, takes=words), then=())
        hints = [block["hint"]["text"] for block in view["blocks"] if block.get("block_id") == Field.FILES]
        assert hints == ([words] if words else [])

    def test_the_reply_asks_for_no_status_that_the_person_may_not_set(self) -> None:
        assert len(reply_modal(a_card(understanding=None), Setting(None), then=())["blocks"]) == 2
