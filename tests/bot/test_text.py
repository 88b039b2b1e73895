"""Words on their way to Slack and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import (
    NOTHING,
    code,
    cut,
    escape,
    from_slack,
    inline,
    joined,
    mentioned,
    one_line,
    pieces,
    size,
    title,
    to_edit,
    visible,
)

FAMILY = "👨‍👩‍👧"
anything = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("&<>*_~`👍🏽🇩🇪é\u0301\u200d\n")))


def seen(text: str) -> str:
    """Without what nobody sees: a piece of nothing else is left out."""
    return "".join(char for char in text if visible(char))


class TestEscape:
    def test_a_customer_cannot_call_the_channel(self) -> None:
        assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"

    def test_control_characters_go_and_lines_stay(self) -> None:
        assert escape("a\x00b\r\nc\x1b[31m\td") == "ab\nc[31m\td"

    @given(anything)
    def test_nothing_that_slack_parses_is_left(self, text: str) -> None:
        left = escape(text).replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
        assert not set(left) & set("&<>")

    @given(anything)
    def test_slack_shows_what_was_written(self, text: str) -> None:
        visible = text.replace("\r\n", "\n").replace("\r", "\n")
        kept = "".join(char for char in visible if char in "\n\t" or (ord(char) >= 32 and ord(char) != 127))
        assert from_slack(escape(text), {}) == kept


class TestInline:
    def test_formatting_becomes_lookalikes(self) -> None:
        assert inline("*bold* _it_ ~no~ `code` :fire:", 99) == "∗bold∗ ˍitˍ ∼no∼ ˋcodeˋ ːfire:"

    def test_a_clock_time_stays(self) -> None:
        assert inline("at 10:30", 99) == "at 10:30"

    def test_a_colon_of_ours_after_it_makes_no_emoji_of_its_end(self) -> None:
        assert f"{inline('Anna:smile', 99)}:" == "Annaːsmile:"
        assert f"{inline('Anna:100', 99)}:" == "Annaː100:"

    def test_a_name_cannot_turn_the_line_around(self) -> None:
        assert one_line("\u202eevil\u202c\n\u2066name") == "evil name"

    @given(anything, st.integers(8, 80))
    def test_is_one_line_of_at_most_the_length(self, text: str, most: int) -> None:
        line = inline(text, most)
        assert size(line) <= most
        assert "\n" not in line
        assert not set(line) & set("*_~`<>")

    def test_a_value_in_code_style_cannot_leave_it(self) -> None:
        assert code("1`<!here>`", 60) == "`1ˋ&lt;!here&gt;ˋ`"
        assert code("", 60) == "` `"


class TestCut:
    def test_says_how_much_is_missing(self) -> None:
        assert cut("x" * 1200, 200, note=True) == "x" * 165 + "… (1,035 more characters)"

    def test_short_text_stays_whole(self) -> None:
        assert cut("a & b", 9) == "a &amp; b"

    @pytest.mark.parametrize("sign", [FAMILY, "🇩🇪", "é", "👍🏽", "क्ष", "각"])
    def test_never_in_the_middle_of_a_visible_sign(self, sign: str) -> None:
        for most in range(20, 40):
            kept = cut(sign * 30, most).rstrip("…")
            assert kept == sign * (len(kept) // len(sign))

    @given(anything, st.integers(40, 200), st.booleans())
    def test_is_never_longer(self, text: str, most: int, note: bool) -> None:
        assert size(cut(text, most, note=note)) <= most

    def test_a_title_always_has_words(self) -> None:
        assert title(" \u202e\n", 20) == "(no text)"


class TestPieces:
    @given(anything, st.integers(20, 60))
    def test_together_they_are_the_whole_text(self, text: str, most: int) -> None:
        parts = pieces(text, most)
        assert all(0 < size(part) <= most for part in parts)
        if visible(text):
            shown = "".join("" if part == NOTHING else part for part in parts)
            assert seen(shown) == seen(escape(text))

    def test_break_between_words(self) -> None:
        assert pieces("one two three four", 12) == ["one two ", "three four"]

    def test_4000_ampersands_are_all_there(self) -> None:
        assert "".join(pieces("&" * 4000, 3000)) == "&amp;" * 4000

    def test_nothing_to_see_is_said(self) -> None:
        assert pieces(" \n ", 3000) == ["(no text)"]

    def test_a_pile_of_accents_is_cut_somewhere(self) -> None:
        assert [len(part) for part in pieces("a" + "\u0301" * 250, 100)] == [100, 100, 51]


class TestJoined:
    def test_flags_are_pairs(self) -> None:
        assert [joined("🇩🇪🇫🇷", at) for at in (1, 2, 3)] == [True, False, True]


class TestFromSlack:
    def test_mentions_links_and_channels_become_words(self) -> None:
        text = "<@U1> and <@U2|old name> see <http://x.example|the page> in <#C1|general>, <!here> &lt;3"
        assert (
            from_slack(text, {"U1": "Mia"})
            == "@Mia and @old name see the page (http://x.example) in #general, @here <3"
        )

    def test_what_a_person_typed_is_not_parsed_twice(self) -> None:
        assert from_slack("&lt;@U1&gt; &amp;lt;", {"U1": "Mia"}) == "<@U1> &lt;"

    def test_a_group_is_called_by_its_handle(self) -> None:
        assert from_slack("<!subteam^S1|@support>", {}) == "@support"

    def test_names_whom_a_message_mentions(self) -> None:
        assert list(mentioned("<@U1> <@U2|x> &lt;@U3&gt;")) == ["U1", "U2"]


class TestToEdit:
    @given(anything, st.integers(3, 30))
    def test_it_fits_as_slack_counts_and_begins_as_it_was_written(self, text: str, most: int) -> None:
        begun = to_edit(text, most)
        assert size(begun) <= most
        assert begun == text or text.startswith(begun.removesuffix("…"))

    def test_nothing_is_escaped_and_no_sign_is_cut_in_two(self) -> None:
        assert to_edit("a & b <c>", 9) == "a & b <c>"
        assert to_edit(f"Mug {FAMILY}!", 9) == "Mug…"
        assert to_edit("😀" * 10, 9) == "😀😀😀😀…"
