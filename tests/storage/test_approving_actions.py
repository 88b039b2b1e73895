"""What the AI would do is agreed to before: exactly that, once, and by nobody who asked for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.playbooks import IN_PROGRESS, RESOLVED, gated
from tests.storage.refunds import DAY, Refund
from tests.storage.test_runs import a_run
from ticketing.approvals.approval import Approval, ApprovalState, Effect
from ticketing.approvals.changes import ApprovalVoid
from ticketing.approvals.end import expire_due
from ticketing.approvals.for_action import request_for_action, use_for_action
from ticketing.approvals.request import NobodyToAsk
from ticketing.people.actor import AI, Actor, ActorKind, person_acting
from ticketing.people.permissions import PermissionRefused
from ticketing.playbook.approval_rules import Approvers, WhenExpired
from ticketing.resolution.run import RunState

RULE, REFUND, DIGEST = "refund_over_200", "issue_refund", "of order 78932, 250.00"


async def ask(refund: Refund, *, to: str | None = None, digest: str = DIGEST, by: Actor = AI) -> Approval:
    async with refund.at_work.start() as uow:
        ticket = await uow.tickets.lock(refund.ticket.id)
        return await request_for_action(
            ticket,
            RULE,
            REFUND,
            "Over 200.",
            called_with=digest,
            amount="249.00 USD",
            to=to,
            by=by,
            uow=uow,
            now=refund.at_work.now,
        )


async def use(refund: Refund, *, digest: str = DIGEST, action: str = REFUND) -> Approval | None:
    async with refund.at_work.start() as uow:
        ticket = await uow.tickets.lock(refund.ticket.id)
        return await use_for_action(ticket, RULE, action, called_with=digest, uow=uow)


class TestRequest:
    async def test_nobody_of_the_desk_is_who_asked(self, refund: Refund) -> None:
        asked = await ask(refund)
        assert (asked.requested_by, asked.requester_kind, asked.amount) == (None, ActorKind.AI, "249.00 USD")
        assert set(asked.asked) == {refund.sara.id, refund.omar.id, refund.ada.id}
        assert (await refund.approve(asked, refund.sara)).state is ApprovalState.APPROVED

    async def test_whoever_said_do_it_has_asked_and_decides_nothing(self, refund: Refund) -> None:
        asked = await ask(refund, by=person_acting(refund.sara))
        assert refund.sara.id not in asked.asked
        with pytest.raises(PermissionRefused, match="somebody else decides"):
            await refund.approve(asked, refund.sara)

    async def test_asked_twice_it_is_one_request_and_other_arguments_are_another(self, refund: Refund) -> None:
        first = await ask(refund)
        assert (await ask(refund)).id == first.id
        assert (await ask(refund, digest="of order 78933")).id != first.id

    async def test_where_nobody_could_agree_nothing_is_asked(self, refund: Refund) -> None:
        refund.playbooks.playbook = gated(approvers=Approvers(people=frozenset({"gone@example.com"})))
        with pytest.raises(NobodyToAsk):
            await ask(refund)
        refund.playbooks.playbook = replace(gated(), approvals={})
        with pytest.raises(NobodyToAsk, match="no approval refund_over_200 any more"):
            await ask(refund)
        assert await refund.records("approval.requested") == []


class TestUse:
    async def test_it_is_good_for_exactly_what_was_asked_and_once(self, refund: Refund) -> None:
        asked = await ask(refund)
        assert await use(refund) is None  # nobody has agreed yet
        await refund.approve(asked, refund.sara)
        assert await use(refund, digest="of order 78933, 250.00") is None
        assert await use(refund, action="send_voucher") is None
        used = await use(refund)
        assert used is not None
        assert (used.id, used.state) == (asked.id, ApprovalState.USED)
        assert await use(refund) is None

    async def test_what_changed_since_was_not_agreed_to(self, refund: Refund) -> None:
        asked = await ask(refund)
        await refund.approve(asked, refund.sara)
        await refund.set(refund_amount="251.00")
        assert await use(refund) is None

    async def test_a_click_on_a_request_that_changed_refuses(self, refund: Refund) -> None:
        asked = await ask(refund)
        await refund.set(order_number="78933")
        with pytest.raises(ApprovalVoid, match="order_number"):
            await refund.approve(asked, refund.sara)

    async def test_one_approval_is_enough_for_the_action_and_the_gate_after_it(self, refund: Refund) -> None:
        asked = await ask(refund, to=RESOLVED)
        await refund.approve(asked, refund.sara)
        await refund.go_on(asked)
        assert await refund.status() == IN_PROGRESS  # the run takes it on, when the action is done
        assert (used := await use(refund)) is not None
        assert (used.state, used.used) == (ApprovalState.APPROVED, (Effect.ACTION,))
        await refund.at_work.desk.change_status(refund.ticket.id, RESOLVED, by=refund.mia)
        assert (await refund.stored(asked)).state is ApprovalState.USED

    async def test_where_another_rule_is_the_gate_or_none_it_is_for_the_action_alone(self, refund: Refund) -> None:
        asked = await ask(refund, to="closed")
        assert (asked.purpose.to, asked.purpose.origin, asked.purpose.action) == (None, None, REFUND)


class TestExpired:
    @pytest.mark.parametrize("then", [WhenExpired.ASK_AGAIN, WhenExpired.ESCALATE])
    async def test_asked_anew_the_run_waits_for_the_new_request(self, refund: Refund, then: WhenExpired) -> None:
        refund.playbooks.playbook = gated(then=then)
        asked = await ask(refund)
        waiting = a_run(refund.ticket, state=RunState.WAITING_FOR_APPROVAL, approval_id=asked.id)
        async with refund.at_work.start() as uow:
            assert await uow.runs.add(waiting)
        refund.at_work.now += 2 * DAY + timedelta(seconds=1)
        assert await expire_due(start=refund.at_work.start, now=refund.at_work.now) == 1
        again = (await refund.at_work.desk.approvals_of(refund.ticket.id))[-1]
        assert (again.follows, again.purpose) == (asked.id, asked.purpose)
        async with refund.at_work.start() as uow:
            assert (await uow.runs.get(waiting.id)).approval_id == again.id
        await refund.approve(again, refund.ada)
        assert await use(refund) is not None
