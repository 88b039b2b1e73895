"""An example of everything that we show or ask, and Slack takes every one."""

from collections.abc import Callable, Iterable
from typing import Any

from slack_sdk.errors import SlackObjectFormationError

from tests.bot.views.drawing import Example, drawers
from tests.bot.views.examples import all_messages, all_offers, all_views
from tests.bot.views.hostile import valid_message, valid_view
from tests.bot.views.snapshots import FOLDER, snapshots


class TestExamples:
    def test_slack_takes_every_card_and_post(self) -> None:
        assert _refused(all_messages()[0], valid_message) == {}

    def test_slack_takes_every_modal(self) -> None:
        assert _refused(all_views()[0], valid_view) == {}

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


def _refused(examples: Iterable[Example[Any]], check: Callable[[Any], None]) -> dict[str, str]:
    """Which of them, and why: all in one test, for a report of each of a thousand takes longer than looking at it."""
    found = {}
    for each in examples:
        try:
            check(each.thing)
        except (AssertionError, SlackObjectFormationError) as no:
            found[each.name] = str(no)
    return found
