"""What a run waited for has come: the customer wrote, an approval was decided about, or somebody took the ticket."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.errors import Refused
from core.messages import Limits
from ticketing.approvals.approval import Approval, ApprovalState, Verdict
from ticketing.ports import UnitOfWork
from ticketing.resolution.ask_customer import answered, confirmed, question
from ticketing.resolution.book import Book, reopen
from ticketing.resolution.fill import fill_answer
from ticketing.resolution.hand_over import hand_over, stop
from ticketing.resolution.run import RunState
from ticketing.resolution.working import SOON, NotYet
from ticketing.tickets.events import RunDue

WAITING = frozenset({RunState.WAITING_FOR_APPROVAL, RunState.WAITING_FOR_CUSTOMER, RunState.SUGGESTED})


async def look_again(ticket_id: UUID, *, limits: Mapping[str, Limits], uow: UnitOfWork, now: datetime) -> None:
    """After anything that a waiting run may have waited for, or that ends it. Safe to repeat, and to come late.

    Raises NotYet.
    """
    async with uow:
        run = await uow.runs.open_of(ticket_id)
        if run is None or run.state not in WAITING:
            return
        book = await reopen(run.id, limits=limits, uow=uow, now=now)
        if book.run.state not in WAITING:
            return
        if (why := book.in_the_way) is not None:
            stop(book, why)
        elif not await _has_come(book):
            return
        await book.close()
        if book.run.state is RunState.WORKING:
            uow.emit(RunDue(run_id=run.id, at=now))


async def _has_come(book: Book) -> bool:
    """Whether the run goes on, or is over by it."""
    if book.run.state is RunState.WAITING_FOR_APPROVAL:
        return await _decided(book)
    if book.ground.heard == book.run.heard:
        return False
    _require_read(book)
    said = await _said(book)
    if said is False:
        await hand_over(book, "The customer does not want it so.", customer=await _customer(book))
        return True
    if said:
        book.run = replace(confirmed(book.run), heard=book.ground.heard)
    with suppress(Refused):  # a person has said otherwise, or it is asked for no more: a brain reads their words
        await fill_answer(book)
    book.run = replace(book.run, state=RunState.WORKING, asked_for=None, why="")
    return True


def _has_written(book: Book) -> bool:
    """Whether the customer has said something that whoever was asked may not have known. Raises NotYet."""
    _require_read(book)
    return book.ground.heard != book.run.heard


def _require_read(book: Book) -> None:
    """What comes after the one that is about this ticket may be about another, of which nobody would tell the run.

    Raises NotYet.
    """
    if book.ground.is_being_read:
        raise NotYet("What the customer has just written is being understood.", retry_after=SOON)


async def _said(book: Book) -> bool | None:
    """Whether the customer has said yes or no to what they were asked. None: neither."""
    asked = question(await book.uow.runs.steps(book.run.id))
    if asked is None or (said := answered(book.run, book.ground, asked)) is None:
        return None
    assert book.ground.said is not None, "something was answered"
    if (quoted := book.ground.said.replies_to) is not None:
        message = await book.uow.messages.by_key(quoted)
        if message is not None and str(message.id) != asked.outputs.get("message"):
            return None  # to something else
    return said


async def _decided(book: Book) -> bool:
    assert book.run.approval_id is not None
    approval = await book.uow.approvals.get(book.run.approval_id)
    match approval.state:
        case ApprovalState.WAITING:
            return False
        case ApprovalState.APPROVED if _has_written(book):
            why = f"The customer has written since “{approval.label}” was asked for: read that before you do it."
            await hand_over(book, why, customer=await _customer(book))
        case ApprovalState.APPROVED:
            book.run = replace(book.run, state=RunState.WORKING, why="")
        case ApprovalState.REJECTED:
            await hand_over(book, await _rejected(book, approval), customer=await _customer(book))
        case _:
            why = f"The approval “{approval.label}” came to nothing: {approval.because or approval.state.value}."
            await hand_over(book, why, customer=await _customer(book))
    return True


async def _rejected(book: Book, approval: Approval) -> str:
    decisions = await book.uow.approvals.decisions(approval.id)
    said = next((each for each in decisions if each.verdict is Verdict.REJECT), None)
    return f"{said.name} has rejected it: {said.reason}" if said is not None else "It was rejected."


async def _customer(book: Book) -> str:
    return (await book.uow.customers.get(book.ticket.customer_id)).name
