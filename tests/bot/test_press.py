"""What a button carries through Slack."""

import pytest

from bot.press import Ref, StaleButton, Submission, private_metadata
from tests.bot.cards import a_card


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
