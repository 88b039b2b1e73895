"""How wide text is in a terminal, and cutting it to a width. Columns, never characters.

Emoji and East Asian characters take two columns, combining marks and joiners none. Control characters, and the
invisible ones that turn the direction of text around, are taken out: a customer's words must not redraw a terminal.
"""

import re
import unicodedata

# Zero width joiner, variation selectors, and the directional marks that only affect drawing.
_NOTHING = re.compile("[\u200b-\u200f\u2060\ufe0e\ufe0f]")
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_RTL = {"R", "AL"}
# Latin letters, dashes, quotes, dots and the lines of boxes: a column each, and most of what is ever drawn.
_ORDINARY = re.compile("[\x00-\u02ff\u2010-\u2027\u2500-\u257f]*")


def clean(text: str) -> str:
    """Without anything that steers a terminal; tabs become spaces."""
    return _HARMFUL.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\t", "    ")))


def width(text: str) -> int:
    """Columns taken by one line."""
    if _ORDINARY.fullmatch(text):
        return len(text)
    columns = 0
    joined = False
    for character in text:
        if character == "\u200d":
            joined = True
        elif character == "\ufe0f" or _NOTHING.match(character) or unicodedata.combining(character):
            continue
        elif joined:
            # The next part of one emoji made of several.
            joined = False
        elif not "\U0001f3fb" <= character <= "\U0001f3ff":  # skin tones colour what stands before
            columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return columns


def right_to_left(text: str) -> bool:
    """Does the first letter that has a direction run from right to left?"""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in _RTL:
            return True
        if direction == "L":
            return False
    return False


def padded(text: str, columns: int) -> str:
    return text + " " * max(0, columns - width(text))


def cut(text: str, columns: int) -> str:
    """At most this wide, with an ellipsis where something was cut off."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > columns - 1:
            break
        kept += character
    return kept.rstrip() + "…"


def wrapped(text: str, columns: int) -> list[str]:
    """Lines no wider than this, broken at spaces where there are any; line breaks are kept."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            candidate = f"{line} {word}" if line else word
            if width(candidate) <= columns:
                line = candidate
                continue
            if line:
                lines.append(line)
            *full, line = _pieces(word, columns)
            lines += full
        lines.append(line)
    return lines


def _pieces(word: str, columns: int) -> list[str]:
    """A word too long for a line, in pieces."""
    pieces = [""]
    for character in word:
        if width(pieces[-1] + character) > columns:
            pieces.append("")
        pieces[-1] += character
    return pieces
