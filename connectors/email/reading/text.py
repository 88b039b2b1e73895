"""The text of a mail in both forms, from the parts that hold it."""

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from connectors.email import limits
from connectors.email.mail import Attachment
from connectors.email.reading.bodies import Passage
from connectors.email.reading.charsets import decode
from connectors.email.reading.flowed import unflowed
from connectors.email.reading.html import sanitised
from connectors.email.reading.html_text import as_text, words
from connectors.email.reading.parts import Part
from connectors.email.reading.uuencoded import without_files

_SHORT = 400  # letters of a plain text that may be nothing but a hint to read the other one
_COMPARED = 60
_WORD_LETTERS = re.compile(r"\W+")
_PICTURE = re.compile(r"data:[\w/+.;-]{3,80},[A-Za-z0-9+/=%\s]{100,}")
_META = re.compile(rb"""<meta[^>]{0,200}charset=["']?([\w.:-]{2,40})""", re.I)


@dataclass(slots=True)
class Text:
    """`text` may hold marks of html_text. `html` is None where the mail has none that can be shown.

    `laid_out` is the text with the words of the HTML wherever there are both: in it mailers mark what they quote.
    """

    text: str = ""
    laid_out: str = ""
    html: str | None = None
    blocked_images: int = 0
    files: list[Attachment] = field(default_factory=list)  # that stood within the text, or hold all of a text too long
    defects: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Page:
    """HTML in both its uses; `clean` is None where it is only good for its words."""

    clean: str | None
    text: str
    blocked: int


def text_of(passages: list[Passage], content_ids: Collection[str]) -> Text:
    """The whole text in its order. Plain text goes before HTML, unless it says nothing."""
    found = Text()
    texts: list[str] = []
    laid_out: list[str] = []
    pages: list[str | None] = []
    for passage in passages:
        plain = "\n".join(_plain(part, found) for part in passage.plain)
        page = [_page(part, content_ids, found) for part in passage.html]
        both = bool(passage.plain) and bool(passage.html)
        rich = "\n".join(each.text for each in page)
        texts.append(rich if not passage.plain or (both and _says_nothing(plain, rich)) else plain)
        laid_out.append(rich if both and rich.strip() else texts[-1])
        pages += [each.clean for each in page] if page else [_as_html(plain)]
        found.blocked_images += sum(each.blocked for each in page)
    found.text = _capped(_joined(texts), found)
    found.laid_out = _joined(laid_out)[: limits.TEXT]
    if any(passage.html for passage in passages) and all(each is not None for each in pages):
        found.html = "\n".join(each for each in pages if each) or None
    return found


def _joined(texts: list[str]) -> str:
    return "\n".join(text.rstrip("\n") for text in texts if text.strip())


def _plain(part: Part, found: Text) -> str:
    content, defect = part.content()
    text, wrong = decode(content, part.parameters.get("charset"))
    found.defects += [each for each in (defect, wrong) if each]
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    text, files = without_files(text)
    found.files += files
    return text


def _page(part: Part, content_ids: Collection[str], found: Text) -> _Page:
    content, defect = part.content()
    charset = part.parameters.get("charset")
    if not charset and (named := _META.search(content[:2000])):
        charset = named[1].decode("ascii", "replace")
    page, wrong = decode(content, charset)
    found.defects += [each for each in (defect, wrong) if each]
    if len(page) > limits.HTML:  # most often for a picture written into it, which would not be shown
        page = _PICTURE.sub("", page)
    if len(page) > limits.HTML:
        found.files.append(Attachment("message.html", "text/html", content))
        page = page[: limits.HTML]
        found.defects.append("the HTML is too long: its beginning is read, and all of it is a file of the mail")
    try:
        if (safe := sanitised(page, content_ids)) is not None:
            return _Page(safe[0], as_text(safe[0]), safe[1])
        found.defects.append("the HTML has more elements than any letter: only its words are read")
    except Exception:  # four libraries on a stranger's page: whatever fails in them, the words are there
        found.defects.append("the HTML cannot be laid out: only its words are read")
    return _Page(None, words(page), 0)


def _says_nothing(plain: str, rich: str) -> bool:
    """Whether a plain text is only there for form: empty, or short and about something else than the HTML."""
    if not plain.strip():
        return bool(rich.strip())
    if len(plain) > _SHORT or len(rich) < 2 * len(plain):
        return False
    start = _WORD_LETTERS.sub("", plain)[:_COMPARED]
    return bool(start) and start not in _WORD_LETTERS.sub("", rich[: 20 * _SHORT])


def _as_html(plain: str) -> str:
    return f"<pre>{html.escape(plain)}</pre>" if plain.strip() else ""


def _capped(text: str, found: Text) -> str:
    if len(text) <= limits.TEXT:
        return text
    found.files.append(Attachment("message.txt", "text/plain", text.encode("utf-8", "replace")))
    found.defects.append("the text is too long: its beginning is shown, and all of it is a file of the mail")
    return text[: limits.TEXT]


def alternatives(text: str, page: str) -> Iterator[str]:
    """The texts of a container that has none but these: the plain one, or else the HTML's."""
    if text.strip():
        yield text.replace("\r\n", "\n")
    elif page.strip():
        safe = sanitised(page[: limits.HTML])
        yield as_text(safe[0]) if safe else words(page[: limits.HTML])
