"""What single lines say: labels of a header block, introductions of a quote, separators, signatures.

Each pattern is anchored, or bounded in what it repeats, and sees lines of bounded length only: no mail takes long.
"""

import re
from collections.abc import Sequence

from connectors.email.quoting.labels import LABELS
from connectors.email.quoting.languages import (
    ATTRIBUTION_STARTS,
    FORWARD_BEGINS,
    FORWARD_PREFIXES,
    FORWARDED,
    ORIGINAL,
    REPLY_PREFIXES,
    WROTE_INSIDE,
    WROTE_LAST,
)
from connectors.email.quoting.telephones import MOBILE

# What we write at the top of every mail of ours; below it nothing is new. It is known in whatever a mailer makes of it.
REPLY_ABOVE = "##- Please write your answer above this line -##"
_MARKER = re.compile(r"##- .{1,80} -##")

LONGEST = 400  # letters of a line that is looked at
_INTRODUCTION = 4  # lines, at most
_FEWEST = 8  # letters of an introduction


_ENDS = frozenset(":：>*_")
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./-] ?\d{1,2}[./-] ?\d{2,4}")
_TIME = re.compile(r"(?<!\d)\d{1,2} ?(?:[:.：h]|uhr) ?\d{2}(?!\d)")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.")
_SEPARATOR = re.compile(r"^[\s>*]{0,4}[-_=—]{2,60}[\s*]{0,3}([^-_=—\s][^\n]{2,50}?)[\s*:]{0,3}[-_=—]{2,60}[\s*]{0,3}$")
_LABEL = re.compile(r"^[\s*_>]{0,6}([^\s:：*_<>][^:：*<>\n]{0,28}?)[\s*_]{0,4}[:：][\s*_]{0,4}(.*)$")
_RULE = re.compile(r"^[\s*]{0,4}[-_=—*]{5,200}[\s*]{0,4}$")
_MOBILE = re.compile(rf"^[\s\W_]{{0,4}}(?:{'|'.join(MOBILE)})[\s.!>\]\)]{{0,4}}$", re.I)
_PREFIX = re.compile(r"^\s*([^\s:：\[\]]{1,12})\s?(?:\[\d{1,3}\])?\s?[:：]")


def is_quoted(line: str) -> bool:
    """A line that begins with ">"."""
    return line.startswith(">") or line[:4].lstrip(" \t").startswith(">")


def is_marker(line: str) -> bool:
    """Our own line: what stands below it was there before."""
    return "##-" in line and _MARKER.search(line[:LONGEST]) is not None


def is_rule(line: str) -> bool:
    """A line of dashes or the like."""
    return len(line) < LONGEST and _RULE.match(line) is not None


def separator(line: str) -> str | None:
    """ "original" or "forwarded" where the line says that an earlier message follows."""
    plain = line.strip()
    if not 6 <= len(plain) <= 120:
        return None
    if plain[-1] in ":：" and plain[:-1].strip(" *>\xa0").lower() in _APPLE:
        return "forwarded"
    if plain.lstrip(" >*")[:2] not in _DASHES or not (found := _SEPARATOR.match(plain)):
        return None
    words = found[1].strip(" -_=*:").lower()
    return "original" if words in _ORIGINAL else "forwarded" if words in _FORWARDED else None


_DASHES = frozenset({"--", "__", "==", "——", "-—"})
_ORIGINAL, _FORWARDED, _APPLE = frozenset(ORIGINAL), frozenset(FORWARDED), frozenset(FORWARD_BEGINS)


def label(line: str) -> tuple[str, str] | None:
    """The field of a header block that the line names, and its value."""
    if ":" not in line[:40] and "：" not in line[:40]:
        return None
    found = _LABEL.match(line[:LONGEST].rstrip("\r\n"))
    name = LABELS.get(found[1].strip().lower()) if found else None
    return (name, found[2].strip()) if name and found else None


def may_introduce(line: str, *, is_followed_by_quote: bool) -> bool:
    """Whether it is worth a closer look."""
    return len(line) <= LONGEST and (is_followed_by_quote or line.rstrip()[-1:] in _ENDS)


