"""Runs are kept step by step, once each; what the AI has done and spent is counted when it is asked for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import asyncpg
import pytest

from core.errors import NotFound
from core.ids import new_id
from storage.ledger import SqlLedger
from storage.work.runs import Runs
from tests.factories import NOW, after
from tests.storage.desk import DeskAtWork
from threadline import OutcomeKind
from ticketing.people.person import Person
from ticketing.playbook.resolving import Autonomy, Budget
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.ports import Earlier, RunMovedOn, Spent, SpentMeanwhile
from ticketing.resolution.run import Run, RunState, Step, StepKind, StepState
from ticketing.tickets.ticket import Ticket
from ticketing.triage.model_call import ModelCall, Outcome, Usage


def a_run(ticket: Ticket, **fields: object) -> Run:
    run = Run(new_id(), ticket.id, ticket.conversation_id, ticket.customer_id, ticket.type, 1, Autonomy.ACT_ALONE, NOW)
    return replace(run, **fields)  # type: ignore[arg-type]


def an_act(run: Run, amount: str = "89.00", *, place: int = 0, **fields: object) -> Step:
    step = Step(run.id, place, StepKind.ACT, "issue_refund", NOW, key=f"run:{run.id}:{place}", amount=Decimal(amount))
    return replace(step, **fields)  # type: ignore[arg-type]


async def a_ticket(desk: DeskAtWork) -> Ticket:
    return await desk.ticket(await desk.customer_writes(), await desk.person())


@asynccontextmanager
async def runs(desk: DeskAtWork) -> AsyncIterator[Runs]:
    async with desk.start() as uow:
        yield uow.runs


class TestAdd:
    async def test_it_comes_back_as_it_was(self, desk: DeskAtWork) -> None:
        ticket = await a_ticket(desk)
        mia = await desk.person("Mia")
        run = a_run(
            ticket,
            recipe="refund",
            action="issue_refund",
            arguments={"order": "78932", "amount": "89.00"},
            amount=Decimal("89.00"),
            asked_for="order_number",
            confirmed="a digest",
            agreed=mia.id,
            why="It waits for the customer.",
            trying_since=after(1),
            ended_at=after(2),
            heard=uuid4(),
        )
        async with runs(desk) as kept:
            assert await kept.add(run)
            assert await kept.get(run.id) == run
            assert (await kept.get(run.id)).arguments == run.arguments  # no part of being equal
            with pytest.raises(NotFound, match="no such run"):
                await kept.get(new_id())

    async def test_a_ticket_has_one_open_run_however_many_begin_one_at_once(self, desk: DeskAtWork) -> None:
        ticket = await a_ticket(desk)

        async def begin() -> bool:
            async with runs(desk) as kept:
                return await kept.add(a_run(ticket))

        assert sorted(await asyncio.gather(*(begin() for _ in range(4)))) == [False, False, False, True]

    async def test_when_it_is_over_there_may_be_another_one(self, desk: DeskAtWork) -> None:
        ticket = await a_ticket(desk)
        async with runs(desk) as kept:
            first = a_run(ticket)
            await kept.add(first)
            over = await kept.save(replace(first, state=RunState.HANDED_OVER, ended_at=NOW))
            assert await kept.open_of(ticket.id) is None
            second = a_run(ticket, begun_at=after(60))
            assert await kept.add(second)
            assert await kept.open_of(ticket.id) == await kept.newest_of(ticket.id) == second
            assert await kept.get(first.id) == over


class TestSave:
    async def keep(self, desk: DeskAtWork, step: Step) -> None:
        async with runs(desk) as kept:
            await kept.save(await kept.get(step.run_id), [step])

    async def test_of_two_that_have_read_the_same_one_is_told(self, desk: DeskAtWork) -> None:
        run = a_run(await a_ticket(desk))
        async with runs(desk) as kept:
            await kept.add(run)
            assert (await kept.save(run)).version == 2
            with pytest.raises(RunMovedOn):
                await kept.save(run)

    async def test_a_step_that_was_begun_ends_and_stays_one(self, desk: DeskAtWork) -> None:
        run = a_run(await a_ticket(desk))
        begun = an_act(run, state=StepState.BEGUN, inputs={"arguments": {"order": "78932"}})
        async with runs(desk) as kept:
            await kept.add(run)
            look_up = Step(run.id, 0, StepKind.LOOK_UP, "lookup_order", NOW, outputs={"order": {"total": "89.00"}})
            saved = await kept.save(run, [look_up, replace(begun, place=1)])
            assert saved.steps == 2
            ended = replace(begun, place=1, state=StepState.DONE, outcome="unknown", ended_at=after(1))
            saved = await kept.save(saved, [ended])
            assert (saved.steps, await kept.steps(run.id)) == (2, [look_up, ended])
            first, second = await kept.steps(run.id)
            assert (first.outputs, second.inputs) == (look_up.outputs, begun.inputs)

    async def test_the_same_key_is_never_two_calls(self, desk: DeskAtWork) -> None:
        run = a_run(await a_ticket(desk))
        async with runs(desk) as kept:
            await kept.add(run)
            await kept.save(run, [an_act(run)])
        with pytest.raises(asyncpg.UniqueViolationError):
            await self.keep(desk, an_act(run, place=1, key=f"run:{run.id}:0"))

    async def test_what_no_column_can_hold_does_not_end_a_run(self, desk: DeskAtWork) -> None:
        run = a_run(await a_ticket(desk))
        hostile = {"order": "78\x00932", "\ud800": ["\udfff", float("nan"), float("inf"), 1.5, None, True]}
        async with runs(desk) as kept:
            await kept.add(run)
            step = Step(run.id, 0, StepKind.PROPOSE, "x\x00", NOW, inputs=hostile, outputs=hostile, why="\x00\ud83d")
            await kept.save(replace(run, arguments=hostile, why="\x00why"), [step])
            (stored,) = await kept.steps(run.id)
            told = {"order": "78932", "": ["", None, None, 1.5, None, True]}
            assert (stored.inputs, stored.outputs, stored.name, stored.why) == (told, told, "x", "")
            assert ((await kept.get(run.id)).arguments, (await kept.get(run.id)).why) == (told, "why")


async def by_hand(
    desk: DeskAtWork,
    ticket: Ticket,
    by: Person,
    *,
    amount: Decimal | None,
    currency: str,
    outcome: OutcomeKind | None = None,
    at: datetime = NOW,
) -> UUID:
    """A refund that somebody had made, and what came of it."""
    call = HandCall(new_id(), ticket.id, by.id, "issue_refund", {}, at)
    async with desk.start() as uow:
        await uow.hand_calls.begin_write(call, ticket.customer_id, amount=amount, currency=currency, at=at)
        if outcome is not None:
            await uow.hand_calls.end_write(call, outcome)
    return call.id


class TestEarlier:
    async def earlier(self, desk: DeskAtWork, customer: UUID, **asked: object) -> Earlier:
        values = {"since": NOW - timedelta(days=30), "but": new_id()} | asked
        async with runs(desk) as kept:
            return await kept.earlier(customer, "issue_refund", **values)  # type: ignore[arg-type]

    async def test_what_was_done_may_have_been_done_and_is_under_way_counts(self, desk: DeskAtWork) -> None:
        ticket = await a_ticket(desk)
        run = a_run(ticket)
        steps = [
            an_act(run, "1"),
            an_act(run, "2", place=1, outcome="unknown"),
            an_act(run, "4", place=2, state=StepState.BEGUN),
            an_act(run, "8", place=3, outcome="unavailable"),
            an_act(run, "16", place=4, outcome="refused"),
            an_act(run, "32", place=5, begun_at=NOW - timedelta(days=31)),
            an_act(run, "64", place=6, name="send_voucher"),
            an_act(run, "128", place=7, kind=StepKind.DECIDE),
        ]
        async with runs(desk) as kept:
            await kept.add(run)
            await kept.save(run, steps)
        assert await self.earlier(desk, ticket.customer_id) == Earlier(3, Decimal(7), frozenset({""}))
        assert await self.earlier(desk, ticket.customer_id, but=run.id) == Earlier()
        assert await self.earlier(desk, new_id()) == Earlier()

    async def test_what_people_had_done_by_hand_counts_by_the_currencies_that_they_are_of(
        self, desk: DeskAtWork
    ) -> None:
        ticket, mia = await a_ticket(desk), await desk.person()
        run = a_run(ticket)
        async with runs(desk) as kept:
            await kept.add(run)
            await kept.save(run, [an_act(run, "1", inputs={"arguments": {"currency": " usd "}})])
        done = await by_hand(desk, ticket, mia, outcome=OutcomeKind.DONE, amount=Decimal(2), currency="EUR")
        for outcome in (None, OutcomeKind.UNKNOWN):
            await by_hand(desk, ticket, mia, outcome=outcome, amount=Decimal(4), currency="USD")
        await by_hand(desk, ticket, mia, outcome=OutcomeKind.REFUSED, amount=Decimal(8), currency="CHF")
        await by_hand(desk, ticket, mia, outcome=OutcomeKind.DONE, amount=None, currency="")
        await by_hand(desk, ticket, mia, amount=Decimal(16), currency="GBP", at=NOW - timedelta(days=31))
        counted = await self.earlier(desk, ticket.customer_id)
        assert counted == Earlier(5, Decimal(11), frozenset({"EUR", "USD"}))
        assert await self.earlier(desk, ticket.customer_id, but=done) == Earlier(4, Decimal(9), frozenset({"USD"}))

    async def test_it_follows_the_customer_when_profiles_are_merged_and_when_that_is_undone(
        self, desk: DeskAtWork
    ) -> None:
        mia = await desk.person()
        ticket = await desk.ticket(await desk.customer_writes(), mia)
        other = await desk.ticket(await desk.customer_writes(sender="+4915100000000"), mia)
        run = a_run(other)
        async with runs(desk) as kept:
            await kept.add(run)
            await kept.save(run, [an_act(run)])
        await by_hand(desk, other, mia, amount=Decimal(5), currency="EUR")
        merge = await desk.desk.merge_customers(ticket.customer_id, other.customer_id, by=mia)
        assert await self.earlier(desk, ticket.customer_id) == Earlier(2, Decimal("94.00"), frozenset({"", "EUR"}))
        await desk.desk.undo_merge(merge.id, by=mia)
        assert await self.earlier(desk, ticket.customer_id) == Earlier()
        assert await self.earlier(desk, other.customer_id) == Earlier(2, Decimal("94.00"), frozenset({"", "EUR"}))


class TestSpent:
    async def test_it_is_counted_by_type_and_by_month_in_utc(self, desk: DeskAtWork) -> None:
        ticket = await a_ticket(desk)
        last_second = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
        async with runs(desk) as kept:
            kept.spend("return", at=NOW, runs=1)
            kept.spend("return", at=last_second, amount=Decimal("89.00"))
            kept.spend("return", at=last_second + timedelta(seconds=1), runs=7)
            kept.spend("lost", at=NOW, runs=9)
        async with runs(desk) as kept:
            assert await kept.spent("return", ticket.id, at=NOW) == Spent(1, Decimal("89.00"))
            assert await kept.spent("booking", ticket.id, at=NOW) == Spent()

    async def test_what_brains_cost_on_a_ticket_is_what_its_runs_asked(self, desk: DeskAtWork) -> None:
        ticket = await a_ticket(desk)
        run = a_run(ticket)
        call = ModelCall(new_id(), None, None, "propose", "claude", "m", Usage(), 12_500, 1.0, Outcome.OK, None, NOW)
        ledger = SqlLedger(desk.database)
        for run_id in (run.id, run.id, None, new_id()):
            await ledger.add(replace(call, id=new_id(), run_id=run_id))
        async with runs(desk) as kept:
            await kept.add(run)
            assert await kept.spent(ticket.type, ticket.id, at=NOW) == Spent(
                ticket_runs=1, ticket_cost=Decimal("0.025")
            )

    @pytest.mark.parametrize("before", [0, 60])
    async def test_of_several_who_saw_that_there_is_enough_one_spends_the_last_of_it(
        self, desk: DeskAtWork, before: int
    ) -> None:
        ticket = await a_ticket(desk)
        if before:
            async with runs(desk) as kept:
                kept.spend("return", at=NOW, amount=Decimal(before))
        looked = asyncio.Barrier(5)

        async def spend() -> None:
            async with runs(desk) as kept:
                assert (await kept.spent("return", ticket.id, at=NOW)).amount == before
                await looked.wait()
                kept.spend("return", at=NOW, amount=Decimal(40), within=Budget(amount_per_month=Decimal(before + 79)))

        found = await asyncio.gather(*(spend() for _ in range(5)), return_exceptions=True)
        assert [type(each) for each in found if each is not None] == [SpentMeanwhile] * 4
        async with runs(desk) as kept:
            assert (await kept.spent("return", ticket.id, at=NOW)).amount == before + 40

    async def test_what_is_beyond_the_budget_takes_all_else_back_with_it(self, desk: DeskAtWork) -> None:
        ticket = await a_ticket(desk)

        async def begin_beyond_it() -> None:
            async with runs(desk) as kept:
                await kept.add(a_run(ticket))
                kept.spend("return", at=NOW, runs=1, within=Budget(runs_per_month=0))

        with pytest.raises(SpentMeanwhile):
            await begin_beyond_it()
        async with runs(desk) as kept:
            assert await kept.open_of(ticket.id) is None
            assert await kept.spent("return", ticket.id, at=NOW) == Spent()

    async def test_a_budget_holds_only_what_grows(self, desk: DeskAtWork) -> None:
        """Where it was made smaller, what was spent before stands, and the one side does not stop the other."""
        ticket = await a_ticket(desk)
        smaller = Budget(runs_per_month=9, amount_per_month=Decimal(10))
        async with runs(desk) as kept:
            kept.spend("return", at=NOW, amount=Decimal(100))
        async with runs(desk) as kept:
            kept.spend("return", at=NOW, runs=1, within=smaller)
        async with runs(desk) as kept:
            kept.spend("return", at=NOW, amount=Decimal(-40), within=smaller)
        async with runs(desk) as kept:
            assert await kept.spent("return", ticket.id, at=NOW) == Spent(1, Decimal(60))
