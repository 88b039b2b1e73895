"""What counts as an answer to an offer, and what an offer says."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import unhurried
from ticketing.offers.offer import Answer, buttons, pressed_answer
from ticketing.offers.plain_answer import accepts
from ticketing.offers.wording import in_a_word, thanks

YES = [
    "Yes",
    "yes!",
    "YES.",
    " yes please 🙂",
    "Yes, thank you",
    "yes, that's fine",
    "Yes that’s fine, thanks",
    "I accept",
    "Yes, I agree.",
    "Ja",
    "Ja, gerne!",
    "ja bitte",
    "Ja, einverstanden. Danke",
    "Sí",
    "si",
    "Sí, acepto, gracias",
    "De acuerdo",
    "Oui",
    "Oui, d’accord",
    "J'accepte. Merci beaucoup",
    "Sim",
    "Sim, aceito, obrigada",
    "Sì, grazie",
    "Ja, akkoord",
    "Yes 👍",
]
NO = [
    "No",
    "no.",
    "Nope",
    "No, thanks",
    "Not solved",
    "I don’t accept",
    "Nein",
    "Nein danke",
    "Nicht gelöst!",
    "No, no acepto",
    "No está resuelto",
    "Non",
    "Non, merci",
    "Pas d'accord",
    "Não",
    "Não, não aceito",
    "Nee",
]
NEITHER = [
    "",
    "   ",
    "ok",
    "OK 👍",
    "👍",
    "thanks",
    "Danke",
    "Yes?",
    "No?",
    "Yes, but I want the money back",
    "Yes and no",
    "No problem",
    "no idea",
    "not yet",
    "yesterday",
    "Now",
    "nobody called",
    "Ja, aber wann?",
    "jein",
    "Is it yes or no?",
    "yes\nand where is my other order",
    "Non lo so",
    "Si tienen otro",
    "no yes",
    "yes " * 20,
    "4",
]


class TestAccepts:
    @pytest.mark.parametrize("text", YES)
    def test_a_plain_yes_in_many_ways(self, text: str) -> None:
        assert accepts(text) is True

    @pytest.mark.parametrize("text", NO)
    def test_a_plain_no_in_many_ways(self, text: str) -> None:
        assert accepts(text) is False

    @pytest.mark.parametrize("text", NEITHER)
    def test_anything_else_is_for_a_person(self, text: str) -> None:
        assert accepts(text) is None

    @unhurried
    @given(st.sampled_from(YES), st.text(min_size=1, max_size=20).filter(lambda more: any(map(str.isalnum, more))))
    def test_more_words_or_numbers_are_never_taken_for_a_no(self, yes: str, more: str) -> None:
        assert accepts(f"{yes} {more}") is not False


def test_a_button_says_which_offer_and_which_answer_in_less_than_telegram_takes() -> None:
    offer = UUID(int=7)
    accept, not_solved = buttons(offer, "de-AT")
    assert (accept.label, not_solved.label) == ("Annehmen", "Nicht gelöst")
    assert pressed_answer(accept.data) == (offer, Answer.ACCEPTED)
    assert pressed_answer(not_solved.data) == (offer, Answer.DECLINED)
    assert len(accept.data.encode()) <= 64


@pytest.mark.parametrize("data", ["", "offer", "offer:7:y", f"offer:{UUID(int=7)}:x", f"csat:{UUID(int=7)}:1"])
def test_other_data_is_no_answer(data: str) -> None:
    assert pressed_answer(data) is None


def test_what_is_said_is_in_the_customers_language_or_in_english() -> None:
    assert in_a_word("de") == "Bitte antworten Sie mit Ja oder Nein."
    assert in_a_word("ja") == in_a_word(None) == "Please answer Yes or No."
    assert thanks("fr-CA", accepted=True) == "Merci ! Nous avons noté votre accord."
    assert thanks(None, accepted=False) == "Thank you. We will look into it again."
