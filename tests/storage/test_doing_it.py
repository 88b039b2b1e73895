"""“Do it”: what the AI suggests is done because somebody of the desk says so, and to exactly that."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from examples.shop.values import Destination, Money
from tests.playbooks import InForce
from tests.storage.resolving import Resolving
from ticketing.approvals.approval import ApprovalState, Verdict
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Role
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.people import NothingSuggested
from ticketing.resolution.run import Run, RunState


async def suggested(resolving: Resolving, order: str = "78932") -> tuple[UUID, Run]:
    resolving.use(autonomy=Autonomy.SUGGEST)
    ticket = await resolving.resolved(f"It came broken, order #{order}")
    run = await resolving.run(ticket)
    assert run.state is RunState.SUGGESTED
    assert (resolving.refunds(order), await resolving.told(ticket)) == ([], [])
    return ticket, run


async def test_what_is_suggested_is_done_once_somebody_says_so(resolving: Resolving) -> None:
    ticket, run = await suggested(resolving)
    said = await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    assert (said.state, said.agreed) == (RunState.WORKING, resolving.mia.id)
    assert (await resolving.at_work.jobs()).count("RunDue") == 2
    await resolving.work(run.id)
    assert await resolving.state(ticket) == (RunState.DONE, "closed")
    assert resolving.refunds() == [8900]
    assert await resolving.told(ticket) == ["Your refund of 89.00 USD is on its way."]
    (told,) = await resolving.records(ticket, "run.agreed")
    assert told["run"] == str(run.id)


async def test_of_two_at_once_one_says_it_and_the_other_is_told(resolving: Resolving) -> None:
    _, run = await suggested(resolving)
    both = (resolving.at_work.desk.carry_out(run.id, by=resolving.mia) for _ in range(2))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["NothingSuggested", "Run"]
    await resolving.work(run.id)
    with pytest.raises(NothingSuggested, match="suggests nothing here any more"):
        await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    assert resolving.refunds() == [8900]


async def test_only_whom_the_types_own_approval_names_may_say_so(resolving: Resolving) -> None:
    ticket, run = await suggested(resolving)
    with pytest.raises(PermissionRefused, match="You may not have done what the AI suggests: that is for an agent"):
        await resolving.at_work.desk.carry_out(run.id, by=resolving.sara)
    assert (await resolving.state(ticket))[0] is RunState.SUGGESTED


async def test_where_the_type_names_nobody_it_is_for_whoever_may_change_the_ticket(resolving: Resolving) -> None:
    ticket, run = await suggested(resolving)
    resolving.use(autonomy=Autonomy.SUGGEST, confirm=None)
    with pytest.raises(PermissionRefused, match="Claim it first"):
        await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    await resolving.at_work.desk.assign(ticket, resolving.mia.id, by=resolving.mia)
    assert (await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)).agreed == resolving.mia.id


async def test_the_word_is_the_approval_that_policy_would_ask_an_agent_for(resolving: Resolving) -> None:
    ticket, run = await suggested(resolving, "78940")  # 150.00
    await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    await resolving.work(run.id)
    assert resolving.refunds("78940") == [15000]
    assert await resolving.at_work.desk.approvals_of(ticket) == []


async def test_what_policy_asks_for_on_top_is_asked_and_not_of_who_said_it(resolving: Resolving) -> None:
    ticket, run = await suggested(resolving, "78951")  # 250.00
    await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    await resolving.work(run.id)
    assert resolving.refunds("78951") == []
    (asked,) = await resolving.at_work.desk.approvals_of(ticket)
    assert (asked.rule, asked.requested_by, asked.state) == (
        "refund_over_200",
        resolving.mia.id,
        ApprovalState.WAITING,
    )
    await resolving.at_work.desk.decide(asked.id, Verdict.APPROVE, by=resolving.sara)
    await resolving.look_again(ticket)
    await resolving.work(run.id)
    assert resolving.refunds("78951") == [25000]
    assert (await resolving.state(ticket))[0] is RunState.DONE


@pytest.mark.parametrize("order", ["78932", "78940"])
async def test_one_persons_word_is_no_quorum(resolving: Resolving, order: str) -> None:
    """Whether policy names the rule (78940) or only the type does."""
    ticket, run = await suggested(resolving, order)
    playbook = await resolving.at_work.desk.playbook()
    two = replace(playbook.approvals["refund_confirmed"], quorum=2)
    resolving.at_work.playbooks = InForce(replace(playbook, approvals={**playbook.approvals, two.key: two}))
    others = [await resolving.at_work.person("Omar"), await resolving.at_work.person("Lea")]
    await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    await resolving.work(run.id)
    assert (await resolving.state(ticket))[0] is RunState.WAITING_FOR_APPROVAL
    (asked,) = await resolving.at_work.desk.approvals_of(ticket)
    for person in others:
        assert resolving.refunds(order) == []
        await resolving.at_work.desk.decide(asked.id, Verdict.APPROVE, by=person)
    await resolving.look_again(ticket)
    await resolving.work(run.id)
    assert len(resolving.refunds(order)) == 1


async def test_whoever_said_it_did_not_say_it_to_another_action_with_the_same_arguments(resolving: Resolving) -> None:
    ticket, run = await suggested(resolving)
    await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    await resolving.at_work.rows_changed("UPDATE run SET action = 'resend_order' WHERE id = :id", id=run.id)
    await resolving.work(run.id)
    after = await resolving.run(ticket)
    assert (after.state, after.agreed, after.action) == (RunState.SUGGESTED, None, "issue_refund")
    assert resolving.refunds() == []


async def test_whoever_said_it_said_it_to_what_they_saw(resolving: Resolving) -> None:
    ticket, run = await suggested(resolving)
    await resolving.at_work.desk.carry_out(run.id, by=resolving.mia)
    resolving.shop.books.gateway.refund(
        "ch_78932", Money(amount=1000, currency="USD"), Destination.ORIGINAL, "Goodwill", now=resolving.at_work.now
    )
    resolving.at_work.now += timedelta(minutes=2)
    await resolving.work(run.id)
    after = await resolving.run(ticket)
    assert (after.state, after.agreed) == (RunState.SUGGESTED, None)
    assert resolving.refunds() == [1000]
    admin = await resolving.at_work.person("Ada", Role.ADMIN)
    await resolving.at_work.desk.turn_down(run.id, by=admin)
    assert (await resolving.run(ticket)).why == "Ada said: not this."
