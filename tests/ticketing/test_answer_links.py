"""Links that stand for buttons: nobody can make one up, and they end."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from core.messages import Button
from tests.factories import NOW
from ticketing.answers.link import GOOD_FOR, AnswerLink, answer_link, check
from ticketing.answers.wording import _WORDS, page_language, page_words
from ticketing.attachments.links import LinkExpired, LinkForged, Links

LINKS = Links("https://desk.example/", b"key")
BUTTON = Button("4 ⭐", "csat:00000000-0000-0000-0000-000000000001:4")


def followed(url: str) -> AnswerLink:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return AnswerLink(unquote(parts.path.removeprefix("/answers/")), query["e"], query["s"])


LINK = followed(answer_link(LINKS, BUTTON, now=NOW))


def test_one_of_ours_carries_what_its_button_sends_for_ninety_days() -> None:
    assert answer_link(LINKS, BUTTON, now=NOW).startswith(f"https://desk.example/answers/{BUTTON.data}?e=")
    assert LINK.data == BUTTON.data
    check(LINKS, LINK, now=NOW + GOOD_FOR)
    with pytest.raises(LinkExpired):
        check(LINKS, LINK, now=NOW + GOOD_FOR + timedelta(days=1))


@pytest.mark.parametrize(
    "changes",
    [
        {"data": BUTTON.data[:-1] + "5"},
        {"expires": str(int(LINK.expires) + 1)},
        {"expires": ""},
        {"expires": "9" * 400},
        {"signature": ""},
        {"signature": LINK.signature[:-1]},
        {"signature": "\udcff ü"},
        {"data": "\udcff"},
    ],
)
def test_one_that_was_changed_is_none_of_ours(changes: dict[str, str]) -> None:
    with pytest.raises(LinkForged):
        check(LINKS, replace(LINK, **changes), now=NOW)


def test_a_link_of_another_desk_is_none_of_ours() -> None:
    with pytest.raises(LinkForged):
        check(Links("https://desk.example/", b"other"), LINK, now=NOW)


def test_it_is_the_same_all_day_long() -> None:
    start = NOW.replace(hour=0, minute=0, second=0)
    links = {answer_link(LINKS, BUTTON, now=start + timedelta(hours=hours)) for hours in (0, 12, 23)}
    assert len(links) == 1


class TestLanguage:
    def test_the_first_that_we_have_else_english(self) -> None:
        assert page_language(None, "xx", "de-AT;q=0.9", "fr") == "de"
        assert page_language("pt_BR") == "en"
        assert page_language() == "en"

    def test_every_language_has_places_for_what_is_filled_in(self) -> None:
        for each in _WORDS:
            assert "4" in page_words(each).given.format(score=4)
            assert "2000" in page_words(each).too_long.format(most=2000)
