"""Where a text that is longer than one message is cut: between paragraphs, lines, sentences or words, in that order.

Never inside what a reader sees as one sign. Pure; nothing is lost but whitespace between two messages.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

_BOUNDARIES = (
    re.compile(r"\n[^\S\n]*\n\s*"),  # paragraphs
    re.compile(r"\n\s*"),  # lines
    re.compile(r"[.!?…]['\"”’)\]]*\s+|[。！？؟۔]\s*"),  # sentences
    re.compile(r"\s+"),  # words
)
_ZERO_WIDTH_JOINER = "\u200d"
_SKIN = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_JAMO = range(0x1100, 0x1200)


def split(text: str, most: int, length: Callable[[str], int]) -> tuple[str, ...]:
    """The text as pieces of at most `most` as `length` counts, none of them empty; as it is if it fits."""
    return tuple(piece for piece in _pieces(text, most, length) if piece.strip())


def _pieces(text: str, most: int, length: Callable[[str], int]) -> Iterator[str]:
    while length(text) > most:
        end = _cut(text, _fitting(text, most, length))
        yield text[:end]
        text = text[end:]
    yield text


def _fitting(text: str, most: int, length: Callable[[str], int]) -> int:
    """How many characters from the beginning fit; one at least, so that there is an end to it."""
    low, high = 1, min(len(text), most)  # no provider counts a character as less than one
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle]) <= most else (low, middle - 1)
    return low


def _cut(text: str, fits: int) -> int:
    """The best place to cut at or before `fits`. A boundary in the first half would make too many messages."""
    for boundary in _BOUNDARIES:
        ends = [found.end() for found in boundary.finditer(text, fits // 2, fits) if found.end() <= fits]
        if ends and not _is_inside(text, ends[-1]):
            return ends[-1]
    end = fits
    while end > 1 and _is_inside(text, end):
        end -= 1
    # One sign that is longer than a message has to be cut.
    return fits if end == 1 and _is_inside(text, 1) else end


def _is_inside(text: str, at: int) -> bool:
    """Whether a cut there would part what is read as one sign: an emoji and its skin, a letter and its accents, …"""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if _ZERO_WIDTH_JOINER in (before, after) or (before, after) == ("\r", "\n"):
        return True
    if unicodedata.category(after) in {"Mn", "Mc", "Me"} or ord(after) in _SKIN or ord(after) in _TAGS:
        return True
    if ord(before) in _JAMO and ord(after) in _JAMO:
        return True
    if ord(before) in _FLAG_LETTERS and ord(after) in _FLAG_LETTERS:
        letters = 0
        while at - letters > 0 and ord(text[at - letters - 1]) in _FLAG_LETTERS:
            letters += 1
        return letters % 2 == 1  # a flag is two letters
    return False
