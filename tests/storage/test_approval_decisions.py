"""Deciding about approvals: races, deaths, and what goes on when the last one agrees."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from storage.unit_of_work import SqlUnitOfWork
from tests.playbooks import IN_PROGRESS, RESOLVED, WAITING, gated
from tests.storage.mortals import Fate, Killed, MortalWork
from tests.storage.refunds import DAY, Refund, outcomes
from ticketing.approvals.approval import Approval, ApprovalState, Verdict
from ticketing.approvals.carry_on import carry_on
from ticketing.approvals.changes import AlreadyDecided, ApprovalVoid
from ticketing.approvals.decide import decide_approval
from ticketing.approvals.end import review
from ticketing.people.actor import person_acting
from ticketing.people.permissions import PermissionRefused


class TestDecide:
    @pytest.mark.parametrize("time", range(5))
    async def test_of_two_supervisors_at_once_one_decides_and_the_other_is_told(
        self, refund: Refund, time: int
    ) -> None:
        asked = await refund.ask(f"Try {time}")
        said = await outcomes(refund.approve(asked, refund.sara), refund.approve(asked, refund.omar))
        assert said == ["", "AlreadyDecided"]
        assert await refund.at_work.count("approval_decision") == 1
        assert (await refund.at_work.jobs()).count("ApprovalGranted") == 1

    @pytest.mark.parametrize("time", range(5))
    async def test_the_same_supervisor_twice_at_once_has_one_say(self, refund: Refund, time: int) -> None:
        refund.playbooks.playbook = gated(quorum=2)
        asked = await refund.ask(f"Try {time}")
        said = await outcomes(refund.approve(asked, refund.sara), refund.approve(asked, refund.sara))
        assert said == ["", "AlreadyDecided"]
        assert (await refund.stored(asked)).state is ApprovalState.WAITING

    async def test_approve_and_reject_at_once_is_one_of_them(self, refund: Refund) -> None:
        asked = await refund.ask()
        reject = refund.at_work.desk.decide(asked.id, Verdict.REJECT, by=refund.omar, reason="No.")
        assert await outcomes(refund.approve(asked, refund.sara), reject) == ["", "AlreadyDecided"]
        assert await refund.at_work.count("approval_decision") == 1

    async def test_when_the_last_one_agrees_the_transition_follows_as_the_requester_once(self, refund: Refund) -> None:
        refund.playbooks.playbook = gated(quorum=2)
        asked = await refund.ask()
        await refund.approve(asked, refund.sara)
        assert "ApprovalGranted" not in await refund.at_work.jobs()
        await refund.approve(asked, refund.ada)
        await asyncio.gather(*(refund.go_on(asked) for _ in range(3)))
        (_, moved) = await refund.records("status.changed")
        assert moved == {"status": RESOLVED, "approval": str(asked.id), "by": "Mia"}
        assert [each["by"] for each in await refund.records("approval.decided")] == ["Sara", "Ada"]
        assert await refund.at_work.broken_chains() == []

    async def test_an_amount_that_changed_voids_it_and_tells_the_approver_why(self, refund: Refund) -> None:
        asked = await refund.ask()
        await refund.set(refund_amount="2500.00")
        with pytest.raises(ApprovalVoid) as refused:
            await refund.approve(asked, refund.sara)
        assert refused.value.message == (
            "Not decided: the amount has changed since it was asked. It has to be asked for anew."
        )
        assert (await refund.stored(asked)).state is ApprovalState.VOID
        assert await refund.at_work.count("approval_decision") == 0
        (record,) = await refund.records("approval.voided")
        assert record["why"] == "the amount has changed"
        with pytest.raises(ApprovalVoid):
            await refund.approve(asked, refund.sara)

    async def test_an_amount_that_changes_after_the_approval_stops_the_transition(self, refund: Refund) -> None:
        asked = await refund.ask()
        await refund.approve(asked, refund.sara)
        await refund.set(refund_amount="2500.00")
        await refund.go_on(asked)
        await refund.go_on(asked)
        assert (await refund.status(), (await refund.stored(asked)).state) == (IN_PROGRESS, ApprovalState.VOID)
        assert len(await refund.records("approval.voided")) == 1

    async def test_a_rule_that_changed_voids_it(self, refund: Refund) -> None:
        asked = await refund.ask()
        refund.playbooks.playbook = gated(quorum=2)
        assert await outcomes(refund.approve(asked, refund.sara)) == ["ApprovalVoid"]

    async def test_assigning_and_commenting_leave_it_good(self, refund: Refund) -> None:
        asked = await refund.ask()
        await refund.at_work.desk.comment(refund.ticket.id, "Please hurry.", by=refund.omar)
        await refund.at_work.desk.assign(refund.ticket.id, refund.omar.id, by=refund.ada)
        await review(refund.ticket.id, uow=refund.at_work.start(), now=refund.at_work.now)
        assert (await refund.approve(asked, refund.sara)).state is ApprovalState.APPROVED

    async def test_what_cannot_follow_any_more_is_told_once_and_stays_approved(self, refund: Refund) -> None:
        asked = await refund.ask()
        await refund.at_work.desk.assign(refund.ticket.id, refund.omar.id, by=refund.ada)
        await refund.approve(asked, refund.sara)
        await refund.go_on(asked)
        await refund.go_on(asked)
        stored = await refund.stored(asked)
        assert (stored.state, await refund.status()) == (ApprovalState.APPROVED, IN_PROGRESS)
        assert str(stored.because).startswith("You may not change the status")
        assert len(await refund.records("approval.not_followed")) == 1
        await refund.at_work.desk.change_status(refund.ticket.id, RESOLVED, by=refund.omar)
        assert (await refund.stored(asked)).state is ApprovalState.USED

    async def test_a_ticket_that_went_elsewhere_meanwhile_voids_what_was_asked(self, refund: Refund) -> None:
        asked = await refund.ask()
        refund.at_work.now += DAY
        await refund.at_work.desk.change_status(refund.ticket.id, WAITING, by=refund.mia)
        await refund.at_work.desk.change_status(refund.ticket.id, IN_PROGRESS, by=refund.mia)  # and it came back
        for _ in range(2):
            await review(refund.ticket.id, uow=refund.at_work.start(), now=refund.at_work.now)
        assert (await refund.stored(asked)).because == "the ticket's status has changed"
        assert len(await refund.records("approval.voided")) == 1

    async def test_a_delegate_speaks_for_one_person_until_a_date_and_each_say_counts_once(self, refund: Refund) -> None:
        refund.playbooks.playbook = gated(quorum=2)
        ben = await refund.at_work.person("Ben")
        await refund.at_work.desk.delegate(refund.sara.email, ben.email, refund.at_work.now + DAY)
        asked = await refund.ask()
        assert ben.id in asked.asked
        await refund.approve(asked, ben)
        assert await outcomes(refund.approve(asked, refund.sara)) == ["PermissionRefused"]
        (record,) = await refund.records("approval.decided")
        assert (record["by"], record["for_name"]) == ("Ben", "Sara")
        refund.at_work.now += DAY
        other = await refund.at_work.person("Cleo")
        assert await outcomes(refund.approve(asked, other)) == ["PermissionRefused"]
        assert (await refund.approve(asked, refund.omar)).state is ApprovalState.APPROVED

    async def test_who_asked_never_decides_not_even_for_others(self, refund: Refund) -> None:
        await refund.at_work.desk.delegate(refund.sara.email, refund.mia.email, refund.at_work.now + DAY)
        asked = await refund.ask()
        assert await outcomes(refund.approve(asked, refund.mia)) == ["PermissionRefused"]
        with pytest.raises(PermissionRefused):
            await refund.at_work.desk.may_decide(asked.id, by=refund.mia)


async def test_a_question_is_a_comment_once(refund: Refund) -> None:
    asked = await refund.ask()
    for _ in range(2):
        await refund.at_work.desk.ask(asked.id, "Which <order>?", by=refund.sara, source="slack:V1")
    (comment,) = await refund.at_work.rows("SELECT text, author_id FROM comment")
    assert (comment.text, comment.author_id) == ("❓ @Mia, about “Refund over 200”: Which <order>?", refund.sara.id)
    assert len(await refund.records("approval.asked")) == 1


async def test_killed_anywhere_between_the_click_and_the_transition_both_happen_once(refund: Refund) -> None:
    at_work, died = refund.at_work, True
    steps = 0
    while died:
        if steps:
            await at_work.desk.change_status(refund.ticket.id, IN_PROGRESS, by=refund.mia)
        asked, fate = await refund.ask(), Fate(steps)
        died = False
        try:
            await clicked_and_carried_on(refund, asked, partial(MortalWork, at_work, fate))
        except Killed:
            died = True
        await clicked_and_carried_on(refund, asked, at_work.start)
        assert (await refund.status(), (await refund.stored(asked)).state) == (RESOLVED, ApprovalState.USED)
        steps += 1
    assert len(await refund.records("approval.decided")) == steps
    assert len(await refund.records("status.changed")) == 2 * steps  # into work, and out of it
    assert steps > 20  # it was killed at that many places
    assert await at_work.broken_chains() == []


async def clicked_and_carried_on(refund: Refund, asked: Approval, start: Callable[[], SqlUnitOfWork]) -> None:
    """Sara presses Approve, again if she has to, and the job that this leaves is run."""
    with suppress(AlreadyDecided):
        sara = person_acting(refund.sara)
        await decide_approval(asked.id, Verdict.APPROVE, by=sara, uow=start(), now=refund.at_work.now)
    await carry_on(asked.id, start=start, now=refund.at_work.now)
