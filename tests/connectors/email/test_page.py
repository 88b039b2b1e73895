"""The words of a reply as HTML: what was typed is what is seen, and nothing else gets in."""

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.sending.page import page
from tests.examples import tried

LETTERS = st.text("ab *_~`<>&\"'\n-•1.>\t/:htps", max_size=200)


def inner(text: str) -> str:
    """The page without what is the same on each, its styles taken out."""
    found = page(text).partition("-##</p>\n")[2].partition("\n</body>")[0]
    return re.sub(r' (style|dir)="[^"]*"', "", found)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Hello\nDana\n\nBye", "<p>Hello<br>\nDana</p>\n<p>Bye</p>"),
        ("*very* _kind_ ~not~ `x*y*z`", "<p><b>very</b> <i>kind</i> <s>not</s> <code>x*y*z</code></p>"),
        ("2*3*4 and snake_case_name", "<p>2*3*4 and snake_case_name</p>"),
        ("Choose:\n- one\n- two\nThen go", "<p>Choose:</p>\n<ul><li>one</li><li>two</li></ul>\n<p>Then go</p>"),
        ("3. three\n7. seven", '<ol><li value="3">three</li><li value="7">seven</li></ol>'),
        ("-- Anna\n-5 degrees\n24.12. is Christmas", "<p>-- Anna<br>\n-5 degrees<br>\n24.12. is Christmas</p>"),
        ("> you wrote\n>this", "<blockquote>you wrote<br>\nthis</blockquote>"),
        ("```\na  < b\n\n*c*\n```", "<pre>a  &lt; b\n\n*c*</pre>"),
        ("    deep", "<p>&nbsp;&nbsp;&nbsp;&nbsp;deep</p>"),
        ("<script>&amp;</script>", "<p>&lt;script&gt;&amp;amp;&lt;/script&gt;</p>"),
    ],
)
def test_what_is_typed_is_what_is_seen(typed: str, shown: str) -> None:
    assert inner(typed) == shown


@pytest.mark.parametrize(
    ("typed", "address", "after"),
    [
        ("See https://shop.example/a?b=1&c=2.", "https://shop.example/a?b=1&amp;c=2", "."),
        ("(https://shop.example/a)", "https://shop.example/a", ")"),
        ('https://x.example/"onclick="alert(1)', "https://x.example/&quot;onclick=&quot;alert(1", ")"),
        ("https://x.example/<b>", "https://x.example/&lt;b", "&gt;"),
    ],
)
def test_addresses_are_links_and_what_ends_the_sentence_is_none_of_them(typed: str, address: str, after: str) -> None:
    assert f'<a href="{address}">{address}</a>{after}' in inner(typed)


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "https://", "data:text/html,x", "http://."])
def test_nothing_else_is_a_link(typed: str) -> None:
    assert "<a" not in inner(typed)


@tried(300)
@given(text=LETTERS)
def test_only_our_own_tags_stand_on_it(text: str) -> None:
    tags = set(re.findall(r"</?([a-z]+)", page(text)))
    assert tags <= {
        *("html", "head", "meta", "body", "p", "br", "ul", "ol", "li", "blockquote", "pre", "a", "b", "i", "s", "code")
    }
    assert not re.findall(r"(?:src|on\w+|url\()\s*=", page(text))


@pytest.mark.parametrize("piece", ["*", "a\n\n", "http://", "*a ", "`a", "_a~", "> a\n", "- a\n", "1. a\n", "   ", "h"])
def test_no_text_takes_long(piece: str) -> None:
    begun = perf_counter()
    page(piece * (100_000 // len(piece)))
    assert perf_counter() - begun < 3
