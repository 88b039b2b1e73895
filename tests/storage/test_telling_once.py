"""Whatever happens to the clock process and to the clock on its wall, what comes due is told exactly once."""

import asyncio
from collections import Counter
from datetime import timedelta
from functools import partial
from types import TracebackType

import pytest

from sla.clock import Kind, State, state
from storage.unit_of_work import SqlUnitOfWork
from tests.playbooks import promising
from tests.storage.desk import DeskAtWork
from tests.storage.mortals import Fate, Killed, MortalWork
from tests.storage.test_service_levels import agrees, history, opened
from ticketing.people.person import Person
from ticketing.sla.tick import next_due, tell_due
from ticketing.tickets.ticket import Ticket

PLAYBOOK = promising("always")
FIRST_DUE, DUE = timedelta(hours=4), timedelta(hours=24)
EVERYTHING = [
    ("first_response", "at_risk"),
    ("first_response", "warning"),
    ("first_response", "breached"),
    ("resolution", "at_risk"),
    ("resolution", "warning"),
    ("resolution", "step:before 3600s"),
    ("resolution", "breached"),
    ("resolution", "step:after 7200s"),
]


class Slow(SqlUnitOfWork):
    """Says when it is about to commit, and does when it is told to."""

    def __init__(self, desk: DeskAtWork, ready: asyncio.Event, go: asyncio.Event) -> None:
        super().__init__(desk.database, desk.route, desk.playbooks)
        self._ready, self._go = ready, go

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ready.set()
        await self._go.wait()
        await super().__aexit__(kind, error, trace)


async def told(desk: DeskAtWork, ticket: Ticket) -> list[tuple[object, object]]:
    """In the order of the record."""
    entries = await history(desk, ticket.id)
    return [(each.after["clock"], each.after["event"]) for each in entries if each.kind == "sla.fired"]


# Of what is breached by now nobody is warned.
HEARD = len(EVERYTHING) - 2


async def passed_on(desk: DeskAtWork) -> int:
    """Events that left with the commit, for people to hear of."""
    return (await desk.jobs()).count("SlaTold")


@pytest.fixture
async def untouched(desk: DeskAtWork) -> tuple[Ticket, Person]:
    return await opened(desk, PLAYBOOK)


async def test_killed_between_any_two_steps_and_begun_again_it_tells_everything_once(
    desk: DeskAtWork, untouched: tuple[Ticket, Person]
) -> None:
    """Steps raise the priority as well: what they do is in the same transaction as that they were told."""
    ticket, mia = untouched
    tickets = [ticket, await desk.ticket(ticket.conversation_id, mia, "A plate, too")]
    desk.now += DUE + timedelta(hours=3)
    for steps in range(100):
        mortal = partial(MortalWork, desk, Fate(steps))
        before = [await told(desk, each) for each in tickets]
        try:
            await tell_due(start=mortal, now=desk.now)
        except Killed:
            after = [await told(desk, each) for each in tickets]
            assert after in (before, [EVERYTHING, EVERYTHING])  # all of it, or nothing
            continue
        break
    else:
        raise AssertionError("it never came to an end")
    assert steps > 10
    assert [await told(desk, each) for each in tickets] == [EVERYTHING, EVERYTHING]
    assert await passed_on(desk) == 2 * HEARD
    for each in tickets:
        await agrees(desk, each.id, PLAYBOOK)
    raised = [each for one in tickets for each in await history(desk, one.id) if each.kind == "priority.changed"]
    assert len(raised) == 2


async def test_several_at_once_tell_each_event_once(desk: DeskAtWork, untouched: tuple[Ticket, Person]) -> None:
    ticket, mia = untouched
    tickets = [ticket, *[await desk.ticket(ticket.conversation_id, mia, f"Plate {number}") for number in range(5)]]
    desk.now += DUE + timedelta(hours=3)
    counted = await asyncio.gather(*(tell_due(start=desk.start, now=desk.now) for _ in range(4)))
    assert sum(counted) == len(tickets) * len(EVERYTHING)
    assert [Counter(await told(desk, each)) for each in tickets] == [Counter(EVERYTHING)] * len(tickets)
    assert await passed_on(desk) == len(tickets) * HEARD


