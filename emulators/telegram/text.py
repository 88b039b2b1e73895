"""Texts as Telegram counts and formats them: UTF-16 units, and its HTML. Pure.

Of the three parse modes only HTML is known here; the others are refused.
Source: core.telegram.org/bots/api#html-style
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from emulators.telegram.refusals import Refused, bad
from emulators.telegram.setup import Json

_KIND: Mapping[str, str] = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_TAG = re.compile(r"<(/?)([^\s<>/=]*)([^<>]*)>")
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
# The only named ones; anything else stays as it was written.
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")


@dataclass(frozen=True, slots=True)
class Formatted:
    text: str
    entities: tuple[Json, ...] = ()

    def fields(self, name: str = "text") -> Json:
        """As fields of a message: `text` and `entities`, or `caption` and `caption_entities`."""
        entities = "entities" if name == "text" else f"{name}_entities"
        return {name: self.text} | ({entities: [dict(each) for each in self.entities]} if self.entities else {})


def length(text: str) -> int:
    """In UTF-16 units, as every limit and offset of Telegram's counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def formatted(text: str, parse_mode: str) -> Formatted:
    """The text that people see. Raises Refused for markup that Telegram would not take."""
    if not parse_mode:
        return _trimmed(text, [])
    if parse_mode.lower() != "html":
        raise Refused(bad("unsupported parse_mode"))
    return _trimmed(*_Parser(text).parsed())


def _trimmed(text: str, entities: list[Json]) -> Formatted:
    start = len(text) - len(text.lstrip())
    kept = text.strip()
    most = length(kept)
    shown = []
    for entity in entities:
        begin = min(max(0, entity["offset"] - start), most)
        end = min(max(0, entity["offset"] + entity["length"] - start), most)
        if end > begin:
            shown.append(entity | {"offset": begin, "length": end - begin})
    shown.reverse()  # an outer one was closed later than what it holds, and comes first
    return Formatted(kept, tuple(sorted(shown, key=lambda each: (each["offset"], -each["length"]))))


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int  # UTF-16 units into the visible text
    attributes: Mapping[str, str]
    language: str = ""  # of the code in a <pre>


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._shown: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Json] = []

    def parsed(self) -> tuple[str, list[Json]]:
        position = 0
        while (begin := self._source.find("<", position)) >= 0:
            self._show(self._source[position:begin])
            if (tag := _TAG.match(self._source, begin)) is None:
                raise self._wrong(f"Unclosed start tag at byte offset {self._bytes(begin)}")
            self._close(tag) if tag[1] else self._begin(tag)
            position = tag.end()
        self._show(self._source[position:])
        if self._open:
            raise self._wrong(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        return "".join(self._shown), self._entities

    def _show(self, piece: str) -> None:
        plain = _ENTITY.sub(lambda found: html.unescape(found[0]), piece)
        self._shown.append(plain)
        self._length += length(plain)

    def _begin(self, tag: re.Match[str]) -> None:
        name = tag[2].lower()
        attributes = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(tag[3])}
        if name not in _KIND or (name == "span" and attributes.get("class") != "tg-spoiler"):
            raise self._wrong(f'Unsupported start tag "{name}" at byte offset {self._bytes(tag.start())}')
        self._open.append(_Open(name, self._length, attributes))

    def _close(self, tag: re.Match[str]) -> None:
        name, at = tag[2].lower(), self._bytes(tag.start())
        if not self._open:
            raise self._wrong(f"Unexpected end tag at byte offset {at}")
        opened = self._open.pop()
        if name and name != opened.tag:
            words = f'Unmatched end tag at byte offset {at}, expected "</{opened.tag}>", found "</{name}>"'
            raise self._wrong(words)
        entity: Json = {"type": _KIND[opened.tag], "offset": opened.offset, "length": self._length - opened.offset}
        if opened.tag == "a":
            if not (url := opened.attributes.get("href", "")):
                return  # a link to nowhere is shown as plain text
            entity["url"] = url
        if opened.tag == "tg-emoji":
            entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
        in_pre = bool(self._open) and self._open[-1].tag == "pre" and self._open[-1].offset == opened.offset
        if opened.tag == "code" and in_pre:
            # Together they are one block of code in a language.
            self._open[-1].language = opened.attributes.get("class", "").removeprefix("language-")
            return
        if opened.language:
            entity["language"] = opened.language
        if entity["length"]:
            self._entities.append(entity)

    def _bytes(self, position: int) -> int:
        return len(self._source[:position].encode())

    @staticmethod
    def _wrong(why: str) -> Refused:
        return Refused(bad(f"can't parse entities: {why}"))
