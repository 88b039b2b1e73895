"""Subjects of mails, without what mailers put before them."""

import pytest

from ticketing.mails.subject import plain_subject, with_subject


class TestPlainSubject:
    @pytest.mark.parametrize(
        "subject",
        [
            "Mug",
            "Re: Mug",
            "RE: AW: Fwd: Mug",
            "Re[2]: Mug",
            "AW (3): Mug",
            "[#42] Re: Mug",
            "Re: [#42] Mug",
            "回复：Mug",
        ],
    )
    def test_is_the_same_for_the_whole_thread(self, subject: str) -> None:
        assert plain_subject(subject) == "Mug"

    @pytest.mark.parametrize("subject", ["Regarding: the mug", "I: R", "3: 2", "Refund: 89"])
    def test_leaves_words_alone_that_only_look_like_it(self, subject: str) -> None:
        assert plain_subject(subject) in {subject, "R"}

    def test_of_a_thousand_prefixes_some_stay_and_it_ends(self) -> None:
        assert plain_subject("Re: " * 1000 + "Mug").endswith("Mug")


class TestWithSubject:
    def test_stands_before_the_words(self) -> None:
        assert with_subject("It broke.", "Broken mug", None) == "Broken mug\n\nIt broke."

    def test_of_an_answer_under_the_same_subject_does_not(self) -> None:
        assert with_subject("Thanks", "Re: Broken mug", "Broken mug") == "Thanks"

    def test_of_an_answer_under_another_one_does(self) -> None:
        assert with_subject("And the cup", "Re: Broken cup", "Broken mug") == "Broken cup\n\nAnd the cup"

    def test_that_the_words_begin_with_is_not_said_twice(self) -> None:
        assert with_subject("broken mug again", "Broken mug", None) == "broken mug again"

    def test_of_a_mail_without_words_is_all_there_is(self) -> None:
        assert with_subject(" \n", "Where is order 4711?", None) == "Where is order 4711?"
