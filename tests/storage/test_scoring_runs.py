"""Runs in the shadow, held against what people did with the same tickets: the real shop, and people who settle them."""

from datetime import timedelta
from uuid import UUID

from storage.queries.run_lists import past
from tests.storage.resolving import Resolving
from ticketing.playbook.resolving import Autonomy
from ticketing.resolution.run import RunState
from ticketing.resolution.score import Judged, Score, score


async def scored(resolving: Resolving) -> list[Score]:
    async with resolving.at_work.database.transaction() as session:
        since = resolving.at_work.now - timedelta(days=1)
        held = [each async for each in past(session, since=since, most=1000)]
        return score(held, (await resolving.at_work.playbooks.current(session)).recipes)


async def shadowed(resolving: Resolving, order: str = "78932") -> UUID:
    return await resolving.resolved(f"It came broken, order #{order}", continues=None)


async def settle(resolving: Resolving, ticket: UUID, **fields: str) -> None:
    """As a person does it, an hour later."""
    desk, mia = resolving.at_work.desk, resolving.mia
    resolving.at_work.now += timedelta(hours=1)
    await desk.assign(ticket, mia.id, by=mia)
    await desk.change_status(ticket, "investigating", by=mia)
    if fields:
        await desk.set_fields(ticket, fields, by=mia)
    await desk.change_status(ticket, "closed", by=mia, note="Settled.")


async def test_what_it_would_have_done_is_right_when_people_did_the_same(resolving: Resolving) -> None:
    resolving.use(autonomy=Autonomy.SHADOW)
    same = await shadowed(resolving)
    assert await resolving.state(same) == (RunState.SHADOWED, "new")
    await settle(resolving, same, resolution="refund", refund_amount="89.00")
    await settle(resolving, await shadowed(resolving), resolution="refund", refund_amount="40.00")
    await settle(resolving, await shadowed(resolving), resolution="none")
    await settle(resolving, await shadowed(resolving))
    await settle(resolving, await shadowed(resolving, "78990"), resolution="none")  # somebody else's order
    still_open = await shadowed(resolving, "78940")
    assert (resolving.refunds(), await resolving.told(same), await resolving.told(still_open)) == ([], [], [])
    (found,) = await scored(resolving)
    assert (found.type, found.recipe, found.runs) == ("return", "refund", 6)
    assert found.counts == {
        Judged.SAME: 1,
        Judged.OTHER_AMOUNT: 1,
        Judged.OTHER_WAY: 1,
        Judged.NOT_SAID: 1,
        Judged.LEFT: 1,
        Judged.OPEN: 1,
    }
    assert (found.judged, found.precision) == (3, 1 / 3)
    assert (str(found.would_give), str(found.gave)) == ("267.00", "129.00")
    assert found.median_took_people == timedelta(hours=1)
