"""How far the AI goes is earned and lost by what people do: over the real database, with the real shop."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from core.ids import new_id
from storage.playbooks import Playbooks
from storage.queries.run_lists import story
from tests.playbooks import InForce
from tests.storage.resolving import Follows, Resolving, returns
from tests.storage.test_runs_attacked import BEFORE_IT_IS_DECIDED, Meanwhile, another, approve
from tests.storage.test_runs_killed import lenient
from tests.storage.test_scoring_runs import settle, shadowed
from ticketing.approvals.approval import Verdict
from ticketing.people.actor import SYSTEM
from ticketing.people.permissions import PermissionRefused
from ticketing.playbook.apply import apply_playbook
from ticketing.playbook.resolving import Autonomy, Earning
from ticketing.playbook.succession import Wanted
from ticketing.resolution.levels import How, Move, Sign
from ticketing.resolution.measured import SETTLES
from ticketing.resolution.move_level import MovedSince, NotThatFar, measure
from ticketing.resolution.people import NothingSuggested
from ticketing.resolution.run import RunState

OFF, SHADOW, SUGGEST, ASKS, ALONE = Autonomy
SAME = {"resolution": "refund", "refund_amount": "89.00"}


def earning(start: Autonomy, *, precision: float = 0.8, over: int = 5) -> Earning:
    """One of five may be wrong."""
    return Earning(start, precision, over)


async def measured(resolving: Resolving, ticket: UUID) -> Move | None:
    return await measure(ticket, uow=resolving.at_work.start(), now=resolving.at_work.now)


async def level(resolving: Resolving) -> Autonomy:
    (found,) = await resolving.at_work.desk.autonomy()
    return found.level


async def history(resolving: Resolving) -> Sequence[Move]:
    (found,) = await resolving.at_work.desk.autonomy()
    return found.moves


async def tried(resolving: Resolving, *signs: bool) -> list[Move]:
    """Runs in the shadow, each of which people settled in the same way or not; the moves that came of it."""
    moves = []
    for right in signs:
        ticket = await shadowed(resolving)
        await settle(resolving, ticket, **(SAME if right else {"resolution": "none"}))
        if (move := await measured(resolving, ticket)) is not None:
            moves.append(move)
    return moves


async def set_to(resolving: Resolving, wanted: Autonomy) -> Move:
    resolving.at_work.now += timedelta(seconds=1)
    move = await resolving.at_work.desk.set_autonomy("return", wanted, by=resolving.sara)
    resolving.at_work.now += timedelta(seconds=1)
    assert move is not None
    return move


class TestMeasuring:
    async def test_it_rises_once_enough_was_right_and_says_by_what(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(SHADOW))
        assert await tried(resolving, True, True, False, True) == []
        assert await level(resolving) is SHADOW
        (move,) = await tried(resolving, True)
        assert (move.was, move.level, move.how, move.right, move.judged) == (SHADOW, SUGGEST, How.ROSE, 4, 5)
        assert [each.sign for each in move.cases] == [Sign.SAME, Sign.SAME, Sign.OTHER_WAY, Sign.SAME, Sign.SAME]
        assert (await resolving.at_work.jobs()).count("AutonomyMoved") == 1
        (record,) = await resolving.at_work.rows("SELECT actor_kind, after FROM activity WHERE kind = 'autonomy.moved'")
        assert (record.actor_kind, record.after["level"], record.after["how"]) == ("automation", "suggest", "rose")
        assert len(record.after["runs"]) == 5
        ticket = await resolving.resolved("It came broken, order #78932", continues=None)
        assert (await resolving.run(ticket)).state is RunState.SUGGESTED

    async def test_what_is_measured_twice_counts_once(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(SHADOW))
        ticket = await shadowed(resolving)
        await settle(resolving, ticket, **SAME)
        for _ in range(6):
            await measured(resolving, ticket)
        await asyncio.gather(*(measured(resolving, ticket) for _ in range(3)))
        (found,) = await resolving.at_work.desk.autonomy()
        assert (found.right, found.judged, found.moves) == (1, 1, [])

    async def test_at_once_by_many_it_moves_once(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(SHADOW))
        tickets = [await shadowed(resolving) for _ in range(8)]
        for ticket in tickets:
            await settle(resolving, ticket, **SAME)
        moves = await asyncio.gather(*(measured(resolving, each) for each in tickets))
        assert [each.level for each in moves if each is not None] == [SUGGEST]
        assert await level(resolving) is SUGGEST

    async def test_people_who_work_on_such_tickets_have_it_measured(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(SHADOW))
        ticket = await shadowed(resolving)
        before = (await resolving.at_work.jobs()).count("OutcomeChanged")
        assert before == 1  # its run is over
        await settle(resolving, ticket, **SAME)
        assert (await resolving.at_work.jobs()).count("OutcomeChanged") > before

    async def test_where_nothing_is_earned_nothing_is_measured(self, resolving: Resolving) -> None:
        resolving.use(autonomy=SHADOW)
        ticket = await shadowed(resolving)
        await settle(resolving, ticket, **SAME)
        assert await measured(resolving, ticket) is None
        assert await resolving.at_work.count("autonomy_case") == 0
        assert "OutcomeChanged" not in await resolving.at_work.jobs()

    async def test_what_the_customer_writes_says_nothing(self, resolving: Resolving) -> None:
        """… nor what is filled in from it, nor that the ticket comes back for it."""
        resolving.use(autonomy=ALONE, earns=earning(ALONE, precision=1.0))
        ticket = await resolving.resolved()
        assert (await resolving.run(ticket)).state is RunState.DONE
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.writes("This is a fraud! I want to complain, give me another amount", continues=ticket)
        await resolving.at_work.rows_changed(
            "UPDATE ticket SET fields = fields || '{\"resolution\": \"none\"}', status = 'investigating', "
            "status_category = 'active' WHERE id = :id",
            id=ticket,
        )
        assert await measured(resolving, ticket) is None
        assert await level(resolving) is ALONE


class TestFalling:
    async def test_what_a_person_takes_back_is_enough(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(ALONE))
        ticket = await resolving.resolved()
        assert await measured(resolving, ticket) is None
        await resolving.at_work.desk.set_fields(ticket, {"refund_amount": "10.00"}, by=resolving.sara)
        move = await measured(resolving, ticket)
        assert move is not None
        assert (move.was, move.level, move.how) == (ALONE, ASKS, How.FELL)
        assert [each.sign for each in move.cases] == [Sign.TAKEN_BACK]
        number = (await resolving.row(ticket)).number
        assert move.why == f"What the AI did with #{number} was taken back by a person."
        assert await measured(resolving, ticket) is None

    async def test_suggestions_turned_down_one_after_another(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(SUGGEST, precision=0.5, over=50))
        moves = []
        for _ in range(3):
            ticket = await resolving.resolved(continues=None)
            await resolving.at_work.desk.turn_down((await resolving.run(ticket)).id, by=resolving.mia)
            moves.append(await measured(resolving, ticket))
        assert [each.level if each else None for each in moves] == [None, None, SHADOW]
        steps = await resolving.steps(ticket)
        assert (steps[-1].outcome, steps[-1].why) == ("turned_down", "Mia")

    async def test_approvals_rejected_one_after_another(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(ASKS, precision=0.5, over=50))
        moves = []
        for _ in range(3):
            ticket = await resolving.resolved(continues=None)
            approval = (await resolving.run(ticket)).approval_id
            assert approval is not None
            await resolving.at_work.desk.decide(approval, Verdict.REJECT, by=resolving.mia, reason="No photo.")
            await resolving.look_again(ticket)
            moves.append(await measured(resolving, ticket))
        assert [each.level if each else None for each in moves] == [None, None, SUGGEST]

    async def test_a_ticket_that_a_person_reopens_counts_as_wrong(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(ALONE, precision=1.0))
        ticket = await resolving.resolved("It came broken, order #78940")  # 150.00, which Mia agrees to
        await approve(resolving, ticket)
        await resolving.go_on(ticket)
        assert await resolving.state(ticket) == (RunState.DONE, "resolution_proposed")
        desk, sara = resolving.at_work.desk, resolving.sara
        resolving.at_work.now += timedelta(minutes=1)
        await desk.change_status(ticket, "accepted", by=sara)
        assert await measured(resolving, ticket) is None
        await desk.change_status(ticket, "investigating", by=sara)
        move = await measured(resolving, ticket)
        assert move is not None
        assert [each.sign for each in move.cases] == [Sign.REOPENED]

    async def test_it_is_not_undone_without_new_evidence(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(SUGGEST))
        old = [await resolving.resolved(continues=None) for _ in range(5)]
        for ticket in old[:3]:
            await resolving.at_work.desk.turn_down((await resolving.run(ticket)).id, by=resolving.mia)
            await measured(resolving, ticket)
        assert await level(resolving) is SHADOW
        for ticket in old[3:]:  # begun at the level that was lost
            await settle(resolving, ticket, **SAME)
            await resolving.look_again(ticket)
            assert await measured(resolving, ticket) is None
        (found,) = await resolving.at_work.desk.autonomy()
        assert (found.level, found.judged) == (SHADOW, 0)
        (rose,) = await tried(resolving, True, True, True, True, True)
        assert (rose.was, rose.level) == (SHADOW, SUGGEST)

    async def test_what_was_done_counts_for_a_rise_once_it_has_stood_for_days(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(ASKS))
        playbook = replace(lenient(), types=returns(autonomy=ALONE, earns=earning(ASKS)).types)
        resolving.at_work.playbooks = InForce(playbook)
        for place in range(5):
            ticket = await another(resolving, ("78932", "78940")[place % 2], sender=f"+1415555{place:04}")
            run = await resolving.run(ticket)
            await resolving.work(run.id)
            await approve(resolving, ticket)
            await resolving.go_on(ticket)
            await measured(resolving, ticket)
            resolving.shop.open()
        (found,) = await resolving.at_work.desk.autonomy()
        assert found.judged == 0
        resolving.at_work.now += SETTLES + timedelta(hours=1)
        (found,) = await resolving.at_work.desk.autonomy()
        assert (found.level, found.right, found.judged) == (ASKS, found.judged, found.judged)
        assert found.judged >= 2


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
        resolving.at_work.playbooks = Playbooks()
        text = (Path(__file__).parent / "returns.yaml").read_text()
        await self.apply(resolving, text)
        await set_to(resolving, SHADOW)
        renamed = text.replace(
            "  return:\n    label: Return\n", "  sent_back:\n    label: Return\n    was: return\n", 1
        )
        for _ in range(2):  # back and forth
            await self.apply(resolving, renamed)
            (found,) = await resolving.at_work.desk.autonomy()
            assert (found.type, found.level) == ("sent_back", SHADOW)
            assert found.moves[0].why.startswith("It was called return until then.")
            await resolving.at_work.desk.set_autonomy("sent_back", ASKS, by=None)
            await self.apply(
                resolving, text.replace("    label: Return\n", "    label: Return\n    was: sent_back\n", 1)
            )
            assert await level(resolving) is ASKS
            await set_to(resolving, SHADOW)

    @staticmethod
    async def apply(resolving: Resolving, document: str) -> None:
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

    async def test_a_write_waits_for_a_fall_that_is_just_being_kept(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(ALONE))
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
