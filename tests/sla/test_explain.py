"""Every stretch of a clock's life has its kind and its cause, and their sum is what the clock says."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import Calendar, Holiday, Override
from sla.clock import Kind, Moment, What, spent
from sla.explain import Explanation, Stretch, explain
from sla.target import Target
from tests.examples import tried
from tests.sla import worlds
from tests.sla.naive import MINUTE
from tests.sla.test_calendar import BERLIN, HOUR, WEEK, berlin

CALENDARS = {
    "office": Calendar(
        BERLIN,
        WEEK.week,
        (Holiday(berlin(25, 12).date(), "Founders' day"),),
        overrides=(Override(berlin(26, 12).date(), (), "Moving"),),
    )
}
TARGET = Target(30 * HOUR, "office")
STARTED = Moment(What.STARTED, berlin(23, 17), "opened", TARGET)


def told(explanation: Explanation | None) -> list[tuple[str, str, str, str, timedelta]]:
    assert explanation is not None
    return [
        (stretch.begins.astimezone(BERLIN).strftime("%d %H"), stretch.kind, stretch.cause, stretch.name, stretch.length)
        for stretch in explanation.stretches
    ]


def test_each_stretch_has_its_cause_and_only_what_ran_while_it_was_open_counts() -> None:
    history = [
        STARTED,
        Moment(What.PAUSED, berlin(24, 10), "asked the customer"),
        Moment(What.RETARGETED, berlin(24, 11), "priority high", Target(20 * HOUR, "office")),
        Moment(What.RESUMED, berlin(24, 17), "the customer answered"),
        Moment(What.FIRED, berlin(24, 17), event="at_risk"),
        Moment(What.RETARGETED, berlin(27, 10), "priority urgent", Target(10 * HOUR, "office")),
        Moment(What.STOPPED, berlin(27, 11), "solved"),
    ]
    explanation = explain(Kind.RESOLUTION, history, CALENDARS, berlin(27, 13))
    assert told(explanation) == [
        ("23 17", "running", "opened", "", HOUR),
        ("23 18", "closed", "opened", "", 15 * HOUR),
        ("24 09", "running", "opened", "", HOUR),
        ("24 10", "paused", "asked the customer", "", 7 * HOUR),
        ("24 17", "running", "the customer answered", "", HOUR),
        ("24 18", "closed", "the customer answered", "", 6 * HOUR),
        ("25 00", "holiday", "the customer answered", "Founders' day", 24 * HOUR),
        ("26 00", "override", "the customer answered", "Moving", 24 * HOUR),
        ("27 00", "closed", "the customer answered", "", 9 * HOUR),
        ("27 09", "running", "the customer answered", "", 2 * HOUR),
        ("27 11", "stopped", "solved", "", 2 * HOUR),
    ]
    assert explanation is not None
    assert explanation.spent == explanation.clock.spent == 5 * HOUR
    assert [turn.cause for turn in explanation.turns] == [moment.cause for moment in history if moment.cause]


def test_what_meant_nothing_is_no_turn_and_without_a_target_nothing_is_measured() -> None:
    history = [
        STARTED,
        Moment(What.RESUMED, berlin(23, 17, 10), "comment"),
        Moment(What.RETARGETED, berlin(23, 17, 30), "another type"),
    ]
    explanation = explain(Kind.RESOLUTION, history, CALENDARS, berlin(23, 18))
    assert told(explanation) == [
        ("23 17", "running", "opened", "", 30 * MINUTE),
        ("23 17", "unmeasured", "opened", "", 30 * MINUTE),
    ]
    assert explanation is not None
    assert [turn.cause for turn in explanation.turns] == ["opened", "another type"]


def test_a_clock_that_starts_again_is_explained_since_then() -> None:
    again = Moment(What.STARTED, berlin(24, 9), "asked again", TARGET)
    history = [STARTED, Moment(What.STOPPED, berlin(23, 17, 30), "answered"), again]
    explanation = explain(Kind.NEXT_RESPONSE, history, CALENDARS, berlin(24, 10))
    assert told(explanation) == [("24 09", "running", "asked again", "", HOUR)]
    assert explanation is not None
    assert explanation.turns == (again,)


def test_a_clock_that_was_never_started_has_no_explanation() -> None:
    assert explain(Kind.RESOLUTION, [Moment(What.STOPPED, berlin(23, 9))], CALENDARS, berlin(23, 10)) is None


_HAPPENING = [What.STARTED, What.PAUSED, What.RESUMED, What.STOPPED, What.REOPENED, What.RETARGETED]


@tried(60)
@given(st.data())
def test_the_stretches_leave_no_gap_and_their_sum_is_the_clocks(data: st.DataObject) -> None:
    zone, near = data.draw(worlds.places())
    calendars = {key: data.draw(worlds.calendars(zone, near, MINUTE)) for key in ("day", "night")}
    begun = data.draw(worlds.begun(near, MINUTE))
    history = data.draw(worlds.histories(list(calendars), begun, timedelta(days=4), MINUTE, _HAPPENING))
    now = history[-1].at + data.draw(worlds.lengths(timedelta(days=4), MINUTE))
    explanation = explain(data.draw(st.sampled_from(Kind)), history, calendars, now)
    assert explanation is not None
    stretches = explanation.stretches
    assert stretches[0].begins == explanation.clock.started_at
    assert stretches[-1].ends == now
    assert all(one.ends == next_.begins for one, next_ in pairwise(stretches))
    assert explanation.spent == spent(explanation.clock, now, calendars)
    assert _never_alike(stretches)


def _never_alike(stretches: tuple[Stretch, ...]) -> bool:
    pairs = pairwise(stretches)
    return not any((a.kind, a.cause, a.name) == (b.kind, b.cause, b.name) for a, b in pairs)
