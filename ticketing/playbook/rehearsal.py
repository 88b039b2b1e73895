"""A dry run: what tickets of the past went through, tried under another playbook (SPEC 3.7). Changes nothing.

Each recorded change of status is judged twice, by the playbook in force and by the other one, with what is known of its
ticket today and by the rules that judge it when it is made; told is where the two differ. So a field that was filled in
later counts as filled in for both.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from ticketing.approvals.gates import asks
from ticketing.fields.requirements import demands
from ticketing.fields.surroundings import Surroundings
from ticketing.fields.visibility import InView, in_view
from ticketing.people.actor import Actor, ActorKind
from ticketing.people.permissions import may_move
from ticketing.people.person import Person
from ticketing.playbook.lifecycle import Transition
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.wording import approval, requirement, who
from ticketing.tickets import changes
from ticketing.tickets.ticket import Ticket

KINDS = ("ticket.opened", "ticket.assigned", "status.changed", "status.migrated", "type.changed")
EXAMPLES = 5  # numbers of tickets that are named


class Outcome(StrEnum):
    """What would have been otherwise, the gravest first."""

    NO_ARROW = "there is no such arrow"
    NOT_THEIRS = "not theirs to make"
    MISSING = "something is missing"
    APPROVAL = "an approval would be needed"
    POSSIBLE = "possible now"
    STATUS = "the status is another one"
    MOVES = "tickets would move"


@dataclass(frozen=True, slots=True)
class Step:
    """One record of a ticket's past."""

    kind: str  # of KINDS
    actor_kind: str
    actor_id: UUID | None
    at: datetime
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """A ticket as it stands, and what led there, oldest first."""

    ticket: Ticket
    steps: Sequence[Step]
    channel: str | None = None
    team: str | None = None


@dataclass(slots=True)
class Found:
    """One way in which things would have been otherwise."""

    outcome: Outcome
    words: str  # "Return: New → Closed, by assignee, supervisor"
    times: int = 0
    tickets: int = 0
    examples: list[int] = field(default_factory=list)  # numbers


@dataclass
class Rehearsal:
    """Give it the past, a ticket at a time; then read what it found."""

    before: Playbook  # in force
    after: Playbook  # knows the statuses and types of the one in force
    people: Mapping[UUID, Person]
    tickets: int = 0
    steps: int = 0
    _found: dict[tuple[Outcome, str], Found] = field(default_factory=dict)
    _alike: dict[tuple[str, str, str], bool] = field(default_factory=dict)  # by type, status and where to

    def add(self, past: Past) -> None:
        self.tickets += 1
        told = Counter(self._of(past))
        for (outcome, words), times in told.items():
            found = self._found.setdefault((outcome, words), Found(outcome, words))
            found.times += times
            found.tickets += 1
            if len(found.examples) < EXAMPLES:
                found.examples.append(past.ticket.number)

    @property
    def found(self) -> Sequence[Found]:
        """By outcome, the most frequent first."""
        order = list(Outcome)
        return sorted(self._found.values(), key=lambda each: (order.index(each.outcome), -each.times, each.words))

    def _of(self, past: Past) -> Iterator[tuple[Outcome, str]]:
        as_it_was, since = past.ticket, dict[str, Any]()
        for step in past.steps:
            if step.kind == "status.changed":
                self.steps += 1
                as_it_was, since = replace(as_it_was, **since), {}
                yield from self._tried(as_it_was, step, past)
            since |= _changed(step)
        yield from self._moved(past.ticket)

    def _tried(self, ticket: Ticket, step: Step, past: Past) -> Iterator[tuple[Outcome, str]]:
        to = str(step.after["status"])
        if self._is_judged_alike(ticket, to):
            return
        actor = self._actor(step)
        now = set(_Trial(self.after, ticket, to, step, past, actor).problems())
        then = set(_Trial(self.before, ticket, to, step, past, actor).problems())
        yield from sorted(now - then)
        if then and not now:
            yield Outcome.POSSIBLE, next(iter(sorted(then)))[1]

    def _is_judged_alike(self, ticket: Ticket, to: str) -> bool:
        """Whether both playbooks say the same of this arrow, and of all that its conditions ask about."""
        way = (ticket.type, ticket.status, to)
        if way not in self._alike:
            self._alike[way] = _rules(self.before, *way) == _rules(self.after, *way)
        return self._alike[way]

    def _actor(self, step: Step) -> Actor | None:
        """None: somebody who is not of the desk any more."""
        kind = ActorKind(step.actor_kind)
        person = self.people.get(step.actor_id) if step.actor_id is not None else None
        if kind is ActorKind.AGENT and person is None:
            return None
        return Actor(kind, "", step.actor_id, person if kind is ActorKind.AGENT else None)

    def _moved(self, ticket: Ticket) -> Iterator[tuple[Outcome, str]]:
        kind = self.after.type(ticket.type)
        lifecycle = self.after.lifecycle(kind.key)
        status = lifecycle.status(ticket.status)
        if kind.key != ticket.type or status.key != ticket.status:
            old = self.before.type(ticket.type)
            here = self.before.lifecycle(ticket.type).status(ticket.status).label
            yield Outcome.MOVES, f"{old.label}, {here} → {kind.label}, {status.label}"
        elif status.category is not ticket.status_category:
            words = f"{kind.label}, {status.label}: {ticket.status_category} → {status.category}"
            yield Outcome.STATUS, words


