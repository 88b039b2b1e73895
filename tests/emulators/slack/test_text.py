"""Cards and forms as a terminal shows them."""

from typing import Any

import pytest

from emulators.slack.text import as_text, plain
from emulators.slack.width import clean, width, wrapped
from tests.emulators.slack.conftest import button, card, modal, text_input


def test_a_card_reads_like_a_card() -> None:
    blocks = card(button("claim"), button("reply", "Reply"))
    blocks.insert(
        1,
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Status*\nOpen"},
                {"type": "mrkdwn", "text": "*Assignee*\n<@U1>"},
                {"type": "mrkdwn", "text": "*Priority*\n:red_circle: High"},
            ],
        },
    )
    blocks.insert(2, {"type": "context", "elements": [{"type": "mrkdwn", "text": "WhatsApp"}]})
    assert as_text({"blocks": blocks}, names={"U1": "Ana"}).split("\n") == [
        "#12 Where is my order?",
        "──────────────────────",
        "Status: Open                            Assignee: @Ana",
        "Priority: 🔴 High",
        "WhatsApp",
        "[Claim] [Reply]",
    ]


def test_a_form_stands_in_a_frame_of_one_width() -> None:
    view = modal(
        text_input(multiline=True, initial_value="Dear 客様 👍🏽"), close={"type": "plain_text", "text": "Cancel"}
    )
    lines = as_text(view).split("\n")
    assert {width(line) for line in lines} == {78}
    assert lines[0].startswith("╭─ Reply ─")
    assert "Dear 客様 👍🏽" in "\n".join(lines)
    assert lines[-2].endswith("[Cancel] [Send] │")


@pytest.mark.parametrize(
    ("mrkdwn", "words"),
    [
        ("<@U1> in <#C1|desk>", "@Ana in #desk"),
        ("<https://x.de|here> or <https://x.de>", "here (https://x.de) or https://x.de"),
        ("<mailto:a@x.de|a@x.de>", "a@x.de"),
        ("<!here> <!subteam^S1|@team>", "@here @team"),
        ("<!date^1800000000^{date}|in May>", "in May"),
        ("5 &lt; 6 &amp;&amp; *bold* _soft_ ~gone~ `code`", "5 < 6 && bold soft gone code"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("&amp;lt;", "&lt;"),
        ("<@U404>", "@U404"),
    ],
)
def test_mrkdwn_becomes_words(mrkdwn: str, words: str) -> None:
    assert plain(mrkdwn, {"U1": "Ana"}) == words


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("漢字", 4), ("👍", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2), ("é", 1), ("e\u0301", 1), ("שלום", 4), ("⚠️", 1)],
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


def test_words_that_run_from_right_to_left_keep_to_the_right() -> None:
    shown = as_text({"text": "שלום עולם"})
    assert shown.endswith("שלום עולם")
    assert width(shown) == 78


def test_a_long_word_is_broken_and_nothing_is_lost() -> None:
    lines = wrapped("x" * 100 + " y", 40)
    assert [len(line) for line in lines] == [40, 40, 22]


def test_a_customers_words_cannot_steer_the_terminal() -> None:
    assert clean("\x1b[2Jhi\x07\u202e!\r") == "hi!"


@pytest.mark.parametrize("size", [0, 1, 77, 78, 79, 3000])
def test_no_line_is_wider_than_asked(size: int) -> None:
    words = ("漢字 word 👩‍👩‍👧 " * 600)[:size] or "x"
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": words}, "accessory": button("a")},
        {"type": "section", "fields": [{"type": "plain_text", "text": words}] * 3},
        {"type": "markdown", "text": words},
        {"type": "hologram"},
    ]
    assert max(width(line) for line in as_text({"blocks": blocks}).split("\n")) <= 78


def test_a_persons_message_shows_its_words() -> None:
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
        {"type": "user", "user_id": "U1"}, {"type": "text", "text": " help"}]}]}  # fmt: skip
    assert as_text({"text": "<@U1> help", "blocks": [rich]}, names={"U1": "threadline"}) == "@threadline help"


def test_what_most_text_consists_of_takes_a_column_each_beside_anything_else() -> None:
    """Counted at once or, where something wide stands among it, one by one: it comes to the same."""
    ordinary = "".join(map(chr, (*range(0x300), *range(0x2010, 0x2028), *range(0x2500, 0x2580))))
    assert width(ordinary) == len(ordinary)
    assert width(f"界{ordinary}") == 2 + len(ordinary)
