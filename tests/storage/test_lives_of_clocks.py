"""Two tickets live through anything that concerns their clocks, at the real desk: after each deed, what is stored is
what their records say, what is due was told, once, and nobody's work that means nothing to clocks has moved them.
"""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from core.errors import Refused
from sla.clock import due_events
from storage.clock_history import ClockHistories
from storage.clock_survey import look
from tests.examples import LONG
from tests.playbooks import WAITING, promising
from tests.storage.desk import DeskAtWork
from tests.storage.test_holding_to_promises import doubled
from tests.storage.test_service_levels import MONDAY
from ticketing.people.person import Person
from ticketing.playbook.playbook import Playbook
from ticketing.sla.hold import hold_all, hold_to_tier
from ticketing.sla.service_level import ServiceLevel
from ticketing.sla.tick import tell_due
from ticketing.tickets.ticket import Ticket
from ticketing.triage.suggestion import Priority

UNDO = timedelta(seconds=10)
DEEDS = (
    *("move", "move", "move", "reply", "reply", "undo", "undo", "comment", "assign", "claim", "priority", "priority"),
    *("tier", "type", "merge", "part", "put aside", "put back", "put back", "edit", "tick", "tick", "tick"),
)
STATUSES = ("open", "in_progress", "waiting_on_customer", "waiting_on_customer", "resolved", "closed")
STEPS = (timedelta(), timedelta(seconds=3), timedelta(minutes=17), timedelta(hours=1), timedelta(hours=5), UNDO * 6000)


class Life:
    """Of two tickets of one conversation, at one desk."""

    def __init__(self, desk: DeskAtWork, people: list[Person], seed: int) -> None:
        self.desk, self.people, self.chance, self.seed = desk, people, Random(seed), seed
        self.version = 10 + 1000 * seed
        self.written: list[Any] = []
        self.owed = False  # jobs that hold tickets otherwise: whatever is done to the ticket before does it then

    async def begin(self) -> None:
        self.desk.now = MONDAY + timedelta(minutes=self.chance.randrange(10_000))
        self.desk.follow(promising(version=self.version))
        conversation = await self.desk.customer_writes(sender=f"+1555000{self.seed:04}")
        self.ids = [(await self.desk.ticket(conversation, self.people[0])).id for _ in range(2)]

    async def step(self) -> None:
        """One deed by somebody, some time after the last one, by a clock that may be behind; and a look at it all."""
        now = self.desk.now
        self.desk.now += self.chance.choice(STEPS) * self.chance.choice((1, 1, 1, 2))
        if self.chance.random() < 0.05:
            self.desk.now = now - timedelta(seconds=2)
        deed = self.chance.choice(DEEDS)
        before = await self.levels()
        try:
            await self.does(deed, await self.ticket(self.chance.randrange(2)), self.chance.choice(self.people))
        except Refused:
            assert await self.levels() == before, deed
        await self.require_what_the_records_say(deed)
        if deed in ("assign", "claim") and not self.owed:
            after = await self.levels()
            for at in range(2):
                # One that is settled, or counts nowhere, is held to what is promised now with whatever is done to it.
                assert before[at] == after[at] or not counts(await self.ticket(at)), deed

    def does(self, deed: str, ticket: Ticket, by: Person) -> Awaitable[Any]:
        desk = self.desk.desk
        other = next(each for each in self.ids if each != ticket.id)
        simple: dict[str, Any] = {
            "move": lambda: desk.change_status(ticket.id, self.chance.choice(STATUSES), by=by, note="So."),
            "comment": lambda: desk.comment(ticket.id, "Looking at it.", by=by),
            "assign": lambda: desk.assign(ticket.id, self.chance.choice(self.people).id, by=by),
            "claim": lambda: desk.claim(ticket.conversation_id, by=by, take_over=True),
            "priority": lambda: desk.set_priority(ticket.id, self.chance.choice(list(Priority)), by=by),
            "merge": lambda: desk.merge_tickets(other, ticket.id, by=by),
            "part": lambda: desk.unmerge_ticket(ticket.id, by=by),
            "put aside": lambda: desk.discard(ticket.id, by=by),
            "put back": lambda: desk.restore(ticket.id, by=by),
        }
        own = {"reply": self.reply, "undo": self.undo, "tier": self.tier, "type": self.change_type, "tick": self.tick}
        if deed in simple:
            done: Awaitable[Any] = simple[deed]()
            return done
        return self.edit() if deed == "edit" else own[deed](ticket, by)

    async def reply(self, ticket: Ticket, by: Person) -> None:
        self.written.append((await self.desk.reply(ticket, by), by))

    async def undo(self, ticket: Ticket, by: Person) -> None:
        """Mostly the newest reply, and mostly within its seconds; none is ever sent here."""
        if not self.written:
            await self.reply(ticket, by)
            self.desk.now += timedelta(seconds=self.chance.randrange(12))
        message, by = self.written.pop(self.chance.randrange(len(self.written)) if self.chance.random() < 0.3 else -1)
        await self.desk.desk.withdraw(message, by=by)

    async def tier(self, ticket: Ticket, by: Person) -> None:
        tier = self.chance.choice(("VIP", "vip", None, "none known"))
        await self.desk.desk.set_attributes(ticket.customer_id, {"tier": tier}, by=by)
        self.owed = self.owed or self.chance.random() < 0.2
        for each in () if self.owed else self.ids:
            await hold_to_tier(each, uow=self.desk.start(), now=self.desk.now)

    async def change_type(self, ticket: Ticket, by: Person) -> None:
        types = (await self.playbook()).types
        kind = self.chance.choice(sorted(types))
        await self.desk.desk.change_type(ticket.id, kind, types[kind].categories[0], by=by)

    async def tick(self, _ticket: Ticket, _by: Person) -> None:
        now = self.desk.now + self.chance.choice((timedelta(), timedelta(), -timedelta(days=1), timedelta(seconds=1)))
        await tell_due(start=self.desk.start, now=now)
        for level in await self.levels():
            assert level is None or not any(due_events(clock, now) for clock in level.clocks.values())

    async def edit(self) -> None:
        self.version += 1
        self.desk.follow(another(self.chance, self.version))
        self.owed = self.chance.random() < 0.2
        if not self.owed:
            for each in self.ids:
                await hold_to_tier(each, uow=self.desk.start(), now=self.desk.now)
            await hold_all(self.version, 0, start=self.desk.start, clock=self.desk.clock)

    async def playbook(self) -> Playbook:
        async with self.desk.start() as uow:
            return await uow.playbook()

    async def ticket(self, at: int) -> Ticket:
        async with self.desk.start() as uow:
            return await uow.tickets.lock(self.ids[at])

    async def levels(self) -> list[ServiceLevel | None]:
        async with self.desk.start() as uow:
            return [await uow.service_levels.get(each) for each in self.ids]

    async def require_what_the_records_say(self, deed: str) -> None:
        async with self.desk.database.single() as session:
            histories = ClockHistories(session, self.desk.playbooks)
            found = [await histories.of(each) for each in self.ids]
        assert [each.level() for each in found] == await self.levels(), deed
        for each in found:
            told = [(entry.after["clock"], entry.after["event"]) for entry in each.entries if entry.kind == "sla.fired"]
            assert len(set(told)) == len(told), deed

    async def end(self) -> None:
        """All that is stored beside the clocks is theirs, too, and nothing is told of what is settled or counts not."""
        assert [page.doubtful async for page in look(self.desk.database, self.desk.playbooks) if page.doubtful] == []
        await hold_all(self.version, 0, start=self.desk.start, clock=self.desk.clock)
        before = [len(await self.fired(each)) for each in self.ids]
        await tell_due(start=self.desk.start, now=self.desk.now + timedelta(days=300))
        for at, each in enumerate(self.ids):
            ticket = await self.ticket(at)
            if not counts(ticket):
                assert len(await self.fired(each)) == before[at]
        await self.require_what_the_records_say("the end")

    async def fired(self, ticket_id: Any) -> list[Any]:
        async with self.desk.database.single() as session:
            entries = (await ClockHistories(session, self.desk.playbooks).of(ticket_id)).entries
        return [each for each in entries if each.kind == "sla.fired"]


