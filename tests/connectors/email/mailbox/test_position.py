"""How far a folder was read, as values: what is taken at first, and when everything is numbered anew."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.email.config import First
from connectors.email.mailbox import position
from connectors.email.mailbox.position import MARGIN, Folder, Position
from tests.factories import NOW

FOLDER = Folder(validity=7, following=101, mails=80)
DAY = timedelta(days=1)


class TestRead:
    @pytest.mark.parametrize("at", [Position(7, 5, 3, None), Position(2**32, 2**32, 0, NOW.replace(microsecond=0))])
    def test_gives_what_was_written(self, at: Position) -> None:
        assert position.read(str(at)) == at

    @pytest.mark.parametrize(
        "cursor", [None, "", "7", "7:8:9", "a:b:c:d", "7:8:9:" + "9" * 30, "7:-8:9:", "::0:", "²:1:1:"]
    )
    def test_what_is_none_is_none(self, cursor: str | None) -> None:
        assert position.read(cursor) is None


class TestFirst:
    @pytest.mark.parametrize(("what", "last", "since"), [("new", 100, NOW), ("all", 0, None), (30, 0, NOW - 30 * DAY)])
    def test_begins_where_the_settings_say(self, what: First, last: int, since: object) -> None:
        at = position.first(FOLDER, what, NOW)
        assert (at.validity, at.last, at.backlog) == (7, last, 100)
        assert at.since == since

    def test_of_what_lay_there_only_what_came_late_enough_counts_and_of_what_comes_everything(self) -> None:
        at = position.first(FOLDER, 30, NOW)
        assert not at.takes(50, NOW - 31 * DAY)
        assert at.takes(50, NOW - 29 * DAY)
        assert at.takes(50, None)
        assert at.takes(101, NOW - 31 * DAY)


class TestResumed:
    AT = Position(7, 90, 20, NOW)

    def test_goes_on_where_the_numbers_hold(self) -> None:
        assert position.resumed(self.AT, FOLDER) is self.AT

    @pytest.mark.parametrize("folder", [replace(FOLDER, validity=8), replace(FOLDER, following=50)])
    def test_begins_again_where_they_do_not_but_not_with_what_was_left_out(self, folder: Folder) -> None:
        at = position.resumed(self.AT, folder)
        assert at == Position(folder.validity, 0, folder.following - 1, NOW)
        assert not at.takes(1, NOW - DAY)
        assert at.takes(1, NOW)


class TestCaughtUp:
    def test_what_was_taken_long_ago_is_not_looked_at_again(self) -> None:
        later = NOW + 2 * MARGIN
        assert position.caught_up(Position(7, 90, 20, NOW), FOLDER, later).since == later - MARGIN
        assert position.caught_up(Position(7, 90, 20, None), FOLDER, later).since == later - MARGIN

    def test_what_was_left_out_stays_out(self) -> None:
        assert position.caught_up(Position(7, 90, 20, NOW), FOLDER, NOW + DAY).since == NOW
