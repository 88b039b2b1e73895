"""A second calculator that is right because it is simple: it looks at the clock on the wall, again and again.

It shares the values (Calendar, Target, Moment) with the package and none of its reckoning.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import holidays

from sla.calendar import Calendar, Pause, Shift
from sla.clock import Kind, Moment, Phase, State, What
from sla.target import AT_RISK, BREACHED, WARNING, Target

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Wall:
    """Whether a calendar is open at an instant, asked of each shift of the days around it."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._shifts: dict[date, list[tuple[datetime, datetime]]] = {}

    def is_open(self, at: datetime) -> bool:
        wall = at.astimezone(self.calendar.zone).replace(tzinfo=None)
        today = wall.date()
        return any(
            begins <= wall < ends for day in (today, today - timedelta(days=1)) for begins, ends in self.shifts(day)
        )

    def shifts(self, day: date) -> list[tuple[datetime, datetime]]:
        if day not in self._shifts:
            self._shifts[day] = [_on(day, shift) for shift in self._written(day)]
        return self._shifts[day]

    def _written(self, day: date) -> Sequence[Shift]:
        calendar = self.calendar
        for override in calendar.overrides:
            if override.on == day:
                return override.shifts
        if any(each.on == day for each in calendar.holidays):
            return ()
        if calendar.country and day in holidays.country_holidays(calendar.country, subdiv=calendar.subdivision):
            return ()
        return (Shift(time(0), time(0)),) if calendar.week is None else calendar.week[day.weekday()]


def _on(day: date, shift: Shift) -> tuple[datetime, datetime]:
    last = day + timedelta(days=1) if shift.ends <= shift.begins else day
    return datetime.combine(day, shift.begins), datetime.combine(last, shift.ends)


def steps(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    while start < end:
        yield start
        start += step


def elapsed(
    calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause], step: timedelta = MINUTE
) -> timedelta:
    wall = Wall(calendar)
    counted = (at for at in steps(start, end, step) if not _paused(at, pauses) and wall.is_open(at))
    return step * sum(1 for _ in counted)


def due(
    calendar: Calendar,
    start: datetime,
    target: timedelta,
    pauses: Sequence[Pause],
    *,
    most: datetime,
    step: timedelta = MINUTE,
) -> datetime | None:
    """None: not until `most`."""
    wall, spent = Wall(calendar), timedelta()
    for at in steps(start, most, step):
        if not _paused(at, pauses) and wall.is_open(at):
            spent += step
        if spent >= target:
            return (at + step).astimezone(UTC)
    return None


def _paused(at: datetime, pauses: Sequence[Pause]) -> bool:
    return any(begins <= at and (ends is None or at < ends) for begins, ends in pauses)


class NaiveClock:
    """Lives through a history, instant by instant: `until` says how it stands then."""

    def __init__(self, kind: Kind, calendars: Mapping[str, Calendar], step: timedelta) -> None:
        self.kind, self.step = kind, step
        self.walls = {key: Wall(calendar) for key, calendar in calendars.items()}
        self.phase: Phase | None = None
        self.target: Target | None = None
        self.spent = timedelta()
        self.reached: dict[str, datetime] = {}
        self.overdrawn: set[str] = set()
        self.first_breach: datetime | None = None
        self.thresholds: dict[str, timedelta] = {}

    def live(self, history: Sequence[Moment], until: datetime) -> None:
        """`history` in the order of its instants, all of them whole steps."""
        waiting = list(history)
        for at in [*steps(history[0].at, until, self.step), until]:
            if at == until or (waiting and waiting[0].at == at):
                self._overrun(before=at)
            while waiting and waiting[0].at == at:
                self._happens(waiting.pop(0))
            if self.phase is Phase.RUNNING and self.target is not None:
                for event, threshold in self.thresholds.items():
                    if self.spent >= threshold:
                        self.reached.setdefault(event, at)
                if at < until and self.walls[self.target.calendar].is_open(at):
                    self.spent += self.step

    def state(self, at: datetime) -> State | None:
        if self.target is None:
            return None
        if self.phase is Phase.RUNNING:
            if BREACHED in self.reached:
                return State.BREACHED
            return State.AT_RISK if AT_RISK in self.reached else State.ON_TRACK
        if BREACHED in self.overdrawn:
            return State.BREACHED
        return State.MET if self.phase is Phase.STOPPED else State.PAUSED

    def _overrun(self, before: datetime) -> None:
        """What was reached before this instant is over; what would be reached just now is not."""
        if self.phase is Phase.STOPPED:
            return
        for event, at in list(self.reached.items()):
            if at < before:
                self._is_over(event, at)

    def _is_over(self, event: str, at: datetime) -> None:
        self.overdrawn.add(event)
        if event == BREACHED and self.first_breach is None:
            self.first_breach = at

    def _happens(self, moment: Moment) -> None:
        before = self.phase
        if moment.what is What.STARTED and self.phase is None:
            self.phase, self.target = Phase.RUNNING, moment.target
        elif moment.what is What.RETARGETED:
            self.target = moment.target
        elif moment.what is What.STOPPED:
            self.phase = Phase.STOPPED
        elif self.kind is Kind.RESOLUTION:
            self.phase = Phase.PAUSED if moment.what is What.PAUSED else Phase.RUNNING
        if not (before is self.phase is Phase.STOPPED):  # what was met or missed stays so
            self._settle(moment.at)

    def _settle(self, at: datetime) -> None:
        """Thresholds are held against what has been spent, as they are from now on."""
        thresholds = self.thresholds = self._thresholds()
        for event in list(self.reached):
            if event not in self.overdrawn or thresholds.get(event, self.spent + self.step) > self.spent:
                del self.reached[event]
                self.overdrawn.discard(event)
        for event, threshold in thresholds.items():
            if threshold < self.spent:
                self._is_over(event, self.reached.setdefault(event, at))

    def _thresholds(self) -> dict[str, timedelta]:
        target = self.target
        if target is None:
            return {}
        found = {
            AT_RISK: target.length * (target.at_risk / 100),
            WARNING: target.length * (target.warning / 100),
            BREACHED: target.length,
        }
        for step in target.steps:
            found[step.event] = (
                target.length + step.at if isinstance(step.at, timedelta) else target.length * (step.at / 100)
            )
        return found
