"""What a message says after an edit, and what is kept of it."""

from dataclasses import replace
from datetime import datetime
from itertools import permutations
from uuid import UUID

import pytest

from core.messages import Delivery
from tests.factories import NOW, after
from ticketing.conversations.conversation import Direction, Message, Revision
from ticketing.conversations.revision import revise

MESSAGE = Message(UUID(int=1), UUID(int=2), Direction.INBOUND, "mug", NOW, Delivery.DELIVERED)


def edited(text: str, at: datetime, message: Message = MESSAGE, by: str | None = None) -> Message:
    revised = revise(message, text, at=at, answered_by=by)
    return revised[0] if revised else message


class TestRevise:
    def test_the_words_before_are_kept_with_their_instant_and_who_had_answered_them(self) -> None:
        revised = revise(MESSAGE, "cup", at=after(5), answered_by="Ben")
        changed = replace(MESSAGE, text="cup", edited_at=after(5), edited_after_answer=True)
        assert revised == (changed, Revision(MESSAGE.id, NOW, "mug", "Ben"))

    def test_the_same_edit_again_is_nothing(self) -> None:
        assert revise(edited("cup", after(5)), "cup", at=after(5), answered_by=None) is None

    @pytest.mark.parametrize("order", list(permutations([("cup", 1), ("tea", 2), ("mug", 3)])))
    def test_whatever_the_order_the_newest_stands_also_if_it_is_the_first_again(
        self, order: tuple[tuple[str, int], ...]
    ) -> None:
        message = MESSAGE
        for text, second in order:
            message = edited(text, after(second), message)
        assert (message.text, message.edited_at) == ("mug", after(3))

    def test_once_after_an_answer_it_stays_so(self) -> None:
        assert edited("tea", after(9), edited("cup", after(5), by="Ben")).edited_after_answer