def counts(ticket: Ticket) -> bool:
    return ticket.is_live and ticket.discarded_at is None and ticket.merged_into is None


def another(chance: Random, version: int) -> Playbook:
    """Other hours, other lengths, nothing promised for some types, or another meaning of waiting."""
    made = promising(chance.choice(("office", "always")), version=version)
    if chance.random() < 0.5:
        made = replace(doubled(made), version=version)
    types = {key: replace(each, sla=None) if chance.random() < 0.2 else each for key, each in made.types.items()}
    paused = chance.random() < 0.7
    lifecycles = {
        key: replace(
            each,
            statuses=tuple(
                replace(status, sla_paused=paused) if status.key == WAITING else status for status in each.statuses
            ),
        )
        for key, each in made.lifecycles.items()
    }
    return replace(made, types=types, lifecycles=lifecycles)


@pytest.mark.hypothesis  # `make test-long` runs it as one of these, with EXAMPLES=all
async def test_whatever_happens_to_tickets_their_clocks_are_what_their_records_say(desk: DeskAtWork) -> None:
    desk.undo(UNDO)
    people = [await desk.person(name) for name in ("Mia", "Ben")]
    for seed in range(80 if LONG else 1):
        life = Life(desk, people, seed)
        await life.begin()
        deeds = 80 if LONG else 40
        try:
            for _ in range(deeds):
                await life.step()
            await life.end()
        except BaseException as error:
            error.add_note(f"It was life {seed}.")
            raise
    assert await desk.broken_chains() == []
