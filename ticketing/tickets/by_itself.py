"""A ticket leaves its status by itself: its customer wrote, or it was there long enough (SPEC 2.5, 3.2)."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from core.errors import Refused
from ticketing.activity.record import Record, Stream
from ticketing.approvals.load_gate import load_gate
from ticketing.people.actor import AUTOMATION, SYSTEM, Actor
from ticketing.playbook.playbook import Playbook
from ticketing.ports import StartWork, UnitOfWork
from ticketing.sweep import sweep
from ticketing.tickets.changes import Changed, move
from ticketing.tickets.save_move import save_move
from ticketing.tickets.ticket import Ticket

# What its customer has just written may be about it, and decides first where it goes. It is read within seconds.
_READ_AGAIN = timedelta(seconds=30)
_READ_WITHIN = timedelta(hours=1)  # unless something is wrong, for which no ticket waits for ever


async def move_by_itself(
    ticket: Ticket, to: str, *, by: Actor, why: str = "", playbook: Playbook, uow: UnitOfWork, now: datetime
) -> Ticket:
    """The locked ticket in status `to`; where its lifecycle does not let it go there it stays, and a record says why.

    Nobody is there to be told: a customer's message is filed all the same.
    """
    gate = await load_gate(ticket, to, by=by, uow=uow, now=now)
    try:
        moved = move(ticket, to, by=by, at=now, playbook=playbook, gate=gate)
    except Refused as refusal:
        skipped = Record("status.skipped", SYSTEM, now, {}, {"status": to, "why": refusal.message})
        await uow.activity.append(Stream("ticket", ticket.id), [skipped])
        return ticket
    rules = playbook.lifecycle(ticket.type)
    return await save_move(ticket, _because(moved, why), rules=rules, uow=uow, now=now)


def _because(moved: Changed, why: str) -> Changed:
    if moved.record is None or not why:
        return moved
    return replace(moved, record=replace(moved.record, after={**moved.record.after, "why": why}))


async def move_on_due(*, start: StartWork, now: datetime) -> int:
    """Move every ticket that was long enough where it is; how many. Run by the clock."""
    return await sweep(
        lambda uow, skip, most: uow.tickets.to_move_on(now, skip=skip, most=most),
        partial(_move_on_if_due, now=now),
        start=start,
    )


async def _move_on_if_due(ticket_id: UUID, uow: UnitOfWork, *, now: datetime) -> bool:
    async with uow:
        conversation = await uow.conversations.lock_of(ticket_id)
        ticket = await uow.tickets.lock(ticket_id)
        if ticket.moves_on_at is None or ticket.moves_on_at > now or ticket.discarded_at is not None:
            return False
        playbook = await uow.playbook()
        here = playbook.lifecycle(ticket.type).status(ticket.status)
        due = ticket.status_since + here.moves_on.after if here.moves_on else None
        if here.moves_on is None or due is None or due > now:  # the playbook says otherwise by now
            await uow.tickets.save(replace(ticket, moves_on_at=due))
            return False
        if await _is_being_read(conversation.id, uow, now):
            await uow.tickets.save(replace(ticket, moves_on_at=now + _READ_AGAIN))
            return False
        why = f"{in_words(here.moves_on.after)} after {here.label}"
        after = await move_by_itself(
            ticket, here.moves_on.to, by=AUTOMATION, why=why, playbook=playbook, uow=uow, now=now
        )
        if after.status == ticket.status:  # it may not go there: it is not tried again
            await uow.tickets.save(replace(after, moves_on_at=None))
        return after.status != ticket.status


async def _is_being_read(conversation_id: UUID, uow: UnitOfWork, now: datetime) -> bool:
    waiting = await uow.messages.waiting_for_triage(conversation_id)
    return waiting is not None and now < waiting.messages[-1].received_at + _READ_WITHIN


def in_words(duration: timedelta) -> str:
    """ "5 days", "1 hour", "90 minutes"."""
    minutes = round(duration.total_seconds() / 60)
    for name, size in (("day", 24 * 60), ("hour", 60)):
        if minutes >= size and minutes % size == 0:
            return _count(minutes // size, name)
    return _count(minutes, "minute")


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
