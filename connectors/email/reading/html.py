"""HTML of strangers, made harmless: what is left shows text and pictures of the mail itself, and loads nothing.

nh3 decides what stays. Its parser takes seconds for a page that is crafted so (a hundred thousand elements within each
other, a million ampersands), so the page passes one that does not first, and what is nested absurdly loses its tags.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import lxml.etree
import lxml.html
import nh3

from connectors.email import limits
from connectors.email.reading.page import audible, shallow

_TAGS = {
    *("a", "abbr", "address", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd"),
    *("del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li"),
    *("ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr", "tt", "u", "ul"),
}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "class", "id", "name", "type", "style"},  # the last five only as `_kept` says
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"border", "cellpadding", "cellspacing", "width", "align"},
    "td": {"colspan", "rowspan", "align", "valign", "width"},
    "th": {"colspan", "rowspan", "align", "valign", "width"},
    "ol": {"start"},
    "font": {"color"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
# By these a mailer marks what it quotes: the only classes, ids and names that stay.
QUOTE_CLASSES = frozenset(
    {
        *("gmail_quote", "gmail_quote_container", "gmail_attr", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote"),
        *("tutanota_quote", "zmail_extra", "gmail_extra", "mailru-blockquote", "aol_quoted", "quoted"),
        "mail-editor-reference-message-container",
        *("ms-outlook-mobile-reference-message", "front-blockquote", "freshdesk_quote", "hs_reply", "quote-container"),
    }
)
QUOTE_IDS = frozenset(
    {
        *("divrplyfwdmsg", "appendonsend", "olk_src_body_section", "mail-editor-reference-message-container"),
        *("x_divrplyfwdmsg", "x_appendonsend", "replysplit", "origbody", "isforwardcontent", "isreplycontent"),
        *("ms-outlook-mobile-body-separator-line", "reply-intro", "zmail_extra", "qt", "spnearquotedtext"),
    }
)
# An indented paragraph of Gmail's is a blockquote too; this alone tells it from a quote.
INDENTED = "border:none"


@dataclass(slots=True)
class _Guard:
    """What may stay of an element. Counts the pictures that would have been loaded from elsewhere."""

    parts: Collection[str]  # the content ids of the mail's own files
    blocked: int = 0
    lowered: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.lowered = frozenset(each.lower() for each in self.parts)

    def kept(self, tag: str, name: str, value: str) -> str | None:
        if tag == "img" and name == "src":
            return self._source(value)
        if name == "class":
            return " ".join(each for each in value.split() if each.lower() in QUOTE_CLASSES) or None
        if name == "id":
            return value if value.lower() in QUOTE_IDS else None
        if name == "name":
            return value if tag == "div" and value.lower() == "quote" else None
        if name == "type":
            return "cite" if tag == "blockquote" and value.lower() == "cite" else None
        if name == "style":
            return INDENTED if tag == "blockquote" and INDENTED in value.replace(" ", "").lower() else None
        return value[:2000]

    def _source(self, value: str) -> str | None:
        scheme, _, rest = value.strip().partition(":")
        if scheme.lower() == "cid" and rest.lower() in self.lowered:
            return f"cid:{rest}"
        self.blocked += scheme.lower() in {"http", "https"} or value.startswith("//")
        return None


def sanitised(page: str, parts: Collection[str] = ()) -> tuple[str, int] | None:
    """The page without anything that runs, loads or looks like another page, and how many pictures were blocked.

    Pictures of the mail itself stay as `cid:…`; `parts` are the content ids that it has. None: it holds more elements
    than any letter, and is only good for its words.
    """
    guard = _Guard(parts)
    page = _well_formed(page)
    if page.count("<") > limits.TAGS or page.count("&") > limits.ENTITIES or len(page) > 2 * limits.HTML:
        return None
    clean = nh3.clean(
        page,
        tags=_TAGS,
        clean_content_tags={"script", "style"},  # none is left by now
        attributes=_ATTRIBUTES,
        attribute_filter=guard.kept,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        url_relative="deny",
    )
    return clean.strip(), guard.blocked


def _well_formed(page: str) -> str:
    tree = parsed(shallow(audible(page), _TAGS))
    if tree is None:
        return ""
    return str(lxml.html.tostring(tree, encoding="unicode"))


def parsed(page: str) -> lxml.html.HtmlElement | None:
    """The page as a tree; None where nothing is left of it."""
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, encoding="utf-8")
    try:
        return lxml.html.document_fromstring(
            f"<html><body>{page}</body></html>".encode("utf-8", "replace"), parser=parser
        )
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None
