"""Between the click and the call of an action by hand something else may be so: whoever calls looks once more."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.playbooks import InForce
from tests.storage.resolving import Resolving, returns
from threadline import OutcomeKind
from ticketing.approvals.approval import Verdict
from ticketing.playbook.conditions import Condition
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Otherwise, PolicyRule
from ticketing.resolution.by_hand import ask_for_call, begin_call
from ticketing.resolution.hand_calls import HandCall
from ticketing.resolution.hand_checks import AgreementNeeded
from ticketing.resolution.made_by_hand import make_call
from ticketing.resolution.ports import Earlier
from ticketing.resolution.run import RunState

FORM = {"view": "V1", "shown": "1"}


class Hand:
    """Mia runs refunds by hand for Clara's ticket, which she has."""

    def __init__(self, resolving: Resolving, ticket: UUID) -> None:
        self.resolving, self.ticket = resolving, ticket

    async def asks(self, order: str) -> HandCall | AgreementNeeded:
        given = {"order": order, "reason": "damaged"}
        return await ask_for_call(self.ticket, "issue_refund", given, **self._given())

    async def begun(self, order: str = "78932") -> UUID:
        """She has pressed Run, and no worker has come to it."""
        call = await self.asks(order)
        assert isinstance(call, HandCall)
        assert await begin_call(call.id, FORM, **self._given()) is None
        return call.id

    async def made(self, call: UUID, job: str = "1") -> HandCall:
        at = self.resolving.at_work
        return await make_call(call, actions=self.resolving.actions.of, start=at.start, clock=at.clock, job=job)

    async def approved(self, order: str) -> UUID:
        """She is told that somebody has to agree, and Sara does."""
        assert isinstance(await self.asks(order), AgreementNeeded)
        at = self.resolving.at_work
        (asked,) = await at.rows("SELECT id FROM approval WHERE state = 'waiting'")
        await at.desk.decide(asked.id, Verdict.APPROVE, by=self.resolving.sara)
        approval: UUID = asked.id
        return approval

    def _given(self) -> dict[str, Any]:
        at = self.resolving.at_work
        return {"by": self.resolving.mia, "actions": self.resolving.actions.of, "start": at.start, "now": at.now}


@pytest.fixture
async def hand(resolving: Resolving) -> Hand:
    ticket = await resolving.ticket("It came broken")
    at = resolving.at_work
    await at.desk.assign(ticket, resolving.mia.id, by=resolving.mia)
    await at.desk.change_status(ticket, "investigating", by=resolving.mia)
    return Hand(resolving, ticket)


def ruled() -> Playbook:
    """With one more rule about refunds."""
    playbook = returns(version=4)
    policy = playbook.action_policies["issue_refund"]
    rule = PolicyRule("closed", Condition("false"), "Nothing is paid back today", Otherwise.REFUSE)
    return replace(playbook, action_policies={policy.action: replace(policy, rules=(rule, *policy.rules))})


async def test_nothing_has_changed_and_it_is_made_once(hand: Hand) -> None:
    call = await hand.begun()
    for job in ("1", "1", "2"):
        assert (await hand.made(call, job)).outcome is OutcomeKind.DONE
    assert hand.resolving.refunds() == [8900]


async def test_a_ticket_that_was_closed_meanwhile(hand: Hand) -> None:
    call = await hand.begun()
    at = hand.resolving.at_work
    at.now += timedelta(seconds=5)
    await at.desk.change_status(hand.ticket, "closed", by=hand.resolving.mia, note="She has called.")
    ended = await hand.made(call)
    assert (ended.outcome, ended.words) == (
        OutcomeKind.REFUSED,
        "The ticket has gone to Closed meanwhile. Nothing was done.",
    )
    assert hand.resolving.refunds() == []
    (said,) = await at.rows("SELECT text FROM comment")
    assert said.text.startswith("▶️ Not run: issue_refund (")
    assert [row.kind for row in await at.rows("SELECT kind FROM activity WHERE kind LIKE 'action.%'")] == [
        "action.not_called"
    ]
    assert (await hand.made(call)).words == ended.words


async def test_a_rule_that_has_changed_meanwhile(hand: Hand) -> None:
    call = await hand.begun()
    hand.resolving.at_work.playbooks = InForce(ruled())
    ended = await hand.made(call)
    assert ended.words == "The desk's policy says no: Nothing is paid back today. Nothing was done."
    assert hand.resolving.refunds() == []


async def test_an_action_that_is_not_there_any_more(hand: Hand) -> None:
    call = await hand.begun()
    at = hand.resolving.at_work
    ended = await make_call(call, actions=Empty, start=at.start, clock=at.clock, job="1")
    assert ended.words == "The action issue_refund is not for agents (any more). Nothing was done."


class Empty:
    """A desk without actions."""

    def __init__(self, playbook: Playbook) -> None:
        self.specs: dict[str, Any] = {}

    async def call(self, *_: object) -> Any:
        raise AssertionError


async def test_an_approval_that_is_gone_meanwhile(hand: Hand) -> None:
    await hand.approved("78951")
    call = await hand.begun("78951")
    await hand.resolving.at_work.desk.set_fields(hand.ticket, {"order_number": "78951"}, by=hand.resolving.mia)
    ended = await hand.made(call)
    assert ended.words == (
        "It needs an approval by now: Refund over 200. Run it again, and it is asked for. Nothing was done."
    )
    assert hand.resolving.refunds("78951") == []


async def test_one_approval_is_good_for_one_call_however_many_were_begun(hand: Hand) -> None:
    await hand.approved("78951")
    first, second = await hand.begun("78951"), await hand.begun("78951")
    assert (await hand.made(first)).outcome is OutcomeKind.DONE
    assert (await hand.made(second)).outcome is OutcomeKind.REFUSED
    assert hand.resolving.refunds("78951") == [25000]


async def test_who_agrees_sees_what_the_call_costs_and_not_what_the_ticket_says(hand: Hand) -> None:
    at = hand.resolving.at_work
    await at.desk.set_fields(hand.ticket, {"resolution": "refund", "refund_amount": "1.00"}, by=hand.resolving.mia)
    approval = await hand.approved("78951")
    shown = (await at.desk.approval(approval)).amount
    assert shown == "250.00 USD"


async def test_what_was_paid_by_hand_counts_for_the_caps_of_the_ai(resolving: Resolving, hand: Hand) -> None:
    await hand.approved("78951")
    for order in ("78932", "78951"):
        assert (await hand.made(await hand.begun(order))).outcome is OutcomeKind.DONE
    resolving.at_work.now += timedelta(minutes=1)
    await resolving.at_work.desk.change_status(hand.ticket, "closed", by=resolving.mia, note="Paid.")
    ticket = await resolving.resolved("Another one came broken, order #78940", continues=None)
    run = await resolving.run(ticket)
    assert run.state is RunState.HANDED_OVER
    assert "Two refunds in 30 days are paid by themselves" in run.why
    async with resolving.at_work.start() as uow:
        since = resolving.at_work.now - timedelta(days=1)
        earlier = await uow.runs.earlier(run.customer_id, "issue_refund", since=since, but=run.id)
    assert earlier == Earlier(2, Decimal("339.00"), frozenset({"USD"}))
