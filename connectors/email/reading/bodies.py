"""Which parts are the text of a mail, in which form, and which are its files.

As RFC 8621 (JMAP) has it: in an alternative one form is chosen; what has a name or is an attachment by its own word is
a file; text after a file goes on with the text before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.email.reading.parts import Part

_TEXTS = {"text/plain", "text/html"}
_MEDIA = ("image/", "audio/", "video/")
_PAGES_TOO = {"text/x-amp-html", "text/watch-html"}  # the HTML once more, for some mailers


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the text; in both forms where it was an alternative."""

    plain: tuple[Part, ...] = ()
    html: tuple[Part, ...] = ()


@dataclass(slots=True)
class Bodies:
    """What the parts of a mail are for."""

    passages: list[Passage] = field(default_factory=list)
    files: list[tuple[Part, bool]] = field(default_factory=list)  # and whether it is shown within the text
    calendars: list[Part] = field(default_factory=list)
    protection: str | None = None


def bodies(root: Part) -> Bodies:
    """Sort the parts of a mail. Each is in `passages` or `files`, but containers and second forms of HTML."""
    found = Bodies(protection=_protection(root))
    _sort(root, found, parent="", first=True)
    return found


def _sort(part: Part, found: Bodies, *, parent: str, first: bool) -> None:
    if part.kind == "text/calendar":
        found.calendars.append(part)
    if part.kind == "multipart/alternative" and part.is_container:
        _choose(part, found)
    elif part.is_container:
        for index, below in enumerate(part.parts):
            _sort(below, found, parent=part.kind, first=index == 0)
    elif _is_text(part, parent=parent, first=first):
        found.passages.append(Passage(html=(part,)) if part.kind == "text/html" else Passage(plain=(part,)))
    else:
        found.files.append((part, _is_inline(part, parent)))


def _choose(part: Part, found: Bodies) -> None:
    """All forms of one text, also where they lie deeper (HTML within a multipart/related)."""
    inner = Bodies()
    for below in part.parts:
        if below.kind == "multipart/alternative" or not below.is_container:
            _sort(below, inner, parent="multipart/alternative", first=True)
        else:
            for index, each in enumerate(below.parts):
                _sort(each, inner, parent=below.kind, first=index == 0)
    found.files += [each for each in inner.files if each[0].kind not in _PAGES_TOO]
    found.calendars += inner.calendars
    plain = tuple(each for passage in inner.passages for each in passage.plain)
    html = tuple(each for passage in inner.passages for each in passage.html)
    if plain or html:
        found.passages.append(Passage(plain, html))


def _is_text(part: Part, *, parent: str, first: bool) -> bool:
    if part.kind not in _TEXTS or part.disposition == "attachment":
        return False
    if parent == "multipart/alternative":
        return True
    return first or (parent != "multipart/related" and not part.name)


def _is_inline(part: Part, parent: str) -> bool:
    if part.disposition == "attachment":
        return False
    named = bool(part.headers.raw("content-id"))
    return part.kind.startswith(_MEDIA) and (part.disposition == "inline" or (named and parent == "multipart/related"))


def _protection(root: Part) -> str | None:
    for part in _outer(root):
        smime = part.parameters.get("smime-type", "").lower()
        if part.kind == "multipart/encrypted" or (part.kind.endswith("pkcs7-mime") and smime != "signed-data"):
            return "encrypted"
        if part.kind == "multipart/signed" or part.kind.endswith("pkcs7-mime"):
            return "signed"
    return None


def _outer(root: Part) -> Iterator[Part]:
    """The mail and what its containers begin with: signing wraps the whole."""
    part: Part | None = root
    while part is not None:
        yield part
        part = part.parts[0] if part.parts else None
