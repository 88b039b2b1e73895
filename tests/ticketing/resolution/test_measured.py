"""What a run says of the AI is what people did with its ticket; words say nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import NOW
from tests.playbooks import LIFECYCLE
from tests.ticketing.resolution.runs import DONE, REFUND
from ticketing.approvals.approval import ApprovalState
from ticketing.playbook.conditions import Expression
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.levels import Afterwards, Case, Sign
from ticketing.resolution.measured import SETTLES, WATCHED, measured
from ticketing.resolution.run import RunState
from ticketing.resolution.score import Held

RECIPE = replace(REFUND, sets={"resolution": "refund"}, fills={"refund_amount": Expression("arguments.amount")})
ENDED = replace(DONE, ended_at=NOW)
SHADOW = replace(ENDED, state=RunState.SHADOWED, autonomy=Autonomy.SHADOW)
SUGGESTED = replace(ENDED, state=RunState.STOPPED, autonomy=Autonomy.SUGGEST)
REFUNDED = {"resolution": "refund", "refund_amount": "89.00"}
OTHERWISE = {"resolution": "replacement", "refund_amount": "89.00"}
PEOPLE = frozenset(REFUNDED)
SETTLED = next(each.key for each in LIFECYCLE.statuses if not each.category.is_live)
LIVE = next(each.key for each in LIFECYCLE.statuses if each.category.is_live)


def tried(run: Any = SHADOW, *, fields: Any = REFUNDED, settled: bool = True, **changed: Any) -> Afterwards:
    """A run that did nothing, and a ticket that a person has settled in the same way."""
    held = Held(run, "allowed", fields, settled, changed.pop("discarded", False))
    plain = Afterwards(held, 12, "return", PEOPLE, False, None, False, (), 3)
    return replace(plain, **changed)


def acted(**changed: Any) -> Afterwards:
    """One that has acted, and filled in itself what it did."""
    return tried(ENDED, acted=True, **({"by_people": frozenset()} | changed))


def sign_of(after: Afterwards, known: Case | None = None) -> Sign | None:
    case = measured(after, RECIPE, LIFECYCLE, known=known, now=NOW + timedelta(hours=1))
    return case.sign if case is not None else None


class TestOfProposals:
    @pytest.mark.parametrize(
        ("after", "sign"),
        [
            (tried(), Sign.SAME),
            (tried(fields=OTHERWISE), Sign.OTHER_WAY),
            (tried(fields=REFUNDED | {"refund_amount": "45.00"}), Sign.OTHER_AMOUNT),
            (tried(discarded=True, by_people=frozenset()), Sign.OTHER_WAY),
            (tried(SUGGESTED, turned_down=True, fields={}), Sign.TURNED_DOWN),
            (tried(ENDED, approval=ApprovalState.REJECTED, fields={}), Sign.REJECTED),
            (tried(ENDED, approval=ApprovalState.VOID), Sign.SAME),
            (tried(settled=False), None),
            (tried(fields={}), None),
            (tried(by_people=frozenset()), None),  # filled in from what the customer wrote, say
            (tried(fields=OTHERWISE, by_people=frozenset({"order_number"})), None),
            # Triage had the amount from what the customer wrote, and the colleague filled in only how: no evidence
            # against the AI, nor for it.
            (tried(fields=REFUNDED | {"refund_amount": "500.00"}, by_people=frozenset({"resolution"})), None),
            (tried(by_people=frozenset({"resolution"})), None),
            (tried(fields=OTHERWISE, by_people=frozenset({"resolution"})), Sign.OTHER_WAY),
            (tried(fields=OTHERWISE, by_people=frozenset({"refund_amount"})), None),  # the way is from the words
            (tried(type="complaint"), None),
            (tried(replace(SUGGESTED, state=RunState.SUGGESTED, ended_at=None)), None),
        ],
    )
    def test_people_say_whether_it_was_right(self, after: Afterwards, sign: Sign | None) -> None:
        assert sign_of(after) is sign

    def test_what_it_would_have_left_to_people_is_not_measured(self) -> None:
        held = replace(tried().held, ruling="person")
        assert sign_of(replace(tried(), held=held)) is None

    def test_it_counts_at_once_for_the_level_that_it_began_at(self) -> None:
        now = NOW + timedelta(hours=1)
        case = measured(tried(), RECIPE, LIFECYCLE, known=None, now=now)
        assert case is not None
        assert (case.at, case.place, case.level, case.ticket, case.is_right) == (now, 3, Autonomy.SHADOW, 12, True)


class TestOfDeeds:
    @pytest.mark.parametrize(
        ("after", "sign"),
        [
            (acted(), Sign.DONE),
            (acted(by_people=PEOPLE), Sign.DONE),  # they have confirmed it
            (acted(by_people=PEOPLE, fields=OTHERWISE), Sign.TAKEN_BACK),
            (acted(by_people=PEOPLE, fields=REFUNDED | {"refund_amount": "0.00"}), Sign.TAKEN_BACK),
            (acted(by_people=PEOPLE, fields={}), Sign.TAKEN_BACK),
            (acted(discarded=True), Sign.TAKEN_BACK),
            (acted(fields=OTHERWISE), Sign.DONE),  # by no person
            (acted(fields=OTHERWISE, by_people=frozenset({"refund_amount"})), Sign.DONE),  # who confirmed the amount
            (acted(type="complaint", is_retyped=True), Sign.OTHER_WAY),
            (acted(moves=((SETTLED, LIVE),), settled=False), Sign.REOPENED),
            (acted(moves=((LIVE, SETTLED), (SETTLED, LIVE))), Sign.REOPENED),  # and settled again
            (acted(moves=((SETTLED, SETTLED),)), Sign.DONE),
            (acted(moves=((LIVE, SETTLED),)), Sign.DONE),
            (acted(moves=(("gone", LIVE),), settled=False), Sign.DONE),
            (acted(settled=False), Sign.DONE),  # the customer came back, and nobody has done anything yet
            (acted(approval=ApprovalState.USED), Sign.DONE),
        ],
    )
    def test_it_stands_until_a_person_takes_it_back(self, after: Afterwards, sign: Sign) -> None:
        assert sign_of(after) is sign

    def test_filed_under_another_type_by_no_person_it_says_nothing(self) -> None:
        assert sign_of(acted(type="complaint")) is None

    def test_a_later_verdict_of_the_same_run_takes_nothing_back(self) -> None:
        held = replace(acted().held, ruling="person")
        assert sign_of(replace(acted(by_people=PEOPLE), held=held)) is Sign.DONE

    def test_held_against_no_recipe_it_stands_unless_it_was_no_ticket(self) -> None:
        """The recipe says something else by now: what people confirmed then is not what it sets."""
        now = NOW + timedelta(hours=1)
        signs = []
        for after in (acted(by_people=PEOPLE, fields=OTHERWISE), acted(discarded=True)):
            case = measured(after, None, LIFECYCLE, known=None, now=now)
            signs.append(case.sign if case is not None else None)
        assert signs == [Sign.DONE, Sign.TAKEN_BACK]

    def test_what_stands_counts_once_it_has_stood_for_a_while(self) -> None:
        case = measured(acted(), RECIPE, LIFECYCLE, known=None, now=NOW)
        assert case is not None
        assert case.at == NOW + SETTLES
        back = acted(by_people=PEOPLE, fields=OTHERWISE)
        wrong = measured(back, RECIPE, LIFECYCLE, known=case, now=NOW + timedelta(days=1))
        assert wrong is not None
        assert wrong.at == NOW + timedelta(days=1)

    def test_later_it_is_about_something_else(self) -> None:
        late = NOW + WATCHED + timedelta(seconds=1)
        assert measured(acted(by_people=PEOPLE, fields=OTHERWISE), RECIPE, LIFECYCLE, known=None, now=late) is None


class TestWhatIsKnown:
    @pytest.mark.parametrize(
        ("known", "after", "sign"),
        [
            (Sign.SAME, tried(), None),
            (Sign.SAME, tried(fields=OTHERWISE), Sign.OTHER_WAY),
            (Sign.OTHER_WAY, tried(), Sign.SAME),
            (Sign.DONE, acted(by_people=PEOPLE, fields=OTHERWISE), Sign.TAKEN_BACK),
            (Sign.TAKEN_BACK, acted(), None),
            (Sign.REOPENED, acted(), None),
            # In the order in which a colleague does it: they reopen it, then they correct it.
            (Sign.REOPENED, acted(by_people=PEOPLE, fields=OTHERWISE), Sign.TAKEN_BACK),
            (Sign.TAKEN_BACK, acted(moves=((SETTLED, LIVE),), settled=False), None),
            (Sign.TURNED_DOWN, tried(SUGGESTED), None),
        ],
    )
    def test_what_was_taken_back_stays_so(self, known: Sign, after: Afterwards, sign: Sign | None) -> None:
        run = after.held.run
        case = Case(run.id, run.ticket_id, 12, "return", 3, run.autonomy, NOW, known)
        assert sign_of(after, case) is sign
