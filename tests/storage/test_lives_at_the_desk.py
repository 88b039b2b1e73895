"""Two tickets of one customer live through anything at the real desk, under playbooks that nobody thought of.

Everybody tries everything: move, fill in, assign, discard, merge, ask for approvals and decide about them, while time
passes and the process dies before it commits. After each deed the database is what `naive_desk.py` makes of it.
"""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import TracebackType
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from core.errors import Refused
from core.messages import Inbound
from storage.database import Database, understand_json
from storage.engine import create_engine, plain_dsn
from storage.lists.lists import SqlTicketLists
from storage.queries.activity import entries, head_of, streams
from storage.unit_of_work import SqlUnitOfWork
from tests.examples import LONG
from tests.playbooks import InForce
from tests.storage.any_process import a_process
from tests.storage.desk import DeskAtWork
from tests.storage.naive_desk import Naive
from tests.ticketing.test_random_lives import PLACES
from ticketing.activity.chain import first_break
from ticketing.approvals.approval import Verdict
from ticketing.approvals.carry_on import carry_on
from ticketing.approvals.decide import decide_approval
from ticketing.approvals.end import expire_due, review
from ticketing.approvals.request import request_approval
from ticketing.fields.evidence import Evidence
from ticketing.fields.set_fields import set_fields
from ticketing.people.actor import AI, AUTOMATION, Actor, customer_acting, person_acting
from ticketing.people.person import Person, Role
from ticketing.tickets.by_itself import move_on_due
from ticketing.tickets.change_status import change_status
from ticketing.tickets.listing import FieldIs, TicketFilter
from ticketing.tickets.open_ticket import NewTicket
from ticketing.triage.suggestion import Priority

DAY = timedelta(days=1)
COLLEAGUES = (
    ("mia", Role.AGENT, "returns"),
    ("ben", Role.AGENT, "front desk"),
    ("sue", Role.SUPERVISOR, "returns"),
    ("sam", Role.SUPERVISOR, "returns"),
    ("ann", Role.ADMIN, "front desk"),
)


class Died(BaseException):
    """The process, when it was about to commit."""


class Dying(SqlUnitOfWork):
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            return await super().__aexit__(kind, error, trace)
        await super().__aexit__(Died, Died(), None)
        raise Died


class World(DeskAtWork):
    """One desk with its people for all examples; each has a customer of its own."""

    dying = False
    people: list[Person]
    raw: asyncpg.Connection

    def start(self) -> SqlUnitOfWork:
        work = Dying if self.dying else SqlUnitOfWork
        return work(self.database, lambda _: (), self.playbooks)

    async def staff(self, dsn: str) -> None:
        self.raw = await asyncpg.connect(plain_dsn(dsn))
        await understand_json(self.raw)
        for team in ("returns", "front desk"):
            await self.desk.add_team(team, None)
        for name, role, team in COLLEAGUES:
            await self.person(name, role, team)
        self.people = list(await self.desk.people())


@dataclass
class Runs:
    """Runs what is asynchronous; and how it ended."""

    runner: asyncio.Runner
    world: World

    def __call__(self, deed: Awaitable[Any], *, dying: bool = False) -> Any:
        """What it came to; None where it was refused. Raises Died."""

        async def done() -> Any:
            return await deed

        self.world.dying = dying
        try:
            return self.runner.run(done())
        except Refused:
            return None
        finally:
            self.world.dying = False


NAMES = ("mia", "ben", "sue", "sam", "ann")
SOMEBODY = (*NAMES, *("mia", "mia", "sue", "ann", "ann", "ann", "ai", "ai", "automation", "customer"))
DEEDS = (
    *("move", "move", "move", "move", "fill", "fill", "assign", "put-aside", "put-back", "put-back", "put-back"),
    *("ask", "ask", "ask", "decide", "decide", "decide", "work", "work", "wait"),
)
VALUES = {
    "amount": (None, "10.00", "10.01", "200.00", "200.01", "300.00", "300.00"),
    "reason": (None, "broken", "broken", "late"),
}


