"""Tickets that live through anything under playbooks that nobody thought of.

What a playbook allows is said here a second time, in another way: from its document's own words, arrow by arrow.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.errors import Refused
from tests.examples import tried
from tests.factories import NOW, a_ticket
from tests.ticketing.random_playbooks import TEAMS, playbooks
from ticketing.activity.chain import EMPTY, Head, first_break, link
from ticketing.activity.record import Entry, Record, Stream
from ticketing.approvals.gates import Gate
from ticketing.fields.visibility import in_view
from ticketing.people.actor import AI, AUTOMATION, Actor, ActorKind, customer_acting, person_acting
from ticketing.people.person import Person, Role
from ticketing.playbook.grants import Grant
from ticketing.playbook.playbook import Playbook
from ticketing.tickets import changes
from ticketing.tickets.changes import Changed
from ticketing.tickets.ticket import Stored, Ticket
from ticketing.triage.suggestion import Priority

_TEAM_IDS = {name: uuid4() for name in TEAMS}


def _person(name: str, role: Role, *teams: str) -> Person:
    return Person(uuid4(), name, f"{name}@example.com", role, frozenset(_TEAM_IDS[t] for t in teams), frozenset(teams))


PEOPLE = (
    _person("mia", Role.AGENT, "returns"),
    _person("ben", Role.AGENT, "front desk"),
    _person("eve", Role.AGENT),
    _person("sue", Role.SUPERVISOR, "returns"),
    _person("sam", Role.SUPERVISOR),
    _person("ann", Role.ADMIN),
)
CUSTOMER = customer_acting(uuid4(), "Customer")
ACTORS = (*map(person_acting, PEOPLE), AI, AUTOMATION, CUSTOMER)
PLACES = ("new", "looking", "asked", "proposed", "done", "over", "nowhere")


def granted(playbook: Playbook, ticket: Ticket, to: str, by: Actor) -> bool:
    """Whether the playbook's words let this actor take the ticket there."""
    lifecycle = playbook.lifecycles[playbook.types[ticket.type].lifecycle]
    arrows = [each for each in lifecycle.transitions if (each.origin, each.to) == (ticket.status, to)]
    here = next(each for each in lifecycle.statuses if each.key == ticket.status)
    if not arrows:
        return False
    words, person = arrows[0].by, by.person
    if person is None:
        sent = {ActorKind.CUSTOMER: {here.when_answered, here.when_back}}.get(by.kind, set())
        if here.moves_on is not None and by.kind is ActorKind.AUTOMATION:
            sent = {here.moves_on.to}
        return to in sent or by.kind.value in {grant.value for grant in words.kinds}
    its_supervisor = person.role is Role.SUPERVISOR and ticket.team_id in person.teams
    return (
        person.role is Role.ADMIN
        or Grant.AGENT in words.kinds
        or (Grant.ASSIGNEE in words.kinds and (ticket.assignee_id == person.id or its_supervisor))
        or (Grant.SUPERVISOR in words.kinds and its_supervisor)
        or any(team in words.teams for team in person.team_names)
    )


@tried(60)
@given(playbook=playbooks(), assignee=st.sampled_from([None, *PEOPLE]), team=st.sampled_from(TEAMS))
def test_exactly_those_move_a_ticket_whom_the_playbook_names(
    playbook: Playbook, assignee: Person | None, team: str
) -> None:
    rules = playbook.lifecycle("return")
    begun = a_ticket(type="return", team_id=_TEAM_IDS[team], assignee_id=assignee.id if assignee else None)
    for here, to, by in product(rules.statuses, PLACES, ACTORS):
        if to == here.key:
            continue
        ticket = replace(begun, status=here.key, status_category=here.category)
        try:
            moved = changes.move(ticket, to, by=by, at=NOW, playbook=playbook).ticket.status == to
        except Refused:
            moved = False
        assert moved is granted(playbook, ticket, to, by), (here.key, to, by.name)


@dataclass(frozen=True)
class Given:
    """What stands on a ticket, and what goes with its change of status."""

    amount: str | None
    reason: str | None
    note: str

    @property
    def fields(self) -> dict[str, Stored]:
        found = {"amount": self.amount, "reason": self.reason}
        return {key: value for key, value in found.items() if value is not None}


_given = st.builds(
    Given,
    st.sampled_from([None, "10.00", "10.01", "200.00", "200.01"]),
    st.sampled_from([None, "broken"]),
    st.sampled_from(["", "Sent a new one."]),
)


def complete(playbook: Playbook, ticket: Ticket, to: str, by: Actor, given: Given) -> bool:
    """Whether all is there that the playbook's words ask for."""
    lifecycle = playbook.lifecycles[playbook.types[ticket.type].lifecycle]
    (arrow,) = [each for each in lifecycle.transitions if (each.origin, each.to) == (ticket.status, to)]
    here, there = (next(each for each in lifecycle.statuses if each.key == key) for key in (ticket.status, to))
    if arrow.approval is not None and (given.amount is None or Decimal(given.amount) > 200):
        return False
    sent = by.kind is ActorKind.CUSTOMER and to in (here.when_answered, here.when_back)
    sent |= by.kind is ActorKind.AUTOMATION and here.moves_on is not None and to == here.moves_on.to
    if sent:
        return True
    if arrow.when is not None and (given.amount is None or Decimal(given.amount) <= 10):
        return False
    has = {"note": bool(given.note), "reason": given.reason is not None, "assignee": ticket.assignee_id is not None}
    return by.kind is ActorKind.CUSTOMER or all(has[asked] for asked in (*there.requires, *arrow.requires))


