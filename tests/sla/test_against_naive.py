"""The package against a second calculator that only looks at the wall clock, step by step: there is no difference."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from sla.calendar import NeverOpens, due, elapsed
from sla.clock import Clock, Kind, What, due_events, fold, spent, state
from tests.examples import LONG, tried
from tests.sla import naive, worlds
from tests.sla.naive import MINUTE, SECOND, NaiveClock

# A failing example is not made smaller: each try would take as long as the first.
_SLOW = {"suppress_health_check": list(HealthCheck), "phases": (Phase.explicit, Phase.generate)}
minutes, seconds = tried(10_000 if LONG else 48, **_SLOW), tried(500 if LONG else 12, **_SLOW)
_HAPPENING = [What.PAUSED, What.RESUMED, What.STOPPED, What.REOPENED, What.RETARGETED, What.RETARGETED]


def reckon_alike(data: st.DataObject, step: timedelta, most: timedelta) -> None:
    zone, near = data.draw(worlds.places())
    calendar = data.draw(worlds.calendars(zone, near, step))
    start = data.draw(worlds.begun(near, step))
    end = start + data.draw(worlds.lengths(most, step))
    pauses = data.draw(worlds.pauses(start, most, step))
    open_ = naive.elapsed(calendar, start, end, pauses, step)
    assert elapsed(calendar, start, end, pauses) == open_
    target = data.draw(worlds.lengths(most, step))
    expected = naive.due(calendar, start, target, pauses, most=end, step=step)
    try:
        found = due(calendar, start, target, pauses)
    except NeverOpens:
        assert expected is None
    else:
        assert (found if found <= end else None) == expected


def live_alike(data: st.DataObject, step: timedelta, most: timedelta) -> None:
    zone, near = data.draw(worlds.places())
    calendars = {key: data.draw(worlds.calendars(zone, near, step)) for key in ("day", "night")}
    start = data.draw(worlds.begun(near, step))
    kind = data.draw(st.sampled_from([Kind.RESOLUTION, Kind.RESOLUTION, Kind.FIRST_RESPONSE]))
    history = data.draw(worlds.histories(list(calendars), start, most, step, _HAPPENING))
    until = history[-1].at + data.draw(worlds.lengths(most, step))
    lived = NaiveClock(kind, calendars, step)
    lived.live(history, until)
    clock = fold(kind, history, calendars)
    assert clock is not None
    assert (spent(clock, until, calendars), state(clock, until)) == (lived.spent, lived.state(until))
    assert (clock.phase, clock.target) == (lived.phase, lived.target)
    if clock.phase.value == "running":
        told = {mark.event: mark.at for mark in due_events(clock, until)}
        assert told == lived.reached
        ahead = [mark.at for mark in clock.schedule if mark.at is not None and mark.event not in lived.reached]
        assert all(at > until for at in ahead)
        assert clock.next_event_at == min([*lived.reached.values(), *ahead], default=None)
    else:
        assert due_events(clock, until) == ()
        assert {mark.event: mark.at for mark in clock.schedule if mark.over} == {
            event: lived.reached[event] for event in lived.overdrawn
        }
        assert clock.next_event_at is None
    assert breach(clock, until) == lived.first_breach


def breach(clock: Clock, now: datetime) -> datetime | None:
    """A clock learns of its breach from the next moment, or when it is told."""
    first, ahead = clock.first_breach_at, clock.due_at
    return first or (ahead if clock.phase.value == "running" and ahead and ahead < now else None)


class TestByMinutes:
    @minutes
    @given(st.data())
    def test_elapsed_and_due(self, data: st.DataObject) -> None:
        reckon_alike(data, MINUTE, timedelta(days=4))

    @minutes
    @given(st.data())
    def test_clocks(self, data: st.DataObject) -> None:
        live_alike(data, MINUTE, timedelta(days=2))


class TestBySeconds:
    @seconds
    @given(st.data())
    def test_elapsed_and_due(self, data: st.DataObject) -> None:
        reckon_alike(data, SECOND, timedelta(days=3) if LONG else timedelta(hours=5))

    @seconds
    @given(st.data())
    def test_clocks(self, data: st.DataObject) -> None:
        live_alike(data, SECOND, timedelta(hours=36) if LONG else timedelta(hours=5))
