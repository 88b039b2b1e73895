"""What a button carries through Slack."""

from typing import Any

import pytest

from bot.intents import Field
from bot.refs import Ref, StaleButton
from bot.submission import Submission, private_metadata
from bot.views.reply_modal import Draft, Setting, reply_modal
from tests.bot.cards import a_card
from tests.playbooks import LIFECYCLE


class TestRefs:
    def test_survive_the_way_through_slack(self) -> None:
        ref = Ref(a_card().ticket_id, a_card().conversation_id, 2_000_000_000)
        assert Ref.decode(ref.encode(a="new_ticket")) == ref
        assert len(ref.encode(a="new_ticket")) <= 150
        assert Submission("U1", "V1", private_metadata(ref, 12), {}).ref == ref

    @pytest.mark.parametrize("value", ["", "{", "null", "[]", '{"t":1}', '{"t":"x","c":"y","v":"z"}', '{"v":2}'])
    def test_from_another_version_are_refused(self, value: str) -> None:
        with pytest.raises(StaleButton):
            Ref.decode(value)
        with pytest.raises(StaleButton):
            _ = Submission("U1", "V1", value, {}).ref


class TestSubmission:
    """Slack may leave out inputs of a changed form that nobody has touched since."""

    DRAFT = Draft("As it was drawn.", "resolved", turn=2)

    def submitted(self, state: dict[str, Any]) -> Submission:
        view = reply_modal(a_card(), Setting(1600, draft=self.DRAFT), then=LIFECYCLE.following("open"))
        return Submission.decode({"user": {"id": "U1"}, "view": {"id": "V1", **view, "state": {"values": state}}})

    def test_what_is_left_out_is_what_the_form_was_drawn_with(self) -> None:
        form = self.submitted({})
        assert (form.text(Field.TEXT), form.turn(Field.TEXT)) == ("As it was drawn.", 2)
        assert form.chosen(Field.THEN) == "resolved"

    def test_what_was_emptied_is_empty(self) -> None:
        emptied = {"text~2": {"text": {"type": "plain_text_input", "value": None}}}
        assert self.submitted(emptied).text(Field.TEXT) == ""