def _rules(playbook: Playbook, kind: str, status: str, to: str) -> object:
    """All that `_Trial` asks the playbook about such a change. None: it is of a playbook long before this one."""
    try:
        as_type = playbook.type(kind)
        lifecycle = playbook.lifecycle(kind)
        here, there = lifecycle.status(status), lifecycle.status(to)
    except KeyError:
        return None
    arrow = lifecycle.transition(here.key, there.key)
    rule = playbook.approvals[arrow.approval] if arrow is not None and arrow.approval is not None else None
    fields = [playbook.fields[key] for key in as_type.fields]
    return as_type.label, here, there, arrow, rule, fields, {each.key: each.kind for each in playbook.fields.values()}


class _Trial:
    """One change of status under one playbook, judged by the rules that judge it when it is made."""

    def __init__(
        self, playbook: Playbook, ticket: Ticket, to: str, step: Step, past: Past, actor: Actor | None
    ) -> None:
        self.playbook, self.ticket, self.to = playbook, ticket, to
        self.step, self.actor = step, actor
        self.around = Surroundings(past.channel, past.team)

    def problems(self) -> Iterator[tuple[Outcome, str]]:
        """What stands in its way; in words that are the same for all changes of the kind."""
        try:
            kind = self.playbook.type(self.ticket.type)
            lifecycle = self.playbook.lifecycle(kind.key)
            here, there = lifecycle.status(self.ticket.status), lifecycle.status(self.to)
        except KeyError:
            return  # of a playbook long before both
        if here.key == there.key:
            return
        arrow = lifecycle.transition(here.key, there.key)
        path = f"{kind.label}: {here.label} → {there.label}"
        by_itself = self.actor is not None and changes.by_itself(here, there.key, self.actor)
        if arrow is None:
            yield Outcome.NO_ARROW, path
            return
        if not by_itself and arrow.when is not None and not changes.is_open(arrow, self.view):
            yield Outcome.NO_ARROW, f"{path}, if {arrow.when.source}"
            return
        if not by_itself:
            if self.actor is not None and not may_move(self.actor, arrow, self.ticket):
                yield Outcome.NOT_THEIRS, f"{path}, by {self._name()} (it is for: {who(arrow.by)})"
            if self.actor is None or self.actor.kind is not ActorKind.CUSTOMER:
                yield from self._missing(path, arrow)
        if arrow.approval is not None and asks(self.playbook.approvals[arrow.approval], self.view.context):
            yield Outcome.APPROVAL, f"{path}: {approval(arrow.approval, self.playbook)}"

    @cached_property
    def view(self) -> InView:
        return in_view(self.ticket, self.playbook, now=self.step.at, around=self.around, by=self.actor)

    def _missing(self, path: str, arrow: Transition) -> Iterator[tuple[Outcome, str]]:
        note = str(self.step.after.get("note") or "")
        asked = demands(
            self.ticket, arrow, self.playbook, note=note, now=self.step.at, around=self.around, by=self.actor
        )
        for key, _ in asked.missing:
            yield Outcome.MISSING, f"{path}: {requirement(key, self.playbook)}"

    def _name(self) -> str:
        assert self.actor is not None
        person = self.actor.person
        return self.actor.kind.value if person is None else person.role.value


def _changed(step: Step) -> dict[str, Any]:
    """What of the ticket this record changed. Fields, tags and the team are those of today."""
    after = step.after
    known: dict[str, Any] = {name: after[name] for name in ("type", "category", "status") if name in after}
    if step.kind == "status.migrated":
        known.pop("category", None)  # that of its status
    if "assignee" in after:
        known["assignee_id"] = UUID(after["assignee"]) if after["assignee"] else None
    if "status" in known:
        known["status_since"] = step.at
    return known
