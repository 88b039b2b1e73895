"""A run from its beginning to its end: the real shop, a real database, and a brain that follows its script."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from ai.actions.desk_actions import DeskActions
from ai.actions.registry import Catalogue
from examples.shop.values import Destination, Money
from tests.factories import NOW
from tests.playbooks import InForce
from tests.storage.resolving import CLARA, Resolving, returns
from ticketing.approvals.approval import Verdict
from ticketing.approvals.end import expire_due
from ticketing.people.permissions import PermissionRefused
from ticketing.people.person import Person
from ticketing.playbook.resolving import Autonomy, Budget
from ticketing.resolution.begin import begin_run
from ticketing.resolution.context import read_back
from ticketing.resolution.policy import judge
from ticketing.resolution.record import from_json, verdict_as_json
from ticketing.resolution.run import RunState, StepKind
from ticketing.resolution.verdict import Ruling


async def test_what_arrived_damaged_is_paid_back_told_and_closed_without_anybody(resolving: Resolving) -> None:
    ticket = await resolving.resolved("I received a damaged item, order #78932. I'd like a refund.")
    assert await resolving.state(ticket) == (RunState.DONE, "closed")
    assert resolving.refunds() == [8900]
    assert await resolving.told(ticket) == ["Your refund of 89.00 USD is on its way."]
    row = await resolving.row(ticket)
    assert row.fields == {
        "order_number": "78932",
        "return_reason": "damaged",
        "resolution": "refund",
        "refund_amount": "89.00",
    }
    assert row.assignee_id is None
    kinds = [each.kind for each in await resolving.steps(ticket)]
    assert kinds == [
        StepKind.MOVE,
        StepKind.PROPOSE,
        StepKind.LOOK_UP,
        StepKind.DECIDE,
        StepKind.FILL,
        StepKind.ACT,
        StepKind.MOVE,
        StepKind.TELL,
        StepKind.MOVE,
    ]
    assert await resolving.at_work.broken_chains() == []


async def approve(resolving: Resolving, ticket: UUID, verdict: Verdict = Verdict.APPROVE, *, by: Person) -> None:
    run = await resolving.run(ticket)
    assert run.approval_id is not None
    await resolving.at_work.desk.decide(run.approval_id, verdict, by=by, reason="It is too much.")
    await resolving.go_on(ticket)


class TestApprovals:
    async def test_150_waits_for_an_agent_and_goes_on_when_one_has_agreed(self, resolving: Resolving) -> None:
        ticket = await resolving.resolved("It came broken, order #78940")
        assert await resolving.state(ticket) == (RunState.WAITING_FOR_APPROVAL, "investigating")
        assert (resolving.refunds("78940"), await resolving.told(ticket)) == ([], [])
        assert (await resolving.row(ticket)).fields["refund_amount"] == "150.00"
        await approve(resolving, ticket, by=resolving.mia)
        assert await resolving.state(ticket) == (RunState.DONE, "resolution_proposed")
        assert resolving.refunds("78940") == [15000]
        assert (await resolving.told(ticket))[0].startswith("We have paid back 150.00 USD.")
        assert await resolving.at_work.count("offer") == 1

    async def test_250_waits_for_a_supervisor_whose_one_word_lets_the_action_and_the_move_through(
        self, resolving: Resolving
    ) -> None:
        ticket = await resolving.resolved("It came broken, order #78951")
        assert await resolving.state(ticket) == (RunState.WAITING_FOR_APPROVAL, "investigating")
        with pytest.raises(PermissionRefused):
            await approve(resolving, ticket, by=resolving.mia)
        await approve(resolving, ticket, by=resolving.sara)
        assert await resolving.state(ticket) == (RunState.DONE, "resolution_proposed")
        assert resolving.refunds("78951") == [25000]
        (approval,) = await resolving.at_work.rows("SELECT state FROM approval")
        assert approval.state == "used"

    async def test_rejected_the_customer_is_told_that_a_person_answers_and_nothing_is_paid(
        self, resolving: Resolving
    ) -> None:
        ticket = await resolving.resolved("It came broken, order #78940")
        await approve(resolving, ticket, Verdict.REJECT, by=resolving.mia)
        assert await resolving.state(ticket) == (RunState.HANDED_OVER, "investigating")
        assert await resolving.told(ticket) == ["Somebody of our team will answer you."]
        assert (await resolving.run(ticket)).why == "Mia has rejected it: It is too much."
        assert resolving.refunds("78940") == []

    async def test_what_is_left_to_pay_is_asked_anew_after_the_approval_and_another_amount_is_not_agreed_to(
        self, resolving: Resolving
    ) -> None:
        ticket = await resolving.resolved("It came broken, order #78940")
        gateway = resolving.shop.books.gateway
        fifty = Money(amount=5000, currency="USD")
        gateway.refund("ch_78940", fifty, Destination.ORIGINAL, "by hand", now=NOW)
        resolving.at_work.now += timedelta(minutes=5)
        await approve(resolving, ticket, by=resolving.mia)
        assert resolving.refunds("78940") == [5000]
        assert (await resolving.run(ticket)).state is RunState.WAITING_FOR_APPROVAL
        assert (await resolving.run(ticket)).amount == Decimal("100.00")
        await approve(resolving, ticket, by=resolving.mia)
        assert resolving.refunds("78940") == [5000, 10000]

    async def test_the_customer_says_stop_before_somebody_agrees_and_nothing_is_paid(
        self, resolving: Resolving
    ) -> None:
        ticket = await resolving.resolved("It came broken, order #78940")
        resolving.at_work.now += timedelta(minutes=5)
        await resolving.writes("Stop, please do not refund anything")
        await approve(resolving, ticket, by=resolving.mia)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds("78940") == []
        (approval,) = await resolving.at_work.rows("SELECT state FROM approval")
        assert approval.state == "void"

    async def test_its_time_is_over_and_it_is_asked_again_and_the_run_waits_for_that_one(
        self, resolving: Resolving
    ) -> None:
        ticket = await resolving.resolved("It came broken, order #78951")
        resolving.at_work.now += timedelta(days=3)
        await expire_due(start=resolving.at_work.start, now=resolving.at_work.now)
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).state is RunState.WAITING_FOR_APPROVAL
        await approve(resolving, ticket, by=resolving.sara)
        assert resolving.refunds("78951") == [25000]

    async def test_with_approval_for_everything_89_is_confirmed_as_well(self, resolving: Resolving) -> None:
        resolving.use(autonomy=Autonomy.ACT_WITH_APPROVAL)
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).state is RunState.WAITING_FOR_APPROVAL
        await approve(resolving, ticket, by=resolving.mia)
        assert (await resolving.state(ticket), resolving.refunds()) == ((RunState.DONE, "closed"), [8900])

    async def test_nobody_is_there_who_could_agree(self, resolving: Resolving) -> None:
        await resolving.at_work.rows_changed("UPDATE person SET left_at = :at", at=NOW)
        ticket = await resolving.resolved("It came broken, order #78940")
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER


class TestWhatPolicyRefuses:
    @pytest.mark.parametrize(
        ("order", "because", "told"),
        [
            ("78990", "Refunds go to whoever bought it", "We cannot find that order among yours. Somebody will"),
            ("11111", "There is no such order.", "We cannot find that order among yours. Somebody will"),
            ("78120", "Returns are possible for 30 days", "Somebody of our team will answer you."),
            ("78915", "There is nothing left to pay back", "Somebody of our team will answer you."),
        ],
    )
    async def test_nothing_is_paid_and_a_person_has_it(
        self, resolving: Resolving, order: str, because: str, told: str
    ) -> None:
        before = resolving.refunds(order) if order != "11111" else []
        ticket = await resolving.resolved(f"It came broken, order #{order}")
        assert await resolving.state(ticket) == (RunState.HANDED_OVER, "investigating")
        assert (await resolving.run(ticket)).why == because
        (said,) = await resolving.told(ticket)
        assert said.startswith(told)
        assert (resolving.refunds(order) if order != "11111" else []) == before
        assert "resolution" not in (await resolving.row(ticket)).fields

    async def test_what_a_verdict_was_reached_from_is_on_record_and_gives_it_again(self, resolving: Resolving) -> None:
        ticket = await resolving.resolved()
        (decided,) = [each for each in await resolving.steps(ticket) if each.kind is StepKind.DECIDE]
        policy = returns().action_policies["issue_refund"]
        again = judge(policy, from_json(decided.inputs["proposed"]), read_back(decided.inputs["context"]))
        assert verdict_as_json(again) == decided.outputs["verdict"]
        assert again.ruling is Ruling.ALLOWED

    async def test_the_third_within_30_days_is_for_a_person(self, resolving: Resolving) -> None:
        for order in ("78932", "78940", "78951"):
            ticket = await resolving.resolved(f"It came broken, order #{order}")
            if order == "78940":
                await approve(resolving, ticket, by=resolving.mia)
        assert (await resolving.run(ticket)).why == "Two refunds in 30 days are paid by themselves"
        assert resolving.refunds("78951") == []

    async def test_of_a_budget_nothing_is_left(self, resolving: Resolving) -> None:
        resolving.use(budget=Budget(amount_per_month=Decimal(80)))
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds() == []

    async def test_of_two_at_once_one_gets_what_is_left_of_a_budget(self, resolving: Resolving) -> None:
        resolving.use(budget=Budget(amount_per_month=Decimal(300)))
        wrote = ((CLARA, "78940"), ("+14155550188", "78951"))
        tickets = [
            await resolving.resolved(f"It came broken, order #{order}", sender=sender) for sender, order in wrote
        ]
        for ticket, by in zip(tickets, (resolving.mia, resolving.sara), strict=True):
            approval = (await resolving.run(ticket)).approval_id
            assert approval is not None
            await resolving.at_work.desk.decide(approval, Verdict.APPROVE, by=by, reason="")
        await asyncio.gather(*(resolving.go_on(each) for each in tickets))
        states = {(await resolving.run(each)).state for each in tickets}
        assert states == {RunState.DONE, RunState.HANDED_OVER}
        assert len(resolving.refunds("78940") + resolving.refunds("78951")) == 1
        approvals = await resolving.at_work.rows("SELECT state FROM approval ORDER BY state")
        assert [each.state for each in approvals] == ["used", "void"]

    async def test_of_two_at_once_the_last_run_of_a_month_begins_once(self, resolving: Resolving) -> None:
        resolving.use(budget=Budget(runs_per_month=1))
        wrote = (CLARA, "+14155550188")
        tickets = [await resolving.ticket("It came broken, order #78932", sender=each) for each in wrote]
        began = await asyncio.gather(*(resolving.begin(each) for each in tickets))
        assert sum(each is not None for each in began) == 1

    @pytest.mark.parametrize("known_before", [True, False])
    async def test_another_currency_is_never_told_as_the_tickets_own(
        self, resolving: Resolving, known_before: bool
    ) -> None:
        """The shop counts USD, and the ticket EUR. Where nobody asks for a currency it is known when it was paid."""
        playbook = returns()
        euros = replace(playbook.fields["refund_amount"], currency="EUR")
        policy = playbook.action_policies["issue_refund"]
        sets = {name: each for name, each in policy.sets.items() if known_before or name != "currency"}
        resolving.at_work.playbooks = InForce(
            replace(
                playbook,
                fields={**playbook.fields, "refund_amount": euros},
                action_policies={policy.action: replace(policy, sets=sets)},
            )
        )
        ticket = await resolving.resolved()
        run = await resolving.run(ticket)
        assert run.state is RunState.HANDED_OVER
        if known_before:
            assert (run.why, resolving.refunds()) == ("It would be done in USD, and Refund counts EUR", [])
        else:
            assert "Refund: It counts EUR, and this was done in USD." in run.why
        assert not any("89" in told for told in await resolving.told(ticket))

    async def test_an_action_without_a_policy_is_never_called(self, resolving: Resolving) -> None:
        resolving.at_work.playbooks = InForce(replace(returns(), action_policies={}))
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).why == "The playbook has no policy for it."
        assert resolving.refunds() == []


class TestAutonomy:
    async def test_a_shadow_does_nothing_at_all_and_says_what_it_would_have_done(self, resolving: Resolving) -> None:
        resolving.use(autonomy=Autonomy.SHADOW)
        ticket = await resolving.resolved()
        assert await resolving.state(ticket) == (RunState.SHADOWED, "new")
        assert (resolving.refunds(), await resolving.told(ticket)) == ([], [])
        assert (await resolving.run(ticket)).amount == Decimal("89.00")
        assert "refund_amount" not in (await resolving.row(ticket)).fields

    async def test_a_suggestion_waits_for_somebody_to_say_do_it(self, resolving: Resolving) -> None:
        resolving.use(autonomy=Autonomy.SUGGEST)
        ticket = await resolving.resolved()
        assert await resolving.state(ticket) == (RunState.SUGGESTED, "new")
        assert (resolving.refunds(), await resolving.told(ticket)) == ([], [])

    async def test_switched_off_or_off_in_the_playbook_nothing_begins(self, resolving: Resolving) -> None:
        resolving.use(autonomy=Autonomy.OFF)
        assert await resolving.begin(await resolving.ticket("Broken, order #78932")) is None
        resolving.use()
        await resolving.at_work.desk.switch_ai(on=False)
        assert await resolving.begin(await resolving.ticket("Broken, order #78932", sender="+14155550145")) is None

    async def test_taken_back_in_the_playbook_while_it_works_the_milder_way_holds(self, resolving: Resolving) -> None:
        run = await resolving.begin(await resolving.ticket("Broken, order #78932"))
        assert run is not None
        resolving.use(autonomy=Autonomy.SUGGEST)
        await resolving.work(run)
        assert resolving.refunds() == []


class TestWhetherItBegins:
    async def test_not_where_triage_was_not_sure_of_it(self, resolving: Resolving) -> None:
        assert await resolving.begin(await resolving.ticket("Broken, order #78932", confidence=0.5)) is None

    async def test_not_where_somebody_has_it(self, resolving: Resolving) -> None:
        ticket = await resolving.ticket("Broken, order #78932")
        await resolving.at_work.desk.assign(ticket, resolving.mia.id, by=resolving.mia)
        assert await resolving.begin(ticket) is None

    async def test_not_for_what_a_person_has_opened(self, resolving: Resolving) -> None:
        conversation = await resolving.at_work.customer_writes("Broken", sender=CLARA)
        ticket = await resolving.at_work.ticket(conversation, resolving.mia)
        assert await resolving.begin(ticket.id) is None

    async def test_not_where_the_desk_has_not_the_action(self, resolving: Resolving) -> None:
        ticket = await resolving.ticket("Broken, order #78932")
        none = DeskActions(Catalogue(), settings={})
        begun = await begin_run(
            ticket,
            actions=none.of,
            limits=resolving.at_work.desk.limits,
            start=resolving.at_work.start,
            now=resolving.at_work.now,
        )
        assert begun is None

    async def test_once_however_often_its_job_comes(self, resolving: Resolving) -> None:
        ticket = await resolving.ticket("Broken, order #78120")
        begun = await asyncio.gather(*(resolving.begin(ticket) for _ in range(4)))
        (run,) = [each for each in begun if each is not None]
        await resolving.work(run)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert await resolving.begin(ticket) is None