def introduction(lines: Sequence[str], last: int, *, is_followed_by_quote: bool) -> int | None:
    """The first of the lines, up to `last`, that say who wrote the earlier message and when. None: they do not.

    Without quoted lines after it a sentence has to name a time, or a date and an address: people end sentences of
    their own with "wrote:" too.
    """
    said, bare = "", None
    for first in range(last, max(-1, last - _INTRODUCTION), -1):
        line = lines[first].strip()
        if not line or is_quoted(line) or len(said) + len(line) > LONGEST:
            break
        said = f"{line} {said}".strip()
        if not _introduces(said, is_followed_by_quote=is_followed_by_quote):
            continue
        if first == last and _is_dated(said):
            return _with_beginning(lines, first, said)
        if _is_dated(said) and _begins_one(line):
            return _with_beginning(lines, first, said)
        bare = first if bare is None else bare
    return bare if is_followed_by_quote else None


def _introduces(said: str, *, is_followed_by_quote: bool) -> bool:
    plain = said.lower().rstrip(" >*_\xa0")
    if len(plain) < _FEWEST or (not is_followed_by_quote and not _DIGIT.search(plain)):
        return False
    has_colon = plain[-1:] in {":", "："}
    plain = plain.rstrip(" :：\xa0")
    wrote = plain.endswith(WROTE_LAST) or (has_colon and any(word in plain for word in WROTE_INSIDE))
    if wrote and has_colon and is_followed_by_quote:
        return True
    time, date = _TIME.search(plain) is not None, _YEAR.search(plain) is not None
    address = _ADDRESS.search(plain) is not None
    if has_colon and is_followed_by_quote and (time or date) and any(word in plain for word in WROTE_LAST):
        return True  # "Max wrote (2026-11-23 10:00):"
    if wrote:
        return time or (date and address) if has_colon else is_followed_by_quote and (time or date or address)
    # Some languages have no verb there: "2026年11月23日(月) 10:00 Max <max@shop.example>:"
    return has_colon and address and ((date and time) or (is_followed_by_quote and (date or time)))


def _is_dated(said: str) -> bool:
    return _TIME.search(said) is not None or _YEAR.search(said) is not None


def _begins_one(line: str) -> bool:
    """Whether a sentence of a mailer's may begin so, and not one of a customer's: "On …", a date, an open bracket."""
    plain = line.lower()
    return plain.startswith(ATTRIBUTION_STARTS) or _DIGIT.search(plain[:14]) is not None or _is_open(line)


def _is_open(line: str) -> bool:
    return line.rfind("<") > line.rfind(">")


def _with_beginning(lines: Sequence[str], first: int, said: str) -> int:
    """With the lines before that belong to it: the "On Mon," of a sentence, a name whose address was broken off."""
    for _ in range(_INTRODUCTION - 1):
        before = lines[first - 1].strip() if first else ""
        if not before or len(before) + len(said) > LONGEST or is_quoted(before):
            break
        is_rest = before.endswith(">") and "<" not in before and "@" in before
        if not is_rest and not (_is_open(before) and ">" in said) and not _begins_sentence(before, said):
            break
        first, said = first - 1, f"{before} {said}"
    return first


def _begins_sentence(before: str, said: str) -> bool:
    begins = before.lower().startswith(ATTRIBUTION_STARTS) and _DIGIT.search(before) is not None
    ends = before.endswith((".", "!", "?", ":"))
    return begins and not ends and not said.lower().startswith(ATTRIBUTION_STARTS)


def is_mobile_signature(line: str) -> bool:
    """ "Sent from my telephone", in whatever language."""
    return 6 <= len(line.strip()) <= 160 and _MOBILE.match(line.strip()) is not None


def is_signature_mark(line: str) -> bool:
    """The line that ends a letter: two dashes, and nothing else but a space."""
    return line.startswith("--") and line.rstrip() == "--"


def passes_on(subject: str) -> bool:
    """Whether a subject says that a message is forwarded, and not an answer to a forwarded one."""
    found = _PREFIX.match(subject)
    return found is not None and found[1].lower() in FORWARD_PREFIXES


def bare_subject(subject: str) -> str:
    """The subject without what answering and forwarding put before it."""
    for _ in range(20):
        found = _PREFIX.match(subject)
        if not found or found[1].lower() not in FORWARD_PREFIXES | REPLY_PREFIXES:
            break
        subject = subject[found.end() :]
    return " ".join(subject.split())