async def test_a_wall_clock_that_is_set_back_and_forward_by_days_tells_nothing_twice_and_leaves_nothing_out(
    desk: DeskAtWork, untouched: tuple[Ticket, Person]
) -> None:
    ticket, mia = untouched
    start = desk.now
    assert await tell_due(start=desk.start, now=start + FIRST_DUE) == 3
    desk.now = start - timedelta(days=2)  # and back: what was told stays told
    assert await tell_due(start=desk.start, now=desk.now) == 0
    assert await next_due(start=desk.start) == start + DUE * 0.75
    late = await desk.ticket(ticket.conversation_id, mia, "Opened by the clock that is behind")
    assert await tell_due(start=desk.start, now=desk.now + FIRST_DUE) == 3
    desk.now = start + timedelta(days=9)
    assert await tell_due(start=desk.start, now=desk.now) == 10
    assert await tell_due(start=desk.start, now=desk.now) == 0
    for each, since in ((ticket, start), (late, start - timedelta(days=2))):
        assert await told(desk, each) == EVERYTHING
        fired = [entry for entry in await history(desk, each.id) if entry.kind == "sla.fired"]
        (breach,) = [entry for entry in fired if (entry.after["clock"], entry.after["event"]) == EVERYTHING[6]]
        assert breach.after["due"] == (since + DUE).isoformat()  # its own instant, however late it is told
        await agrees(desk, each.id, PLAYBOOK)
    assert await next_due(start=desk.start) is None


class TestResolvedInTheInstantInWhichItIsDue:
    async def test_resolved_first_nothing_is_told_and_it_is_met(
        self, desk: DeskAtWork, untouched: tuple[Ticket, Person]
    ) -> None:
        ticket, mia = untouched
        desk.now += DUE
        await tell_due(start=desk.start, now=desk.now - timedelta(microseconds=1))
        before = await told(desk, ticket)
        async with desk.start() as uow:  # whoever resolves it has it in hand, and has not committed
            await uow.tickets.lock(ticket.id)
            assert await asyncio.wait_for(tell_due(start=desk.start, now=desk.now), 30) == 0
        await desk.desk.change_status(ticket.id, "resolved", by=mia)
        assert await tell_due(start=desk.start, now=desk.now) == 0
        assert await tell_due(start=desk.start, now=desk.now + DUE) == 0
        assert await told(desk, ticket) == before
        level = await agrees(desk, ticket.id, PLAYBOOK)
        assert state(level.clocks[Kind.RESOLUTION], desk.now) is State.MET

    async def test_told_first_it_stays_a_breach_and_nothing_is_told_after_it(
        self, desk: DeskAtWork, untouched: tuple[Ticket, Person]
    ) -> None:
        ticket, mia = untouched
        desk.now += DUE
        ready, go = asyncio.Event(), asyncio.Event()
        telling = asyncio.create_task(tell_due(start=lambda: Slow(desk, ready, go), now=desk.now))
        await ready.wait()
        resolving = asyncio.create_task(desk.desk.change_status(ticket.id, "resolved", by=mia))
        await desk.done_or_waiting(resolving)
        assert not resolving.done()
        go.set()
        assert await telling == 7
        await resolving
        level = await agrees(desk, ticket.id, PLAYBOOK)
        assert state(level.clocks[Kind.RESOLUTION], desk.now) is State.BREACHED
        assert await tell_due(start=desk.start, now=desk.now + DUE) == 0
        assert await told(desk, ticket) == EVERYTHING[:-1]

    async def test_at_once_over_two_connections_nothing_is_told_after_it_was_resolved(
        self, desk: DeskAtWork, untouched: tuple[Ticket, Person]
    ) -> None:
        ticket, mia = untouched
        for number in range(12):
            desk.now += timedelta(hours=1)
            each = await desk.ticket(ticket.conversation_id, mia, f"Plate {number}")
            desk.now += DUE
            doing = [
                desk.desk.change_status(each.id, "resolved", by=mia),
                tell_due(start=desk.start, now=desk.now),
            ]
            await asyncio.gather(*doing[:: 1 if number % 2 else -1])
            await tell_due(start=desk.start, now=desk.now + timedelta(minutes=1))
            entries = await history(desk, each.id)
            (resolved,) = [entry.seq for entry in entries if entry.kind == "status.changed"]
            assert all(entry.seq < resolved for entry in entries if entry.kind == "sla.fired")
            breached = ("resolution", "breached") in await told(desk, each)
            level = await agrees(desk, each.id, PLAYBOOK)
            expected = State.BREACHED if breached else State.MET
            assert state(level.clocks[Kind.RESOLUTION], desk.now) is expected
