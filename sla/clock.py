"""A clock of a ticket: a fold over what happened to it. Knows neither tickets nor the present.

`advance` takes one moment after the other, in the order in which they were stored; folding all of them from nothing
gives what was stored step by step. Time is reckoned to the microsecond, so no sum is ever off by a second. The
decisions about borders stand in docs/sla.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sla.calendar import Calendar, NeverOpens, due, elapsed
from sla.target import AT_RISK, BREACHED, WARNING, Target

Calendars = Mapping[str, Calendar]  # by the key in a Target

_NOTHING = timedelta(0)


class Kind(StrEnum):
    FIRST_RESPONSE = "first_response"  # stops at the first answer, for good
    RESOLUTION = "resolution"  # pauses, stops, and goes on when it is reopened
    NEXT_RESPONSE = "next_response"  # starts from nothing whenever an answer is owed again


class What(StrEnum):
    """What can happen to a clock. What means nothing to its kind, or in its phase, changes nothing."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    STOPPED = "stopped"
    REOPENED = "reopened"
    RETARGETED = "retargeted"  # another priority, type, tier or policy
    FIRED = "fired"  # one of its events has been told; at the event's own instant


class Phase(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class State(StrEnum):
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    MET = "met"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is aware. `cause`: what an explanation names, an id or words; the clock never looks at it.

    `target`: of STARTED and RETARGETED; None: nothing is measured from here on. `event`: of FIRED.
    """

    what: What
    at: datetime
    cause: str = ""
    target: Target | None = None
    event: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """When an event comes due, as things stand: past or foreseen. None: not while the clock stands still.

    `over`: more than that was used by the clock's latest moment. A clock that stops at the very instant was in time.
    """

    event: str
    at: datetime | None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """As of its latest moment. `spent`: open time used until `since`; a running clock has used more by now.

    `round` counts the starts of a clock that starts again; `fired` are the events of this round that have been told.
    `first_breach_at` stays, whatever the target becomes afterwards.
    """

    kind: Kind
    round: int
    phase: Phase
    started_at: datetime
    phase_at: datetime  # when it came into its phase
    since: datetime
    latest: datetime  # nothing that comes later counts as earlier than this
    spent: timedelta
    target: Target | None
    schedule: tuple[Mark, ...] = ()  # of every event of the target, by threshold
    fired: tuple[str, ...] = ()
    first_breach_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        return self._at(BREACHED)

    @property
    def at_risk_at(self) -> datetime | None:
        return self._at(AT_RISK)

    @property
    def warn_at(self) -> datetime | None:
        return self._at(WARNING)

    @property
    def breached_at(self) -> datetime | None:
        """When the present target was overrun, as far as is known at `latest`; of a running clock ask `state`."""
        return _breached_at(self.schedule)

    @property
    def stopped_at(self) -> datetime | None:
        return self.phase_at if self.phase is Phase.STOPPED else None

    @property
    def met_at(self) -> datetime | None:
        return self.stopped_at if self.target is not None and self.breached_at is None else None

    @property
    def next_event_at(self) -> datetime | None:
        """The earliest event that has not fired; it may have passed. None: none is left, or it does not run."""
        return min([mark.at for mark in self.unfired if mark.at], default=None)

    @property
    def unfired(self) -> tuple[Mark, ...]:
        """The events that are still to be told, by threshold. None while it does not run."""
        if self.phase is not Phase.RUNNING:
            return ()
        return tuple([mark for mark in self.schedule if mark.at is not None and mark.event not in self.fired])

    def _at(self, event: str) -> datetime | None:
        for mark in self.schedule:
            if mark.event == event:
                return mark.at
        return None


def _breached_at(schedule: Iterable[Mark]) -> datetime | None:
    for mark in schedule:
        if mark.event == BREACHED and mark.over:
            return mark.at
    return None


_PHASES = {
    What.PAUSED: Phase.PAUSED,
    What.RESUMED: Phase.RUNNING,
    What.STOPPED: Phase.STOPPED,
    What.REOPENED: Phase.RUNNING,
}


def fold(kind: Kind, moments: Iterable[Moment], calendars: Calendars) -> Clock | None:
    """The clock after all of them; None: it has not been started."""
    clock: Clock | None = None
    for moment in moments:
        clock = advance(clock, moment, calendars) if clock else start(kind, moment, calendars)
    return clock


def start(kind: Kind, moment: Moment, calendars: Calendars, *, round_: int = 1) -> Clock | None:
    """A new clock; None: the moment starts none."""
    if moment.what is not What.STARTED:
        return None
    at = moment.at
    clock = Clock(kind, round_, Phase.RUNNING, at, at, at, at, _NOTHING, moment.target)
    return _scheduled(clock, clock, calendars)


def advance(clock: Clock, moment: Moment, calendars: Calendars) -> Clock:
    """The clock after this moment. Raises KeyError: its calendar is not among them.

    A moment that is stored later and says it was earlier (another machine's clock) counts as just after the latest.
    """
    if moment.what is What.FIRED:
        return fired(clock, moment.event, moment.at)
    at = max(moment.at, clock.latest)
    if moment.what is What.STARTED:
        return _started_again(clock, replace(moment, at=at), calendars)
    if moment.what is What.RETARGETED:
        return _retargeted(clock, moment.target, at, calendars)
    phase = _PHASES[moment.what]
    if phase is clock.phase or not _takes(clock, phase):
        return clock
    return _scheduled(clock, replace(_counted(clock, at, calendars), phase=phase, phase_at=at), calendars)


def fired(clock: Clock, event: str, at: datetime) -> Clock:
    """The clock after one of its events was told, which came due at this instant: it does not come due again."""
    if event in clock.fired:
        return clock
    schedule = tuple(
        [
            Mark(event, mark.at, over=True) if mark.event == event and mark.at is not None and mark.at <= at else mark
            for mark in clock.schedule
        ]
    )
    breach = clock.first_breach_at or _breached_at(schedule)
    told, latest = (*clock.fired, event), max(clock.latest, at)
    return replace(clock, schedule=schedule, fired=told, latest=latest, first_breach_at=breach)


def due_events(clock: Clock, now: datetime) -> tuple[Mark, ...]:
    """What has come due and has not been told, each with its exact instant, in order. Nothing while it does not run."""
    ready = [(mark.at, mark) for mark in clock.unfired if mark.at is not None and mark.at <= now]
    # Sorting keeps the order of thresholds among those of one instant.
    return tuple(mark for _, mark in sorted(ready, key=lambda each: each[0]))


def state(clock: Clock, now: datetime) -> State | None:
    """None: nothing is measured. A breach outweighs a pause: it is not undone by waiting."""
    if clock.target is None:
        return None
    if clock.breached_at is not None:
        return State.BREACHED
    if clock.phase is not Phase.RUNNING:
        return State.MET if clock.phase is Phase.STOPPED else State.PAUSED
    if clock.due_at is not None and clock.due_at <= now:
        return State.BREACHED
    at_risk = clock.at_risk_at is not None and clock.at_risk_at <= now
    return State.AT_RISK if at_risk else State.ON_TRACK


def spent(clock: Clock, now: datetime, calendars: Calendars) -> timedelta:
    """Open time used by `now`."""
    return _counted(clock, max(now, clock.since), calendars).spent


def left(clock: Clock, now: datetime, calendars: Calendars) -> timedelta | None:
    """Open time until it is due, below zero when it is over; None: nothing is measured."""
    return None if clock.target is None else clock.target.length - spent(clock, now, calendars)


def _takes(clock: Clock, phase: Phase) -> bool:
    """Only the resolution pauses, and goes on after it stopped."""
    return clock.kind is Kind.RESOLUTION or (clock.phase is Phase.RUNNING and phase is Phase.STOPPED)


def _started_again(clock: Clock, moment: Moment, calendars: Calendars) -> Clock:
    if clock.kind is not Kind.NEXT_RESPONSE or clock.phase is not Phase.STOPPED:
        return clock
    return start(clock.kind, moment, calendars, round_=clock.round + 1) or clock


def _retargeted(clock: Clock, target: Target | None, at: datetime, calendars: Calendars) -> Clock:
    if clock.phase is Phase.STOPPED:
        # What was met or missed stays so. Should it go on, it goes on with the new target.
        return replace(clock, target=target, latest=at)
    return _scheduled(clock, replace(_counted(clock, at, calendars), target=target), calendars)


def _counted(clock: Clock, at: datetime, calendars: Calendars) -> Clock:
    """With everything counted until `at`. Without a target there is no calendar to count by, and no time is spent."""
    used = clock.spent
    if clock.phase is Phase.RUNNING and clock.target is not None:
        used += elapsed(calendars[clock.target.calendar], clock.since, at)
    return replace(clock, spent=used, since=at, latest=at)


def _scheduled(before: Clock, clock: Clock, calendars: Calendars) -> Clock:
    """With the instants of all its events, as things stand now. `before`: the same clock before this moment."""
    at = clock.since
    over = {mark.event: mark.at for mark in before.schedule if mark.at and (mark.over or mark.at < at)}
    clock = replace(clock, first_breach_at=clock.first_breach_at or over.get(BREACHED))
    if clock.target is None:
        return replace(clock, schedule=())
    calendar = calendars[clock.target.calendar]
    schedule = []
    # Sorting keeps the order of those with the same threshold.
    for event, threshold in sorted(clock.target.thresholds(), key=lambda each: each[1]):
        if threshold > clock.spent:
            mark = Mark(event, _foreseen(calendar, clock, threshold - clock.spent))
        elif threshold < clock.spent or event in over:
            mark = Mark(event, over.get(event, at), over=True)
        else:
            mark = Mark(event, at if clock.phase is Phase.RUNNING else None)
        schedule.append(mark)
    return _with_breach(replace(clock, schedule=tuple(schedule)))


def _foreseen(calendar: Calendar, clock: Clock, left_: timedelta) -> datetime | None:
    if clock.phase is not Phase.RUNNING:
        return None
    try:
        return due(calendar, clock.since, left_)
    except NeverOpens:
        return None  # nobody will be there for so long: what happens to the ticket must not fail for it


def _with_breach(clock: Clock) -> Clock:
    return clock if clock.first_breach_at else replace(clock, first_breach_at=clock.breached_at)
