"""Which conversation a mail goes on with, and what a stranger gets."""

from uuid import UUID, uuid4

import pytest

from core.messages import Letter, Party
from ticketing.mails.belong import Belonging, Candidate, Hint, belongs

HERE, THERE = uuid4(), uuid4()


def a_letter(*, verified: bool = False, automatic: str | None = None) -> Letter:
    sender = Party("eve@elsewhere.example")
    return Letter("1@x", "[#42] Mug", sender, "event", number=42, verified=verified, automatic=automatic)


def one(hint: Hint, *, takes_part: bool, where: UUID = HERE) -> Candidate:
    return Candidate(hint, where, takes_part)


class TestBelongs:
    def test_an_address_that_we_signed_is_proof_whoever_writes(self) -> None:
        assert belongs(a_letter(), [one(Hint.ADDRESS, takes_part=False)]) == Belonging(HERE)

    def test_an_answer_of_who_takes_part_goes_on(self) -> None:
        assert belongs(a_letter(), [one(Hint.ANSWER, takes_part=True)]) == Belonging(HERE)

    def test_a_number_in_the_subject_needs_a_sender_who_takes_part_and_is_proven(self) -> None:
        assert belongs(a_letter(verified=True), [one(Hint.SUBJECT, takes_part=True)]) == Belonging(HERE)

    @pytest.mark.parametrize(
        ("candidate", "verified", "why"),
        [
            (one(Hint.ANSWER, takes_part=False), True, "eve@elsewhere.example does not take part in it"),
            (one(Hint.SUBJECT, takes_part=False), True, "names #42, but eve@elsewhere.example does not take part"),
            (one(Hint.SUBJECT, takes_part=True), False, "nothing proves that it is from eve@elsewhere.example"),
        ],
    )
    def test_what_is_doubtful_is_a_possible_match_that_says_why(
        self, candidate: Candidate, verified: bool, why: str
    ) -> None:
        found = belongs(a_letter(verified=verified), [candidate])

        assert found.conversation_id is None
        assert found.possible is not None
        assert found.possible.conversation_id == HERE
        assert why in found.possible.why

    def test_what_is_sure_wins_over_what_comes_first(self) -> None:
        doubtful = one(Hint.ANSWER, takes_part=False, where=THERE)
        assert belongs(a_letter(verified=True), [doubtful, one(Hint.SUBJECT, takes_part=True)]) == Belonging(HERE)

    def test_nobody_is_asked_about_what_a_machine_wrote(self) -> None:
        assert belongs(a_letter(automatic="it is a holiday note"), [one(Hint.ANSWER, takes_part=False)]) == Belonging()

    def test_a_mail_that_answers_nothing_starts_a_conversation(self) -> None:
        assert belongs(a_letter(), []) == Belonging()