class Life:
    """Of two tickets, under one playbook."""

    def __init__(self, runs: Runs, seed: int) -> None:
        self.runs, self.world, self.chance = runs, runs.world, Random(seed)
        playbook = a_process(self.chance)
        self.world.playbooks = InForce(playbook)
        self.people = self.world.people
        self.mia = next(each for each in self.people if each.name == "mia")
        self.runs(self._forget_the_others())
        both = self.runs(self._open())
        self.naive = [Naive(playbook, self.people, ticket, 1) for ticket in both]
        customer = customer_acting(both[0].customer_id, "Anna")
        self.actors: dict[str, Actor] = {each.name: person_acting(each) for each in self.people}
        self.actors |= {"ai": AI, "automation": AUTOMATION, "customer": customer}
        for at in (0, 1):  # far enough for approvals to matter
            self._fills(
                at,
                {"reason": "broken", "amount": self.chance.choice(["20.00", "300.00", "300.00"])},
                self.actors["ann"],
                dying=False,
            )
            self.assign(at, "mia", "ann", dying=False)

    async def _forget_the_others(self) -> None:
        """The clock is everybody's, and the playbook of earlier examples is not in force any more."""
        await self.world.raw.execute("UPDATE ticket SET moves_on_at = NULL; UPDATE approval SET expires_at = NULL")

    async def _open(self) -> list[Any]:
        inbound = Inbound(uuid4().hex, "fake", "+14155550100", uuid4().hex, "Anna", "My mug is broken.", None)
        async with self.world.start() as uow:
            conversation = await uow.conversations.open_for(inbound, at=self.world.now)
        new = NewTicket("A broken mug", Priority.NORMAL, "return", "damaged")
        opened = [await self.world.desk.open_ticket(conversation.id, new, by=self.mia) for _ in range(2)]
        numbers = [each.id for each in opened if each is not None]
        async with self.world.start() as uow:
            return [await uow.tickets.lock(each) for each in numbers]

    @contextmanager
    def _later(self) -> Iterator[None]:
        """A second later; where the process dies in it, nothing of it was."""
        self.world.now += timedelta(seconds=1)
        try:
            yield
        except Died:
            return

    def somebody_does(self) -> None:
        chance = self.chance
        what, at, pick = chance.choice(DEEDS), chance.randrange(2), chance.randrange(100)
        who, note, dying = chance.choice(SOMEBODY), chance.choice(["", "Sent a new one."]), chance.random() < 0.15
        match what:
            case "move":
                self.move(at, self._somewhere(at, who, note, pick), who, note, dying)
            case "fill":
                self.fill(at, {key: chance.choice(VALUES[key]) for key in VALUES if chance.random() < 0.7}, who, dying)
            case "assign" if who in NAMES:
                self.assign(at, chance.choice(NAMES), who, dying)
            case "put-aside":
                self.discard_or_restore(at, dying) if pick % 2 else self.merge_or_part(at, dying)
            case "put-back":
                self.put_back(at, dying)
            case "ask":
                self.ask(at, pick, who, dying)
            case "decide":
                self.decide(at, pick, who, bool(pick % 4), dying)
            case "work":
                self.jobs_run(at, dying)
            case "wait":
                self.time_passes(pick % 4)

    def _somewhere(self, at: int, who: str, note: str, pick: int) -> str:
        """Mostly along a way that there is."""
        ways = [to for to in PLACES if self.naive[at].way(to, self.actors[who], note)] if pick % 3 else []
        return (ways or PLACES)[pick % len(ways or PLACES)]

    def move(self, at: int, to: str, who: str, note: str, dying: bool) -> None:
        naive, by = self.naive[at], self.actors[who]
        with self._later():
            deed = change_status(naive.ticket.id, to, by=by, note=note, uow=self._work(dying), now=self.world.now)
            moved = self.runs(deed)
            if to != naive.ticket.status:
                assert naive.move(to, by, self.world.now, note) is (moved is not None)

    def _work(self, dying: bool) -> SqlUnitOfWork:
        self.world.dying = dying
        return self.world.start()

    def fill(self, at: int, given: dict[str, str | None], who: str, dying: bool) -> None:
        by = self.actors[who]
        self._fills(at, given, by if by.person is not None else AI, dying=dying)

    def _fills(self, at: int, given: dict[str, str | None], by: Actor, *, dying: bool) -> None:
        naive = self.naive[at]
        with self._later():
            read = dict.fromkeys(given, Evidence(0.5))
            deed = set_fields(naive.ticket.id, given, by=by, read=read, uow=self._work(dying), now=self.world.now)
            taken = self.runs(deed)
            assert naive.fill(given, by) is (taken is not None)

    def assign(self, at: int, to: str, who: str, dying: bool) -> None:
        naive, people = self.naive[at], {each.name: each for each in self.people}
        person, by = people[to], people[who]
        with self._later():
            taken = self.runs(self.world.desk.assign(naive.ticket.id, person.id, by=by), dying=dying)
            assert naive.assign(person, by) is (taken is not None)

    def discard_or_restore(self, at: int, dying: bool) -> None:
        naive = self.naive[at]
        with self._later():
            if naive.ticket.discarded_at is None:
                self.runs(self.world.desk.discard(naive.ticket.id, by=self.mia), dying=dying)
                naive.put_aside(self.world.now)
            else:
                self.runs(self.world.desk.restore(naive.ticket.id, by=self.mia), dying=dying)
                naive.put_back()

    def merge_or_part(self, at: int, dying: bool) -> None:
        naive, other = self.naive[at], self.naive[1 - at]
        with self._later():
            if naive.ticket.merged_into is None:
                deed = self.world.desk.merge_tickets(other.ticket.id, naive.ticket.id, by=self.mia)
                merged = self.runs(deed, dying=dying)
                assert naive.merge_into(other) is (merged is not None)
            else:
                self.runs(self.world.desk.unmerge_ticket(naive.ticket.id, by=self.mia), dying=dying)
                naive.part_from(other)

    def put_back(self, at: int, dying: bool) -> None:
        if self.naive[at].ticket.discarded_at is not None:
            self.discard_or_restore(at, dying)
        if self.naive[at].ticket.merged_into is not None:
            self.merge_or_part(at, dying)

    def ask(self, at: int, pick: int, who: str, dying: bool) -> None:
        """Mostly where it has to be asked for."""
        naive, by, note = self.naive[at], self.actors[who], "As agreed."
        ways = [to for to in PLACES if naive.way(to, by, note) == "ask"] if pick % 5 else []
        to = ways[pick % len(ways)] if ways else PLACES[pick % len(PLACES)]
        with self._later():
            uow, now = self._work(dying), self.world.now
            got = self.runs(request_approval(naive.ticket.id, to, "Why.", by=by, note=note, uow=uow, now=now))
            expected = naive.asks(to, by, note, now)
            assert (got is None) is (expected is None)
            if expected is not None:
                expected.id = got.id

    def decide(self, at: int, pick: int, who: str, agrees: bool, dying: bool) -> None:
        """Mostly one of those who may."""
        naive, by = self.naive[at], self.actors[who]
        if not naive.asked:
            return
        waiting = [each for each in naive.asked if each.state == "waiting"] or naive.asked
        asked = waiting[pick % len(waiting)]
        able = [each for each in self.people if naive.may_decide(each, escalated=False) and each.id != asked.by.id]
        if able and pick % 4:
            by = self.actors[able[pick % len(able)].name]
        with self._later():
            verdict, now = Verdict.APPROVE if agrees else Verdict.REJECT, self.world.now
            said = self.runs(decide_approval(asked.id, verdict, by=by, reason="So.", uow=self._work(dying), now=now))
            assert naive.decide(asked, by, agrees=agrees, now=now) is (said is not None)
            self._meet_repeats()

    def jobs_run(self, at: int, dying: bool) -> None:
        """What follows from changes: approvals are looked at anew, and what was agreed to happens."""
        naive, now = self.naive[at], self.world.now
        with self._later():
            self.runs(review(naive.ticket.id, uow=self._work(dying), now=now))
            naive.look_at_approvals()
        for asked in list(naive.asked):
            with self._later():
                now = self.world.now
                self.runs(carry_on(asked.id, start=self.world.start, now=now))
                naive.carry_on(asked, now, "As agreed.")

    def time_passes(self, days: int) -> None:
        self.world.now += days * DAY
        with self._later():
            now = self.world.now
            self.runs(move_on_due(start=self.world.start, now=now))
            self.runs(expire_due(start=self.world.start, now=now))
            for naive in self.naive:
                naive.time_is_up(now)
            self._meet_repeats()

    def _meet_repeats(self) -> None:
        """What is asked for once more has an id that only the database knows."""
        for naive in self.naive:
            for asked in naive.asked:
                if asked.id.int == 0:
                    asked.id = self.runs(
                        self.world.raw.fetchval("SELECT id FROM approval WHERE follows = $1", asked.follows)
                    )
                    assert asked.id is not None

    def require_what_the_playbook_allows(self) -> None:
        for naive in self.naive:
            found, approvals = self.runs(self._stored(naive))
            ticket = naive.ticket
            assert found == {
                "status": ticket.status,
                "status_category": ticket.status_category.value,
                "status_since": ticket.status_since,
                "fields": dict(ticket.fields),
                "assignee_id": ticket.assignee_id,
                "discarded": ticket.discarded_at is not None,
                "merged_into": ticket.merged_into,
                "moves_on_at": ticket.moves_on_at,
                "records": naive.records,
            }
            assert approvals == {each.id: (each.state, len(each.said)) for each in naive.asked}

    async def _stored(self, naive: Naive) -> tuple[dict[str, Any], dict[Any, tuple[str, int]]]:
        found = await self.world.raw.fetchrow(
            "SELECT status, status_category, status_since, fields, assignee_id, discarded_at IS NOT NULL AS discarded,"
            " merged_into, moves_on_at, (SELECT count(*) FROM activity WHERE stream_id = ticket.id) AS records"
            " FROM ticket WHERE id = $1",
            naive.ticket.id,
        )
        rows = await self.world.raw.fetch(
            "SELECT id, state, (SELECT count(*) FROM approval_decision WHERE approval_id = approval.id) AS said"
            " FROM approval WHERE ticket_id = $1",
            naive.ticket.id,
        )
        return dict(found), {row["id"]: (row["state"], row["said"]) for row in rows}

    def end(self) -> None:
        for naive in self.naive:
            self.runs(self._end(naive))

    async def _end(self, naive: Naive) -> None:
        """Its chain is whole and tells by itself how it stands; lists find it where it is, and nowhere else."""
        async with self.world.engine.connect() as connection:
            (at,) = [each for each in await streams(connection) if each[0].id == naive.ticket.id]
            told = await entries(connection, at[0])
        assert first_break(told) is None
        assert head_of(told) == at[1]
        moved = [entry.after["status"] for entry in told if entry.kind == "status.changed"]
        assert not moved or moved[-1] == naive.ticket.status
        used = [
            str(entry.after["approval"]) for entry in told if "approval" in entry.after and entry.kind[:6] == "status"
        ]
        assert sorted(used) == sorted(str(each.id) for each in naive.asked if each.state == "used")
        amount = naive.ticket.fields.get("amount")
        lists, mine = SqlTicketLists(self.world.database), (naive.ticket.number,)
        for place in PLACES:
            page = await lists.page(TicketFilter(numbers=mine, statuses=(place,)))
            assert bool(page.lines) is (naive.stands and place == naive.ticket.status)
        for value in ("10.00", "200.01", "300.00"):
            page = await lists.page(TicketFilter(numbers=mine, fields=(FieldIs("amount", (value,)),)))
            assert bool(page.lines) is (naive.stands and value == amount)


@pytest.mark.hypothesis  # `make test-long` runs it as one of these, with EXAMPLES=all
def test_nothing_happens_at_the_desk_that_its_playbook_forbids_and_nothing_is_lost(database: str) -> None:
    lives, deeds = (400, 80) if LONG else (8, 40)
    with asyncio.Runner() as runner:
        world: World = runner.run(_made(database))
        try:
            for seed in range(lives):
                live(Life(Runs(runner, world), seed), deeds, seed)
        finally:
            runner.run(_closed(world))


def live(life: Life, deeds: int, seed: int) -> None:
    try:
        for _ in range(deeds):
            life.somebody_does()
            life.require_what_the_playbook_allows()
        life.end()
    except AssertionError as error:
        error.add_note(f"It was life {seed}.")
        raise


async def _made(dsn: str) -> World:
    world = World(create_engine(dsn, size=2), Database(dsn, size=4))
    await world.staff(dsn)
    return world


async def _closed(world: World) -> None:
    await world.raw.close()
    await world.database.close()
    await world.engine.dispose()
