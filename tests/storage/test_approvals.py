"""Approvals over a real database: what needs one, and asking for it."""

import asyncio

import pytest

from tests.playbooks import IN_PROGRESS, RESOLVED, gated
from tests.storage.refunds import DAY, Refund, outcomes
from ticketing.approvals.approval import ApprovalState, Effect
from ticketing.approvals.end import review
from ticketing.approvals.gates import ApprovalNeeded, pass_action
from ticketing.approvals.load_gate import open_gate
from ticketing.approvals.request import NobodyToAsk, NothingToApprove, request_approval
from ticketing.people.actor import AI, person_acting
from ticketing.people.permissions import PermissionRefused
from ticketing.playbook.grants import Grant, Grants
from ticketing.tickets.change_status import change_status
from ticketing.tickets.changes import TicketIsMerged


class TestGate:
    async def test_what_needs_an_approval_does_not_happen_without_one_whoever_tries(self, refund: Refund) -> None:
        for by in (refund.mia, refund.sara, refund.ada):
            with pytest.raises(ApprovalNeeded) as needed:
                await refund.at_work.desk.change_status(refund.ticket.id, RESOLVED, by=by)
            assert needed.value.message == "This needs an approval: Refund over 200. Ask for it first."
        with pytest.raises(PermissionRefused):
            await change_status(refund.ticket.id, RESOLVED, by=AI, uow=refund.at_work.start(), now=refund.at_work.now)
        assert await refund.status() == IN_PROGRESS

    async def test_up_to_200_nobody_is_asked(self, refund: Refund) -> None:
        await refund.set(refund_amount="200.00")
        with pytest.raises(NothingToApprove):
            await refund.ask()
        await refund.at_work.desk.change_status(refund.ticket.id, RESOLVED, by=refund.mia)
        assert await refund.status() == RESOLVED

    async def test_a_reply_cannot_take_the_ticket_past_the_gate(self, refund: Refund) -> None:
        with pytest.raises(ApprovalNeeded):
            await refund.at_work.reply(refund.ticket, refund.mia, then=RESOLVED)

    async def test_an_approval_is_good_for_one_time_and_what_comes_back_needs_another(self, refund: Refund) -> None:
        asked = await refund.ask()
        await refund.approve(asked, refund.sara)
        await refund.go_on(asked)
        assert (await refund.status(), (await refund.stored(asked)).state) == (RESOLVED, ApprovalState.USED)
        await refund.at_work.desk.change_status(refund.ticket.id, IN_PROGRESS, by=refund.mia)
        with pytest.raises(ApprovalNeeded):
            await refund.at_work.desk.change_status(refund.ticket.id, RESOLVED, by=refund.mia)

    async def test_one_approval_is_enough_for_the_action_and_the_transition_each_once(self, refund: Refund) -> None:
        asked = await refund.ask(action="refund")
        await refund.approve(asked, refund.sara)
        async with refund.at_work.start() as uow:
            ticket = await uow.tickets.lock(refund.ticket.id)
            gate = await open_gate(ticket, by=person_acting(refund.mia), uow=uow, now=refund.at_work.now)
            used = pass_action(ticket, "refund", "refund_over_200", gate)
            assert used is not None
            await uow.approvals.save(used)
            again = await open_gate(ticket, by=person_acting(refund.mia), uow=uow, now=refund.at_work.now)
            with pytest.raises(ApprovalNeeded):
                pass_action(ticket, "refund", "refund_over_200", again)
        assert (await refund.stored(asked)).state is ApprovalState.APPROVED
        await refund.at_work.desk.change_status(refund.ticket.id, RESOLVED, by=refund.mia)
        assert (await refund.stored(asked)).used == (Effect.ACTION, Effect.TRANSITION)


class TestRequest:
    async def test_asked_for_twice_at_once_it_is_one_request(self, refund: Refund) -> None:
        first, second = await asyncio.gather(refund.ask(), refund.ask())
        assert first.id == second.id
        assert len(await refund.records("approval.requested")) == 1

    async def test_it_holds_what_was_asked_and_the_record_holds_nobodys_words(self, refund: Refund) -> None:
        asked = await refund.ask("The <mug> broke.")
        assert (asked.amount, asked.evidence) == ("250.00", {"refund_amount": "250.00", "order_number": "78932"})
        assert {*asked.asked} == {refund.sara.id, refund.omar.id, refund.ada.id}
        assert asked.expires_at == refund.at_work.now + 2 * DAY
        assert await refund.stored(asked) == asked
        (record,) = await refund.records("approval.requested")
        assert (record["by"], record["playbook"], record["fingerprint"]) == ("Mia", 7, asked.fingerprint)
        assert "mug" not in str(record)

    async def test_values_that_are_asked_about_are_kept_with_the_request(self, refund: Refund) -> None:
        await refund.set(refund_amount="10.00")
        asked = await refund.at_work.desk.request_approval(
            refund.ticket.id, RESOLVED, "More.", by=refund.mia, given={"refund_amount": "300"}
        )
        assert asked.amount == "300.00"
        await review(refund.ticket.id, uow=refund.at_work.start(), now=refund.at_work.now)
        assert (await refund.approve(asked, refund.sara)).state is ApprovalState.APPROVED

    async def test_nobody_is_asked_where_too_few_could_agree(self, refund: Refund) -> None:
        refund.playbooks.playbook = gated(quorum=4)
        with pytest.raises(NobodyToAsk):
            await refund.ask()

    async def test_the_ai_asks_like_anybody_and_goes_on_by_itself(self, refund: Refund) -> None:
        refund.playbooks.playbook = gated(by=Grants(frozenset({Grant.AI})))
        asked = await request_approval(
            refund.ticket.id, RESOLVED, "Broken.", by=AI, uow=refund.at_work.start(), now=refund.at_work.now
        )
        await refund.approve(asked, refund.sara)
        await refund.go_on(asked)
        (_, moved) = await refund.records("status.changed")
        assert (moved["status"], moved["by"]) == (RESOLVED, "Threadline AI")


class TestMerged:
    @pytest.mark.parametrize("granted", [False, True], ids=["waiting", "granted"])
    async def test_a_ticket_that_goes_on_as_another_one_voids_it_and_parting_them_asks_anew(
        self, refund: Refund, granted: bool
    ) -> None:
        asked, at_work = await refund.ask(), refund.at_work
        if granted:
            await refund.approve(asked, refund.sara)
        other = await at_work.ticket(refund.ticket.conversation_id, refund.mia, "The same again")
        await at_work.desk.merge_tickets(other.id, refund.ticket.id, by=refund.mia)
        with pytest.raises(TicketIsMerged):
            await at_work.desk.ask(asked.id, "Which order?", by=refund.sara)
        if granted:
            await refund.go_on(asked)
        else:
            await review(refund.ticket.id, uow=at_work.start(), now=at_work.now)
        assert (await refund.stored(asked)).because == "the ticket was merged into another one"
        await at_work.desk.unmerge_ticket(refund.ticket.id, by=refund.mia)
        assert await outcomes(refund.approve(asked, refund.omar)) == ["ApprovalVoid"]
        with pytest.raises(ApprovalNeeded):
            await at_work.desk.change_status(refund.ticket.id, RESOLVED, by=refund.mia)
        assert (await refund.ask()).state is ApprovalState.WAITING
