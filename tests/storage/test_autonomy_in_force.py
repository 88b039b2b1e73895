"""How far the AI goes, by hand, under another playbook, and while a run works: a fall holds for every later write."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from core.errors import NotFound
from core.ids import new_id
from storage.playbooks import Playbooks
from storage.queries.run_lists import story
from tests.playbooks import InForce
from tests.storage.resolving import Follows, Resolving
from tests.storage.test_autonomy import earning, history, level, measured, set_to, tried
from tests.storage.test_runs_attacked import BEFORE_IT_IS_DECIDED, Meanwhile, approve
from ticketing.people.actor import SYSTEM
from ticketing.people.permissions import PermissionRefused
from ticketing.playbook.apply import apply_playbook
from ticketing.playbook.resolving import Autonomy, Earning
from ticketing.playbook.succession import Wanted
from ticketing.resolution.levels import How, Move, Sign
from ticketing.resolution.move_level import MovedSince, NotThatFar
from ticketing.resolution.people import NothingSuggested
from ticketing.resolution.run import RunState

OFF, SHADOW, SUGGEST, ASKS, ALONE = Autonomy


_RETURN = "  return:\n    label: Return\n"
PLAIN = (Path(__file__).parent / "returns.yaml").read_text()
EARNED = PLAIN.replace(
    "autonomy: act_alone", "autonomy: act_alone\n      earns: {from: act_alone, precision: 80%, over: 20}"
)
RENAMED = EARNED.replace(_RETURN, "  sent_back:\n    label: Return\n    was: return\n", 1)


class TestByHand:
    async def test_a_supervisor_sets_it_within_what_the_playbook_allows(self, resolving: Resolving) -> None:
        desk = resolving.at_work.desk
        resolving.use(autonomy=ASKS)
        assert (await set_to(resolving, SUGGEST)).name == "Sara"
        assert await desk.set_autonomy("return", SUGGEST, by=resolving.sara) is None
        with pytest.raises(PermissionRefused, match="You may not say how far the AI goes: that is for a supervisor"):
            await desk.set_autonomy("return", SHADOW, by=resolving.mia)
        with pytest.raises(NotThatFar, match="lets it act with approval at most: act alone goes further"):
            await desk.set_autonomy("return", ALONE, by=resolving.sara)
        with pytest.raises(NotThatFar, match="The least is shadow"):
            await desk.set_autonomy("return", OFF, by=None)
        resolving.use(autonomy=ASKS, confirm=None)
        assert await desk.set_autonomy("return", SHADOW, by=None) is not None
        with pytest.raises(NotThatFar, match="names nobody under confirm"):
            await desk.set_autonomy("return", SUGGEST, by=None)

    async def test_what_moved_by_itself_is_put_back(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(SHADOW))
        (rose,) = await tried(resolving, *[True] * 5)
        desk = resolving.at_work.desk
        with pytest.raises(PermissionRefused):
            await desk.put_autonomy_back(rose.id, by=resolving.mia)
        resolving.at_work.now += timedelta(seconds=1)
        back = await desk.put_autonomy_back(rose.id, by=resolving.sara)
        assert (back.was, back.level, back.how, back.why) == (SUGGEST, SHADOW, How.PUT_BACK, "Sara has put it back.")
        assert (await desk.put_autonomy_back(rose.id, by=resolving.sara)).id == back.id
        resolving.at_work.now += timedelta(seconds=1)
        await desk.set_autonomy("return", ASKS, by=resolving.sara)
        with pytest.raises(MovedSince, match=r"it is act with approval now. Sara has set it so"):
            await desk.put_autonomy_back(rose.id, by=resolving.sara)
        assert [each.how for each in await history(resolving)] == [How.SET, How.PUT_BACK, How.ROSE]

    async def test_the_story_of_a_run_says_why_it_went_as_far(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE)
        await set_to(resolving, ASKS)
        ticket = await resolving.resolved()
        await approve(resolving, ticket)
        await resolving.go_on(ticket)
        resolving.at_work.now += timedelta(seconds=1)
        await set_to(resolving, SHADOW)
        run = await resolving.run(ticket)
        async with resolving.at_work.database.transaction() as session:
            told = await story(session, run.id, await resolving.at_work.playbooks.current(session))
        assert (told.run.state, told.run.autonomy) == (RunState.DONE, ASKS)
        assert told.run.why_autonomy == "Sara has set it so."

    async def test_the_story_says_so_too_where_it_has_only_begun(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(SUGGEST))
        run = await resolving.run(await resolving.resolved())
        async with resolving.at_work.database.transaction() as session:
            told = await story(session, run.id, await resolving.at_work.playbooks.current(session))
        assert told.run.why_autonomy == "It begins there, and act alone is to be earned."


class TestAnotherPlaybook:
    async def test_a_type_by_another_name_goes_as_far_as_it_did(self, resolving: Resolving) -> None:
        await self.apply(resolving, PLAIN)
        await set_to(resolving, SHADOW)
        renamed = PLAIN.replace(_RETURN, "  sent_back:\n    label: Return\n    was: return\n", 1)
        for _ in range(2):  # back and forth
            await self.apply(resolving, renamed)
            (found,) = await resolving.at_work.desk.autonomy()
            assert (found.type, found.level) == ("sent_back", SHADOW)
            assert found.moves[0].why.startswith("It was called return until then.")
            await resolving.at_work.desk.set_autonomy("sent_back", ASKS, by=None)
            await self.apply(
                resolving, PLAIN.replace("    label: Return\n", "    label: Return\n    was: sent_back\n", 1)
            )
            assert await level(resolving) is ASKS
            await set_to(resolving, SHADOW)

    async def test_a_fall_that_is_just_being_kept_goes_with_the_type(self, resolving: Resolving) -> None:
        await self.apply(resolving, EARNED)
        async with resolving.at_work.start() as uow:
            await uow.levels.hold("return")
            move = Move(new_id(), "return", 1, resolving.at_work.now, ALONE, SHADOW, How.FELL, "It fell.")
            await uow.levels.add(move)
            applies = asyncio.create_task(self.apply(resolving, RENAMED))
            await resolving.at_work.done_or_waiting(applies)
            assert not applies.done(), "it should wait"
        await applies
        assert await level(resolving) is SHADOW

    async def test_who_sets_it_waits_for_another_name(self, resolving: Resolving) -> None:
        """… for what was set of the old one would hold for nothing."""
        await self.apply(resolving, EARNED)
        async with resolving.at_work.start() as uow:
            await uow.levels.stay("return")  # a write that is just being kept
            applies = asyncio.create_task(self.apply(resolving, RENAMED))
            await resolving.at_work.done_or_waiting(applies)
            sets = asyncio.create_task(resolving.at_work.desk.set_autonomy("return", SHADOW, by=None))
            await resolving.at_work.done_or_waiting(sets)
            assert not applies.done(), "it should wait"
        await applies
        with pytest.raises(NotFound, match="There are: sent_back"):
            await sets

    async def test_what_was_done_under_the_old_name_is_taken_back_under_the_new_one(self, resolving: Resolving) -> None:
        await self.apply(resolving, EARNED)
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).state is RunState.DONE
        await self.apply(resolving, RENAMED)
        await resolving.at_work.desk.set_fields(ticket, {"refund_amount": "10.00"}, by=resolving.sara)
        move = await measured(resolving, ticket)
        assert move is not None
        assert (move.type, move.level, move.how) == ("sent_back", ASKS, How.FELL)
        assert [(each.type, each.sign) for each in move.cases] == [("sent_back", Sign.TAKEN_BACK)]

    async def test_a_recipe_that_sets_something_else_now_takes_nothing_back(self, resolving: Resolving) -> None:
        """Whoever confirmed what it did then has said nothing about what it does now."""
        await self.apply(resolving, EARNED)
        ticket = await resolving.resolved()
        desk, sara = resolving.at_work.desk, resolving.sara
        await desk.set_fields(ticket, {"resolution": "refund"}, by=sara)
        await self.apply(resolving, EARNED.replace("sets: {resolution: refund}", "sets: {resolution: none}"))
        assert await measured(resolving, ticket) is None
        assert await level(resolving) is ALONE
        await self.apply(resolving, EARNED)  # as it was, under another number
        await desk.set_fields(ticket, {"refund_amount": "10.00"}, by=sara)
        assert await measured(resolving, ticket) is not None

    @staticmethod
    async def apply(resolving: Resolving, document: str) -> None:
        if isinstance(resolving.at_work.playbooks, InForce):
            resolving.at_work.playbooks = Playbooks()
        uow, now = resolving.at_work.start(), resolving.at_work.now
        await apply_playbook(document, file="p.yaml", wanted=Wanted(), by=SYSTEM, first=True, uow=uow, now=now)
        resolving.at_work.now += timedelta(seconds=1)


class TestWhileARunWorks:
    @pytest.mark.parametrize("to", [SHADOW, SUGGEST])
    async def test_a_fall_holds_until_the_write_has_begun(self, resolving: Resolving, to: Autonomy) -> None:
        meanwhile = Meanwhile(resolving)

        async def falls(_: UUID) -> None:
            await resolving.at_work.desk.set_autonomy("return", to, by=None)

        paid = []
        for point in range(meanwhile.POINTS):
            await resolving.at_work.rows_changed("DELETE FROM autonomy_move")
            paid.append(await meanwhile.at(point, falls))
        assert paid == BEFORE_IT_IS_DECIDED

    async def test_a_fall_while_a_brain_phrases_holds_too(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE)
        resolving.brain = Follows(phrases="Votre remboursement de 89,00 USD est en route.")
        ticket = await resolving.ticket("It came broken, order #78932")
        await resolving.at_work.rows_changed("UPDATE customer SET language = 'fr'")
        run = await resolving.begin(ticket)
        assert run is not None
        resolving.brain.phrasing = [lambda: resolving.at_work.desk.set_autonomy("return", ASKS, by=None)]
        await resolving.work(run)
        assert resolving.brain.tellings != [], "nothing was phrased"
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds() == []

    async def test_what_people_have_seen_does_not_vanish_when_it_may_only_be_tried_out(
        self, resolving: Resolving
    ) -> None:
        resolving.use(autonomy=ALONE)
        ticket = await resolving.ticket("It came broken, order #78932")
        run = await resolving.begin(ticket)
        assert run is not None
        await set_to(resolving, SHADOW)
        await resolving.work(run)
        ended = await resolving.run(ticket)
        assert (ended.state, ended.autonomy) == (RunState.HANDED_OVER, ALONE)
        assert ended.why == "The AI only tries such tickets out now. It would have done this: Refund."
        assert await resolving.told(ticket) == ["Somebody of our team will answer you."]

    @pytest.mark.parametrize("earns", [earning(ALONE), None], ids=["earned", "by_hand"])
    async def test_a_write_waits_for_a_fall_that_is_just_being_kept(
        self, resolving: Resolving, earns: Earning | None
    ) -> None:
        resolving.use(autonomy=ALONE, earns=earns)
        ticket = await resolving.ticket("It came broken, order #78932")
        run = await resolving.begin(ticket)
        assert run is not None
        async with resolving.at_work.start() as uow:
            await uow.levels.hold("return")
            move = Move(new_id(), "return", 1, resolving.at_work.now, ALONE, SHADOW, How.FELL, "It fell.")
            await uow.levels.add(move)
            works = asyncio.create_task(resolving.work(run))
            await resolving.at_work.done_or_waiting(works)
            assert not works.done(), "it should wait"
        await works
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        assert resolving.refunds() == []

    async def test_a_fall_waits_for_a_write_that_is_just_being_kept(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE)
        async with resolving.at_work.start() as uow:
            await uow.levels.stay("return")
            falls = asyncio.create_task(resolving.at_work.desk.set_autonomy("return", SHADOW, by=None))
            await resolving.at_work.done_or_waiting(falls)
            assert not falls.done(), "it should wait"
        assert (await falls) is not None

    async def test_do_it_is_refused_once_such_tickets_are_only_tried_out(self, resolving: Resolving) -> None:
        resolving.use(autonomy=SUGGEST)
        ticket = await resolving.resolved()
        await set_to(resolving, SHADOW)
        with pytest.raises(NothingSuggested, match=r"only tries these tickets out now.*Sara has set it so"):
            await resolving.at_work.desk.carry_out((await resolving.run(ticket)).id, by=resolving.mia)
        assert resolving.refunds() == []
