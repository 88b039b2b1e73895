"""A run from its beginning to its end: the real shop, a real database, and a brain that follows its script."""

from tests.storage.resolving import Resolving
from ticketing.resolution.run import RunState, StepKind


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
