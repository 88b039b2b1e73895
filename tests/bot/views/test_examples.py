"""An example of everything that we show or ask, and Slack takes every one."""

import pytest

from tests.bot.views.drawing import drawers
from tests.bot.views.examples import all_messages, all_offers, all_views
from tests.bot.views.hostile import valid_message, valid_view
from tests.bot.views.snapshots import FOLDER, snapshots


class TestExamples:
    def test_slack_takes_every_card_and_post(self, subtests: pytest.Subtests) -> None:
        for each in all_messages()[0]:
            with subtests.test(each.name):
                valid_message(each.thing)

    def test_slack_takes_every_modal(self, subtests: pytest.Subtests) -> None:
        for each in all_views()[0]:
            with subtests.test(each.name):
                valid_view(each.thing)

    def test_whatever_draws_has_an_example(self) -> None:
        """A new one: add examples of it at its fullest, emptiest and longest, hostile words included, to a module
        `tests/bot/views/…_examples.py`, as `messages`, `modals`, `views` or `offers`.
        """
        ran = all_messages()[1] | all_views()[1] | all_offers()[1]
        known = drawers()
        assert "ticket_card.ticket_card" in known.values()
        assert [name for code, name in known.items() if code not in ran] == []

    def test_what_changed_was_looked_at(self) -> None:
        """`make snapshots`, and look at the diff."""
        there = {each.name: each.read_text("utf-8") for each in FOLDER.glob("*.txt")}
        now = snapshots()
        assert sorted(there) == sorted(now)
        assert [name for name, text in now.items() if text != there[name]] == []
