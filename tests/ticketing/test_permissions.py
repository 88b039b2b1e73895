"""Who may do what: SPEC 2.7 as a table. Every act, every kind of actor, every relation to the ticket."""

from contextlib import suppress
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tests.factories import a_person, a_ticket
from ticketing.people.actor import AI, AUTOMATION, SYSTEM, Actor, customer_acting, person_acting
from ticketing.people.permissions import Act, PermissionRefused, may, require, require_values
from ticketing.people.person import Person, Role
from ticketing.tickets.ticket import Ticket

TEAM, OTHER_TEAM = uuid4(), uuid4()
CUSTOMERS = {Act.CHANGE_CUSTOMER, Act.MERGE_CUSTOMERS}
ANY_AGENT = CUSTOMERS | {
    Act.CREATE,
    Act.COMMENT,
    Act.REPLY,
    Act.CLAIM,
    Act.ASSIGN_SELF,
    Act.CORRECT,
    Act.SET_STATE,
    Act.BLOCK,
    Act.WATCH,
    Act.TAG,
    Act.LINK,
    Act.MERGE,
    Act.PREFER,
    Act.DELEGATE,
    Act.TAKE_OVER,
    Act.LOOK_UP,
}
FIELDS = {Act.SET_FIELDS, Act.FILL_FIELDS}
SYSTEM_ACTS = (
    CUSTOMERS
    | FIELDS
    | {Act.CREATE, Act.ASSIGN_OTHER, Act.CHANGE_STATUS, Act.BLOCK, Act.UNBLOCK, Act.WRITE_AGAIN, Act.CHANGE_PLAYBOOK}
    | {Act.SET_AUTONOMY}
)
OF_SUPERVISORS = {Act.UNBLOCK, Act.WRITE_AGAIN, Act.SET_AUTONOMY}
ANY_SUPERVISOR = ANY_AGENT | OF_SUPERVISORS
EVERYTHING = set(Act)
WITH_A_TICKET = EVERYTHING - {Act.CHANGE_PLAYBOOK}  # whoever's ticket it is, the process of all is an admin's

AGENT = a_person("Agent", teams=(TEAM,))
SUPERVISOR = a_person("Supervisor", Role.SUPERVISOR, teams=(TEAM,))
FOREIGN_SUPERVISOR = a_person("Foreign", Role.SUPERVISOR, teams=(OTHER_TEAM,))
# The rest is for supervisors and admins.
ASSIGNEE = WITH_A_TICKET - OF_SUPERVISORS - {Act.ASSIGN_OTHER, Act.WITHDRAW_OTHER, Act.UNWATCH_OTHER}
ADMIN = a_person("Admin", Role.ADMIN)


def _ticket(assignee: Person | None, team: UUID | None = TEAM) -> Ticket:
    return a_ticket(assignee_id=assignee.id if assignee else None, team_id=team)


TABLE: list[tuple[str, Actor, Ticket | None, set[Act]]] = [
    ("agent, nobody's ticket", person_acting(AGENT), _ticket(None), ANY_AGENT),
    ("agent, a colleague's ticket", person_acting(AGENT), _ticket(ADMIN), ANY_AGENT),
    ("agent, their own ticket", person_acting(AGENT), _ticket(AGENT), ASSIGNEE),
    ("agent, their own ticket of another team", person_acting(AGENT), _ticket(AGENT, OTHER_TEAM), ASSIGNEE),
    ("agent, no ticket", person_acting(AGENT), None, ANY_AGENT),
    ("supervisor, their team's ticket", person_acting(SUPERVISOR), _ticket(AGENT), WITH_A_TICKET),
    ("supervisor, their team's unclaimed ticket", person_acting(SUPERVISOR), _ticket(None), WITH_A_TICKET),
    ("supervisor, another team's ticket", person_acting(FOREIGN_SUPERVISOR), _ticket(AGENT), ANY_SUPERVISOR),
    ("supervisor, a ticket without a team", person_acting(SUPERVISOR), _ticket(AGENT, None), ANY_SUPERVISOR),
    (
        "supervisor, assigned another team's",
        person_acting(FOREIGN_SUPERVISOR),
        _ticket(FOREIGN_SUPERVISOR),
        ASSIGNEE | ANY_SUPERVISOR,
    ),
    ("supervisor, no ticket", person_acting(SUPERVISOR), None, ANY_SUPERVISOR),
    ("admin, anybody's ticket", person_acting(ADMIN), _ticket(AGENT), EVERYTHING),
    ("admin, nobody's ticket without a team", person_acting(ADMIN), _ticket(None, None), EVERYTHING),
    ("admin, no ticket", person_acting(ADMIN), None, EVERYTHING),
    ("admin who has left", person_acting(replace(ADMIN, has_left=True)), _ticket(AGENT), set()),
    ("customer", customer_acting(uuid4(), "Ada"), _ticket(AGENT), set()),
    ("AI", AI, _ticket(AGENT), {Act.CREATE, Act.FILL_FIELDS}),
    ("system", SYSTEM, _ticket(AGENT), SYSTEM_ACTS),
]


class TestMay:
    @pytest.mark.parametrize(("actor", "ticket", "allowed"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_exactly_these_acts_are_allowed(self, actor: Actor, ticket: Ticket | None, allowed: set[Act]) -> None:
        assert {act for act in Act if may(actor, act, ticket)} == allowed

    def test_a_person_without_a_team_supervises_no_ticket_without_one(self) -> None:
        nobodys = a_ticket(team_id=None)
        assert not may(person_acting(a_person(role=Role.SUPERVISOR)), Act.CHANGE_STATUS, nobodys)


class TestRequire:
    def test_says_who_could_and_what_to_do(self) -> None:
        with pytest.raises(PermissionRefused) as refused:
            require(person_acting(AGENT), Act.CHANGE_STATUS, _ticket(None))
        assert refused.value.message == (
            "You may not change the status: that is for its assignee, a supervisor of its team or an admin. "
            "Claim it first."
        )

    def test_does_not_suggest_claiming_what_a_colleague_has(self) -> None:
        with pytest.raises(PermissionRefused) as refused:
            require(person_acting(AGENT), Act.SET_PRIORITY, _ticket(ADMIN))
        assert "Claim" not in refused.value.message

    def test_is_silent_about_what_is_allowed(self) -> None:
        require(person_acting(AGENT), Act.COMMENT, _ticket(None))


class TestRequireValues:
    @pytest.mark.parametrize(
        ("actor", "allowed"),
        [
            (person_acting(AGENT), {"asked", "asked and free"}),
            (person_acting(ADMIN), {"asked", "free", "asked and free", "neither"}),
            (AI, {"free", "asked and free"}),
            (AUTOMATION, {"asked and free"}),
            (customer_acting(uuid4(), "Ada"), set()),
            (SYSTEM, {"asked", "free", "asked and free", "neither"}),
        ],
        ids=["agent", "admin", "AI", "automation", "customer", "system"],
    )
    def test_people_give_what_is_asked_for_and_machines_only_what_is_free(
        self, actor: Actor, allowed: set[str]
    ) -> None:
        asked, free = {"asked", "asked and free"}, {"free", "asked and free"}
        given = set()
        for key in ("asked", "free", "asked and free", "neither"):
            with suppress(PermissionRefused):
                require_values(actor, _ticket(None), [key], asked=asked, free=free)
                given.add(key)
        assert given == allowed
        with suppress(PermissionRefused):
            require_values(actor, _ticket(None), ["asked and free", "neither"], asked=asked, free=free)
            assert "neither" in allowed
