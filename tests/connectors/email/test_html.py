"""HTML of strangers: nothing in it runs or loads, its words survive, and no page takes long."""

import time

import lxml.html
import pytest

from connectors.email.quoting.split import split
from connectors.email.reading.html import sanitised
from connectors.email.reading.html_text import as_text, words

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
        for element in lxml.html.fragment_fromstring(found, create_parent="div").iter():
            assert element.tag not in {
                "script",
                "style",
                "iframe",
                "form",
                "input",
                "link",
                "meta",
                "base",
                "svg",
                "math",
            }
            for name, value in element.items():
                assert name in {"href", "src", "rel", "title", "alt"}
                assert name not in {"href", "src"} or value.startswith(
                    ("http://", "https://", "mailto:", "tel:", "cid:")
                )
                assert name != "src" or value.startswith("cid:")
        assert "login" not in found
        assert "evil" not in found
        assert "javascript" not in found

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

    def test_brackets_that_somebody_forgot_to_write_as_html_are_text(self) -> None:
        page = "<p>Max <max@shop.example>, <https://shop.example/a>: a <c and <unknown>d</unknown></p>"
        assert as_text(clean(page)).strip() == "Max <max@shop.example>, <https://shop.example/a>: a <c and d"

    @pytest.mark.parametrize(
        "page",
        [
            "<html><body>One</body></html>two",
            "<html><head><title>no</title></head><body>One</body></html><html><body>two</body></html>",
            "<head>One <body>two",
            "One<!-- no <b>no</b> -->two",
            "One <!-- two",
            "<svg>One</svg><math>two</math>",
            "<select><option>One<option>two</select>",
            "<textarea>One</textarea><iframe>two</iframe>",
            "<style>no{}</style>One <script>no()</script>two<xml>no</xml>",
            "<title>One two",
            "<noscript>One</noscript><object>two</object>",
            "<table>One<tr>two</table>",
        ],
    )
    def test_words_survive_wherever_a_page_puts_them(self, page: str) -> None:
        text = as_text(clean(page))
        assert ("One" in text, "two" in text, "no" in text.replace("not", "")) == (True, True, False)

    def test_what_is_nested_absurdly_loses_tags_and_no_words(self) -> None:
        page = "".join(f"<div>w{number} " for number in range(3000))
        text = as_text(clean(page))
        assert all(f"w{number}" in text for number in range(3000))
