"""Which language a text is in, as far as its words are told to customers."""

import pytest

from tests.playbooks import example
from ticketing.resolution.tongue import can_be_read, is_in


@pytest.mark.parametrize("name", ["retail", "hotel", "disputes"])
def test_what_the_shipped_playbooks_say_is_known_to_be_in_its_language(name: str) -> None:
    for reply in example(name).replies.values():
        assert is_in(reply.text, "en-GB"), reply.text
        for language, text in reply.translations.items():
            assert is_in(text, language), (language, text)
            assert not is_in(text, "en"), text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("89.00 USD", "en"),
        ("89,00 USD iade edildi, her ay yine geliyor.", "en"),
        ("Your refund of 89.00 USD is on its way.", "tr"),
        ("Your refund of 89.00 USD is on its way. Her ay yine ödeme yapacağız.", "en"),
        ("Your refund is on its way.", "de"),
        ("Ihre Erstattung ist unterwegs zu Ihnen, wie immer.", None),
    ],
)
def test_what_is_in_another_is_not(text: str, language: str | None) -> None:
    assert not is_in(text, language)


def test_of_some_no_words_are_known() -> None:
    assert can_be_read("pt-BR")
    assert not any(can_be_read(each) for each in ("tr", "und", "", None, "english"))
