"""A page of a stranger's, letter by letter, before any parser sees it: what is not text is cut out, and what is nested
absurdly loses its tags. In one pass, so that it is the same work whatever the page; words are never lost.
"""

import re
from collections import Counter
from collections.abc import Collection

from connectors.email import limits

_HIDDEN = re.compile(r"<(?:(script|style|title|xml)\b|!--)", re.I)
_ENDS = {name: re.compile(f"</{name}\\s*>", re.I) for name in ("script", "style", "title", "xml")}
_ENDS["!--"] = re.compile("--!?>")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_BARE = re.compile(r"<(?:[\w.+-]{1,64}@[\w.-]{1,255}|https?://[^\s<>\"']{1,2000})>")
_LONE = re.compile("<(?![a-zA-Z/!?])")
_LONGEST = 20_000  # letters of a tag
# Those that need no end, or that the next one of their kind ends.
_ENDLESS = frozenset({"br", "hr", "img", "col", "p", "li", "td", "th", "tr", "tbody"})


def audible(page: str) -> str:
    """Without scripts, styles, titles and comments. One that does not end hides nothing."""
    kept, at = [], 0
    endless: set[str] = set()
    while found := _HIDDEN.search(page, at):
        name = (found[1] or "!--").lower()
        kept.append(page[at : found.start()])
        end = None if name in endless else _ENDS[name].search(page, found.end())
        if end is None:
            endless.add(name)
        at = end.end() if end else found.end()
    return "".join([*kept, page[at:]])


def shallow(page: str, tags: Collection[str]) -> str:
    """With these tags only, and without those of elements that lie deeper than limits.NESTING."""
    page = _LONE.sub("&lt;", page)
    kept, start, last = [], 0, page.rfind(">")
    nesting = _Nesting()
    for tag in _TAG.finditer(page):
        name = tag[2].lower()
        if tag.start() < start:  # within a tag that was dropped
            continue
        if name not in tags and _is_text(page, tag.start()):
            kept += [page[start : tag.start()], "&lt;"]
            start = tag.start() + 1
        elif name not in tags or (name not in _ENDLESS and nesting.is_too_deep(name, closes=bool(tag[1]))):
            kept.append(page[start : tag.start()])
            start = page.find(">", tag.end()) + 1 if tag.end() <= last else len(page)
    return "".join([*kept, page[start:]])


def _is_text(page: str, at: int) -> bool:
    """Whether somebody forgot to write a bracket as HTML wants it: "Max <max@shop.example>", "a <b and c"."""
    if _BARE.match(page, at):
        return True
    following = page.find("<", at + 1, at + _LONGEST)
    end = page.find(">", at, following if following > 0 else at + _LONGEST)
    return end < 0


class _Nesting:
    """How deep the page is at a tag. Counted by name: a closing tag that opens nothing closes nothing."""

    def __init__(self) -> None:
        self._opened: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._depth = 0

    def is_too_deep(self, name: str, *, closes: bool) -> bool:
        if not closes:
            deep = self._depth >= limits.NESTING
            (self._dropped if deep else self._opened)[name] += 1
            self._depth += not deep
            return deep
        if self._dropped[name]:
            self._dropped[name] -= 1
            return True
        if self._opened[name]:
            self._opened[name] -= 1
            self._depth -= 1
        return False
