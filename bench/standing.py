"""A desk whose tickets already stand in Slack, with nothing left to do: where measuring begins."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.services import Services
from bot.showing import show_ticket
from core.ids import new_id
from core.messages import Inbound
from storage.engine import plain_dsn
from ticketing.people.actor import AI
from ticketing.people.person import Person, Role
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.triage.suggestion import Priority

BOSS = "mia@example.com"


async def stand(made: Services, channel: str, dsn: str, number: int) -> tuple[Person, Sequence[UUID]]:
    """An admin, and so many tickets whose cards stand in the channel."""
    assert made.slack is not None
    await made.desk.add_team("Support", channel)
    mia = await made.desk.add_person("Mia", BOSS, Role.ADMIN)
    tickets = []
    for at in range(number):
        inbound = Inbound(f"SM{at}", "whatsapp", "+14155550100", f"+4915{at:05}", "Anna", "Broken.", None)
        async with made.start() as uow:
            conversation = await uow.conversations.open_for(inbound, at=made.clock())
            new = NewTicket(f"Broken mug {at}", Priority.NORMAL, "return", "damaged")
            ticket = await add_ticket(conversation, new, by=AI, assignee_id=None, uow=uow, now=made.clock())
        assert ticket is not None
        tickets.append(ticket.id)
        await show_ticket(ticket.id, job=str(new_id()), rooms=made.rooms, client=made.slack, clock=made.clock)
    connection = await asyncpg.connect(plain_dsn(dsn))
    await connection.execute("UPDATE conversation SET last_inbound_at = now()")  # they may be answered freely
    await connection.execute("DELETE FROM pgqueuer")
    await connection.close()
    return mia, tickets
