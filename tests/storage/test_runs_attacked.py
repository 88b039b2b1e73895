"""Whoever attacks a run from outside what is written to it: by timing, by other tickets, by what changes meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from ai.actions.desk_actions import DeskActions
from ai.actions.registry import Catalogue
from tests.playbooks import InForce
from tests.storage.resolving import CLARA, Follows, Resolving, returns
from tests.storage.test_runs_and_customers import confirming
from tests.storage.test_runs_killed import MortalActions, MortalBrain, lenient
from ticketing.approvals.approval import Verdict
from ticketing.approvals.changes import ApprovalVoid
from ticketing.playbook.conditions import Condition
from ticketing.playbook.playbook import Playbook
from ticketing.playbook.resolving import Autonomy, Otherwise, PolicyRule
from ticketing.resolution.people import NothingSuggested
from ticketing.resolution.proposal import AskCustomer, Call, HandOver
from ticketing.resolution.run import RunState, StepKind

Deed = Callable[[UUID], Awaitable[object]]
OTHER = "+14155550188"


async def another(resolving: Resolving, order: str, *, sender: str = CLARA) -> UUID:
    """One more ticket about an order; its run has begun."""
    ticket = await resolving.ticket(f"It came broken, order #{order}", sender=sender, continues=None)
    assert await resolving.begin(ticket) is not None
    return ticket


async def approve(resolving: Resolving, ticket: UUID) -> None:
    run = await resolving.run(ticket)
    assert run.approval_id is not None
    await resolving.at_work.desk.decide(run.approval_id, Verdict.APPROVE, by=resolving.mia)


class TestSeveralTickets:
    async def test_two_about_one_order_at_once_are_one_refund(self, resolving: Resolving) -> None:
        resolving.at_work.playbooks = InForce(lenient())
        tickets = [await another(resolving, "78932") for _ in range(2)]
        runs = [await resolving.run(each) for each in tickets]
        await asyncio.gather(*(resolving.work(each.id) for each in runs))
        states = sorted([(await resolving.state(each)) for each in tickets])
        assert states == [(RunState.DONE, "closed"), (RunState.HANDED_OVER, "investigating")]
        assert resolving.refunds() == [8900]

    async def test_another_one_asks_again_and_there_is_nothing_left(self, resolving: Resolving) -> None:
        await resolving.resolved()
        ticket = await another(resolving, "78932")
        await resolving.work((await resolving.run(ticket)).id)
        assert (await resolving.run(ticket)).why == "There is nothing left to pay back"
        assert resolving.refunds() == [8900]

    @pytest.mark.parametrize("merged", [False, True])
    async def test_a_cap_holds_however_many_ask_in_the_same_instant(self, resolving: Resolving, merged: bool) -> None:
        """… by one number, or by two whose profiles are one."""
        resolving.at_work.playbooks = InForce(capped_at_one())
        orders = ("78932", "78940", "78951")
        senders = (CLARA, OTHER, "+14155550189") if merged else (CLARA,) * 3
        tickets = [await another(resolving, each, sender=by) for each, by in zip(orders, senders, strict=True)]
        if merged:
            mine, *others = [(await resolving.row(each)).customer_id for each in tickets]
            for other in others:
                await resolving.at_work.desk.merge_customers(mine, other, by=resolving.mia)
        runs = [(await resolving.run(each)).id for each in tickets]
        await asyncio.gather(*map(resolving.work, runs))
        assert sum(len(resolving.refunds(each)) for each in orders) == 1
        states = [(await resolving.run(each)).state for each in tickets]
        assert sorted(states) == [RunState.DONE, RunState.HANDED_OVER, RunState.HANDED_OVER]

    async def test_one_yes_is_no_answer_to_two_questions(self, resolving: Resolving) -> None:
        resolving.at_work.playbooks = InForce(confirming())
        tickets = [await another(resolving, each) for each in ("78932", "78940")]
        for ticket in tickets:
            await resolving.work((await resolving.run(ticket)).id)
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.writes("Yes")
        for ticket in tickets:
            await resolving.go_on(ticket)
        assert len(resolving.refunds()) + len(resolving.refunds("78940")) <= 1


def capped_at_one() -> Playbook:
    playbook = returns()
    policy = playbook.action_policies["issue_refund"]
    capped = PolicyRule("capped", Condition("earlier.count < 1"), "One by itself", Otherwise.PERSON)
    return replace(ungated(playbook), action_policies={policy.action: replace(policy, rules=(capped,))})


def ungated(playbook: Playbook) -> Playbook:
    """Nobody has to agree to where tickets go."""
    (kind,) = playbook.lifecycles.values()
    free = tuple(replace(each, approval=None) for each in kind.transitions)
    return replace(playbook, lifecycles={kind.key: replace(kind, transitions=free)})


class TestWhileItWaits:
    async def test_a_yes_from_a_group_is_nobodys(self, resolving: Resolving) -> None:
        resolving.at_work.playbooks = InForce(confirming())
        ticket = await resolving.resolved()
        await resolving.at_work.rows_changed("UPDATE conversation SET is_group = true")
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.writes("Yes")
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).why == "Stopped: several people write there."
        assert resolving.refunds() == []

    @pytest.mark.parametrize("order", ["78932", "78951"])
    async def test_an_agent_says_that_it_is_another_order(self, resolving: Resolving, order: str) -> None:
        """Whatever was agreed to before is not done: the ticket says something else now."""
        ticket = await resolving.resolved("It came broken, order #78940")
        asked = (await resolving.run(ticket)).approval_id
        assert asked is not None
        await resolving.at_work.desk.set_fields(ticket, {"order_number": order}, by=resolving.sara)
        with pytest.raises(ApprovalVoid):
            await approve(resolving, ticket)
        await resolving.go_on(ticket)
        assert resolving.refunds("78940") == []

    async def test_an_agent_says_so_between_question_and_yes(self, resolving: Resolving) -> None:
        resolving.at_work.playbooks = InForce(confirming())
        ticket = await resolving.resolved()
        await resolving.at_work.desk.set_fields(ticket, {"order_number": "78940"}, by=resolving.sara)
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.writes("Yes")
        await resolving.go_on(ticket)
        assert resolving.refunds() == []

    async def test_an_agent_says_that_they_changed_their_mind(self, resolving: Resolving) -> None:
        ticket = await resolving.resolved("It came broken, order #78940")
        await resolving.at_work.desk.set_fields(ticket, {"return_reason": "changed_mind"}, by=resolving.sara)
        await approve(resolving, ticket)
        await resolving.go_on(ticket)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds("78940") == []

    async def test_the_message_that_led_to_it_belongs_elsewhere(self, resolving: Resolving) -> None:
        ticket = await resolving.resolved("It came broken, order #78940")
        resolving.at_work.now += timedelta(minutes=1)
        other = await resolving.ticket("Something else", continues=None)
        (entry,) = await resolving.at_work.rows(
            "SELECT room_entry.id FROM room_entry JOIN message ON message.id = message_id "
            "WHERE ticket_id = :id AND direction = 'in'",
            id=ticket,
        )
        await resolving.at_work.desk.move_message(entry.id, other, by=resolving.sara)
        await approve(resolving, ticket)
        await resolving.go_on(ticket)
        assert not (await resolving.run(ticket)).is_open
        assert resolving.refunds("78940") == []

    async def test_the_profile_turns_out_to_be_somebody_elses(self, resolving: Resolving) -> None:
        ticket = await resolving.resolved("It came broken, order #78940")
        other = await resolving.ticket("Hello", sender=OTHER)
        mine = (await resolving.row(ticket)).customer_id
        await resolving.at_work.desk.merge_customers((await resolving.row(other)).customer_id, mine, by=resolving.sara)
        with pytest.raises(ApprovalVoid):
            await approve(resolving, ticket)
        await resolving.go_on(ticket)
        assert resolving.refunds("78940") == []


async def waits_for_approval(resolving: Resolving) -> UUID:
    return await resolving.resolved("It came broken, order #78940")


async def waits_for_the_customer(resolving: Resolving) -> UUID:
    return await resolving.resolved("It came broken")


async def waits_for_a_yes(resolving: Resolving) -> UUID:
    resolving.at_work.playbooks = InForce(confirming())
    return await resolving.resolved()


async def suggests(resolving: Resolving) -> UUID:
    resolving.use(autonomy=Autonomy.SUGGEST)
    return await resolving.resolved()


async def works(resolving: Resolving) -> UUID:
    return await another(resolving, "78932")


STATES = [works, waits_for_approval, waits_for_the_customer, waits_for_a_yes, suggests]


class Everything:
    """All that could make a run go on."""

    def __init__(self, resolving: Resolving, ticket: UUID) -> None:
        self.resolving, self.ticket = resolving, ticket

    async def happens(self) -> None:
        resolving, desk = self.resolving, self.resolving.at_work.desk
        run = await resolving.run(self.ticket)
        if run.approval_id is not None:
            with pytest.raises(ApprovalVoid):
                await desk.decide(run.approval_id, Verdict.APPROVE, by=resolving.mia)
        with pytest.raises(NothingSuggested):
            await desk.carry_out(run.id, by=resolving.mia)
        for words in ("It is order #78932", "Yes"):
            resolving.at_work.now += timedelta(minutes=1)
            await resolving.writes(words)
            await resolving.look_again(self.ticket)
            await resolving.work(run.id)


class TestTakenAway:
    @pytest.mark.parametrize("state", STATES)
    async def test_taken_over_in_every_state_nothing_brings_it_back(
        self, resolving: Resolving, state: Callable[[Resolving], Awaitable[UUID]]
    ) -> None:
        ticket = await state(resolving)
        told = await resolving.told(ticket)
        await resolving.at_work.desk.take_over(ticket, by=resolving.mia)
        await Everything(resolving, ticket).happens()
        assert (await resolving.run(ticket)).state is RunState.STOPPED
        assert (await resolving.told(ticket), resolving.refunds(), resolving.refunds("78940")) == (told, [], [])

    @pytest.mark.parametrize("state", STATES)
    async def test_switched_off_in_every_state_nothing_is_done_and_nobody_is_told(
        self, resolving: Resolving, state: Callable[[Resolving], Awaitable[UUID]]
    ) -> None:
        ticket = await state(resolving)
        told = await resolving.told(ticket)
        await resolving.at_work.desk.switch_ai(on=False)
        await resolving.look_again(ticket)
        await resolving.work((await resolving.run(ticket)).id)
        await Everything(resolving, ticket).happens()
        assert (await resolving.run(ticket)).state is RunState.STOPPED
        assert (await resolving.told(ticket), resolving.refunds(), resolving.refunds("78940")) == (told, [], [])


class Meanwhile:
    """Runs of one ticket after another, in each of which something happens one point later: while the brain thinks,
    before and after the look-up, before and after the refund.
    """

    POINTS = 5

    def __init__(self, resolving: Resolving) -> None:
        self.resolving = resolving
        self.none = DeskActions(Catalogue(), settings={})
        self.installed = resolving.actions

    async def each(self, deed: Deed) -> list[bool]:
        """Whether money was paid, for each point."""
        return [await self.at(point, deed) for point in range(self.POINTS)]

    async def at(self, point: int, deed: Deed) -> bool:
        resolving = self.resolving
        await resolving.at_work.desk.switch_ai(on=True)
        resolving.at_work.playbooks = InForce(lenient())
        resolving.actions = self.installed
        resolving.shop.open()
        ticket = await another(resolving, "78932", sender=f"+1415555{point:04}")
        left = point

        async def step() -> None:
            nonlocal left
            if left == 0:
                resolving.at_work.now += timedelta(seconds=1)
                await deed(ticket)
            left -= 1

        def there(playbook: Playbook) -> MortalActions:
            return MortalActions(resolving.actions.of(playbook), step, step)

        run = (await resolving.run(ticket)).id
        await resolving.work(run, brain=MortalBrain(step), actions=there)
        assert left < 0, "it did not get that far"
        await self.check(ticket)
        return bool(resolving.refunds())

    async def check(self, ticket: UUID) -> None:
        resolving, steps = self.resolving, await self.resolving.steps(ticket)
        acts = [each.outcome for each in steps if each.kind is StepKind.ACT]
        assert acts == ["done"] * len(resolving.refunds())
        assert not (await resolving.run(ticket)).is_open or (await resolving.run(ticket)).state is RunState.SUGGESTED
        if not acts:
            assert (await resolving.row(ticket)).status != "closed"
            assert not any("refund" in words for words in await resolving.told(ticket))


@pytest.fixture
def meanwhile(resolving: Resolving) -> Meanwhile:
    return Meanwhile(resolving)


BEFORE_IT_IS_DECIDED = [False, False, False, True, True]


class TestWhatChangesMeanwhile:
    async def test_the_ai_is_switched_off(self, meanwhile: Meanwhile) -> None:
        async def off(_: UUID) -> None:
            await meanwhile.resolving.at_work.desk.switch_ai(on=False)

        assert await meanwhile.each(off) == BEFORE_IT_IS_DECIDED

    @pytest.mark.parametrize("how", ["no_policy", "refuses", "off", "no_recipe", "suggest", "shadow"])
    async def test_another_version_of_the_playbook_is_applied(self, meanwhile: Meanwhile, how: str) -> None:
        async def apply(_: UUID) -> None:
            meanwhile.resolving.at_work.playbooks = InForce(changed(how))

        assert await meanwhile.each(apply) == BEFORE_IT_IS_DECIDED

    async def test_the_action_is_uninstalled(self, meanwhile: Meanwhile) -> None:
        async def uninstall(_: UUID) -> None:
            meanwhile.resolving.actions = meanwhile.none

        paid = await meanwhile.each(uninstall)
        assert paid[3:] == [True, True]

    async def test_it_is_no_ticket(self, meanwhile: Meanwhile) -> None:
        async def discard(ticket: UUID) -> None:
            await meanwhile.resolving.at_work.desk.discard(ticket, by=meanwhile.resolving.sara)

        assert await meanwhile.each(discard) == BEFORE_IT_IS_DECIDED

    async def test_the_sender_is_blocked(self, meanwhile: Meanwhile) -> None:
        async def block(ticket: UUID) -> None:
            conversation = (await meanwhile.resolving.row(ticket)).conversation_id
            desk = meanwhile.resolving.at_work.desk
            await desk.block_conversations_sender(conversation, by=meanwhile.resolving.sara)

        assert await meanwhile.each(block) == BEFORE_IT_IS_DECIDED


def changed(how: str) -> Playbook:
    """The next version."""
    playbook = replace(lenient(), version=4)
    (kind,) = playbook.types.values()
    ai: Mapping[str, Mapping[str, Any]] = {
        "off": {"autonomy": Autonomy.OFF},
        "suggest": {"autonomy": Autonomy.SUGGEST},
        "shadow": {"autonomy": Autonomy.SHADOW},
        "no_recipe": {"recipes": ()},
    }
    (policy,) = playbook.action_policies.values()
    never = PolicyRule("never", Condition("false"), "Not any more", Otherwise.REFUSE)
    policies = {"no_policy": {}, "refuses": {policy.action: replace(policy, rules=(never,))}}
    types = {kind.key: replace(kind, ai=replace(kind.ai, **ai.get(how, {})))}
    return replace(playbook, types=types, action_policies=policies.get(how, playbook.action_policies))


async def test_only_tried_out_since_a_moment_ago_the_customer_is_asked_nothing(resolving: Resolving) -> None:
    ticket = await resolving.ticket("It came broken")
    run = await resolving.begin(ticket)
    assert run is not None
    resolving.use(autonomy=Autonomy.SHADOW)
    await resolving.work(run)
    ended = await resolving.run(ticket)
    assert (ended.state, ended.asked_for) == (RunState.HANDED_OVER, None)
    assert await resolving.told(ticket) == ["Somebody of our team will answer you."]


@pytest.mark.parametrize(
    "proposal",
    [
        Call("x" * 1_000_000, {"order": "78932"}),
        Call("issue_refund", {"order": "9" * 1_000_000}),
        Call("issue_refund", {"o" * 1_000_000: "78932"}),
        Call("lookup_order", {"order": "9" * 1_000_000}, "b" * 1_000_000),
        Call("issue_refund", {"order": "78932", "reason": {"a": [1] * 100_000}}),
        AskCustomer("f" * 1_000_000, "b" * 1_000_000),
        HandOver("w" * 1_000_000),
        HandOver("\x00\ud800 <!channel> " * 10),
    ],
    ids=["action", "argument", "name", "read", "deep", "field", "word", "signs"],
)
async def test_whatever_a_brain_says_at_great_length_is_cut_and_the_run_ends(
    resolving: Resolving, proposal: Any
) -> None:
    resolving.brain = Follows(*[proposal] * 3, HandOver("Enough."))
    ticket = await resolving.resolved()
    run = await resolving.run(ticket)
    assert run.state is RunState.HANDED_OVER
    assert len(run.why) < 5_000
    (size,) = await resolving.at_work.rows(
        "SELECT coalesce(sum(length(inputs::text) + length(why) + length(name)), 0) AS bytes "
        "FROM run_step WHERE run_id = :run",
        run=run.id,
    )
    assert size.bytes < 100_000
    assert resolving.refunds() == []
