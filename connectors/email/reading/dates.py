"""Date: as an instant with its zone, from what mailers make of RFC 5322, ISO 8601 and their own habits."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_LONGEST = 100  # letters
_FIRST, _LAST = 1971, 2200  # years that a mail can mean
_COMMENT = re.compile(r"\([^()]*\)")
_ISO = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)? ?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$", re.I)
_GMT = re.compile(r"\b(?:GMT|UTC)(?=[+-]\d)")
_DAY = timedelta(days=1)


def instant(value: str) -> datetime | None:
    """None for what is no date. Without a zone, or with one nobody knows, it is UTC."""
    text = _COMMENT.sub(" ", value[:_LONGEST]).strip().rstrip(".")
    text = _GMT.sub("", text)
    try:
        found = _iso(text) or _usual(text)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):  # the library raises each of these
        return None
    return found if found and _FIRST <= found.year <= _LAST else None


def _iso(text: str) -> datetime | None:
    if not (found := _ISO.match(text)):
        return None
    zone = found[3] or "Z"
    return datetime.fromisoformat(f"{found[1]}T{found[2]}{'Z' if zone.isalpha() else zone}")


def _usual(text: str) -> datetime | None:
    fields = parsedate_tz(text)
    if fields is None:
        return None
    year, month, day, hour, minute, second, *_, offset = fields
    leap = second == 60
    zone = timezone(timedelta(seconds=offset)) if offset and abs(timedelta(seconds=offset)) < _DAY else UTC
    found = datetime(_full(year), month, day, hour, minute, 59 if leap else second, tzinfo=zone)
    return found + timedelta(seconds=1) if leap else found


def _full(year: int) -> int:
    """Of a year with two or three digits what RFC 5322 says of it."""
    if year < 50:
        return year + 2000
    return year + 1900 if year < 1000 else year
