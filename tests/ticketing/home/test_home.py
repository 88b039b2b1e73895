"""One person's page, put together: every ticket under one heading, and only what is theirs to see."""

from dataclasses import replace
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import tried
from tests.factories import NOW, a_person
from tests.playbooks import WAITING
from tests.ticketing.home.works import HOUR, a_work, works
from ticketing.home.home import MOST, MOST_MINE, Home, Listed, Tickets, home_of
from ticketing.home.urgency import Placed
from ticketing.home.work import Work
from ticketing.people.person import Person, Role, teams_of
from ticketing.triage.record import Trigger

MIA = a_person()
SARA = a_person("Sara", Role.SUPERVISOR)


def put_together(tickets: Tickets, person: Person = MIA) -> Home:
    return home_of(person, tickets, unticketed=Listed(), to_decide=Listed(), asked=Listed(), now=NOW)


def numbers(listed: Listed[Placed] | None) -> list[int]:
    return [each.work.number for each in listed.lines] if listed else []


def test_what_waits_for_others_stands_apart_from_what_waits_for_them() -> None:
    home = put_together(Tickets([a_work(1, status=WAITING), a_work(2), a_work(3, approval_since=NOW - HOUR)], [], []))
    assert (numbers(home.mine), numbers(home.pending)) == ([2], [3, 1])


def test_what_the_ai_was_not_sure_of_and_nobody_has_is_handed_over() -> None:
    tickets = [a_work(number, trigger=each) for number, each in enumerate(Trigger)]
    handed_over = {each.number for each in tickets if each.trigger is not Trigger.TRIAGE}
    assert set(numbers(put_together(Tickets([], [], tickets)).handed_over)) == handed_over


def test_only_who_supervises_sees_what_nobody_has() -> None:
    tickets = Tickets([], [], [a_work(1), a_work(2, trigger=Trigger.AI_OFF)])
    assert put_together(tickets).unassigned is None
    assert numbers(put_together(tickets, SARA).unassigned) == [1]
    assert numbers(put_together(tickets, replace(SARA, role=Role.ADMIN)).unassigned) == [1]


def test_a_page_says_where_there_is_more() -> None:
    many = [a_work(number) for number in range(MOST_MINE + 1)]
    home = put_together(Tickets(many[: MOST + 1], [], many[MOST + 1 : 2 * MOST + 3]), SARA)
    assert (len(home.mine.lines), home.mine.more) == (MOST + 1, False)
    assert home.unassigned is not None
    assert (len(home.unassigned.lines), home.unassigned.more) == (MOST, True)
    assert put_together(Tickets(many, [], [])).mine.more


def test_an_admin_and_who_belongs_to_no_team_look_after_everybodys() -> None:
    team = uuid4()
    assert teams_of(a_person(teams=(team,))) == frozenset({team})
    assert teams_of(a_person()) is None
    assert teams_of(a_person(role=Role.ADMIN, teams=(team,))) is None


_SOME = st.lists(st.integers(1, 12), unique=True, max_size=12)


@given(st.fixed_dictionaries({number: works(number) for number in range(1, 13)}), _SOME, _SOME, _SOME)
@tried(60)
def test_every_ticket_stands_under_exactly_one_heading(
    known: dict[int, Work], mine: list[int], risky: list[int], unclaimed: list[int]
) -> None:
    theirs, at_risk, nobodys = ([known[each] for each in group] for group in (mine, risky, unclaimed))
    tickets = Tickets(theirs, at_risk, nobodys)
    home = put_together(tickets, SARA)
    shown = [
        number
        for part in (home.mine, home.pending, home.at_risk, home.handed_over, home.unassigned)
        for number in numbers(part)
    ]
    assert sorted(shown) == sorted({*mine, *risky, *unclaimed})
