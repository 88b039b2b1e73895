"""People and runs: whoever takes a ticket over has it, and the AI does nothing more."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.ids import new_id
from tests.playbooks import IN_PROGRESS
from tests.storage.refunds import Refund, outcomes
from tests.storage.test_approving_actions import ask
from tests.storage.test_runs import a_run, an_act
from ticketing.approvals.approval import ApprovalState
from ticketing.approvals.changes import ApprovalVoid
from ticketing.conversations.claim import AlreadyClaimed
from ticketing.people.permissions import PermissionRefused
from ticketing.resolution.people import NothingSuggested
from ticketing.resolution.run import Run, RunState, Step, StepState


async def begun(refund: Refund, *steps: Step, **fields: object) -> Run:
    """A run over a ticket that is nobody's."""
    await refund.at_work.rows_changed("UPDATE ticket SET assignee_id = NULL WHERE id = :id", id=refund.ticket.id)
    async with refund.at_work.start() as uow:
        run = a_run(refund.ticket, **fields)
        assert await uow.runs.add(run)
        return await uow.runs.save(run, [replace(step, run_id=run.id) for step in steps])


async def stored(refund: Refund, run: Run) -> Run:
    return (await refund.at_work.desk.run(run.id))[0]


class TestTakeOver:
    async def test_the_ticket_is_theirs_and_the_run_is_over(self, refund: Refund) -> None:
        run = await begun(refund)
        ticket = await refund.at_work.desk.take_over(refund.ticket.id, by=refund.mia)
        after = await stored(refund, run)
        assert (ticket.assignee_id, after.state, after.ended_at) == (
            refund.mia.id,
            RunState.STOPPED,
            refund.at_work.now,
        )
        assert after.why == "Mia has taken it over."
        (told,) = await refund.records("run.ended")
        assert told == {"run": str(run.id), "state": "stopped", "steps": 0, "by": "Mia"}
        assert "RunChanged" in await refund.at_work.jobs()

    async def test_done_twice_it_is_done_once(self, refund: Refund) -> None:
        await begun(refund)
        twice = (refund.at_work.desk.take_over(refund.ticket.id, by=refund.mia) for _ in range(2))
        assert [each.assignee_id for each in await asyncio.gather(*twice)] == [refund.mia.id] * 2
        assert len(await refund.records("run.ended")) == 1

    async def test_of_two_colleagues_one_has_it_and_the_other_is_told(self, refund: Refund) -> None:
        await begun(refund)
        desk = refund.at_work.desk
        both = (desk.take_over(refund.ticket.id, by=each) for each in (refund.mia, refund.omar))
        assert await outcomes(*both) == ["", "AlreadyClaimed"]

    async def test_a_colleagues_ticket_is_not_taken_this_way(self, refund: Refund) -> None:
        with pytest.raises(AlreadyClaimed, match="Mia has already claimed"):
            await refund.at_work.desk.take_over(refund.ticket.id, by=refund.omar)

    async def test_what_waited_to_be_decided_for_it_is_void(self, refund: Refund) -> None:
        asked = await ask(refund)
        await begun(refund, state=RunState.WAITING_FOR_APPROVAL, approval_id=asked.id)
        await refund.at_work.desk.take_over(refund.ticket.id, by=refund.mia)
        assert (await refund.stored(asked)).state is ApprovalState.VOID
        with pytest.raises(ApprovalVoid, match="the AI does not go on with it"):
            await refund.approve(asked, refund.sara)

    async def test_a_call_under_way_is_not_cut_off_from_its_record(self, refund: Refund) -> None:
        run = await begun(refund, an_act(a_run(refund.ticket), state=StepState.BEGUN))
        ticket = await refund.at_work.desk.take_over(refund.ticket.id, by=refund.mia)
        assert ticket.assignee_id == refund.mia.id
        assert await stored(refund, run) == run  # whoever calls finds the ticket taken when the answer is there

    async def test_who_has_left_takes_nothing(self, refund: Refund) -> None:
        await begun(refund)
        with pytest.raises(PermissionRefused):
            await refund.at_work.desk.take_over(refund.ticket.id, by=replace(refund.mia, has_left=True))


class TestTurnDown:
    async def test_a_suggestion_is_turned_down_once_and_nothing_is_done(self, refund: Refund) -> None:
        run = await begun(refund, state=RunState.SUGGESTED, why="The AI suggests: Refund.")
        refund.at_work.now += timedelta(minutes=1)
        ended = await refund.at_work.desk.turn_down(run.id, by=refund.mia)
        assert (ended.state, ended.why) == (RunState.STOPPED, "Mia said: not this.")
        with pytest.raises(NothingSuggested, match="Mia said: not this"):
            await refund.at_work.desk.turn_down(run.id, by=refund.sara)
        assert await refund.status() == IN_PROGRESS

    async def test_what_is_no_suggestion_is_not_turned_down(self, refund: Refund) -> None:
        run = await begun(refund)
        with pytest.raises(NothingSuggested):
            await refund.at_work.desk.turn_down(run.id, by=refund.mia)
        assert await stored(refund, run) == run


async def test_runs_of_other_tickets_are_left_alone(refund: Refund) -> None:
    other = await refund.at_work.ticket(refund.ticket.conversation_id, refund.mia, "Another mug")
    run = a_run(other, id=new_id())
    async with refund.at_work.start() as uow:
        await uow.runs.add(run)
    await refund.at_work.desk.take_over(refund.ticket.id, by=refund.mia)
    assert await stored(refund, run) == run
