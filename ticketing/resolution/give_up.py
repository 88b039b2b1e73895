"""The work on a run failed again and again, and is tried no more: people get its ticket, and are told why.

Else it would stay open: the AI does nothing, and everybody takes it for busy.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from core.errors import DeskError
from core.messages import Limits
from ticketing.ports import StartWork, UnitOfWork
from ticketing.resolution.book import Book, reopen
from ticketing.resolution.hand_over import hand_over, leave, stop
from ticketing.resolution.resume import WAITING
from ticketing.resolution.run import RunState, Step, StepKind, StepState


async def give_up_work(
    run_id: UUID, error: Exception, *, limits: Mapping[str, Limits], start: StartWork, now: datetime
) -> None:
    """Whoever worked on the run has failed for good. Safe to repeat; one that goes on otherwise is left alone."""
    await _give_up(run_id, {RunState.WORKING}, words(error), limits=limits, start=start, now=now)


async def give_up_waiting(
    ticket_id: UUID, error: Exception, *, limits: Mapping[str, Limits], start: StartWork, now: datetime
) -> None:
    """What the ticket's run waited for may have come, and nobody could look: the same."""
    async with start() as uow:
        run = await uow.runs.open_of(ticket_id)
    if run is not None:
        await _give_up(run.id, WAITING, words(error), limits=limits, start=start, now=now)


def words(error: Exception) -> str:
    """For people. What a program's own failure says may hold anything: only its kind is named."""
    if isinstance(error, DeskError):
        return f"The AI does not get on with it: {error.message}"
    return f"The AI failed on it again and again ({type(error).__name__}). threadline doctor says more."


async def _give_up(
    run_id: UUID,
    states: set[RunState] | frozenset[RunState],
    why: str,
    *,
    limits: Mapping[str, Limits],
    start: StartWork,
    now: datetime,
) -> None:
    async def end(uow: UnitOfWork, *, quietly: bool) -> None:
        async with uow:
            book = await reopen(run_id, limits=limits, uow=uow, now=now)
            if book.run.state in states:
                await _end(book, why, quietly=quietly)
                await book.close()

    try:
        await end(start(), quietly=False)
    except Exception:  # it may be telling the customer that fails: the team hears of it all the same
        await end(start(), quietly=True)


async def _end(book: Book, why: str, *, quietly: bool) -> None:
    act = await _begun(book)
    if (reason := book.in_the_way) is not None:
        stop(book, reason, open_act=act)
        return
    if act is not None:
        book.settle(act, "unknown", why="It was not found out whether it was done.")
        why = f"{why} {act.name} may have been done: look there before you do it again."
    if quietly:
        leave(book, why)
    else:
        await hand_over(book, why, customer=(await book.uow.customers.get(book.ticket.customer_id)).name)


async def _begun(book: Book) -> Step | None:
    """The call of a write of which nobody knows what came of it."""
    steps = await book.uow.runs.steps(book.run.id)
    return next((each for each in steps if each.kind is StepKind.ACT and each.state is StepState.BEGUN), None)
