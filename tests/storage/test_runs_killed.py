"""A run killed between any two of its steps: one refund in the shop's books, one message, the ticket closed, and the
record tells all of it. The same where the gateway's answer is lost, two work at once, or somebody takes it over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from ai.actions.desk_actions import DeskActions
from ai.actions.registry import Catalogue
from core.errors import ChannelUnavailable
from examples.actions.shop import Refund, issue_refund
from examples.shop.faults import Fault, Kind
from tests.playbooks import InForce
from tests.storage.mortals import Fate, Killed, MortalWork
from tests.storage.resolving import PATIENCE, Follows, Resolving, returns
from threadline import Context, Json, Outcome, OutcomeKind, action
from ticketing.approvals.approval import Verdict
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Budget
from ticketing.resolution.begin import begin_run
from ticketing.resolution.ports import Actions, Earlier
from ticketing.resolution.proposal import Case, Proposed
from ticketing.resolution.resume import look_again
from ticketing.resolution.run import Run, RunState, StepKind

Deed = Callable[[], Awaitable[object]]


class MortalActions:
    """Before the call nothing was asked; after it the shop has done it."""

    def __init__(self, inner: Actions, before: Deed, after: Deed) -> None:
        self._inner, self._before, self._after = inner, before, after

    @property
    def specs(self) -> Mapping[str, Any]:
        return self._inner.specs

    async def call(self, name: str, arguments: Mapping[str, Json], context: Context) -> Outcome:
        await self._before()
        outcome = await self._inner.call(name, arguments, context)
        await self._after()
        return outcome


class ClosedShop:
    """It tells about orders, and takes nothing."""

    def __init__(self, inner: Actions) -> None:
        self._inner = inner

    @property
    def specs(self) -> Mapping[str, Any]:
        return self._inner.specs

    async def call(self, name: str, arguments: Mapping[str, Json], context: Context) -> Outcome:
        if self.specs[name].writes:
            return Outcome(OutcomeKind.UNAVAILABLE, words="The shop is closed.")
        return await self._inner.call(name, arguments, context)


class MortalBrain(Follows):
    def __init__(self, before: Deed) -> None:
        super().__init__()
        self._before = before

    async def propose(self, case: Case) -> Proposed:
        await self._before()
        return await super().propose(case)


def lenient() -> Playbook:
    """Without the cap on refunds of one customer: here one is made after another."""
    playbook = returns(budget=Budget(amount_per_month=None))
    policy = playbook.action_policies["issue_refund"]
    rules = tuple(each for each in policy.rules if each.key != "capped")
    return replace(playbook, action_policies={policy.action: replace(policy, rules=rules)})


class Killing:
    """One run after another, each killed one step later than the one before."""

    def __init__(self, resolving: Resolving) -> None:
        self.resolving = resolving
        self.desk = resolving.at_work
        self.desk.playbooks = InForce(lenient())
        self.steps = 0

    async def ticket(self, order: str) -> UUID:
        self.resolving.shop.open()
        return await self.resolving.ticket(f"It came broken, order #{order}", sender=f"+49{self.steps:09}")

    async def killed(self, deed: Callable[[Fate], Awaitable[object]]) -> bool:
        """Was it, or did it end by itself before?"""
        fate = Fate(self.steps)
        self.steps += 1
        try:
            await deed(fate)
        except Killed:
            return True
        return False

    async def begin(self, ticket: UUID, fate: Fate) -> None:
        await begin_run(
            ticket,
            actions=self.resolving.actions.of,
            limits=self.desk.desk.limits,
            start=lambda: MortalWork(self.desk, fate),
            now=self.desk.now,
        )

    async def work(self, run: UUID, fate: Fate) -> None:
        async def step() -> None:
            fate.step()

        await self.resolving.work(
            run,
            brain=MortalBrain(step),
            actions=lambda playbook: MortalActions(self.resolving.actions.of(playbook), step, step),
            start=lambda: MortalWork(self.desk, fate),
        )

    async def wake(self, ticket: UUID, fate: Fate) -> None:
        await look_again(ticket, limits=self.desk.desk.limits, uow=MortalWork(self.desk, fate), now=self.desk.now)


async def whole(resolving: Resolving, ticket: UUID, *, order: str, cents: int) -> Run:
    """One refund, one message, and a record that tells of just that."""
    assert resolving.refunds(order) == [cents]
    assert len(await resolving.told(ticket)) == 1
    steps = await resolving.steps(ticket)
    assert [each.place for each in steps] == list(range(len(steps)))
    acts = [each for each in steps if each.kind is StepKind.ACT]
    assert [(each.outcome, each.key) for each in acts] == [("done", f"run:{acts[0].run_id}:{acts[0].place}")]
    assert len(await resolving.records(ticket, "run.acted")) == 1
    assert len(await resolving.records(ticket, "run.ended")) == 1
    return await resolving.run(ticket)


async def check_books(resolving: Resolving, *, runs: int, amount: int) -> None:
    (spent,) = await resolving.at_work.rows("SELECT runs, amount FROM run_spending")
    assert (spent.runs, spent.amount) == (runs, amount)
    assert await resolving.at_work.broken_chains() == []


async def test_killed_anywhere_the_refund_is_made_once_and_told_once(resolving: Resolving) -> None:
    killing = Killing(resolving)
    died = True
    while died:
        ticket = await killing.ticket("78932")
        run = await resolving.begin(ticket)
        assert run is not None
        died = await killing.killed(partial(killing.work, run))
        await resolving.work(run)
        await resolving.work(run)
        assert (await whole(resolving, ticket, order="78932", cents=8900)).state is RunState.DONE
        assert (await resolving.row(ticket)).status == "closed"
    assert killing.steps > 50  # it was killed at that many places
    await check_books(resolving, runs=killing.steps, amount=89 * killing.steps)


async def test_killed_while_it_begins_there_is_one_run(resolving: Resolving) -> None:
    killing = Killing(resolving)
    died = True
    while died:
        ticket = await killing.ticket("78932")
        died = await killing.killed(partial(killing.begin, ticket))
        await resolving.begin(ticket)
        (due,) = await resolving.at_work.rows(
            "SELECT run.id FROM run WHERE ticket_id = :id AND state = 'working'", id=ticket
        )
        await resolving.work(due.id)
        await whole(resolving, ticket, order="78932", cents=8900)
    await check_books(resolving, runs=killing.steps, amount=89 * killing.steps)


async def test_killed_after_the_approval_it_is_used_once_for_the_action_and_the_move(resolving: Resolving) -> None:
    killing = Killing(resolving)
    died = True
    while died:
        ticket = await killing.ticket("78951")
        run = await resolving.begin(ticket)
        assert run is not None
        await resolving.work(run)
        asked = (await resolving.run(ticket)).approval_id
        assert asked is not None
        await resolving.at_work.desk.decide(asked, Verdict.APPROVE, by=resolving.sara)

        async def go_on(fate: Fate, ticket: UUID = ticket, run: UUID = run) -> None:
            await killing.wake(ticket, fate)
            await killing.work(run, fate)

        died = await killing.killed(go_on)
        await resolving.go_on(ticket)
        await resolving.work(run)
        assert (await whole(resolving, ticket, order="78951", cents=25000)).state is RunState.DONE
        assert (await resolving.at_work.desk.approval(asked)).state == "used"
    await check_books(resolving, runs=killing.steps, amount=250 * killing.steps)


@pytest.mark.parametrize("kind", [Kind.FAILED_AFTER, Kind.MALFORMED])
async def test_the_gateways_answer_is_lost_after_it_paid_and_asking_again_pays_nothing_twice(
    resolving: Resolving, kind: Kind
) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None
    resolving.shop.faults.add(Fault(kind=kind, operation="refund_charge"))
    with pytest.raises(ChannelUnavailable):
        await resolving.work(run)
    assert resolving.refunds() == [8900]
    assert (await resolving.run(ticket)).trying_since == resolving.at_work.now
    await resolving.work(run)
    assert (await whole(resolving, ticket, order="78932", cents=8900)).state is RunState.DONE


async def test_a_shop_that_was_only_closed_has_paid_nothing_and_nothing_is_counted(resolving: Resolving) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None

    def closed(playbook: Playbook) -> Actions:
        return ClosedShop(resolving.actions.of(playbook))

    with pytest.raises(ChannelUnavailable):
        await resolving.work(run, actions=closed)
    resolving.at_work.now += PATIENCE
    await resolving.work(run, actions=closed)
    ended = await resolving.run(ticket)
    assert (ended.state, resolving.refunds()) == (RunState.HANDED_OVER, [])
    assert ended.why == "issue_refund cannot be reached. The shop is closed. It was not done."
    (spending,) = await resolving.at_work.rows("SELECT sum(amount) AS amount FROM run_spending")
    assert not spending.amount
    async with resolving.at_work.start() as uow:
        since = resolving.at_work.now - timedelta(days=1)
        assert await uow.runs.earlier(ended.customer_id, "issue_refund", since=since, but=ticket) == Earlier()


async def test_the_shop_stays_away_and_a_person_is_told_that_it_may_have_happened(resolving: Resolving) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None
    resolving.shop.faults.add(Fault(kind=Kind.FAILED_AFTER, operation="refund_charge", times=9))
    for _ in range(3):
        with pytest.raises(ChannelUnavailable):
            await resolving.work(run)
        resolving.at_work.now += timedelta(minutes=10)
    await resolving.work(run)
    ended = await resolving.run(ticket)
    assert ended.state is RunState.HANDED_OVER
    assert "It may have been done: look there before you do it again." in ended.why
    assert await resolving.told(ticket) == ["Somebody of our team will answer you."]
    assert resolving.refunds() == [8900]


async def test_two_workers_on_one_run_make_one_refund(resolving: Resolving) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None
    await asyncio.gather(*(resolving.work(run, job=f"{each}") for each in range(4)), return_exceptions=True)
    assert (await whole(resolving, ticket, order="78932", cents=8900)).state is RunState.DONE


class TestSomethingHappensMeanwhile:
    """… while the brain thinks, and before and after each call."""

    async def at_each_point(self, resolving: Resolving, deed: Callable[[UUID, int], Awaitable[object]]) -> list[UUID]:
        """The tickets of one run after another, in each of which it happens one point later; the last undisturbed."""
        killing = Killing(resolving)
        tickets: list[UUID] = []
        happened = True
        while happened:
            ticket = await killing.ticket("78932")
            run = await resolving.begin(ticket)
            assert run is not None
            points, happened = len(tickets), False

            async def step(ticket: UUID = ticket) -> None:
                nonlocal points, happened
                if points == 0:
                    happened = True
                    resolving.at_work.now += timedelta(seconds=1)
                    await deed(ticket, len(tickets))
                points -= 1

            await resolving.work(
                run,
                brain=MortalBrain(step),
                actions=lambda playbook, step=step: MortalActions(resolving.actions.of(playbook), step, step),
            )
            killing.steps += 1
            tickets.append(ticket)
            await self.check(resolving, ticket, happened=happened)
        return tickets

    async def check(self, resolving: Resolving, ticket: UUID, *, happened: bool) -> None:
        run, steps, row = await resolving.run(ticket), await resolving.steps(ticket), await resolving.row(ticket)
        assert not run.is_open
        acts = [each for each in steps if each.kind is StepKind.ACT]
        assert len(resolving.refunds()) == len(acts) == (row.fields.get("resolution") == "refund")
        assert all(each.outcome == "done" for each in acts)
        assert (run.state is RunState.DONE) == (row.status == "closed") == (not happened)
        if happened and acts:
            assert "is done" in run.why

    async def test_an_agent_takes_it_over_and_nothing_more_is_done_or_said(self, resolving: Resolving) -> None:
        async def take(ticket: UUID, _: int) -> None:
            await resolving.at_work.desk.take_over(ticket, by=resolving.mia)

        tickets = await self.at_each_point(resolving, take)
        assert len(tickets) == 6  # while it thought, around the look-up, around the refund, and never
        for ticket in tickets[:-1]:
            assert await resolving.told(ticket) == []
            assert (await resolving.row(ticket)).assignee_id == resolving.mia.id

    async def test_the_customer_says_stop_and_is_heard_before_and_not_closed_upon_after(
        self, resolving: Resolving
    ) -> None:
        async def stop(ticket: UUID, number: int) -> None:
            await resolving.writes("Stop, I do not want it any more", sender=f"+49{number:09}")

        tickets = await self.at_each_point(resolving, stop)
        paid = [bool((await resolving.row(ticket)).fields.get("refund_amount")) for ticket in tickets]
        assert paid == [False, False, False, True, True, True]


async def test_the_customer_says_stop_while_the_shop_is_away_and_it_is_not_asked_again(resolving: Resolving) -> None:
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None
    resolving.shop.faults.add(Fault(kind=Kind.DOWN, operation="refund_charge"))
    with pytest.raises(ChannelUnavailable):
        await resolving.work(run)
    resolving.at_work.now += timedelta(minutes=1)
    await resolving.writes("Stop, I keep it")
    await resolving.work(run)
    ended = await resolving.run(ticket)
    assert (ended.state, resolving.refunds()) == (RunState.HANDED_OVER, [])
    assert ended.why == "issue_refund may have been done: look there before you do it again."


async def test_an_agent_claims_it_while_it_waits_and_the_run_and_its_request_are_over(resolving: Resolving) -> None:
    ticket = await resolving.resolved("It came broken, order #78951")
    await resolving.at_work.desk.assign(ticket, resolving.mia.id, by=resolving.mia)
    await resolving.look_again(ticket)
    assert (await resolving.run(ticket)).why == "Stopped: a colleague has it."
    (approval,) = await resolving.at_work.rows("SELECT state FROM approval")
    assert approval.state == "void"


class TestACallThatTakesLong:
    """So long that whoever makes it counts as dead, and another worker finds the run."""

    def slow(self, resolving: Resolving, *, idempotent: bool) -> tuple[DeskActions, asyncio.Event, asyncio.Event]:
        """The shop's refund, whose first call waits; when it is under way, and what lets it go on."""
        under_way, go_on = asyncio.Event(), asyncio.Event()

        @action(name="issue_refund", writes=True, may=("ai",), idempotent=idempotent, timeout=60)
        async def refund(
            context: Context, order: str, amount: Decimal, currency: str | None = None, reason: str | None = None
        ) -> Refund:
            """Pay back, slowly at first."""
            first = not under_way.is_set()
            under_way.set()
            if first:
                await go_on.wait()
            return await issue_refund.function(context, order=order, amount=amount, currency=currency)

        installed = resolving.actions.installed
        others = [each for name, each in installed.catalogue.items() if name != "issue_refund"]
        return DeskActions(Catalogue([*others, refund]), settings=resolving.shop_settings), under_way, go_on

    @pytest.mark.parametrize("idempotent", [True, False])
    async def test_what_came_of_it_is_kept_all_the_same(self, resolving: Resolving, idempotent: bool) -> None:
        actions, under_way, go_on = self.slow(resolving, idempotent=idempotent)
        ticket = await resolving.ticket("It came broken, order #78932")
        run = await resolving.begin(ticket)
        assert run is not None
        slow = asyncio.create_task(resolving.work(run, job="slow", actions=actions.of))
        await under_way.wait()
        with pytest.raises(ChannelUnavailable):
            await resolving.work(run, job="other", actions=actions.of)
        resolving.at_work.now += timedelta(minutes=5)
        await resolving.work(run, job="other", actions=actions.of)
        go_on.set()
        await slow
        await actions.close()
        ended = await resolving.run(ticket)
        assert resolving.refunds() == [8900]
        (act,) = [each for each in await resolving.steps(ticket) if each.kind is StepKind.ACT]
        assert act.outcome == "done"
        if idempotent:
            await whole(resolving, ticket, order="78932", cents=8900)
        else:
            assert ended.state is RunState.HANDED_OVER
            assert ended.why.endswith("It turned out later: issue_refund was done.")
