"""A dry run: what past tickets went through, tried under another playbook."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.factories import NOW, a_person, a_ticket
from tests.playbooks import IN_PROGRESS, OPEN, RESOLVED, example
from ticketing.people.person import Person, Role
from ticketing.playbook.grants import Grant, Grants
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.rehearsal import Found, Outcome, Past, Rehearsal, Step
from ticketing.playbook.succession import Wanted, succeed

RETAIL = example("retail")
MIA = a_person("Mia")


def opened(status: str, kind: str, assignee: Person | None = MIA) -> Step:
    after = {"type": kind, "category": "other", "status": status, "assignee": str(assignee.id) if assignee else None}
    return Step("ticket.opened", "ai", None, NOW, after)


def moved(to: str, by: UUID | None = MIA.id, kind: str = "agent", **more: Any) -> Step:
    return Step("status.changed", kind, by, NOW, {"status": to, **more})


def went(*steps: Step, number: int = 1, **fields: Any) -> Past:
    """A ticket that ended where these steps lead."""
    status = str(steps[-1].after["status"])
    kind = str(steps[0].after["type"])
    category = RETAIL.lifecycle(kind).status(status).category
    values: dict[str, Any] = {"type": kind, "status": status, "status_category": category, "number": number} | fields
    return Past(replace(a_ticket(), **values), steps)


def tried(after: Playbook, *pasts: Past, people: tuple[Person, ...] = (MIA,)) -> list[Found]:
    known = succeed(RETAIL, after, (), Wanted(), guess=True).into(after, version=2)
    rehearsal = Rehearsal(RETAIL, known, {person.id: person for person in people})
    for past in pasts:
        rehearsal.add(past)
    return list(rehearsal.found)


def with_lifecycle(key: str, **changed: Any) -> Playbook:
    return replace(RETAIL, lifecycles={**RETAIL.lifecycles, key: replace(RETAIL.lifecycles[key], **changed)})


def with_arrow(key: str, origin: str, to: str, **changed: Any) -> Playbook:
    arrows = (
        replace(each, **changed) if (each.origin, each.to) == (origin, to) else each
        for each in RETAIL.lifecycles[key].transitions
    )
    return with_lifecycle(key, transitions=tuple(arrows))


RETURNED = (opened("new", "return"), moved("investigating"), moved("resolution_proposed"))


class TestRehearsal:
    def test_the_same_playbook_finds_nothing(self) -> None:
        assert tried(RETAIL, went(opened(OPEN, "complaint"), moved(IN_PROGRESS), moved(RESOLVED))) == []

    def test_an_arrow_that_goes_is_told_with_how_often_and_where(self) -> None:
        arrows = tuple(
            each for each in RETAIL.lifecycles["standard"].transitions if (each.origin, each.to) != (OPEN, RESOLVED)
        )
        pasts = [went(opened(OPEN, "complaint"), moved(RESOLVED), number=number) for number in range(1, 8)]
        assert tried(with_lifecycle("standard", transitions=arrows), *pasts) == [
            Found(Outcome.NO_ARROW, "Complaint: Open → Resolved", 7, 7, [1, 2, 3, 4, 5])
        ]

    def test_who_may_no_longer_is_told(self) -> None:
        after = with_arrow("standard", OPEN, IN_PROGRESS, by=Grants(frozenset({Grant.SUPERVISOR})))
        (found,) = tried(after, went(opened(OPEN, "complaint"), moved(IN_PROGRESS)))
        assert (found.outcome, found.words) == (
            Outcome.NOT_THEIRS,
            "Complaint: Open → In progress, by agent (it is for: supervisor)",
        )
        boss = a_person("Olga", Role.ADMIN)
        by_boss = went(opened(OPEN, "complaint"), moved(IN_PROGRESS, boss.id))
        assert tried(after, by_boss, people=(boss,)) == []

    def test_who_was_the_assignee_then_counts(self) -> None:
        assigned = Step("ticket.assigned", "agent", MIA.id, NOW, {"assignee": str(MIA.id)})
        narrow = with_arrow("return", "new", "investigating", by=Grants(frozenset({Grant.ASSIGNEE})))
        first = went(opened("new", "return", None), moved("investigating"))
        later = went(opened("new", "return", None), assigned, moved("investigating"))
        assert [each.outcome for each in tried(narrow, first)] == [Outcome.NOT_THEIRS]
        assert tried(narrow, later) == []

    def test_a_field_that_would_be_missing_is_told_unless_it_is_there_today(self) -> None:
        after = with_arrow("return", "investigating", "resolution_proposed", requires=("return_reason",))
        without = went(*RETURNED, fields={"resolution": "refund"})
        (found,) = tried(after, without)
        expected = "Return: Investigating → Resolution proposed: Reason for the return"
        assert (found.outcome, found.words) == (Outcome.MISSING, expected)
        assert tried(after, went(*RETURNED, fields={"resolution": "refund", "return_reason": "damaged"})) == []

    def test_what_is_required_because_of_what_is_asked_for_would_be_missing_too(self) -> None:
        after = with_arrow("return", "new", "investigating", requires=("resolution", "assignee"))
        refund = went(opened("new", "return", None), RETURNED[1], fields={"resolution": "refund"})
        assert [(each.outcome, each.words) for each in tried(after, refund)] == [
            (Outcome.MISSING, "Return: New → Investigating: Refund amount"),
            (Outcome.MISSING, "Return: New → Investigating: assignee"),
        ]

    def test_a_field_that_is_hidden_is_asked_of_nobody_and_decides_nothing(self) -> None:
        after = with_arrow("return", "new", "investigating", requires=("refund_amount",), approval="refund_over_200")
        replaced = went(*RETURNED[:2], fields={"resolution": "replacement", "refund_amount": "250.00"})
        assert tried(after, replaced) == []

    def test_an_approval_that_would_be_needed_is_told_where_its_condition_holds(self) -> None:
        after = with_arrow("return", "new", "investigating", approval="refund_over_200")
        dear = went(*RETURNED[:2], fields={"resolution": "refund", "refund_amount": "250.00"})
        cheap = went(*RETURNED[:2], fields={"resolution": "refund", "refund_amount": "25.00"})
        (found,) = tried(after, dear, cheap)
        assert (found.outcome, found.times) == (Outcome.APPROVAL, 1)
        assert found.words == "Return: New → Investigating: Refund over 200"

    def test_tickets_that_would_move_are_told(self) -> None:
        statuses = tuple(each for each in RETAIL.lifecycles["return"].statuses if each.key != "on_hold")
        after = with_lifecycle("return", statuses=statuses)
        held = went(opened("new", "return"), moved("investigating"), moved("on_hold"))
        (found,) = tried(after, held)
        assert (found.outcome, found.words) == (
            Outcome.MOVES,
            "Return, On hold (external party) → Return, Waiting on customer",
        )

    def test_a_status_of_another_category_is_told(self) -> None:
        statuses = tuple(
            replace(each, category=StatusCategory.ACTIVE) if each.key == "on_hold" else each
            for each in RETAIL.lifecycles["return"].statuses
        )
        held = went(opened("new", "return"), moved("investigating"), moved("on_hold"))
        (found,) = tried(with_lifecycle("return", statuses=statuses), held)
        assert (found.outcome, found.words) == (Outcome.STATUS, "Return, On hold (external party): pending → active")
