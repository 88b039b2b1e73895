"""What came of a call, once the ticket is somebody's, or another worker makes the same call."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from tests.playbooks import InForce
from tests.storage.resolving import Resolving, returns
from threadline import Context, Json, Outcome, OutcomeKind
from ticketing.resolution.ports import Actions
from ticketing.resolution.run import RunState, StepKind

Ends = Callable[[Callable[[], Awaitable[Outcome]]], Awaitable[Outcome]]


class Ending:
    """Actions whose writes end so. `ends`: is given the write itself."""

    def __init__(self, inner: Actions, ends: Ends) -> None:
        self._inner, self._ends = inner, ends

    @property
    def specs(self) -> Mapping[str, Any]:
        return self._inner.specs

    async def call(self, name: str, arguments: Mapping[str, Json], context: Context) -> Outcome:
        write = partial(self._inner.call, name, arguments, context)
        return await (self._ends(write) if self.specs[name].writes else write())


@pytest.mark.parametrize("kind", [OutcomeKind.REFUSED, OutcomeKind.UNKNOWN])
async def test_who_took_it_over_meanwhile_hears_it_and_the_customer_nothing(
    resolving: Resolving, kind: OutcomeKind
) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None

    async def taken_over(_: object) -> Outcome:
        resolving.at_work.now += timedelta(seconds=1)
        await resolving.at_work.desk.take_over(ticket, by=resolving.mia)
        return Outcome(kind, words="No.")

    await resolving.work(run, actions=lambda playbook: Ending(resolving.actions.of(playbook), taken_over))
    ended = await resolving.run(ticket)
    assert (ended.state, await resolving.told(ticket)) == (RunState.STOPPED, [])
    assert ended.why.startswith("Stopped: a colleague has it. ")
    assert "No." in ended.why
    assert (await resolving.row(ticket)).escalated_at is None


async def test_what_was_paid_when_the_ai_was_switched_off_is_not_left_unseen(resolving: Resolving) -> None:
    """Nobody has the ticket, and the customer has not been told: somebody has to see it."""
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None

    async def switched_off(write: Callable[[], Awaitable[Outcome]]) -> Outcome:
        done = await write()
        await resolving.at_work.desk.switch_ai(on=False)
        return done

    await resolving.work(run, actions=lambda playbook: Ending(resolving.actions.of(playbook), switched_off))
    ended = await resolving.run(ticket)
    assert (ended.state, await resolving.told(ticket), resolving.refunds()) == (RunState.STOPPED, [], [8900])
    assert "the customer has not been told" in ended.why
    assert (await resolving.row(ticket)).escalated_at is not None


async def test_of_two_that_make_the_same_call_neither_leaves_it_lying(resolving: Resolving) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None
    called, go_on = (asyncio.Event(), asyncio.Event()), (asyncio.Event(), asyncio.Event())

    async def slow(write: Callable[[], Awaitable[Outcome]], *, place: int) -> Outcome:
        outcome = await write()
        called[place].set()
        await go_on[place].wait()
        return outcome

    works = []
    for place in range(2):  # the second time because nobody has heard of the first worker any more
        ends = partial(slow, place=place)
        works.append(
            asyncio.create_task(
                resolving.work(run, actions=lambda playbook, ends=ends: Ending(resolving.actions.of(playbook), ends))
            )
        )
        await called[place].wait()
    for place, work in enumerate(works):
        go_on[place].set()
        await work
    ended = await resolving.run(ticket)
    assert (ended.state, resolving.refunds()) == (RunState.HANDED_OVER, [8900])
    assert ended.why == "issue_refund was done, and nothing that follows it."
    assert [each.outcome for each in await resolving.steps(ticket) if each.kind is StepKind.ACT] == ["done"]
    assert (await resolving.row(ticket)).escalated_at is not None


async def spent(resolving: Resolving) -> dict[str, Decimal]:
    rows = await resolving.at_work.rows("SELECT type, amount FROM run_spending WHERE amount <> 0")
    return {row.type: row.amount for row in rows}


async def test_what_was_not_paid_is_given_back_to_the_type_that_it_was_counted_for(resolving: Resolving) -> None:
    playbook = returns()
    lost = replace(playbook.types["return"], key="lost")
    resolving.at_work.playbooks = InForce(replace(playbook, types={**playbook.types, "lost": lost}))
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None

    await resolving.at_work.desk.change_type(ticket, "lost", "damaged", by=resolving.mia)

    async def refused(_: object) -> Outcome:
        assert await spent(resolving) == {"lost": Decimal("89.00")}
        return Outcome(OutcomeKind.REFUSED, words="No.")

    await resolving.work(run, actions=lambda playbook: Ending(resolving.actions.of(playbook), refused))
    assert await spent(resolving) == {}


async def test_what_turns_out_later_not_to_have_been_paid_is_given_back(resolving: Resolving) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None
    called, go_on = asyncio.Event(), asyncio.Event()

    async def refused_late(_: object) -> Outcome:
        called.set()
        await go_on.wait()
        return Outcome(OutcomeKind.REFUSED, words="No.")

    async def unknown(_: object) -> Outcome:
        return Outcome(OutcomeKind.UNKNOWN, words="The line broke.")

    first = asyncio.create_task(
        resolving.work(run, actions=lambda playbook: Ending(resolving.actions.of(playbook), refused_late))
    )
    await called.wait()
    await resolving.work(run, actions=lambda playbook: Ending(resolving.actions.of(playbook), unknown))
    assert await spent(resolving) == {"return": Decimal("89.00")}  # it may have been
    go_on.set()
    await first
    assert "It turned out later: issue_refund was not done." in (await resolving.run(ticket)).why
    assert await spent(resolving) == {}
