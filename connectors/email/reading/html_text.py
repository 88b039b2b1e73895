"""Sanitised HTML as text. Quotes become lines with ">"; where a mailer marks that one begins, so does the text.

The marks are characters that no text may hold (Unicode noncharacters); whoever splits the text takes them out.
"""

import html
import re
from collections.abc import Iterator

import lxml.html
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig

from connectors.email import limits
from connectors.email.reading.html import INDENTED, QUOTE_CLASSES, QUOTE_IDS, parsed
from connectors.email.reading.page import audible

OPENS, CLOSES = "\ufdd0", "\ufdd1"  # around what a blockquote holds
HINT = "\ufdd2"  # an earlier message begins here, says the mailer
MARKS = re.compile("[\ufdd0\ufdd1\ufdd2]")
_UNPLACED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0-\ufdef\ufffe\uffff]")  # in XML, on which lxml insists
_LAYOUT = CSS_PROFILES["strict"]  # the other one indents every div
_DEEPEST = 10  # levels of ">"
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]{0,20000}>")
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?blockquote|/?table|hr)\b[^<>]{0,2000}>", re.I)
_BLANKS = re.compile(r"\n{4,}")
_SPACES = re.compile(r"(?<=\S) {4,}(?=\S)")
_STARTS = QUOTE_CLASSES - {"gmail_extra", "gmail_quote"}  # Gmail puts answers into these as well


def as_text(clean: str) -> str:
    """What `html.sanitised` left, laid out with line breaks, lists and columns."""
    if len(clean) > limits.RENDERED or (tree := parsed(_UNPLACED.sub("", clean))) is None:
        return words(clean)
    _mark(tree)
    laid_out = Inscriptis(tree, ParserConfig(css=_LAYOUT)).get_text()
    return _BLANKS.sub("\n\n\n", "\n".join(_prefixed(laid_out))).strip("\n")


def words(page: str) -> str:
    """Only the tags taken out, whatever they were: for pages that are larger or stranger than any letter."""
    text = _TAG.sub("", _BREAK.sub("\n", audible(MARKS.sub("", page))))
    lines = (" ".join(line.split()) for line in MARKS.sub("", html.unescape(text)).split("\n"))
    return _BLANKS.sub("\n\n\n", "\n".join(lines)).strip("\n")


def _mark(tree: lxml.html.HtmlElement) -> None:
    for element in list(tree.iter("blockquote", "div", "span", "hr", "p", "td")):
        if element.tag == "blockquote":
            if element.get("style") != INDENTED:
                element.text = OPENS + (element.text or "")
                element.tail = CLOSES + (element.tail or "")
        elif _starts_quote(element):
            if element.tag == "hr":
                element.tail = HINT + (element.tail or "")
            else:
                element.text = HINT + (element.text or "")


def _starts_quote(element: lxml.html.HtmlElement) -> bool:
    classes = (element.get("class") or "").lower().split()
    named = (element.get("id") or "").lower()
    return named in QUOTE_IDS or element.get("name") is not None or any(each in _STARTS for each in classes)


def _prefixed(text: str) -> Iterator[str]:
    depth, begins = 0, False
    for line in text.split("\n"):
        if not MARKS.search(line):
            if not begins or line.strip():
                begins = False
                yield _line(line, depth)
            continue
        for piece in re.split(f"([{OPENS}{CLOSES}])", line):
            if piece == OPENS:
                depth, begins = depth + 1, True
            elif piece == CLOSES:
                depth = max(0, depth - 1)
            elif piece.strip():
                begins = False
                yield _line(piece, depth)


def _line(line: str, depth: int) -> str:
    plain = _SPACES.sub("   ", line.replace("\xa0", " ").rstrip())
    return f"{'>' * min(depth, _DEEPEST)} {plain}".rstrip() if depth else plain