@tried(80)
@given(playbook=playbooks(demanding=True), assignee=st.sampled_from([None, PEOPLE[0]]), given=_given)
def test_nothing_moves_without_what_its_playbook_asks_for(
    playbook: Playbook, assignee: Person | None, given: Given
) -> None:
    rules = playbook.lifecycle("return")
    begun = a_ticket(type="return", assignee_id=assignee.id if assignee else None, fields=given.fields)
    for here, to, by in product(rules.statuses, PLACES, ACTORS):
        ticket = replace(begun, status=here.key, status_category=here.category)
        if to == here.key or not granted(playbook, ticket, to, by):
            continue
        gate = Gate(playbook.approvals, in_view(ticket, playbook, now=NOW, by=by).context)
        try:
            changes.move(ticket, to, by=by, at=NOW, playbook=playbook, note=given.note, gate=gate)
        except Refused:
            moved = False
        else:
            moved = True
        assert moved is complete(playbook, ticket, to, by, given), (here.key, to, by.name)


class Lives(RuleBasedStateMachine):
    """One ticket, whoever tries whatever."""

    @initialize(playbook=playbooks(), kind=st.sampled_from(["return", "complaint"]), team=st.sampled_from(TEAMS))
    def opened(self, playbook: Playbook, kind: str, team: str) -> None:
        self.playbook = playbook
        rules = playbook.lifecycle(kind)
        category = rules.status(rules.initial).category
        begun = a_ticket(type=kind, team_id=_TEAM_IDS[team])
        self.ticket = replace(begun, status=rules.initial, status_category=category)
        self.first, self.changed = self.ticket, 0
        self.entries: list[Entry] = []
        self.stream, self.head, self.now = Stream("ticket", self.ticket.id), EMPTY, NOW

    @rule(pick=st.integers(0, 99), by=st.sampled_from(ACTORS))
    def follow_an_arrow(self, pick: int, by: Actor) -> None:
        arrows = self.playbook.lifecycle(self.ticket.type).following(self.ticket.status)
        if arrows:
            self.move(arrows[pick % len(arrows)].key, by)

    @rule(to=st.sampled_from(PLACES), by=st.sampled_from(ACTORS))
    def move(self, to: str, by: Actor) -> None:
        allowed = granted(self.playbook, self.ticket, to, by)
        standing = self.ticket.discarded_at is None
        before = self.ticket
        done = self._try(lambda at: changes.move(before, to, by=by, at=at, playbook=self.playbook))
        if to != before.status:
            assert done is (allowed and standing)

    @rule(to=st.sampled_from([None, *PEOPLE]), by=st.sampled_from(ACTORS))
    def assign(self, to: Person | None, by: Actor) -> None:
        self._try(lambda at: changes.assign(self.ticket, to, by=by, at=at))

    @rule(to=st.sampled_from(list(Priority)), by=st.sampled_from(ACTORS))
    def prioritise(self, to: Priority, by: Actor) -> None:
        self._try(lambda at: changes.set_priority(self.ticket, to, by=by, at=at))

    @rule(answered=st.booleans(), by=st.sampled_from(ACTORS))
    def discard(self, answered: bool, by: Actor) -> None:
        self._try(lambda at: changes.discard(self.ticket, by=by, at=at, answered=answered))

    @rule(by=st.sampled_from(ACTORS))
    def restore(self, by: Actor) -> None:
        self._try(lambda at: changes.restore(self.ticket, by=by, at=at))

    @rule(days=st.integers(0, 3))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def it_is_where_its_playbook_has_a_place(self) -> None:
        lifecycle = self.playbook.lifecycles[self.playbook.types[self.ticket.type].lifecycle]
        (place,) = [each for each in lifecycle.statuses if each.key == self.ticket.status]
        assert self.ticket.status_category is place.category
        assert (self.ticket.moves_on_at is not None) <= (place.moves_on is not None)

    @invariant()
    def no_record_is_lost_and_the_chain_is_whole(self) -> None:
        assert len(self.entries) == self.changed == self.ticket.version - self.first.version
        assert first_break(self.entries) is None

    @invariant()
    def the_record_alone_tells_how_it_stands(self) -> None:
        status, priority, assignee = self.first.status, self.first.priority.value, None
        for entry in self.entries:
            if entry.kind == "status.changed":
                assert entry.before["status"] == status
                status = str(entry.after["status"])
            priority = str(entry.after.get("priority", priority))
            assignee = entry.after.get("assignee", assignee)
        assert (status, priority) == (self.ticket.status, self.ticket.priority.value)
        assert assignee == (str(self.ticket.assignee_id) if self.ticket.assignee_id else None)

    def _try(self, change: Callable[[datetime], Changed]) -> bool:
        self.now += timedelta(seconds=1)
        before = self.ticket
        try:
            done = change(self.now)
        except Refused:
            assert self.ticket == before
            return False
        if done.record is None:
            assert done.ticket == before
            return True
        self._keep(done.record, done.ticket)
        return True

    def _keep(self, record: Record, ticket: Ticket) -> None:
        self.ticket, self.changed = ticket, self.changed + 1
        self.entries += link(self.stream, self.head, [record])
        self.head = Head(self.entries[-1].seq, self.entries[-1].hash)


TestLives = Lives.TestCase
TestLives.settings = tried(200, stateful_step_count=40)
