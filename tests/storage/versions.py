"""Two versions of a playbook, the second without the status Triage, and tickets that stand there."""

from tests.factories import an_actor
from tests.playbooks import a_document
from tests.storage.desk import DeskAtWork
from ticketing.people.actor import Actor
from ticketing.people.person import Role
from ticketing.playbook.apply import Applied, apply_playbook
from ticketing.playbook.succession import Wanted
from ticketing.tickets.migrate import MOST, migrate_tickets
from ticketing.tickets.ticket import Ticket

PLAIN_STATUSES = (
    "open open",
    "in_progress active",
    "waiting_on_customer pending",
    "resolved resolved",
    "closed closed",
)
WITH_TRIAGE = a_document(*PLAIN_STATUSES, "triage active")
WITHOUT = a_document(*PLAIN_STATUSES, name="Smaller")


async def put(
    desk: DeskAtWork, document: str, *mapping: str, by: Actor | None = None, expected: int | None = None
) -> Applied:
    return await apply_playbook(
        document,
        file="test.yaml",
        wanted=Wanted.read(mapping),
        by=by or an_actor(),
        expected=expected,
        uow=desk.start(),
        now=desk.now,
    )


async def migrate(desk: DeskAtWork, *, version: int = 2, most: int = MOST) -> int:
    """As the job of this version does it."""
    return await migrate_tickets(version, start=desk.start, clock=desk.clock, most=most)


async def stand(desk: DeskAtWork, *statuses: str) -> list[Ticket]:
    """A ticket in each of these statuses."""
    conversation, boss = await desk.customer_writes(), await desk.person("Olga", Role.ADMIN)
    tickets = []
    for status in statuses:
        ticket = await desk.ticket(conversation, boss)
        tickets.append(await desk.desk.change_status(ticket.id, status, by=boss))
    return tickets


async def crowd(desk: DeskAtWork, tickets: int) -> None:
    """So many tickets in Triage, numbered from 1001, without a history."""
    conversation = await desk.customer_writes()
    await desk.rows_changed(
        "INSERT INTO ticket (id, number, conversation_id, customer_id, type, category, subject, description, status,"
        " status_category, status_since, priority, reporter, created_at, updated_at, version)"
        " SELECT gen_random_uuid(), 1000 + n, id, customer_id, 'general_query', 'other', 'A mug', '', 'triage',"
        " 'active', :at, 'normal', 'ai', :at, :at, 1 FROM conversation, generate_series(1, :tickets) AS n"
        " WHERE id = :conversation",
        at=desk.now,
        tickets=tickets,
        conversation=conversation,
    )


async def places(desk: DeskAtWork) -> list[tuple[str, str]]:
    return [tuple(row) for row in await desk.rows("SELECT status, status_category FROM ticket ORDER BY number")]
