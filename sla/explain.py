"""Why a clock stands where it stands: every stretch of its life, and the event that caused it. The sum is the clock's.

Reckoned from the same history as the clock itself; what runs is split by what the calendar says of the time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sla.calendar import SpanKind, spans
from sla.clock import Calendars, Clock, Kind, Moment, Phase, What, advance, start


class StretchKind(StrEnum):
    """Only what is running counts."""

    RUNNING = "running"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    OVERRIDE = "override"  # closed by what the calendar says of this date
    PAUSED = "paused"
    STOPPED = "stopped"
    UNMEASURED = "unmeasured"  # there was no target


@dataclass(frozen=True, slots=True)
class Stretch:
    """`cause`: of the moment since which the clock runs, pauses or stands. `name`: of the holiday or the override."""

    begins: datetime
    ends: datetime
    kind: StretchKind
    cause: str
    name: str = ""

    @property
    def length(self) -> timedelta:
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class Explanation:
    """`stretches` in order and without gaps, from the start to the instant of asking.

    `turns`: the moments that meant something to the clock, retargeting among them.
    """

    clock: Clock
    stretches: tuple[Stretch, ...]
    turns: tuple[Moment, ...]

    @property
    def spent(self) -> timedelta:
        running = (stretch.length for stretch in self.stretches if stretch.kind is StretchKind.RUNNING)
        return sum(running, timedelta())


_KINDS = {
    SpanKind.OPEN: StretchKind.RUNNING,
    SpanKind.CLOSED: StretchKind.CLOSED,
    SpanKind.HOLIDAY: StretchKind.HOLIDAY,
    SpanKind.OVERRIDE: StretchKind.OVERRIDE,
}


def explain(kind: Kind, moments: Iterable[Moment], calendars: Calendars, now: datetime) -> Explanation | None:
    """The life of a clock until `now`, of one that starts again since its last start. None: it has not been started."""
    clock: Clock | None = None
    stretches: list[Stretch] = []
    turns: list[Moment] = []
    edge, cause = now, ""
    for moment in moments:
        if clock is None or moment.what is What.FIRED:
            after = advance(clock, moment, calendars) if clock else start(kind, moment, calendars)
        else:
            after = advance(clock, moment, calendars)
            stretches += _lived(clock, edge, max(moment.at, clock.latest), cause, calendars)
            edge = max(edge, moment.at, clock.latest)
        if after is None or after == clock:
            continue
        if clock is None or after.round != clock.round:
            stretches, turns, edge = [], [], after.started_at
        if clock is None or after.phase is not clock.phase or after.round != clock.round:
            cause = moment.cause
        if moment.what is not What.FIRED:
            turns.append(moment)
        clock = after
    if clock is None:
        return None
    stretches += _lived(clock, edge, now, cause, calendars)
    return Explanation(clock, tuple(_joined(stretches)), tuple(turns))


def _lived(clock: Clock, begins: datetime, ends: datetime, cause: str, calendars: Calendars) -> Iterator[Stretch]:
    if begins >= ends:
        return
    if clock.phase is not Phase.RUNNING:
        kind = StretchKind.PAUSED if clock.phase is Phase.PAUSED else StretchKind.STOPPED
        yield Stretch(begins, ends, kind, cause)
    elif clock.target is None:
        yield Stretch(begins, ends, StretchKind.UNMEASURED, cause)
    else:
        for span in spans(calendars[clock.target.calendar], begins, ends):
            yield Stretch(span.begins, span.ends, _KINDS[span.kind], cause, span.name)


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """A moment that changed the target only leaves no seam."""
    last: Stretch | None = None
    for stretch in stretches:
        if last is not None and (last.kind, last.cause, last.name) == (stretch.kind, stretch.cause, stretch.name):
            last = Stretch(last.begins, stretch.ends, last.kind, last.cause, last.name)
            continue
        if last is not None:
            yield last
        last = stretch
    if last is not None:
        yield last
