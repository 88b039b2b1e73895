"""Tickets in flight when another version of the playbook comes into force."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from emulators.waiting import until
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.desk import DeskAtWork
from tests.storage.mortals import Fate, Killed, MortalWork
from tests.storage.versions import WITH_TRIAGE, WITHOUT, crowd, migrate, places, put, stand
from ticketing.people.actor import person_acting
from ticketing.people.person import Role
from ticketing.playbook.lifecycle import StatusCategory
from ticketing.playbook.version import Migration
from ticketing.tickets.by_itself import move_on_due
from ticketing.tickets.migrate import LONGEST, migrate_tickets, misplaced

DAYS = timedelta(days=1)
STEPS_OF_ONE = 3  # its clocks are asked for, it is saved, its record is appended


async def progress(desk: DeskAtWork, version: int = 2) -> Migration:
    async with desk.start() as uow:
        found = await uow.versions.migration(version)
    assert found is not None
    return found


async def records(desk: DeskAtWork) -> list[int]:
    """How many times each ticket was moved."""
    rows = await desk.rows(
        "SELECT count(activity.id) FROM ticket LEFT JOIN activity ON stream_id = ticket.id"
        " AND kind = 'status.migrated' GROUP BY ticket.id"
    )
    return [row[0] for row in rows]


def mortal(desk: DeskAtWork, steps: int) -> Callable[[], SqlUnitOfWork]:
    """Whose process is killed after so many steps."""
    fate = Fate(steps)
    return lambda: MortalWork(desk, fate)


class TestMigrating:
    async def test_tickets_go_where_the_mapping_says_each_with_a_record(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        moved, _, still = await stand(desk, "triage", "triage", "resolved")
        boss = await desk.person("Ida", Role.ADMIN)
        await put(desk, WITHOUT, "triage=waiting_on_customer", by=person_acting(boss))
        assert await migrate(desk) == 2
        assert await places(desk) == [("waiting_on_customer", "pending")] * 2 + [("resolved", "resolved")]
        rows = await desk.rows(
            "SELECT stream_id, actor_name, before, after FROM activity WHERE kind = 'status.migrated'"
        )
        assert moved.id in {row.stream_id for row in rows}
        assert still.id not in {row.stream_id for row in rows}
        assert {row.actor_name for row in rows} == {"Ida"}
        assert rows[0].before == {"status": "triage", "category": "active"}
        assert rows[0].after == {"status": "waiting_on_customer", "category": "pending", "playbook": 2}
        assert (await desk.jobs()).count("TicketMigrated") == 2
        assert await desk.broken_chains() == []

    async def test_before_they_are_migrated_they_work_as_what_they_became(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        (ticket,) = await stand(desk, "triage")
        await put(desk, WITHOUT, "triage=in_progress")
        boss = await desk.person("Ida", Role.ADMIN)
        assert "resolved" in [status.key for status in await desk.desk.transitions(ticket.id, by=boss)]
        await desk.desk.change_status(ticket.id, "resolved", by=boss)
        assert await migrate(desk) == 0

    async def test_a_status_of_another_category_takes_its_tickets_along(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        await stand(desk, "triage")
        await put(desk, WITH_TRIAGE.replace("label: Triage, category: active", "label: Triage, category: closed"))
        assert await migrate(desk) == 1
        assert await places(desk) == [("triage", "closed")]
        assert (await desk.rows("SELECT resolved_at FROM ticket"))[0].resolved_at == desk.now

    async def test_its_time_in_the_status_goes_on(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        (ticket,) = await stand(desk, "triage")
        desk.now += timedelta(hours=3)
        await put(desk, WITHOUT, "triage=open")
        await migrate(desk)
        async with desk.start() as uow:
            now = await uow.tickets.lock(ticket.id)
        assert now.status_since == ticket.status_since
        assert (now.status, now.status_category, now.version) == ("open", StatusCategory.OPEN, ticket.version + 1)


class TestInBatches:
    async def test_killed_anywhere_each_ticket_is_moved_once_with_one_record(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        await crowd(desk, 3)
        await put(desk, WITHOUT, "triage=open")
        died, steps = True, 0
        while died:
            done = await records(desk)
            await desk.rows_changed("UPDATE ticket SET status = 'triage', status_category = 'active'")
            try:
                await migrate_tickets(2, start=mortal(desk, steps), clock=desk.clock, most=2)
                died = False
            except Killed:
                steps += 1
            assert (await progress(desk)).moved == sum(await records(desk))  # what was moved is what is told
            await asyncio.gather(migrate(desk, most=2), migrate(desk, most=2))
            assert await places(desk) == [("open", "open")] * 3
            assert await records(desk) == [times + 1 for times in done]
        assert steps > 25  # it was killed at that many places
        assert await desk.broken_chains() == []

    async def test_of_hundreds_a_killed_run_leaves_the_rest_to_the_next_and_says_how_far_it_was(
        self, desk: DeskAtWork
    ) -> None:
        await put(desk, WITH_TRIAGE)
        await crowd(desk, 450)
        await put(desk, WITHOUT, "triage=open")
        assert await progress(desk) == Migration(2, 450)
        with pytest.raises(Killed):
            await migrate_tickets(2, start=mortal(desk, STEPS_OF_ONE * 425), clock=desk.clock)
        told = await progress(desk)
        assert (told.tickets, told.moved, told.ended_at) == (450, 400, None)
        assert sum(await asyncio.gather(migrate(desk), migrate(desk))) == 50
        told = await progress(desk)
        assert (told.moved, told.ended_at) == (450, desk.now)
        assert await records(desk) == [1] * 450
        assert await migrate(desk) == 0
        assert (await desk.jobs()).count("TicketMigrated") == 450

    async def test_a_run_whose_time_is_over_leaves_the_rest_to_another_job(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        await crowd(desk, 5)
        await put(desk, WITHOUT, "triage=open")

        def slowly() -> datetime:
            desk.now += LONGEST / 5
            return desk.now

        assert 0 < await migrate_tickets(2, start=desk.start, clock=slowly, most=2) < 5
        assert (await desk.jobs()).count("MigrationUnfinished") == 1
        assert (await progress(desk)).ended_at is None
        await migrate(desk)
        assert (await progress(desk)).moved == 5

    async def test_who_began_under_the_earlier_version_is_waited_for(self, desk: DeskAtWork) -> None:
        await put(desk, WITH_TRIAGE)
        held, late, _ = await stand(desk, "triage", "in_progress", "triage")
        async with desk.start() as uow:
            await uow.tickets.lock(held.id)
            await uow.tickets.lock(late.id)
            assert (await uow.playbook()).version == 1
            await put(desk, WITHOUT, "triage=open")
            migrating = asyncio.create_task(migrate(desk))

            async def begun() -> bool:
                return (await progress(desk)).moved == 1

            await until(begun, "the ticket that nobody holds is moved")
            await uow.tickets.save(replace(late, status="triage"))
        assert await migrating == 3
        assert await misplaced(start=desk.start) == []
        assert (await progress(desk)).ended_at == desk.now


class TestStatusesThatTicketsLeaveByThemselves:
    """Another time than before counts for tickets that are there already, and none leaves sooner than it had to."""

    async def test_the_time_is_that_of_the_new_version(self, desk: DeskAtWork) -> None:
        await put(desk, WITHOUT)
        ticket, _ = await stand(desk, "resolved", "in_progress")
        for version, (after, days) in enumerate(((5, 6), (7, 7), (2, 3), (None, None)), start=2):
            desk.now += DAYS if version == 2 else timedelta()
            await put(desk, WITHOUT if after is None else closing(after))
            assert await migrate(desk, version=version, most=1 if version == 3 else 200) == 0
            async with desk.start() as uow:
                now = await uow.tickets.lock(ticket.id)
            due = None if days is None else ticket.status_since + days * DAYS
            assert (now.moves_on_at, now.version, now.status_since) == (due, ticket.version, ticket.status_since)
        assert await desk.count("ticket WHERE moves_on_at IS NOT NULL") == 0
        assert await records(desk) == [0, 0]

    async def test_old_tickets_are_not_closed_at_once(self, desk: DeskAtWork) -> None:
        await put(desk, WITHOUT)
        await stand(desk, "resolved")
        desk.now += 365 * DAYS
        await put(desk, closing(5))
        await migrate(desk)
        desk.now += 5 * DAYS - timedelta(seconds=1)
        assert await move_on_due(start=desk.start, now=desk.now) == 0
        desk.now += timedelta(seconds=1)
        assert await move_on_due(start=desk.start, now=desk.now) == 1
        assert await places(desk) == [("closed", "closed")]

    async def test_a_version_that_changes_nothing_about_it_touches_nothing(self, desk: DeskAtWork) -> None:
        await put(desk, closing(5))
        await stand(desk, "resolved")
        await desk.rows_changed("UPDATE ticket SET moves_on_at = NULL")  # refused: not tried again
        await put(desk, closing(5).replace("Smaller", "Renamed"))
        await migrate(desk)
        assert await desk.count("ticket WHERE moves_on_at IS NOT NULL") == 0


def closing(days: int) -> str:
    """What is resolved closes by itself after so many days."""
    line = "label: Resolved, category: resolved"
    return WITHOUT.replace(line, f"{line}, moves_on: {{after: {days}d, to: closed}}")
