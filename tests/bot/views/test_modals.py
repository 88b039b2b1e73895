"""Forms: what they ask."""

from uuid import UUID

import pytest
from hypothesis import given

from bot.intents import Field
from bot.views.links_modal import ticket_options
from bot.views.people_menu import colleague_options, everybody_options
from bot.views.reply_modal import Setting, reply_modal
from bot.views.status_modal import status_modal
from bot.views.tags_modal import tag_options
from bot.views.taken import taken
from bot.views.ticket_merge_modal import duplicate_options
from connectors.telegram import outbound as telegram
from connectors.whatsapp import outgoing as whatsapp
from core.messages import Limits
from emulators.slack.elements import PLAIN_OPTION
from tests.bot.cards import NOON, a_card
from tests.bot.views.hostile import hostile_cards, is_inert, valid_view, words
from tests.bot.views.screen_examples import a_colleague, screens
from tests.examples import tried
from tests.playbooks import LIFECYCLE
from ticketing.collaboration.choosing import Everybody
from ticketing.collaboration.duplicates import Candidate, Likely
from ticketing.people.person import Team
from ticketing.tickets.card import TicketCard, TicketName


class TestModals:
    @tried(20)
    @given(hostile_cards())
    def test_slack_takes_them_whatever_customers_write(self, card: TicketCard) -> None:
        for view in (
            reply_modal(card, Setting(4096), then=LIFECYCLE.statuses),
            status_modal(card, LIFECYCLE.statuses),
            *screens(card),
        ):
            valid_view(view)
            assert is_inert(view["blocks"])

    def test_namesakes_are_told_apart_by_their_address(self) -> None:
        found = [a_colleague("Mia"), a_colleague("Mia", email="mia.two@desk.example"), a_colleague("Ben", is_me=True)]
        shown = [option["text"]["text"] for option in colleague_options(found)]
        assert shown == ["Mia (mia@desk.example)", "Mia (mia.two@desk.example)", "Ben (me)"]

    @tried(20)
    @given(words)
    def test_slack_takes_whatever_menus_offer(self, said: str) -> None:
        found = [a_colleague(said or "?", open_tickets=3)]
        teams = [Team(UUID(int=3), said or "?", None)]
        names = [TicketName(UUID(int=4), 4, said)]
        offered = [
            *colleague_options(found),
            *everybody_options(Everybody(found, teams)),
            *ticket_options(names),
            *tag_options([], said),
            *duplicate_options([Likely(Candidate(UUID(int=4), 4, said, "return", "damaged", NOON), said[:90])]),
        ]
        for option in offered:
            assert PLAIN_OPTION(option) is None
        assert is_inert(offered)

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
