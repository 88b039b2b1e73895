"""It takes a full window to rise by one step, and only what the window cannot bear to fall by one."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.factories import NOW
from ticketing.playbook.ai_policy import AiPolicy
from ticketing.playbook.resolving import Autonomy, Earning
from ticketing.resolution.levels import Case, How, Sign
from ticketing.resolution.weigh import weigh

OFF, SHADOW, SUGGEST, ASKS, ALONE = Autonomy
TEN = AiPolicy(autonomy=ALONE, earns=Earning(SHADOW, 0.8, 10), confirm="refund")


def cases(told: str, level: Autonomy = SUGGEST) -> list[Case]:
    """The newest first: `+` is right, `-` is wrong."""
    signs = {"+": Sign.SAME, "-": Sign.OTHER_WAY}
    return [
        Case(uuid4(), uuid4(), 100 - place, "return", 1, level, NOW - timedelta(minutes=place), signs[each])
        for place, each in enumerate(told)
    ]


def one(sign: Sign, level: Autonomy) -> Case:
    return replace(cases("-", level)[0], sign=sign)


class TestRising:
    @pytest.mark.parametrize(
        ("told", "how"),
        [
            ("+" * 10, How.ROSE),
            ("++-++++-++", How.ROSE),
            ("+" * 9, None),
            ("", None),
            ("++-++++-+", None),
        ],
    )
    def test_it_takes_a_full_window_that_holds_the_precision(self, told: str, how: How | None) -> None:
        weighed = weigh(SUGGEST, TEN, cases(told))
        assert weighed.how is how
        assert weighed.to is (ASKS if how else SUGGEST)
        assert (weighed.right, weighed.judged) == (told.count("+"), len(told))

    @pytest.mark.parametrize(("level", "to"), [(SHADOW, SUGGEST), (SUGGEST, ASKS), (ASKS, ALONE)])
    def test_one_step_at_a_time(self, level: Autonomy, to: Autonomy) -> None:
        assert weigh(level, TEN, cases("+" * 10)).to is to

    @pytest.mark.parametrize("most", [SUGGEST, ASKS, ALONE])
    def test_never_beyond_what_the_playbook_allows(self, most: Autonomy) -> None:
        assert weigh(most, replace(TEN, autonomy=most), cases("+" * 10)).how is None


class TestFalling:
    @pytest.mark.parametrize(
        ("told", "how"),
        [
            ("-+-+-", How.FELL),  # three of ten is more than two, whatever the other five will be
            ("-+-+", None),
            ("---", How.FELL),
            ("--", None),
            ("-+++++++--", How.FELL),
            ("+++++++---", How.FELL),
        ],
    )
    def test_once_the_window_could_not_hold_the_precision_any_more(self, told: str, how: How | None) -> None:
        weighed = weigh(ALONE, TEN, cases(told))
        assert weighed.how is how
        assert weighed.to is (ASKS if how else ALONE)

    def test_the_cases_that_decided_it_are_named(self) -> None:
        weighed = weigh(ALONE, TEN, cases("-+-+-"))
        assert [each.ticket for each in weighed.because] == [100, 98, 96]
        assert weighed.why == "3 of the newest 5 were wrong, and of 10 no more than 2 may be."

    def test_three_in_a_row_are_enough_where_many_are_forgiven(self) -> None:
        lenient = replace(TEN, earns=Earning(SHADOW, 0.5, 100))
        assert weigh(ALONE, lenient, cases("---+")).how is How.FELL
        assert weigh(ALONE, lenient, cases("-+--" + "-+" * 10)).how is None

    @pytest.mark.parametrize(
        ("of", "level", "how"),
        [(ALONE, ALONE, How.FELL), (ASKS, ALONE, How.FELL), (ALONE, ASKS, None), (SUGGEST, SUGGEST, How.FELL)],
    )
    def test_what_a_person_took_back_is_enough_alone(self, of: Autonomy, level: Autonomy, how: How | None) -> None:
        """… also where it has risen since; not where it has fallen since."""
        struck = one(Sign.TAKEN_BACK, of)
        weighed = weigh(level, TEN, [], fresh=struck)
        assert weighed.how is how
        assert weighed.because == ((struck,) if how else ())

    def test_what_was_reopened_counts_like_anything_wrong(self) -> None:
        struck = one(Sign.REOPENED, ALONE)
        assert weigh(ALONE, TEN, [struck, *cases("+++")], fresh=struck).how is None

    def test_nothing_falls_below_the_shadow(self) -> None:
        assert weigh(SHADOW, TEN, cases("-" * 10), fresh=one(Sign.TAKEN_BACK, SHADOW)).how is None


class TestWhereNothingIsEarned:
    def test_nothing_moves(self) -> None:
        plain = replace(TEN, earns=None)
        assert weigh(ASKS, plain, cases("-" * 10)).how is None
        assert weigh(ASKS, plain, cases("+" * 10)).how is None

    def test_off_is_off(self) -> None:
        assert weigh(OFF, replace(TEN, autonomy=OFF), cases("---")).how is None


class TestInForce:
    @pytest.mark.parametrize(
        ("most", "start", "level", "expected"),
        [
            (ALONE, None, None, ALONE),
            (ALONE, SHADOW, None, SHADOW),
            (ALONE, SHADOW, ASKS, ASKS),
            (ALONE, None, SUGGEST, SUGGEST),
            (SUGGEST, SHADOW, ALONE, SUGGEST),
            (OFF, None, ALONE, OFF),
        ],
    )
    def test_the_playbook_stays_the_ceiling(
        self, most: Autonomy, start: Autonomy | None, level: Autonomy | None, expected: Autonomy
    ) -> None:
        earns = Earning(start, 0.95, 50) if start else None
        assert AiPolicy(autonomy=most, earns=earns).in_force(level) is expected


@pytest.mark.parametrize(("precision", "over", "forgiven"), [(0.95, 50, 2), (0.9, 10, 1), (1.0, 50, 0), (0.8, 10, 2)])
def test_how_many_are_forgiven(precision: float, over: int, forgiven: int) -> None:
    assert Earning(SHADOW, precision, over).forgiven == forgiven
