"""An example of everything that we show or ask, and Slack takes every one."""

from collections.abc import Iterator
from itertools import chain

import pytest

from bot.wire import Json
from tests.bot import render_examples
from tests.bot.views import finding_examples, home_examples, screen_examples, told_examples, work_examples
from tests.bot.views.drawing import drawers, drawn
from tests.bot.views.hostile import valid_message, valid_view


def messages() -> Iterator[tuple[str, list[Json]]]:
    return chain(
        render_examples.messages(), work_examples.messages(), finding_examples.messages(), told_examples.messages()
    )


def modals() -> Iterator[tuple[str, Json]]:
    return chain(
        render_examples.modals(),
        work_examples.modals(),
        finding_examples.modals(),
        home_examples.views(),
        screen_examples.modals(),
    )


class TestExamples:
    def test_slack_takes_every_card_and_post(self, subtests: pytest.Subtests) -> None:
        for name, blocks in messages():
            with subtests.test(name):
                valid_message(blocks)

    def test_slack_takes_every_modal(self, subtests: pytest.Subtests) -> None:
        for name, view in modals():
            with subtests.test(name):
                valid_view(view)

    def test_whatever_draws_has_an_example(self) -> None:
        """A new one: add examples of it at its fullest, emptiest and longest, hostile words included, to
        `tests/bot/render_examples.py` or `tests/bot/views/work_examples.py`.
        """
        ran = set().union(
            *(
                drawn(each)[1]
                for each in (messages, modals, work_examples.offers, finding_examples.offers, screen_examples.offers)
            )
        )
        known = drawers()
        assert "ticket_card.ticket_card" in known.values()
        assert [name for code, name in known.items() if code not in ran] == []
