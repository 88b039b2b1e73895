"""What a playbook allows, read a second time, naively: tickets with fields and approvals, as plain values.

It knows nothing of the code that it is held against but the values themselves and `granted`, a naive reading, too.
Each deed is done or refused as the desk has to do or refuse it, and counts the records that have to be there then.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tests.ticketing.test_random_lives import granted
from ticketing.people.actor import AI, AUTOMATION, Actor, ActorKind
from ticketing.people.person import Person, Role
from ticketing.playbook.approval_rules import WhenExpired
from ticketing.playbook.lifecycle import MovesOn, Status
from ticketing.playbook.playbook import Playbook
from ticketing.tickets.ticket import Stored, Ticket


@dataclass
class Asked:
    """A request. `to` and the rest are what was asked for then."""

    id: UUID
    by: Actor
    origin: str
    since: datetime
    to: str
    amount: Stored | None
    expires: datetime | None
    follows: UUID | None = None
    escalated: bool = False
    state: str = "waiting"
    said: list[UUID] = field(default_factory=list)
    told: bool = False  # that it could not follow


@dataclass
class Naive:
    """One ticket."""

    playbook: Playbook
    people: list[Person]
    ticket: Ticket
    records: int
    asked: list[Asked] = field(default_factory=list)
    filled_by: dict[str, str] = field(default_factory=dict)  # field to "person" or "machine"

    @property
    def stands(self) -> bool:
        return self.ticket.discarded_at is None and self.ticket.merged_into is None

    @property
    def here(self) -> Status:
        return self.status(self.ticket.status)

    def status(self, key: str) -> Status:
        lifecycle = self.playbook.lifecycles[self.playbook.types[self.ticket.type].lifecycle]
        return next(each for each in lifecycle.statuses if each.key == key)

    def amount(self, fields: dict[str, Stored]) -> Stored | None:
        """As conditions see it."""
        hidden = self.playbook.fields["amount"].show is not None and fields.get("reason") != "broken"
        return None if hidden else fields.get("amount")

    def needed(self, fields: dict[str, Stored]) -> set[str]:
        """Fields that a settled ticket needs."""
        amount = self.playbook.fields["amount"]
        there = amount.show is None or fields.get("reason") == "broken"
        return {"amount"} if there and amount.required else set()

    def way(self, to: str, by: Actor, note: str = "") -> str | Asked | None:
        """None: not so. "free", or "ask": somebody has to agree; else the approval that it needs, granted."""
        ticket, fields = self.ticket, dict(self.ticket.fields)
        if not self.stands or to == ticket.status or not granted(self.playbook, ticket, to, by):
            return None
        lifecycle = self.playbook.lifecycles[self.playbook.types[ticket.type].lifecycle]
        (arrow,) = [each for each in lifecycle.transitions if (each.origin, each.to) == (ticket.status, to)]
        sent = by.kind is ActorKind.CUSTOMER and to in (self.here.when_answered, self.here.when_back)
        if by.kind is ActorKind.AUTOMATION and isinstance(self.here.moves_on, MovesOn):
            sent |= to == self.here.moves_on.to
        amount = self.amount(fields)
        if not sent:
            if arrow.when is not None and (amount is None or Decimal(str(amount)) <= 10):
                return None
            has = {"note": bool(note), "reason": "reason" in fields, "assignee": ticket.assignee_id is not None}
            named = {*self.status(to).requires, *arrow.requires}
            missing = {name for name in named if not has[name]}
            if not self.status(to).category.is_live:
                missing |= self.needed(fields) - fields.keys()
            if missing and by.kind is not ActorKind.CUSTOMER:
                return None
        if arrow.approval is None or not self._needs_somebody(fields):
            return "free"
        for each in self.asked:
            if (each.state, each.origin, each.to) == ("approved", ticket.status, to) and not self.is_stale(each):
                return each
        return "ask"

    def is_stale(self, asked: Asked) -> bool:
        place = (self.ticket.status, self.ticket.status_since, self.ticket.fields.get("amount"))
        return not self.stands or place != (asked.origin, asked.since, asked.amount)

    def move(self, to: str, by: Actor, now: datetime, note: str = "") -> bool:
        way = self.way(to, by, note)
        if way is None or way == "ask":
            return False
        if isinstance(way, Asked):
            way.state = "used"
        there = self.status(to)
        on = now + there.moves_on.after if there.moves_on else None
        self.ticket = replace(self.ticket, status=to, status_category=there.category, status_since=now, moves_on_at=on)
        self.records += 1
        return True

    def _may_set(self, by: Actor) -> bool:
        person = by.person
        return person is not None and (
            person.role is Role.ADMIN or self.ticket.assignee_id == person.id or self.is_its_supervisor(person)
        )

    def is_its_supervisor(self, person: Person) -> bool:
        return person.role is Role.SUPERVISOR and self.ticket.team_id in person.teams

    def fill(self, given: dict[str, str | None], by: Actor) -> bool:
        before = dict(self.ticket.fields)
        if not self.stands or not (self._may_set(by) or by is AI):
            return False
        after = {key: value for key, value in {**before, **given}.items() if value is not None}
        changed = [key for key in given if before.get(key) != after.get(key)]
        if "amount" in changed and "amount" in after and self.amount(after) is None:
            return False
        needed = {*self.here.requires, *(() if self.here.category.is_live else self.needed(after))}
        if any(key in needed and key not in after for key in changed):
            return False
        if changed and self._is_beyond(before, after):
            return False
        if by is AI and any(key in before or key not in after or key in self.filled_by for key in changed):
            return False
        same = [key for key in given if key in before and key not in changed]
        confirmed = [key for key in same if by is not AI and self.filled_by.get(key) == "machine"]
        for key in (*changed, *confirmed):
            self.filled_by[key] = "machine" if by is AI else "person"
        self.ticket = replace(self.ticket, fields=after)
        self.records += len(changed) + bool(confirmed)
        return True

    def _is_beyond(self, before: dict[str, Stored], after: dict[str, Stored]) -> bool:
        """Only an approval leads where the ticket stands, for what `after` says, and that is not what was agreed to."""
        if self.ticket.status in self._free(after) or not self._needs_somebody(after):
            return False
        return self.ticket.status in self._free(before) or before.get("amount") != after.get("amount")

    def _needs_somebody(self, fields: dict[str, Stored]) -> bool:
        amount = self.amount(fields)
        return amount is None or Decimal(str(amount)) > 200

    def _free(self, fields: dict[str, Stored]) -> set[str]:
        """The statuses that a ticket of these fields can come to, whoever takes it there, when nobody agrees."""
        lifecycle = self.playbook.lifecycles[self.playbook.types[self.ticket.type].lifecycle]
        ways = [each for each in lifecycle.transitions if each.approval is None or not self._needs_somebody(fields)]
        free = set(lifecycle.created_in)
        for _ in lifecycle.statuses:
            free |= {each.to for each in ways if each.origin in free}
        return free

    def assign(self, to: Person, by: Person) -> bool:
        if to.id == self.ticket.assignee_id:
            return True
        if not self.stands or not (to.id == by.id or by.role is Role.ADMIN or self.is_its_supervisor(by)):
            return False
        self.ticket = replace(self.ticket, assignee_id=to.id)
        self.records += 1
        return True

    def put_aside(self, now: datetime) -> None:
        if self.ticket.discarded_at is None:
            self.ticket, self.records = replace(self.ticket, discarded_at=now), self.records + 1

    def put_back(self) -> None:
        if self.ticket.discarded_at is not None:
            self.ticket, self.records = replace(self.ticket, discarded_at=None), self.records + 1

    def merge_into(self, other: "Naive") -> bool:
        if self.ticket.merged_into == other.ticket.id:
            return True
        live = self.ticket.status_category.is_live and not other.ticket.status_category.is_live
        if not self.stands or not other.stands or live:
            return False
        self.ticket = replace(self.ticket, merged_into=other.ticket.id, moves_on_at=None)
        self.records, other.records = self.records + 1, other.records + 1
        return True

    def part_from(self, other: "Naive") -> None:
        if self.ticket.merged_into is not None:
            on = self.ticket.status_since + self.here.moves_on.after if self.here.moves_on else None
            self.ticket = replace(self.ticket, merged_into=None, moves_on_at=on)
            self.records, other.records = self.records + 1, other.records + 1

    def asks(self, to: str, by: Actor, note: str, now: datetime) -> Asked | None:
        """The request that is there then; its id is not known yet where it is a new one."""
        if self.way(to, by, note) != "ask":
            return None
        for each in self.asked:
            if (each.state, each.to) == ("waiting", to) and not self.is_stale(each):
                return each
        if not self._can_be_given(by, escalated=False):
            return None
        rule, ticket = self.playbook.approvals["big"], self.ticket
        expires = now + rule.expires if rule.expires else None
        since, amount = ticket.status_since, ticket.fields.get("amount")
        self.asked.append(Asked(UUID(int=0), by, ticket.status, since, to, amount, expires))
        self.records += 1
        return self.asked[-1]

    def may_decide(self, person: Person, *, escalated: bool) -> bool:
        roles = self.playbook.approvals["big"].approvers.roles
        if person.role is Role.ADMIN:
            return Role.ADMIN in roles or escalated
        return Role.SUPERVISOR in roles and self.is_its_supervisor(person)

    def _can_be_given(self, by: Actor, *, escalated: bool) -> bool:
        able = [each for each in self.people if each.id != by.id and self.may_decide(each, escalated=escalated)]
        return len(able) >= self.playbook.approvals["big"].quorum

    def decide(self, asked: Asked, by: Actor, *, agrees: bool, now: datetime) -> bool:
        """False: it was refused, which may still have found out that it is void, or over."""
        person = by.person
        if person is None or asked.state != "waiting" or person.id in asked.said or by.id == asked.by.id:
            return False
        if not self.may_decide(person, escalated=asked.escalated):
            return False
        if self.end_if_over(asked, now):
            return False
        asked.said.append(person.id)
        if not agrees:
            asked.state = "rejected"
        elif len(asked.said) >= self.playbook.approvals["big"].quorum:
            asked.state = "approved"
        self.records += 1
        return True

    def end_if_over(self, asked: Asked, now: datetime) -> bool:
        """Void, or its time is over: it is asked for once more where the rule says so and somebody could agree."""
        if self.is_stale(asked):
            asked.state, self.records = "void", self.records + 1
            return True
        if asked.expires is None or asked.expires > now:
            return False
        asked.state, self.records = "expired", self.records + 1
        rule = self.playbook.approvals["big"]
        escalated = rule.then is WhenExpired.ESCALATE
        again = rule.then is not WhenExpired.REJECT and asked.follows is None
        if again and rule.expires and self._can_be_given(asked.by, escalated=escalated):
            anew = replace(asked, id=UUID(int=0), state="waiting", said=[], follows=asked.id, escalated=escalated)
            anew.expires = now + rule.expires
            self.asked.append(anew)
            self.records += 1
        return True

    def look_at_approvals(self) -> None:
        for each in self.asked:
            if each.state in ("waiting", "approved") and self.is_stale(each):
                each.state, self.records = "void", self.records + 1

    def carry_on(self, asked: Asked, now: datetime, note: str) -> None:
        if asked.state != "approved":
            return
        by = asked.by
        if by.person is None:
            by = AI if by.kind is ActorKind.AI else AUTOMATION
        if self.is_stale(asked):
            asked.state, self.records = "void", self.records + 1
        elif not self.move(asked.to, by, now, note) and not asked.told:
            asked.told, self.records = True, self.records + 1

    def time_is_up(self, now: datetime) -> None:
        """What happens by itself: it moves on, and what nobody has decided ends."""
        on = self.ticket.moves_on_at
        if on is not None and on <= now and self.ticket.discarded_at is None:
            assert self.here.moves_on is not None
            if not self.move(self.here.moves_on.to, AUTOMATION, now):
                self.ticket, self.records = replace(self.ticket, moves_on_at=None), self.records + 1
        for each in [each for each in self.asked if each.state == "waiting" and each.expires is not None]:
            if each.expires is not None and each.expires <= now:
                self.end_if_over(each, now)
