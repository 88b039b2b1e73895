"""How long to snooze: the choices people have, in the desk's own time zone. Pure."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

_MORNING = time(9)


class SnoozeChoice(StrEnum):
    HOUR = "hour"
    TOMORROW = "tomorrow"  # 9:00
    MONDAY = "monday"  # the next one, 9:00


def snoozed_until(choice: SnoozeChoice, now: datetime, zone: tzinfo) -> datetime:
    """The instant, in UTC. `zone` is the desk's: its mornings count."""
    if choice is SnoozeChoice.HOUR:
        return now + timedelta(hours=1)
    today = now.astimezone(zone).date()
    days = 1 if choice is SnoozeChoice.TOMORROW else 7 - today.weekday()
    return datetime.combine(today + timedelta(days=days), _MORNING, tzinfo=zone).astimezone(UTC)
