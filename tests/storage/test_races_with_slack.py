"""What must not be lost between the database, Slack and clocks that disagree, whoever is killed or slow."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from core.messages import Delivery
from emulators.waiting import until
from storage.database import Database
from storage.playbooks import Playbooks
from storage.rooms import SqlRooms
from tests.factories import NOW, RULES
from tests.storage.desk import ByItself, DeskAtWork, OneIssue
from ticketing.tickets.card import Run, Shown
from ticketing.triage.understand import Pace, StillMoving, understand

CHANNEL = "C0SUPPORT"
HELD_FOR = timedelta(seconds=20)
ONE, TWO = Run("1"), Run("2")
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


@pytest.fixture
async def ticket_id(desk: DeskAtWork) -> UUID:
    """A ticket of a team that has a channel."""
    await desk.desk.add_team("Support", CHANNEL)
    return (await desk.ticket(await desk.customer_writes(), await desk.person())).id


@pytest.fixture
def rooms(store: Database) -> SqlRooms:
    return SqlRooms(store, Playbooks())


async def take(rooms: SqlRooms, owner_id: UUID, run: Run, now: datetime = NOW) -> Shown | None:
    return await rooms.take(owner_id, run=run, now=now, until=now + HELD_FOR)


async def somebody_waits(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await until(lambda: connection.scalar(_WAITING), "somebody to wait for a lock", pause=0.005)


async def test_a_lost_card_is_searched_from_its_first_attempt_however_long_the_search_fails(
    rooms: SqlRooms, ticket_id: UUID
) -> None:
    """Or a card that Slack took in the first attempt would be too old to be found, and be posted twice."""
    await take(rooms, ticket_id, ONE)
    await rooms.release(ticket_id, run=ONE)
    for minutes in (1, 5, 60):
        shown = await take(rooms, ticket_id, ONE, NOW + timedelta(minutes=minutes))
        assert shown is not None
        assert shown.posting_since == NOW
        await rooms.release(ticket_id, run=ONE)


async def test_a_card_that_provably_was_not_posted_is_not_searched_for(rooms: SqlRooms, ticket_id: UUID) -> None:
    await take(rooms, ticket_id, ONE)
    await rooms.card_lost(ticket_id, run=ONE)
    await rooms.release(ticket_id, run=ONE)

    shown = await take(rooms, ticket_id, TWO, NOW + timedelta(seconds=5))

    assert shown is not None
    assert shown.posting_since is None


async def test_a_delivery_that_changes_while_its_entry_is_being_taken_shows_as_it_is_then(
    engine: AsyncEngine, desk: DeskAtWork, rooms: SqlRooms, ticket_id: UUID
) -> None:
    """The flag goes off with the very change that set it, so what is shown must have that change in it."""
    mia = (await desk.desk.people())[0]
    async with desk.start() as uow:
        ticket = await uow.tickets.lock(ticket_id)
    message_id = await desk.reply(ticket, mia)
    async with engine.begin() as changing:
        await changing.execute(text("UPDATE message SET delivery = 'read' WHERE id = :id"), {"id": message_id})
        await changing.execute(
            text("UPDATE room_entry SET needs_showing = true WHERE message_id = :id"), {"id": message_id}
        )
        taking = asyncio.create_task(rooms.begin_entries(ticket_id, now=NOW))
        await asyncio.wait_for(somebody_waits(engine), 5)

    (entry,) = [each for each in await taking if each.kind == "outbound"]
    assert entry.delivery is Delivery.READ


async def test_a_message_is_understood_although_the_workers_clock_is_behind(desk: DeskAtWork) -> None:
    """Its own job comes when the pause is over by the database's clock; there is no other."""
    pace = Pace(timedelta(seconds=3), timedelta(seconds=20))
    conversation_id = await desk.customer_writes()
    (message,) = await desk.rows("SELECT id FROM message")
    desk.now += timedelta(seconds=2.6)  # while 3 seconds have passed elsewhere

    async def understood() -> None:
        await understand(
            conversation_id,
            message_id=message.id,
            brain=OneIssue(),
            rules=RULES,
            pace=pace,
            reading=ByItself(desk.start),
            applying=ByItself(desk.start),
            clock=desk.clock,
        )

    with pytest.raises(StillMoving) as again:
        await understood()
    assert again.value.retry_after == pytest.approx(0.4)
    desk.now += timedelta(seconds=0.4)
    await understood()

    assert await desk.count("ticket") == 1
