"""HTML as text: its words survive whatever the page, and its quotes are known as such."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.quoting.word_list import words as table_of
from connectors.email.reading.html_text import MARKS, as_text, words
from tests.connectors.email.letters import mail, of_parts
from tests.connectors.email.test_html import clean
from tests.examples import tried

TAGS = table_of("""
    a | abbr | b | blockquote | body | br | button | canvas | caption | center | code | dd | details | div |
    dl | dt | em | font | form | h1 | head | hr | html | i | iframe | input | li | main | math | nobr |
    noframes | noscript | o:p | object | ol | option | p | pre | q | ruby | s | section | select | small |
    span | strong | svg | table | tbody | td | textarea | th | thead | tr | u | ul | v:shape | video
""")
PAGES = st.lists(
    st.sampled_from(
        [
            *(f"<{tag}>" for tag in TAGS),
            *(f"</{tag}>" for tag in TAGS),
            *(
                '<div class="gmail_quote">',
                '<blockquote type="cite">',
                '<div id="appendonsend">',
                "<!--c-->",
                "<![if x]>",
            ),
            *("<!DOCTYPE html>", "<?xml?>", "&amp;", "&nbsp;", "< ", ">", "&#x1F600;", '<p title="a>b">'),
        ]
    )
    | st.just("WORD"),
    max_size=50,
)


class TestAnyPage:
    @given(pieces=PAGES)
    @tried(1500)
    def test_keeps_all_its_words_whatever_its_tags(self, pieces: list[str]) -> None:
        page = "".join(f"w{at}w " if piece == "WORD" else piece for at, piece in enumerate(pieces))
        expected = [f"w{at}w" for at, piece in enumerate(pieces) if piece == "WORD"]
        laid_out, plain = as_text(clean(page)), words(page)
        assert [each for each in expected if each not in laid_out] == []
        assert [each for each in expected if each not in plain] == []

    def test_with_a_picture_written_into_it_is_read_to_its_end(self) -> None:
        picture = "A" * 2_000_000
        found = mail(f'<p>One <img src="data:image/png;base64,{picture}"> two</p>', Content_Type="text/html")
        assert (found.text, found.defects) == ("One two", ())


class TestAsText:
    def test_lays_out_lines_lists_and_columns(self) -> None:
        page = "<p>One</p><p>Two<br>three</p><ul><li>a</li><li>b</li></ul><table><tr><td>x</td><td>y</td></tr></table>"
        text = as_text(clean(page))
        assert "One\n\nTwo\nthree\n" in text
        assert "* a\n" in text

    def test_quotes_become_quoted_lines(self) -> None:
        page = (
            '<p>No.</p><blockquote type="cite"><p>Is it?</p><blockquote type="cite">Was it?</blockquote></blockquote>'
        )
        lines = [line for line in MARKS.sub("", as_text(clean(page))).split("\n") if line.strip("> ")]
        assert lines == ["No.", "> Is it?", ">> Was it?"]

    def test_an_indented_paragraph_is_no_quote(self) -> None:
        page = '<div>a</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px">b</blockquote>'
        assert ">" not in as_text(clean(page))

    def test_marks_cannot_be_smuggled_in(self) -> None:
        for page in ("a\ufdd2b", "a&#xFDD2;b", "a\ufdd0b"):
            found = mail(page, Content_Type="text/html; charset=utf-8")
            assert not MARKS.search(found.text)
            assert found.split.text == found.text
            assert not MARKS.search(words(page))

    def test_words_of_any_page_survive_without_tags(self) -> None:
        page = "<style>p{}</style><p>One &amp; two</p><script>x()</script><div>three<br>four</div><p>a < b</p>"
        assert words(page).split() == ["One", "&", "two", "three", "four", "a", "<", "b"]


class TestHints:
    @pytest.mark.parametrize(
        "quote",
        [
            '<div class="gmail_quote"><div class="gmail_attr">19 ნოე, დანა:</div><blockquote>Old</blockquote></div>',
            '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">ვისგან: დანა</div><div>Old</div>',
            '<div class="yahoo_quoted"><div>დანა:</div><div>Old</div></div>',
            '<div class="moz-cite-prefix">დანა:</div><blockquote type="cite">Old</blockquote>',
            '<div name="quote">დანა: <div>Old</div></div>',
            '<div class="protonmail_quote">დანა:<br><blockquote type="cite">Old</blockquote></div>',
        ],
    )
    def test_mailers_say_in_html_where_the_quote_begins_whatever_the_language(self, quote: str) -> None:
        found = mail(f"<div>New words</div>{quote}", Content_Type="text/html; charset=utf-8")
        assert found.reply_text == "New words"
        assert "Old" in found.split.quoted
        assert "დანა" in found.split.quoted

    def test_help_where_the_plain_form_names_the_quote_in_words_that_nobody_here_knows(self) -> None:
        plain = "Content-Type: text/plain; charset=utf-8\n\nNew words\n\nვისგან: დანა\nOld"
        page = '<div>New words</div><div id="divRplyFwdMsg">ვისგან: დანა</div><div>Old</div>'
        found = of_parts(plain, f"Content-Type: text/html; charset=utf-8\n\n{page}", kind="alternative")
        assert (found.reply_text, found.split.quoted) == ("New words", "ვისგან: დანა\nOld")

    def test_answers_between_quotes_stay_with_them(self) -> None:
        page = (
            '<div class="gmail_quote"><div class="gmail_attr">On Mon, 23 Nov 2026 at 10:00, A wrote:</div>'
            "<blockquote>Red?</blockquote><div>Yes</div><blockquote>Large?</blockquote><div>No</div>"
            "<blockquote>Bye</blockquote></div>"
        )
        found = mail(page, Content_Type="text/html")
        assert "> Red?\nYes" in found.reply_text.replace("\n\n", "\n")
        assert found.reply_text.endswith("No")
        assert found.split.quoted == "> Bye"
