"""From:, Sent:, To:, Subject: as Outlook and others put them above an earlier message, in their languages.

Customers write "From: Berlin, To: Munich, Date: 12 May" as well, so two or three such lines are not enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.email.quoting.marks import label

_LONGEST = 30  # lines of a block, blank ones included
_CONTINUED = 8  # lines that go on with a long list of recipients
_FIRST = frozenset({"from", "date", "subject"})
_VALUE = 300


@dataclass(frozen=True, slots=True)
class Block:
    """Where an earlier message begins, and what stands above it."""

    first: int  # its first line
    fields: Mapping[str, str]  # "from", "date", "to", "subject", …: as written
    forwards: bool  # it is passed on, not answered


def header_block(lines: Sequence[str], first: int, *, is_announced: bool) -> Block | None:
    """The block that begins at this line, or after blank ones where it is announced by a separator or a rule."""
    if is_announced:
        while first < len(lines) and lines[first].isspace():
            first += 1
    if first >= len(lines) or (begins := label(lines[first])) is None or begins[0] not in _FIRST:
        return None
    found = _fields(lines, first)
    return Block(first, found, forwards=False) if _is_enough(found, is_announced=is_announced) else None


def _fields(lines: Sequence[str], first: int) -> dict[str, str]:
    found: dict[str, str] = {}
    blanks, continued, name = 0, 0, ""
    for line in lines[first : first + _LONGEST]:
        if line.isspace():
            blanks += 1
            if blanks > 1:
                break
            continue
        if (said := label(line)) and said[0] not in found:
            name, value = said
            found[name] = value[:_VALUE]
            blanks = continued = 0
        elif blanks or name not in {"to", "cc"} or continued >= _CONTINUED:
            break
        else:
            continued += 1
    return found


def _is_enough(found: Mapping[str, str], *, is_announced: bool) -> bool:
    if "from" not in found:
        return False
    if is_announced:
        return "date" in found or "subject" in found
    has_digits = any(each.isdigit() for each in found.get("date", ""))
    return has_digits and "subject" in found and ("to" in found or "@" in found["from"])
