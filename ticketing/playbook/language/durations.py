"""Lengths of time as a playbook writes them: 5d, 3h, 30m, 90s, 1d 12h."""

import re
from datetime import timedelta

LONGEST = timedelta(days=3660)
_PARTS = re.compile(r"(?:(\d{1,5})d)? ?(?:(\d{1,5})h)? ?(?:(\d{1,6})m)? ?(?:(\d{1,8})s)?")


def duration(text: str) -> timedelta:
    """Raises ValueError, with what to write instead."""
    match = _PARTS.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f'"{text[:40]}" is no length of time: write it like 5d, 3h, 30m or 1d 12h')
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta() < length <= LONGEST:
        raise ValueError(f'"{text[:40]}" is not between 1s and {LONGEST.days}d')
    return length
