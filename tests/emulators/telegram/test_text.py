"""Telegram's HTML, and lengths as it counts them."""

from typing import Any

import pytest

from emulators.telegram.refusals import Refused
from emulators.telegram.text import formatted, length


def entity(kind: str, offset: int, size: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": size} | more


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain &lt;3 &amp; &quot;x&quot; &#128578; &nbsp;", 'plain <3 & "x" 🙂 &nbsp;', []),
        ("<b>🙂 bold</b> <i>it</i>", "🙂 bold it", [entity("bold", 0, 7), entity("italic", 8, 2)]),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ('<a href="https://x.example/?a=1&amp;b=2">x</a>', "x", [entity("text_link", 0, 1, url="https://x.example/?a=1&b=2")]),
        ('<span class="tg-spoiler">s</span>', "s", [entity("spoiler", 0, 1)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [entity("pre", 0, 1, language="python")]),
        ("<b><i>x</i></b>", "x", [entity("bold", 0, 1), entity("italic", 0, 1)]),
        ("  <b> padded </b>  ", "padded", [entity("bold", 0, 6)]),
        ("<b></b>nothing", "nothing", []),
        ("<a>nowhere</a>", "nowhere", []),
    ],
)  # fmt: skip
def test_html_becomes_text_and_entities_in_utf16_units(source: str, text: str, entities: list[Any]) -> None:
    found = formatted(source, "HTML")
    assert (found.text, list(found.entities)) == (text, entities)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ü<table>", 'Unsupported start tag "table" at byte offset 2'),
        ("<span>x</span>", 'Unsupported start tag "span" at byte offset 0'),
        ("</b>", "Unexpected end tag at byte offset 0"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("1 < 2 > 1", 'Unsupported start tag "" at byte offset 2'),
    ],
)
def test_markup_that_telegram_would_not_take_is_refused_in_its_words(source: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        formatted(source, "HTML")
    assert refused.value.refusal.description == f"Bad Request: can't parse entities: {why}"


def test_without_a_parse_mode_everything_is_text() -> None:
    assert formatted("<b>1 < 2", "").text == "<b>1 < 2"


def test_other_parse_modes_are_not_known() -> None:
    with pytest.raises(Refused, match="unsupported parse_mode"):
        formatted("*x*", "MarkdownV2")


def test_an_emoji_counts_two() -> None:
    assert length("a🙂") == 3
