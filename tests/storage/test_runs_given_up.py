"""The work on a run fails for good: people get its ticket, and hear why."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from core.errors import Refused
from core.messages import Limits
from tests.storage.resolving import Resolving
from tests.storage.test_calls_that_end_late import Ending
from threadline import Outcome
from ticketing.approvals.approval import Verdict
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.give_up import give_up_waiting, give_up_work
from ticketing.resolution.run import RunState, StepKind, StepState


class Dies(BaseException):
    """The process that calls dies."""


async def begun(resolving: Resolving, **ai: Any) -> tuple[UUID, UUID]:
    """A ticket whose run has begun, and the run."""
    if ai:
        resolving.use(**ai)
    ticket = await resolving.ticket("It came broken, order #78932")
    run = await resolving.begin(ticket)
    assert run is not None
    return ticket, run


async def give_up(
    resolving: Resolving, run: UUID, error: Exception, limits: Mapping[str, Limits] | None = None
) -> None:
    limits = resolving.at_work.desk.limits if limits is None else limits
    await give_up_work(run, error, limits=limits, start=resolving.at_work.start, now=resolving.at_work.now)


async def test_people_get_the_ticket_with_the_reason_and_the_customer_hears_of_them(resolving: Resolving) -> None:
    ticket, run = await begun(resolving)
    await give_up(resolving, run, Refused("The shop's answer makes no sense."))
    ended = await resolving.run(ticket)
    assert (ended.state, ended.why) == (
        RunState.HANDED_OVER,
        "The AI does not get on with it: The shop's answer makes no sense.",
    )
    assert await resolving.told(ticket) == ["Somebody of our team will answer you."]
    assert (await resolving.row(ticket)).escalated_at is not None


async def test_what_a_program_says_of_itself_is_for_nobody(resolving: Resolving) -> None:
    ticket, run = await begun(resolving)
    await give_up(resolving, run, KeyError("<!channel> +14155550123"))
    assert (await resolving.run(ticket)).why == (
        "The AI failed on it again and again (KeyError). threadline doctor says more."
    )


async def test_a_call_of_which_nobody_knows_what_came_is_to_be_looked_at(resolving: Resolving) -> None:
    ticket, run = await begun(resolving)

    async def dies(_: object) -> Outcome:
        raise Dies

    with pytest.raises(Dies):
        await resolving.work(run, actions=lambda playbook: Ending(resolving.actions.of(playbook), dies))
    await give_up(resolving, run, ZeroDivisionError())
    (act,) = [each for each in await resolving.steps(ticket) if each.kind is StepKind.ACT]
    assert (act.state, act.outcome) == (StepState.DONE, "unknown")
    assert "issue_refund may have been done" in (await resolving.run(ticket)).why


async def test_where_the_customer_cannot_be_told_the_team_is_all_the_same(resolving: Resolving) -> None:
    ticket, run = await begun(resolving)
    await give_up(resolving, run, ZeroDivisionError(), limits={})
    assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
    assert await resolving.told(ticket) == []
    assert (await resolving.row(ticket)).escalated_at is not None


async def test_twice_it_is_given_up_once(resolving: Resolving) -> None:
    ticket, run = await begun(resolving)
    for _ in range(2):
        await give_up(resolving, run, ZeroDivisionError())
    assert len(await resolving.told(ticket)) == 1


async def test_a_run_that_is_over_stays_so(resolving: Resolving) -> None:
    ticket = await resolving.resolved()
    before = await resolving.run(ticket)
    await give_up(resolving, before.id, ZeroDivisionError())
    assert await resolving.run(ticket) == before


async def test_where_the_ai_is_not_wanted_any_more_nobody_hears_of_it(resolving: Resolving) -> None:
    ticket, run = await begun(resolving)
    resolving.use(autonomy=Autonomy.OFF)
    await give_up(resolving, run, ZeroDivisionError())
    assert (await resolving.run(ticket)).state is RunState.STOPPED
    assert await resolving.told(ticket) == []


async def test_one_that_waits_is_given_up_where_nobody_can_look_whether_that_has_come(resolving: Resolving) -> None:
    ticket = await resolving.resolved("It came broken, order #78951")
    run = await resolving.run(ticket)
    assert run.approval_id is not None
    desk = resolving.at_work
    await desk.desk.decide(run.approval_id, Verdict.APPROVE, by=resolving.sara)
    await give_up_work(run.id, ZeroDivisionError(), limits=desk.desk.limits, start=desk.start, now=desk.now)
    assert (await resolving.run(ticket)).state is RunState.WAITING_FOR_APPROVAL  # it is not that which failed
    await give_up_waiting(ticket, ZeroDivisionError(), limits=desk.desk.limits, start=desk.start, now=desk.now)
    assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
