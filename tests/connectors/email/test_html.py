"""HTML of strangers: nothing in it runs or loads, its words survive, and no page takes long."""

import time

import pytest

from connectors.email.quoting.split import split
from connectors.email.reading.html import sanitised
from connectors.email.reading.html_text import MARKS, as_text, words
from tests.connectors.email.letters import mail, of_parts

LONG = 600_000
SECONDS = 10  # generous: those that are not linear take minutes


def clean(page: str, *parts: str) -> str:
    found = sanitised(page, parts)
    assert found is not None
    return found[0]


class TestSanitised:
    @pytest.mark.parametrize(
        "page",
        [
            "<script>alert(1)</script>",
            '<img src="x" onerror="alert(1)">',
            '<a href="javascript:alert(1)">x</a>',
            '<a href="data:text/html,<script>alert(1)</script>">x</a>',
            '<div style="background:url(http://evil.example/x)">x</div>',
            "<iframe src=http://evil.example></iframe>",
            '<form action="http://evil.example"><input name=password></form>',
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
            '<link rel=stylesheet href="http://evil.example/x.css"><style>@import "http://evil.example"</style>',
            '<meta http-equiv=refresh content="0;http://evil.example">',
            '<base href="http://evil.example/">',
            '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
            '<table background="http://evil.example/x"><tr><td>x</td></tr></table>',
            '<img srcset="http://evil.example/x 2x">',
            '<div class="evil" id="login" name="login">x</div>',
        ],
    )
    def test_nothing_runs_loads_or_passes_for_the_page_around_it(self, page: str) -> None:
        found = clean(page)
        for part in (
            'alert(1)"',
            "<script",
            "onerror",
            "onload",
            "javascript:",
            "evil.example/",
            "<form",
            "<input",
            "<style",
        ):
            assert part not in found.lower()
        assert "login" not in found
        assert "evil" not in found

    def test_pictures_from_elsewhere_are_blocked_and_counted(self) -> None:
        page = '<img src="http://x.example/1.png"><img src="https://x.example/2">'
        page += '<img src="cid:a@b"><img src="cid:missing">'
        assert sanitised(page, {"a@b"}) == ('<img><img><img src="cid:a@b"><img>', 2)

    def test_links_stay_and_lead_nowhere_by_themselves(self) -> None:
        assert clean('<a href="https://x.example/">x</a>') == (
            '<a href="https://x.example/" rel="noopener noreferrer nofollow">x</a>'
        )

    @pytest.mark.parametrize(
        "hostile",
        [
            *(
                "<div>",
                "<blockquote>",
                "<ul><li>",
                "<dl><dd>",
                "<b><p>",
                "<table>x",
                "<p><table>",
                "<a><font>",
                "<svg><p>",
            ),
            *(
                "&",
                "&a",
                "&#",
                "<",
                "<a",
                '<a b="',
                "<!--",
                "<![CDATA[",
                "</",
                "<div></b>",
                "<table><tr><td><div></table>",
            ),
            *(
                "<p>",
                "x<tr><td>y",
                "<title>",
                "<textarea>",
                "<select><option>",
                "\0",
                '"',
                "<td>",
                "<script>",
                "<head>",
            ),
        ],
    )
    def test_takes_no_longer_than_the_page_is(self, hostile: str) -> None:
        page = hostile * (LONG // len(hostile))
        started = time.monotonic()
        found = sanitised(page)
        text = as_text(found[0]) if found else words(page)
        split(text)
        assert time.monotonic() - started < SECONDS

    def test_what_is_nested_absurdly_loses_tags_and_no_words(self) -> None:
        page = "".join(f"<div>w{number} " for number in range(3000))
        text = as_text(clean(page))
        assert all(f"w{number}" in text for number in range(3000))


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
