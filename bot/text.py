"""Words of customers and colleagues on their way to Slack and back: they can never format, mention or link there.

Slack reads `<…>` as mentions and links in every kind of text, so `&`, `<` and `>` are always escaped; it undoes that
when it draws, also in plain text. In mrkdwn, what would format is replaced by look-alikes. Nothing is cut in the
middle of what a reader sees as one character.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

NOTHING = "(no text)"
_MOST_JOINED = 64  # characters in one visible sign; a longer pile of accents is cut like anything else

# Patterns and not str.translate, which takes tens of times as long where a text is not all ASCII.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")
_HALF = re.compile(r"[\ud800-\udfff]")  # of a character: Slack refuses the whole message
# Overrides and isolates of direction: in a line of ours, a customer's name must not turn around the words after it.
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]+")
_LOOKALIKES = (("*", "∗"), ("_", "ˍ"), ("~", "∼"), ("`", "ˋ"))
_QUOTE = re.compile(r"^>")  # what comes first on a line of ours would make it a quotation
# At the end, too, since a line of ours may go on with a colon; but a time of day stays what it is.
_EMOJI_NAME = re.compile(r":(?=[\w+'-]+:|(?!(?<=\d:)\d\d$)[\w+'-]+$)")
_COST = {"&": 5, "<": 4, ">": 4}
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_ZWJ = "\u200d"


def escape(text: str) -> str:
    """Any text, safe in a plain_text object and in a message's `text`. Keeps its lines."""
    tidy = _printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    return tidy.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def one_line(text: str) -> str:
    """On one line, running the way the line around it runs; "" when there is nothing to see. Not escaped."""
    return " ".join(_DIRECTION.sub("", _printable(text)).split())


def inline(text: str, most: int) -> str:
    """Somebody's words inside a mrkdwn line of ours: one line, inert, at most `most` characters on the wire."""
    inert = one_line(text)
    for formats, shows in _LOOKALIKES:
        inert = inert.replace(formats, shows)
    return cut(_QUOTE.sub("›", _EMOJI_NAME.sub("ː", inert)), most) if visible(text) else ""


def _printable(text: str) -> str:
    return _HALF.sub("\ufffd", _UNPRINTABLE.sub("", text))


def code(text: str, most: int) -> str:
    """A value in `code` style, where Slack formats nothing: order numbers, amounts."""
    return f"`{cut(one_line(text).replace('`', 'ˋ'), most - 2) or ' '}`"


def title(text: str, most: int) -> str:
    """One line of plain text, at most `most` characters on the wire."""
    return cut(one_line(text), most) if visible(text) else NOTHING


def prose(text: str, most: int) -> str:
    """Sentences as plain text, at most `most` characters on the wire; "" when there is nothing to see."""
    return cut(text.strip(), most, note=True).strip() if visible(text) else ""


def visible(text: str) -> bool:
    """Whether there is anything to see. Slack refuses texts of blanks."""
    return any(unicodedata.category(char) not in _UNSEEN for char in text)


def size(escaped: str) -> int:
    """How Slack counts: UTF-16 units, to be on the safe side."""
    return len(escaped.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int, *, note: bool = False) -> str:
    """Escaped, and at most `most` characters long. `note`: say how much is missing, "… (N more characters)"."""
    whole = escape(text)
    if size(whole) <= most:
        return whole
    head, rest = _split(text, most - (35 if note else 1))
    return escape(head).rstrip() + (f"… ({len(rest):,} more characters)" if note else "…")


def whole_lines(lines: Sequence[str], most: int) -> int:
    """How many of these lines, escaped already, fit into a text of at most `most` characters; a first one always."""
    used, count = 0, 0
    for line in lines:
        used += size(line) + 1
        if count and used > most:
            break
        count += 1
    return count


def to_edit(text: str, most: int) -> str:
    """What a text input begins with: as it is, not escaped, and at most `most` characters long as Slack counts."""
    if size(text) <= most:
        return text
    head, _ = _split(text, most - 1, {})
    return f"{head.rstrip()}…"


def pieces(text: str, most: int) -> list[str]:
    """The whole text, escaped, in pieces of at most `most` characters; at line or word ends where there are any."""
    left = text.strip("\n") if visible(text) else NOTHING
    found = []
    while size(escape(left)) > most:
        head, left = _split(left, most)
        at = max(head.rfind("\n"), head.rfind(" ")) + 1
        if at > len(head) // 2:
            head, left = head[:at], head[at:] + left
        found.append(escape(head))
    if left.strip() or not found:
        found.append(escape(left))
    return [each if visible(each) else NOTHING for each in found]


def _split(text: str, most: int, cost: Mapping[str, int] = _COST) -> tuple[str, str]:
    """The longest head that is at most `most` long when escaped and ends between visible signs, and the rest.

    `cost`: of what is longer on the wire; nothing is, of what is not escaped.
    """
    used = 0
    end = len(text)
    for index, char in enumerate(text):
        used += cost.get(char) or (2 if ord(char) > 0xFFFF else 1)
        if used > most:
            end = index
            break
    at = end
    while at > 0 and end - at < _MOST_JOINED and joined(text, at):
        at -= 1
    if at == 0 or (end - at >= _MOST_JOINED and joined(text, at)):
        at = end
    at = max(at, 1)  # whatever happens, one step on
    return text[:at], text[at:]


def joined(text: str, at: int) -> bool:
    """Whether what stands before and after this place is one visible sign: accents, emoji, flags, syllables."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if after == _ZWJ or before == _ZWJ or (before == "\r" and after == "\n"):
        return True
    category = unicodedata.category(after)
    if category in ("Mn", "Me", "Mc") or 0x1F3FB <= ord(after) <= 0x1F3FF or 0xE0020 <= ord(after) <= 0xE007F:
        return True
    if _regional(before) and _regional(after):
        return _flags_before(text, at) % 2 == 1
    # Scripts of India join a consonant to the next with a virama; Hangul may be spelled out in its letters.
    if unicodedata.combining(before) == 9 and category == "Lo":
        return True
    return 0x1160 <= ord(after) <= 0x11FF and (0x1100 <= ord(before) <= 0x11FF or 0xAC00 <= ord(before) <= 0xD7A3)


def _regional(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def _flags_before(text: str, at: int) -> int:
    count = 0
    while at > 0 and _regional(text[at - 1]):
        count, at = count + 1, at - 1
    return count


_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def mentioned(text: str) -> Iterator[str]:
    """The Slack users whom a message names, in order."""
    return (found[2] for found in _TOKEN.finditer(text) if found[1] == "@")


def from_slack(text: str, names: Mapping[str, str]) -> str:
    """A message as Slack delivers it, in the words its author saw. `names`: what the users in it are called."""
    words = _TOKEN.sub(lambda found: _said(found[1], found[2], found[3], names), text)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _said(sign: str, target: str, label: str | None, names: Mapping[str, str]) -> str:
    if sign == "@":
        return f"@{names.get(target) or label or target}"
    if sign == "#":
        return f"#{label or target}"
    if sign == "!":
        return label if label and label.startswith("@") else f"@{label or target.split('^')[0]}"
    shown = target.removeprefix("mailto:")
    return shown if label in (None, "", shown) else f"{label} ({target})"
