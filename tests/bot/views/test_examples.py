"""An example of everything that we show or ask, and Slack takes every one."""

import pytest

from bot.wire import Json
from tests.bot.render_examples import messages, modals
from tests.bot.views.hostile import valid_message, valid_view


class TestExamples:
    @pytest.mark.parametrize(
        ("name", "blocks"), list(messages()), ids=lambda each: each if isinstance(each, str) else ""
    )
    def test_slack_takes_every_card_and_post(self, name: str, blocks: list[Json]) -> None:
        valid_message(blocks)

    @pytest.mark.parametrize(("name", "view"), list(modals()), ids=lambda each: each if isinstance(each, str) else "")
    def test_slack_takes_every_modal(self, name: str, view: Json) -> None:
        valid_view(view)
