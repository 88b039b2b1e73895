"""A clock through its life: what starts, pauses, stops and retargets it, what comes due when, what is never told."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import Calendar
from sla.clock import (
    Clock,
    Kind,
    Moment,
    Phase,
    State,
    What,
    advance,
    due_events,
    fired,
    fold,
    left,
    spent,
    state,
)
from sla.notation import parse_hours
from sla.target import AT_RISK, AT_RISK_PERCENT, BREACHED, WARNING, Step, Target
from tests.examples import tried
from tests.sla import worlds
from tests.sla.test_calendar import BERLIN, HOUR, MINUTE, WEEK, berlin

CALENDARS = {"office": WEEK, "always": Calendar(BERLIN), "never": Calendar(BERLIN, ((),) * 7)}
EIGHT = Target(8 * HOUR, "office")
URGENT = Target(2 * HOUR, "office", at_risk=AT_RISK_PERCENT["urgent"])
NINE = berlin(23, 9)  # Monday


def after(*moments: Moment, kind: Kind = Kind.RESOLUTION, target: Target | None = EIGHT) -> Clock:
    """Started on Monday at nine with eight hours, then this."""
    clock = fold(kind, [Moment(What.STARTED, NINE, "opened", target), *moments], CALENDARS)
    assert clock is not None
    return clock


def at(hour: int, minute: int = 0, *, what: What, target: Target | None = None, day: int = 23) -> Moment:
    return Moment(what, berlin(day, hour, minute), "", target)


def events(clock: Clock, now: datetime) -> list[tuple[str, datetime]]:
    return [(mark.event, mark.at) for mark in due_events(clock, now) if mark.at]


def test_it_is_on_track_then_at_risk_then_breached_at_exact_instants() -> None:
    clock = after()
    assert (clock.at_risk_at, clock.warn_at, clock.due_at) == (berlin(23, 15), berlin(23, 15), berlin(23, 17))
    just_before = timedelta(microseconds=1)
    states = [state(clock, now) for now in (NINE, berlin(23, 15) - just_before, berlin(23, 15))]
    assert states == [State.ON_TRACK, State.ON_TRACK, State.AT_RISK]
    assert [state(clock, berlin(23, 17) - just_before), state(clock, berlin(23, 17))] == [
        State.AT_RISK,
        State.BREACHED,
    ]
    assert left(clock, berlin(23, 18, 30), CALENDARS) == -HOUR
    assert spent(clock, berlin(24, 10), CALENDARS) == 10 * HOUR


class TestStopping:
    def test_in_time_is_met_and_nothing_comes_due_any_more(self) -> None:
        clock = after(at(16, what=What.STOPPED))
        assert (state(clock, berlin(30)), clock.met_at, clock.breached_at) == (State.MET, berlin(23, 16), None)
        assert (clock.next_event_at, due_events(clock, berlin(30))) == (None, ())

    def test_in_the_very_instant_in_which_it_is_due_is_in_time(self) -> None:
        clock = after(at(17, what=What.STOPPED))
        assert (state(clock, berlin(30)), clock.first_breach_at) == (State.MET, None)

    def test_later_is_breached_at_the_instant_in_which_it_was_due_though_nobody_was_told(self) -> None:
        clock = after(at(17, 1, what=What.STOPPED))
        assert (state(clock, berlin(30)), clock.breached_at, clock.met_at) == (State.BREACHED, berlin(23, 17), None)
        assert due_events(clock, berlin(30)) == ()

    def test_overnight_what_was_due_at_closing_time_is_breached(self) -> None:
        clock = after(at(8, what=What.STOPPED, day=24), target=Target(9 * HOUR, "office"))
        assert clock.breached_at == berlin(23, 18)

    def test_a_breach_that_was_told_stays_though_another_machines_clock_says_it_stopped_before(self) -> None:
        clock = after(Moment(What.FIRED, berlin(23, 17), event=BREACHED), at(16, 59, what=What.STOPPED))
        assert (state(clock, berlin(30)), clock.stopped_at) == (State.BREACHED, berlin(23, 17))

    def test_another_target_does_not_change_what_was_met_or_missed(self) -> None:
        missed = after(at(17, 30, what=What.STOPPED), at(18, what=What.RETARGETED, target=Target(20 * HOUR, "office")))
        met = after(at(16, what=What.STOPPED), at(18, what=What.RETARGETED, target=URGENT))
        assert (state(missed, berlin(30)), state(met, berlin(30))) == (State.BREACHED, State.MET)


class TestPausing:
    def test_what_it_waits_costs_nothing(self) -> None:
        clock = after(at(10, what=What.PAUSED), at(14, what=What.RESUMED))
        assert (clock.spent, clock.due_at) == (HOUR, berlin(24, 12))

    def test_while_it_waits_nothing_comes_due(self) -> None:
        clock = after(at(16, what=What.PAUSED))
        assert (clock.next_event_at, clock.due_at, state(clock, berlin(30))) == (None, None, State.PAUSED)
        assert due_events(clock, berlin(30)) == ()

    def test_what_came_due_before_and_was_not_told_is_told_when_it_goes_on_with_its_own_instant(self) -> None:
        clock = after(at(16, what=What.PAUSED), at(12, what=What.RESUMED, day=24))
        assert events(clock, berlin(24, 12)) == [(AT_RISK, berlin(23, 15)), (WARNING, berlin(23, 15))]

    def test_used_up_in_the_instant_in_which_it_pauses_it_is_due_when_it_goes_on(self) -> None:
        clock = after(at(17, what=What.PAUSED))
        assert state(clock, berlin(24)) is State.PAUSED
        assert advance(clock, at(10, what=What.RESUMED, day=24), CALENDARS).due_at == berlin(24, 10)

    def test_a_breach_outweighs_the_pause(self) -> None:
        assert state(after(at(17, 30, what=What.PAUSED)), berlin(24)) is State.BREACHED

    @pytest.mark.parametrize("kind", [Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE])
    def test_a_response_never_pauses(self, kind: Kind) -> None:
        assert after(at(10, what=What.PAUSED), kind=kind) == after(kind=kind)


class TestReopening:
    def test_it_goes_on_from_where_it_stood(self) -> None:
        clock = after(at(12, what=What.STOPPED), at(10, what=What.REOPENED, day=25))
        assert (clock.spent, clock.due_at, clock.phase) == (3 * HOUR, berlin(25, 15), Phase.RUNNING)

    def test_it_may_be_reopened_into_a_status_that_waits(self) -> None:
        clock = after(at(12, what=What.STOPPED), at(10, what=What.PAUSED, day=25), at(11, what=What.RESUMED, day=25))
        assert clock.due_at == berlin(25, 16)

    def test_with_another_target_it_goes_on_with_that(self) -> None:
        stopped = after(at(12, what=What.STOPPED), at(13, what=What.RETARGETED, target=URGENT))
        clock = advance(stopped, at(10, what=What.REOPENED, day=25), CALENDARS)
        assert (state(clock, berlin(25, 10)), clock.due_at) == (State.BREACHED, berlin(25, 10))

    def test_what_has_been_told_is_not_told_again(self) -> None:
        told = fired(after(), AT_RISK, berlin(23, 15))
        for moment in (at(16, what=What.STOPPED), at(17, what=What.REOPENED)):
            told = advance(told, moment, CALENDARS)
        assert events(told, berlin(23, 17)) == [(WARNING, berlin(23, 15))]

    def test_a_first_response_stays_given(self) -> None:
        given_ = after(at(12, what=What.STOPPED), at(13, what=What.REOPENED), kind=Kind.FIRST_RESPONSE)
        assert (given_.phase, given_.met_at) == (Phase.STOPPED, berlin(23, 12))

    def test_a_next_response_begins_from_nothing(self) -> None:
        begun = fired(after(kind=Kind.NEXT_RESPONSE), AT_RISK, berlin(23, 15))
        for moment in (at(17, 30, what=What.STOPPED), at(9, what=What.STARTED, day=25, target=EIGHT)):
            begun = advance(begun, moment, CALENDARS)
        assert (begun.round, begun.spent, begun.fired, begun.first_breach_at) == (2, timedelta(0), (), None)
        assert begun.due_at == berlin(25, 17)


class TestRetargeting:
    def test_the_time_already_spent_stays(self) -> None:
        clock = after(at(10, what=What.RETARGETED, target=Target(4 * HOUR, "office")))
        assert (clock.spent, clock.due_at) == (HOUR, berlin(23, 13))

    def test_it_may_be_breached_at_once(self) -> None:
        clock = after(at(12, what=What.RETARGETED, target=URGENT))
        assert state(clock, berlin(23, 12)) is State.BREACHED
        assert {event for event, _ in events(clock, berlin(23, 12))} == {AT_RISK, WARNING, BREACHED}
        assert {instant for _, instant in events(clock, berlin(23, 12))} == {berlin(23, 12)}

    def test_urgent_is_at_risk_at_once_also_at_night(self) -> None:
        clock = after(at(23, what=What.RETARGETED, target=Target(40 * HOUR, "office", at_risk=0)))
        assert state(clock, berlin(23, 23)) is State.AT_RISK

    def test_loosened_after_a_breach_it_is_on_track_and_the_breach_stays_on_record(self) -> None:
        clock = after(at(17, 30, what=What.RETARGETED, target=Target(20 * HOUR, "office")))
        assert (state(clock, berlin(23, 17, 30)), clock.first_breach_at) == (State.ON_TRACK, berlin(23, 17))
        assert clock.due_at == berlin(25, 11)
        assert advance(clock, at(10, what=What.STOPPED, day=25), CALENDARS).met_at == berlin(25, 10)

    def test_tightened_while_it_waits_it_is_breached_and_nobody_is_told_before_it_goes_on(self) -> None:
        clock = after(at(12, what=What.PAUSED), at(13, what=What.RETARGETED, target=URGENT))
        assert (state(clock, berlin(23, 13)), clock.breached_at) == (State.BREACHED, berlin(23, 13))
        assert due_events(clock, berlin(24)) == ()
        assert state(advance(clock, at(14, what=What.STOPPED), CALENDARS), berlin(24)) is State.BREACHED

    def test_from_another_calendar_on_time_is_counted_by_that(self) -> None:
        clock = after(at(17, what=What.RETARGETED, target=Target(10 * HOUR, "always")))
        assert clock.due_at == berlin(23, 19)

    def test_without_a_target_nothing_is_measured_until_there_is_one(self) -> None:
        clock = after(at(10, what=What.RETARGETED))
        assert (state(clock, berlin(24)), clock.due_at, left(clock, berlin(24), CALENDARS)) == (None, None, None)
        assert advance(clock, at(12, what=What.RETARGETED, target=EIGHT), CALENDARS).due_at == berlin(24, 10)

    def test_a_calendar_on_which_it_cannot_come_due_makes_no_trouble(self) -> None:
        clock = after(at(10, what=What.RETARGETED, target=Target(8 * HOUR, "never")))
        assert (clock.due_at, clock.next_event_at, state(clock, berlin(30))) == (None, None, State.ON_TRACK)

    def test_the_same_target_again_changes_nothing_that_counts(self) -> None:
        again = after(at(10, 7, what=What.RETARGETED, target=EIGHT), at(15, 30, what=What.RETARGETED, target=EIGHT))
        assert [mark.at for mark in again.schedule] == [mark.at for mark in after().schedule]


class TestSteps:
    target = Target(
        4 * HOUR, "office", 50, 75, (Step("hand-over", HOUR), Step("call", -2 * HOUR), Step("half", 50), Step("x", 150))
    )

    def test_they_come_due_in_open_time_before_and_after_the_breach_in_order(self) -> None:
        clock = after(at(14, what=What.RETARGETED, target=Target(8 * HOUR, "office", 100, 100, self.target.steps)))
        assert events(clock, berlin(30)) == [
            ("step:half", berlin(23, 14)),
            ("step:call", berlin(23, 15)),
            (AT_RISK, berlin(23, 17)),
            (WARNING, berlin(23, 17)),
            (BREACHED, berlin(23, 17)),
            ("step:hand-over", berlin(23, 18)),
            ("step:x", berlin(24, 12)),
        ]

    def test_each_is_told_once_whatever_becomes_of_the_target(self) -> None:
        clock = after(target=self.target)
        told: list[str] = []
        for hour, target in ((12, URGENT), (13, self.target), (14, EIGHT), (15, self.target)):
            now = berlin(23, hour)
            for event, instant in events(clock, now):
                told.append(event)
                clock = fired(clock, event, instant)
            clock = advance(clock, Moment(What.RETARGETED, now, "", target), CALENDARS)
        assert len(told) == len(set(told)) >= 5

    def test_the_next_one_is_known_until_none_is_left(self) -> None:
        clock = after(target=self.target)
        seen = []
        while clock.next_event_at is not None:
            seen.append(clock.next_event_at)
            for event, instant in events(clock, clock.next_event_at):
                clock = fired(clock, event, instant)
        assert seen == [berlin(23, hour) for hour in (11, 12, 13, 14, 15)]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"length": timedelta(0)},
            {"length": timedelta(milliseconds=1500)},
            {"at_risk": 101},
            {"warning": -1},
            {"steps": (Step("a", 10), Step("a", 20))},
        ],
    )
    def test_a_target_that_makes_no_sense_is_refused(self, wrong: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"target|[sS]econds|Two steps"):
            replace(EIGHT, **wrong)  # type: ignore[arg-type]


def test_time_that_runs_backwards_counts_as_standing_still() -> None:
    clock = after(at(12, what=What.PAUSED), at(11, what=What.RESUMED))
    assert (clock.spent, clock.since, clock.due_at) == (3 * HOUR, berlin(23, 12), berlin(23, 17))


def test_what_comes_before_the_start_or_twice_changes_nothing() -> None:
    early = Moment(What.PAUSED, NINE - HOUR)
    clock = fold(Kind.RESOLUTION, [early, Moment(What.STARTED, NINE, "", EIGHT), at(10, what=What.STARTED)], CALENDARS)
    assert clock == after()
    paused = after(at(12, what=What.PAUSED))
    assert advance(paused, at(13, what=What.PAUSED), CALENDARS) == paused


_HAPPENING = [What.PAUSED, What.RESUMED, What.STOPPED, What.REOPENED, What.RETARGETED]


def schedule(clock: Clock) -> list[tuple[str, datetime | None]]:
    return [(mark.event, mark.at) for mark in clock.schedule]


@tried(80)
@given(st.data())
def test_told_as_it_happens_each_event_is_told_once_at_the_instant_in_which_it_came_due(data: st.DataObject) -> None:
    """Whether and when somebody looks, and that it is told, changes no time that counts."""
    calendars = {"day": parse_hours("Mon-Fri 09:00-18:00", BERLIN), "night": parse_hours("Mon-Sun 22:00-06:00", BERLIN)}
    history = data.draw(worlds.histories(list(calendars), NINE, timedelta(days=3), MINUTE, _HAPPENING))
    untold = told = fold(Kind.RESOLUTION, history[:1], calendars)
    assert told is not None
    assert untold is not None
    stored, seen = history[:1], list[str]()
    for moment in history[1:]:
        looks_at = moment.at - data.draw(st.integers(1, 600)) * MINUTE
        for mark in due_events(told, looks_at):
            assert mark.at is not None
            assert (mark.event, mark.at) in schedule(untold)
            stored.append(Moment(What.FIRED, mark.at, event=mark.event))
            told = advance(told, stored[-1], calendars)
            seen.append(mark.event)
        stored.append(moment)
        told, untold = advance(told, moment, calendars), advance(untold, moment, calendars)
        assert schedule(told) == schedule(untold)
        assert (told.spent, told.phase, told.since) == (untold.spent, untold.phase, untold.since)
        assert state(told, moment.at) == state(untold, moment.at)
    assert len(seen) == len(set(seen))
    assert fold(Kind.RESOLUTION, stored, calendars) == told
