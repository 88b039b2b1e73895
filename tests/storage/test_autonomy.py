"""How far the AI goes is earned and lost by what people do: over the real database, with the real shop."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.playbooks import InForce
from tests.storage.resolving import Follows, Resolving, returns
from tests.storage.test_runs_attacked import another, approve
from tests.storage.test_runs_killed import lenient
from tests.storage.test_scoring_runs import settle, shadowed
from ticketing.approvals.approval import Verdict
from ticketing.playbook.ai_policy import NO_AI
from ticketing.playbook.resolving import Autonomy, Earning
from ticketing.resolution.levels import How, Move, Sign
from ticketing.resolution.measured import SETTLES
from ticketing.resolution.move_level import measure
from ticketing.resolution.proposal import HandOver
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


async def reopened(resolving: Resolving, *, again: bool = True) -> UUID:
    """A ticket that the AI had solved, after Mia agreed; `again`: a person has opened it since."""
    ticket = await resolving.resolved("It came broken, order #78940")  # 150.00
    await approve(resolving, ticket)
    await resolving.go_on(ticket)
    assert await resolving.state(ticket) == (RunState.DONE, "resolution_proposed")
    for status in ("accepted", "investigating") if again else ("accepted",):
        resolving.at_work.now += timedelta(minutes=1)
        await resolving.at_work.desk.change_status(ticket, status, by=resolving.sara)
    return ticket


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

    async def test_who_corrects_it_reopens_the_ticket_first(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(ALONE))
        ticket = await reopened(resolving)
        assert await measured(resolving, ticket) is None
        assert await level(resolving) is ALONE
        await resolving.at_work.desk.set_fields(ticket, {"refund_amount": "10.00"}, by=resolving.sara)
        move = await measured(resolving, ticket)
        assert move is not None
        assert [each.sign for each in move.cases] == [Sign.TAKEN_BACK]
        assert await level(resolving) is ASKS

    async def test_a_deed_is_taken_back_also_once_the_ai_has_tried_again(self, resolving: Resolving) -> None:
        resolving.use(autonomy=ALONE, earns=earning(ALONE))
        ticket = await reopened(resolving)
        deed = await resolving.run(ticket)
        resolving.brain = Follows(HandOver("Unsure."))
        run = await resolving.begin(ticket, handed_back=True)
        assert run is not None
        await resolving.work(run)
        assert (await resolving.run(ticket)).state is RunState.HANDED_OVER
        await resolving.at_work.desk.set_fields(ticket, {"refund_amount": "10.00"}, by=resolving.sara)
        move = await measured(resolving, ticket)
        assert move is not None
        assert [(each.run_id, each.sign) for each in move.cases] == [(deed.id, Sign.TAKEN_BACK)]
        assert await measured(resolving, ticket) is None
        assert len(await history(resolving)) == 1

    async def test_what_people_file_as_something_else_counts_as_wrong(self, resolving: Resolving) -> None:
        (kind,) = returns(autonomy=ALONE, earns=earning(ALONE, precision=1.0)).types.values()
        other = replace(kind, key="complaint", label="Complaint", ai=NO_AI)
        resolving.at_work.playbooks = InForce(replace(returns(), types={kind.key: kind, other.key: other}))
        ticket = await reopened(resolving, again=False)
        assert await measured(resolving, ticket) is None
        before = (await resolving.at_work.jobs()).count("OutcomeChanged")
        await resolving.at_work.desk.change_type(ticket, "complaint", "damaged", by=resolving.sara)
        assert (await resolving.at_work.jobs()).count("OutcomeChanged") == before + 1
        move = await measured(resolving, ticket)
        assert move is not None
        assert (move.type, [each.sign for each in move.cases]) == ("return", [Sign.OTHER_WAY])

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
