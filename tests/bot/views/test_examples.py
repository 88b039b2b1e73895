"""An example of everything that we show or ask, and Slack takes every one."""

import pytest

from tests.bot.render_examples import messages, modals
from tests.bot.views.hostile import valid_message, valid_view


class TestExamples:
    def test_slack_takes_every_card_and_post(self, subtests: pytest.Subtests) -> None:
        for name, blocks in messages():
            with subtests.test(name):
                valid_message(blocks)

    def test_slack_takes_every_modal(self, subtests: pytest.Subtests) -> None:
        for name, view in modals():
            with subtests.test(name):
                valid_view(view)
