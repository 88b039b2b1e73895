"""The status that was chosen together with a reply: it follows when the reply leaves, and not if that never happens."""

from datetime import datetime

from core.errors import Refused
from ticketing.activity.record import Record
from ticketing.approvals.load_gate import load_gate
from ticketing.conversations.conversation import Message
from ticketing.conversations.outbox import stream_of
from ticketing.fields.give import look_around
from ticketing.people.actor import SYSTEM, person_acting
from ticketing.ports import UnitOfWork
from ticketing.tickets.changes import move
from ticketing.tickets.save_move import save_move


async def follow(message: Message, *, uow: UnitOfWork, now: datetime) -> None:
    """Put the ticket where the reply's author wanted it; where they may not any more, a record says why not."""
    if message.next_status is None or message.author_id is None:
        return
    for ticket in await uow.tickets.lock_all(await uow.messages.tickets_of(message.id)):
        playbook = await uow.playbook()
        author = person_acting(await uow.people.get(message.author_id))
        rules = playbook.lifecycle(ticket.type)
        gate = await load_gate(ticket, message.next_status, by=author, uow=uow, now=now)
        try:
            around = await look_around(ticket, playbook, uow=uow)
            moved = move(ticket, message.next_status, by=author, at=now, playbook=playbook, around=around, gate=gate)
        except Refused as refusal:
            await skip(message, refusal.message, uow=uow, now=now)
        else:
            await save_move(ticket, moved, rules=rules, uow=uow, now=now)


async def skip(message: Message, why: str, *, uow: UnitOfWork, now: datetime) -> None:
    """Record that the status did not follow."""
    if message.next_status is None:
        return
    skipped = {"status": message.next_status, "message": str(message.id), "why": why}
    tickets = await uow.messages.tickets_of(message.id)
    await uow.activity.append(stream_of(message, tickets), [Record("status.skipped", SYSTEM, now, {}, skipped)])
