"""What counts as an answer to a survey, and what a survey says."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW, after, unhurried
from ticketing.surveys.score import score_in
from ticketing.surveys.survey import Score, Survey, SurveyState, answered, buttons, pressed_score, stars
from ticketing.surveys.wording import after_press, question

SURVEY = Survey(
    UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4), "fake", None, None, NOW, NOW, SurveyState.ASKED, asked_at=NOW
)


class TestScoreIn:
    @pytest.mark.parametrize(
        ("text", "score"),
        [
            ("4", 4),
            (" 5! ", 5),
            ("4/5", 4),
            ("3 / 5.", 3),
            ("2 von 5", 2),
            ("1 out of 5", 1),
            ("⭐⭐⭐⭐", 4),
            ("⭐️⭐️", 2),
            ("★★★☆☆", 3),
            ("4 ⭐", 4),
            ("4️⃣", 4),
            ("5 stars!!", 5),
            ("4 Sterne", 4),
            ("4 étoiles", 4),
            ("vier", 4),
            ("Fünf!", 5),
            ("cinco", 5),
            ("５", 5),
            ("٤", 4),
            ("5 👍", 5),
        ],
    )
    def test_a_bare_score_in_many_ways(self, text: str, score: int) -> None:
        assert score_in(text) == Score(score)

    @pytest.mark.parametrize(
        ("text", "score"),
        [
            ("4, Mia was very kind", Score(4, "Mia was very kind")),
            ("5! Thank you", Score(5, "Thank you")),
            ("2\nbut it took Days", Score(2, "but it took Days")),
            ("1/5 - never again", Score(1, "never again")),
            ("⭐⭐⭐⭐⭐, Danke", Score(5, "Danke")),
        ],
    )
    def test_words_after_it_are_its_comment(self, text: str, score: Score) -> None:
        assert score_in(text) == score

    @pytest.mark.parametrize(
        "text",
        [
            "4 items missing",
            "I ordered 3",
            "4. item is broken",
            "4, 5 and 6 are missing",
            "One, please",
            "one more thing",
            "0",
            "6",
            "10",
            "45",
            "4.5",
            "-4",
            "4/10",
            "4-5",
            "4€",
            "4 pm",
            "4: the red one",
            "4th of May",
            "½",
            "4 5",
            "2x",
            "⭐⭐⭐⭐⭐⭐",
            "☆☆☆☆☆",
            "#4",
            "?",
            "",
            " ",
            "4" * 600,
            "4, " + "x" * 600,
        ],
    )
    def test_what_may_mean_anything_else_is_none(self, text: str) -> None:
        assert score_in(text) is None

    @unhurried
    @given(st.text(max_size=40) | st.builds(str.__add__, st.sampled_from(["4", "⭐", "5/5 ", "vier"]), st.text()))
    def test_whatever_they_write_it_is_a_score_or_none(self, text: str) -> None:
        found = score_in(text)
        assert found is None or (found.value in range(1, 6) and found.comment != "")


class TestButtons:
    def test_each_comes_back_as_its_score_within_64_bytes(self) -> None:
        offered = buttons(SURVEY.id)
        assert [pressed_score(each.data) for each in offered] == [(SURVEY.id, Score(n)) for n in range(1, 6)]
        assert max(len(each.data.encode()) for each in offered) <= 64

    @pytest.mark.parametrize(
        "data", ["", "csat", "csat:x:4", f"csat:{UUID(int=1)}:6", f"csat:{UUID(int=1)}:٤", "a:b:4"]
    )
    def test_anything_else_is_none_of_them(self, data: str) -> None:
        assert pressed_score(data) is None


class TestAnswered:
    def test_a_later_one_counts_and_an_earlier_one_that_comes_late_does_not(self) -> None:
        first = answered(SURVEY, Score(2, "Slow"), after(10))
        assert (first.state, first.score, first.comment) == (SurveyState.ANSWERED, 2, "Slow")
        second = answered(first, Score(5), after(20))
        assert (second.score, second.comment) == (5, "Slow")
        assert answered(second, Score(1), after(15)) == second
        assert replace(second, score=2) != second

    def test_stars(self) -> None:
        assert stars(4) == "⭐⭐⭐⭐☆ 4/5"


def test_customers_are_asked_in_their_language_and_in_english_where_we_have_none() -> None:
    assert question("de-CH", with_buttons=True).startswith("Wie waren wir?")
    assert "1" not in question("de", with_buttons=True)
    assert "von 1 (schlecht) bis 5" in question("de", with_buttons=False)
    assert (
        question("ja", with_buttons=False) == question(None, with_buttons=False) == question("en", with_buttons=False)
    )
    assert after_press("fr", counted=True) != after_press("fr", counted=False)
