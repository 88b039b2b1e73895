"""Corrections become examples: what is right in the end, and nothing where all was taken back."""

from uuid import UUID, uuid4

from tests.factories import NOW, after
from ticketing.triage.correction import Correction, Kept, Labels, examples

MESSAGE = uuid4()
SAID: Labels = {"ticket_worthy": True, "type": "return", "category": "damaged", "intent": "refund"}
BILLING: Labels = {"ticket_worthy": True, "type": "complaint", "category": "billing"}


def kept(kind: Correction, right: Labels, *, said: Labels = SAID, message: UUID = MESSAGE, at: float = 0) -> Kept:
    return Kept(kind, (message,), "My mug is broken.", said, right, after(at))


class TestExamples:
    def test_what_is_no_ticket_has_no_other_label(self) -> None:
        (example,) = examples(
            [
                kept(Correction.RETYPED, BILLING),
                kept(Correction.NOT_A_TICKET, {"ticket_worthy": False}, at=1),
            ]
        )
        assert (example.right, example.said, example.at) == ({"ticket_worthy": False}, SAID, after(1))
        assert example.kinds == (Correction.RETYPED, Correction.NOT_A_TICKET)

    def test_discarded_and_put_back_is_nothing(self) -> None:
        discarded = kept(Correction.NOT_A_TICKET, {"ticket_worthy": False})
        assert examples([discarded, kept(Correction.RESTORED, {"ticket_worthy": True})]) == []

    def test_discarded_and_put_back_and_retyped_is_the_new_type(self) -> None:
        (example,) = examples(
            [
                kept(Correction.NOT_A_TICKET, {"ticket_worthy": False}),
                kept(Correction.RESTORED, {"ticket_worthy": True}),
                kept(Correction.RETYPED, BILLING),
            ]
        )
        assert example.right == BILLING

    def test_retyped_there_and_back_is_nothing(self) -> None:
        back: Labels = {"ticket_worthy": True, "type": "return", "category": "damaged"}
        assert examples([kept(Correction.RETYPED, BILLING), kept(Correction.RETYPED, back)]) == []

    def test_moved_there_and_back_is_nothing(self) -> None:
        there = kept(Correction.MOVED, {"ticket": 2, "category": "billing"}, said={**SAID, "ticket": 1})
        back = kept(Correction.MOVED, {"ticket": 1, "category": "damaged"}, said={**SAID, "ticket": 2})
        assert examples([there, back]) == []

    def test_moved_on_to_none_keeps_no_label_of_the_ticket_between(self) -> None:
        there = kept(Correction.MOVED, {"ticket": 2, "category": "billing"}, said={**SAID, "ticket": 1})
        on = kept(Correction.MOVED, {"ticket": None, "type": None, "category": None}, said={**SAID, "ticket": 2})
        (example,) = examples([there, on])
        assert (example.right, example.said["ticket"]) == ({}, 1)

    def test_opened_by_hand_and_discarded_again_agrees_with_the_brain(self) -> None:
        said: Labels = {"ticket_worthy": False}
        opened = kept(Correction.OPENED_BY_HAND, BILLING, said=said)
        assert [each.right for each in examples([opened])] == [BILLING]
        assert examples([opened, kept(Correction.NOT_A_TICKET, {"ticket_worthy": False}, said=said)]) == []

    def test_different_messages_are_different_examples(self) -> None:
        other = kept(Correction.RETYPED, BILLING, message=uuid4())
        assert [each.at for each in examples([kept(Correction.RETYPED, BILLING), other])] == [NOW, NOW]
