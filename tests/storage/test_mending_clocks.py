"""Stored clocks that are not what the record says are found and put right; a sound desk changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from storage.clock_survey import look, newest_number
from tests.playbooks import PLAIN, promising
from tests.storage.desk import DeskAtWork
from tests.storage.test_service_levels import agrees, history, level_of, opened
from ticketing.people.person import Person
from ticketing.sla.mend import Fault, mend
from ticketing.sla.tick import tell_due
from ticketing.tickets.ticket import Ticket

PLAYBOOK = promising()
SPOILT = {
    "the time spent": "UPDATE service_level SET clocks = jsonb_set(clocks, '{resolution,spent}', '7')",
    "an instant": "UPDATE service_level SET next_event_at = next_event_at + interval '1 second'",
    "what is asked about": "UPDATE service_level SET first_response_at = now(), due_at = NULL",
    "the promise": "UPDATE service_level SET policy = NULL, priority = 'low'",
    "words that are no clocks": "UPDATE service_level SET clocks = '{\"resolution\": 1}'",
    "the row": "DELETE FROM service_level",
}


async def stored(desk: DeskAtWork) -> Sequence[Mapping[str, Any]]:
    return [dict(row._mapping) for row in await desk.rows("SELECT * FROM service_level ORDER BY ticket_id")]


async def doubted(desk: DeskAtWork) -> list[tuple[int, Fault]]:
    pages = [page async for page in look(desk.database, desk.playbooks)]
    assert sum(page.tickets for page in pages) == await newest_number(desk.database)
    return [(each.number, each.fault) for page in pages for each in page.doubtful]


async def mended(desk: DeskAtWork, ticket: Ticket) -> Fault | None:
    return await mend(ticket.id, uow=desk.start(), now=desk.now)


@pytest.fixture
async def lived(desk: DeskAtWork) -> tuple[Ticket, Person]:
    """A ticket that was answered, waited, went on, and was told to be at risk; and one that nobody looked at."""
    ticket, mia = await opened(desk, PLAYBOOK)
    await desk.ticket(ticket.conversation_id, mia, "A plate, too")
    desk.now += timedelta(minutes=20)
    await desk.reply(ticket, mia)
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    desk.now += timedelta(days=1)
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    desk.now += timedelta(days=2, hours=7)
    assert await tell_due(start=desk.start, now=desk.now) > 0
    return ticket, mia


async def test_where_clocks_are_what_their_records_say_nothing_is_done(
    desk: DeskAtWork, lived: tuple[Ticket, Person]
) -> None:
    before = (await stored(desk), await history(desk, lived[0].id))
    assert await doubted(desk) == []
    assert await mended(desk, lived[0]) is None
    assert (await stored(desk), await history(desk, lived[0].id)) == before


async def test_whatever_was_spoilt_comes_back_as_it_was(desk: DeskAtWork, lived: tuple[Ticket, Person]) -> None:
    ticket, _ = lived
    before = await stored(desk)
    for what, spoil in SPOILT.items():
        await desk.rows_changed(f"{spoil} WHERE ticket_id = :ticket", ticket=ticket.id)
        assert await doubted(desk) == [(ticket.number, Fault.DIFFERENT)], what
        assert await mended(desk, ticket) is Fault.DIFFERENT, what
        assert await stored(desk) == before, what
        assert await mended(desk, ticket) is None, what
    await agrees(desk, ticket.id, PLAYBOOK)


async def test_a_ticket_that_never_got_its_clocks_gets_them_since_it_was_opened(desk: DeskAtWork) -> None:
    ticket, mia = await opened(desk, PLAIN)
    settled = await desk.ticket(ticket.conversation_id, mia, "Long done")
    await desk.desk.change_status(settled.id, "resolved", by=mia)
    opened_at = desk.now
    desk.now += timedelta(hours=2)
    desk.follow(PLAYBOOK)
    assert await doubted(desk) == [(ticket.number, Fault.MISSING)]
    assert await mended(desk, ticket) is Fault.MISSING
    level = await agrees(desk, ticket.id, PLAYBOOK)
    assert {each.started_at for each in level.clocks.values()} == {opened_at}
    assert await doubted(desk) == []
    assert await mended(desk, settled) is None


async def test_clocks_of_what_counts_no_more_end(desk: DeskAtWork) -> None:
    ticket, mia = await opened(desk, PLAYBOOK)
    other = await desk.ticket(ticket.conversation_id, mia, "The same mug")
    await desk.rows_changed("UPDATE ticket SET discarded_at = now() WHERE id = :id", id=ticket.id)
    await desk.rows_changed("UPDATE ticket SET merged_into = :to WHERE id = :id", id=other.id, to=ticket.id)
    assert await doubted(desk) == [(ticket.number, Fault.LEFT_OVER), (other.number, Fault.LEFT_OVER)]
    for each in (ticket, other):
        assert await mended(desk, each) is Fault.LEFT_OVER
        assert (await level_of(desk, each.id)).next_event_at is None
    assert await doubted(desk) == []


async def test_clocks_without_any_record_of_a_promise_go_or_begin_anew(desk: DeskAtWork) -> None:
    ticket, mia = await opened(desk, PLAIN)
    desk.follow(PLAYBOOK)
    other = await desk.ticket(ticket.conversation_id, mia, "A plate, too")
    copied = """
        INSERT INTO service_level (ticket_id, policy, playbook, priority, ai_responds, clocks, next_event_at)
        SELECT :id, policy, playbook, priority, ai_responds, clocks, next_event_at FROM service_level
        WHERE ticket_id = :of
    """
    await desk.rows_changed(copied, id=ticket.id, of=other.id)
    assert await mended(desk, ticket) is Fault.DIFFERENT
    await agrees(desk, ticket.id, PLAYBOOK)
    assert await doubted(desk) == []


async def test_a_record_that_names_what_is_not_there_is_told_and_left_as_it_is(
    desk: DeskAtWork, lived: tuple[Ticket, Person]
) -> None:
    ticket, _ = lived
    before = await stored(desk)
    await desk.rows_changed(
        "UPDATE activity SET after = jsonb_set(after, '{playbook}', '77') WHERE stream_id = :id AND kind = 'sla.set'",
        id=ticket.id,
    )
    assert await doubted(desk) == [(ticket.number, Fault.UNREADABLE)]
    assert await mended(desk, ticket) is Fault.UNREADABLE
    assert await stored(desk) == before
