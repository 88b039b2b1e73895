"""Dates as people write them. The order of day and month is never guessed."""

import re
from datetime import date

from ticketing.fields.refusals import ValueRefused

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_LONGEST = 40
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WHOLE = "january february march april may june july august september october november december"
_NAMES = {name: number for names in (_MONTHS, _WHOLE.split()) for number, name in enumerate(names, 1)} | {"sept": 9}
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DOTS = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_SLASHES = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?[ -]([a-z]{3,9})\.?,?[ -]([0-9]{4})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")


def day(typed: str) -> date:
    """Raises ValueRefused: no date, one that the calendar does not have, or one that could be two."""
    text = " ".join(typed.split()).lower() if len(typed) <= _LONGEST else ""
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]), typed)
    if found := _DOTS.fullmatch(text):  # where dots are written, the day stands first
        return _day(int(found[3]), int(found[2]), int(found[1]), typed)
    if found := _SLASHES.fullmatch(text):
        return _either(int(found[1]), int(found[3]), int(found[4]), typed)
    if (found := _DAY_FIRST.fullmatch(text)) and found[2] in _NAMES:
        return _day(int(found[3]), _NAMES[found[2]], int(found[1]), typed)
    if (found := _MONTH_FIRST.fullmatch(text)) and found[1] in _NAMES:
        return _day(int(found[3]), _NAMES[found[1]], int(found[2]), typed)
    raise ValueRefused(f"{_said(typed)} is no date. Write it like 2026-11-24 or 24 Nov 2026.")


def for_people(value: date) -> str:
    """ "24 Nov 2026"."""
    return f"{value.day} {_MONTHS[value.month - 1].title()} {value.year}"


def _either(one: int, other: int, year: int, typed: str) -> date:
    """With slashes the day stands first in some countries, and the month in others."""
    if one != other and one <= 12 and other <= 12:
        raise ValueRefused(f"{_said(typed)} can be read in two ways. Write it like 2026-11-24 or 24 Nov 2026.")
    return _day(year, other, one, typed) if one > 12 else _day(year, one, other, typed)


def _day(year: int, month: int, day: int, typed: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueRefused(f"There is no such date as {_said(typed)}.") from None
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueRefused(f"{_said(typed)} is not between the years {_FIRST_YEAR} and {_LAST_YEAR}.")
    return found


def _said(typed: str) -> str:
    return repr(typed[:40]) if len(typed) <= 40 else f"{typed[:40]!r}…"
