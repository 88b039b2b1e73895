"""Change the status of many tickets: each in a transaction of its own, through the one transition function."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.errors import NotFound, Refused
from core.instants import Clock
from ticketing.people.actor import person_acting
from ticketing.people.person import Person
from ticketing.ports import StartWork
from ticketing.tickets.change_status import change_status


class Outcome(StrEnum):
    DONE = "done"
    ALREADY = "already"  # it was in that status
    REFUSED = "refused"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class MovedRow:
    """What became of one of them; `number` is None, and `why` is told, where there is no such ticket."""

    id: UUID
    number: int | None
    outcome: Outcome
    why: str = ""


Progress = Callable[[int, int], Awaitable[None]]  # how many are through, of how many


async def change_status_many(
    ids: Sequence[UUID],
    to: str,
    *,
    by: Person,
    note: str = "",
    progress: Progress | None = None,
    start: StartWork,
    clock: Clock,
) -> list[MovedRow]:
    """One row for each id, in their order; an id that comes twice has one. What one is refused stops no other.

    Interrupted and run again it does what is left: what was moved is there already.
    """
    wanted = list(dict.fromkeys(ids))
    rows = []
    for done, ticket_id in enumerate(wanted, start=1):
        rows.append(await _change_one(ticket_id, to, by=by, note=note, start=start, clock=clock))
        if progress is not None:
            await progress(done, len(wanted))
    return rows


async def _change_one(ticket_id: UUID, to: str, *, by: Person, note: str, start: StartWork, clock: Clock) -> MovedRow:
    try:
        async with start() as uow:
            before = await uow.tickets.lock(ticket_id)
        if before.status == to:
            return MovedRow(ticket_id, before.number, Outcome.ALREADY)
    except NotFound as missing:
        return MovedRow(ticket_id, None, Outcome.NOT_FOUND, missing.message)
    try:
        await change_status(ticket_id, to, by=person_acting(by), note=note, uow=start(), now=clock())
    except Refused as refusal:
        return MovedRow(ticket_id, before.number, Outcome.REFUSED, refusal.message)
    return MovedRow(ticket_id, before.number, Outcome.DONE)
