"""The shop's own time: that of the machine, until somebody sets it. Setting it takes orders and refunds along."""

from datetime import UTC, datetime, timedelta

_FURTHEST = timedelta(days=3650)  # beyond this, dates in the seed could leave the calendar


class ShopClock:
    """Reads the present. Every rule is passed what this says; a call may name another instant for itself."""

    def __init__(self, now: datetime | None = None) -> None:
        self._ahead = timedelta()
        self._stopped: datetime | None = None
        if now is not None:
            self.set(now)

    def now(self) -> datetime:
        return self._stopped or datetime.now(UTC) + self._ahead

    def set(self, now: datetime, *, running: bool = True) -> None:
        """It is `now` (aware) from here on. `running` False: it stays that until it is set again."""
        now = now.astimezone(UTC)
        self._ahead = now - datetime.now(UTC)
        self._stopped = None if running else now

    def reset(self) -> None:
        """Back to the machine's time."""
        self._ahead, self._stopped = timedelta(), None


def sane(instant: datetime) -> bool:
    """Is it aware, and within ten years of the machine's present?"""
    return instant.tzinfo is not None and abs(instant - datetime.now(UTC)) < _FURTHEST


def working_days_later(start: datetime, days: int) -> datetime:
    """The same time of day, that many days from Monday to Friday later."""
    while days:
        start += timedelta(days=1)
        days -= start.weekday() < 5
    return start
