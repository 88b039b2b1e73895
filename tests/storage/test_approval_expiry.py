"""Approvals whose time is over, whoever looks and whatever dies."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from tests.playbooks import IN_PROGRESS, gated
from tests.storage.mortals import Fate, Killed, MortalWork
from tests.storage.refunds import DAY, Refund, outcomes
from ticketing.approvals.approval import ApprovalState, Verdict
from ticketing.approvals.changes import ApprovalExpired
from ticketing.approvals.end import expire_due
from ticketing.playbook.approval_rules import WhenExpired


class TestExpiry:
    async def sweep(self, refund: Refund) -> int:
        clocks = (expire_due(start=refund.at_work.start, now=refund.at_work.now) for _ in range(3))
        return sum(await asyncio.gather(*clocks))

    async def test_nothing_ends_before_its_time(self, refund: Refund) -> None:
        await refund.ask()
        refund.at_work.now += 2 * DAY - timedelta(seconds=1)
        assert await self.sweep(refund) == 0

    @pytest.mark.parametrize(
        ("then", "states", "escalated"),
        [
            (WhenExpired.REJECT, ["expired"], False),
            (WhenExpired.ASK_AGAIN, ["expired", "expired"], False),
            (WhenExpired.ESCALATE, ["expired", "expired"], True),
        ],
    )
    async def test_what_the_rule_says_happens_once_however_many_clocks_look(
        self, refund: Refund, then: WhenExpired, states: list[str], escalated: bool
    ) -> None:
        refund.playbooks.playbook = gated(then=then)
        await refund.ask()
        for _ in range(3):
            refund.at_work.now += 2 * DAY
            await self.sweep(refund)
        found = await refund.at_work.desk.approvals_of(refund.ticket.id)
        assert [each.state for each in found] == states
        assert found[-1].escalated is escalated
        assert await refund.status() == IN_PROGRESS

    async def test_a_click_after_its_time_decides_nothing_though_no_clock_has_looked(self, refund: Refund) -> None:
        asked = await refund.ask()
        refund.at_work.now += 2 * DAY
        with pytest.raises(ApprovalExpired):
            await refund.approve(asked, refund.sara)
        first, again = await refund.at_work.desk.approvals_of(refund.ticket.id)
        assert (first.state, again.state, again.follows) == (ApprovalState.EXPIRED, ApprovalState.WAITING, first.id)
        assert await self.sweep(refund) == 0


async def test_approving_and_expiring_at_once_is_one_of_them(refund: Refund) -> None:
    asked = await refund.ask()
    refund.at_work.now += 2 * DAY
    await outcomes(expire_due(start=refund.at_work.start, now=refund.at_work.now), refund.approve(asked, refund.sara))
    assert (await refund.stored(asked)).state is ApprovalState.EXPIRED
    assert await refund.at_work.count("approval_decision") == 0


async def test_killed_anywhere_while_it_expires_it_is_asked_again_once(refund: Refund) -> None:
    at_work, died = refund.at_work, True
    steps = 0
    while died:
        asked, fate = await refund.ask(f"Try {steps}"), Fate(steps)
        at_work.now += 2 * DAY
        died = False
        try:
            await expire_due(start=partial(MortalWork, at_work, fate), now=at_work.now)
        except Killed:
            died = True
        await expire_due(start=at_work.start, now=at_work.now)
        assert (await refund.stored(asked)).state is ApprovalState.EXPIRED
        known = await at_work.desk.approvals_of(refund.ticket.id)
        (again,) = (each for each in known if each.follows == asked.id)
        await at_work.desk.decide(again.id, Verdict.REJECT, by=refund.sara, reason="No.")
        steps += 1
    assert steps > 8
    assert await at_work.broken_chains() == []
