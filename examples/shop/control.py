"""What rules the shop from outside, for demos and tests: faults, the clock, the ledger, and a fresh start.

No fault meets these, and they stand in no ledger.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict

from examples.shop.access import TheShop, checked
from examples.shop.answers import RefundTold, told_refund
from examples.shop.faults import ANY, Fault
from examples.shop.ledger import Call
from examples.shop.problems import Refused

router = APIRouter()


class ClockSet(BaseModel):
    """`running` false: the clock stays at `now` until it is set again."""

    model_config = ConfigDict(extra="forbid")

    now: datetime
    running: bool = True


class ClockTold(BaseModel):
    now: datetime


class LedgerTold(BaseModel):
    """`count`: how many calls there have been. `calls`: some of them, oldest first; `refunds`: all there are."""

    count: int
    calls: list[Call]
    refunds: list[RefundTold]


@router.post("/_faults", operation_id="script_fault", status_code=201)
async def script_fault(shop: TheShop, request: Request, fault: Fault) -> list[Fault]:
    """Let calls go wrong, and hear of all that still wait for theirs."""
    if fault.operation != ANY and fault.operation not in request.app.state.operations:
        known = ", ".join(sorted(request.app.state.operations))
        raise Refused("operation_unknown", f"No call of that name: choose one of {known}, or *.")
    shop.faults.add(fault)
    return shop.faults.left()


@router.get("/_faults", operation_id="list_faults")
async def list_faults(shop: TheShop) -> list[Fault]:
    return shop.faults.left()


@router.delete("/_faults", operation_id="clear_faults", status_code=204)
async def clear_faults(shop: TheShop) -> None:
    shop.faults.clear()


@router.get("/_clock", operation_id="get_clock")
async def get_clock(shop: TheShop) -> ClockTold:
    return ClockTold(now=shop.clock.now())


@router.put("/_clock", operation_id="set_clock")
async def set_clock(shop: TheShop, asked: ClockSet) -> ClockTold:
    """Travel. Orders and refunds stay where they are in time, so parcels arrive and refunds settle."""
    shop.clock.set(checked(asked.now), running=asked.running)
    return ClockTold(now=shop.clock.now())


@router.delete("/_clock", operation_id="reset_clock")
async def reset_clock(shop: TheShop) -> ClockTold:
    """Back to the machine's time."""
    shop.clock.reset()
    return ClockTold(now=shop.clock.now())


@router.post("/_reset", operation_id="reset", status_code=204)
async def reset(shop: TheShop) -> None:
    """Everything as when the shop opened, told from the clock's present; faults and keys are gone, the ledger stays."""
    shop.open()


@router.get("/_ledger", operation_id="read_ledger")
async def read_ledger(
    shop: TheShop, after: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=10_000)] = 1000
) -> LedgerTold:
    """What was called, for whoever balances the books; `after` the number of the last call that is known already."""
    now = shop.clock.now()
    refunds = [told_refund(each, now=now) for each in shop.books.gateway.all()]
    return LedgerTold(count=shop.ledger.count, calls=list(shop.ledger.calls(after=after, limit=limit)), refunds=refunds)
