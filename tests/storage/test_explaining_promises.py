"""`threadline sla explain` in a terminal: first why it is due when it is due, in the time of its calendar."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.commands.sla_told import explanation, tell
from sla.clock import Kind
from storage.clock_history import ClockHistories
from tests.playbooks import promising
from tests.storage.desk import DeskAtWork
from tests.storage.test_service_levels import opened
from ticketing.playbook.playbook import Playbook
from ticketing.sla.explain import TicketExplanation, explained

HOUR = timedelta(hours=1)


def in_berlin() -> Playbook:
    """Where the desk opens at eight o'clock UTC, so the ticket comes an hour later."""
    playbook = promising()
    office = replace(playbook.calendars["office"], zone=ZoneInfo("Europe/Berlin"))
    return replace(playbook, calendars={**playbook.calendars, "office": office})


async def told_of(desk: DeskAtWork, playbook: Playbook) -> TicketExplanation:
    async with desk.database.single() as session:
        (row,) = await desk.rows("SELECT id FROM ticket")
        entries = (await ClockHistories(session, desk.playbooks).of(row.id)).entries
    found = explained(entries, playbook.sla_policy, playbook.calendars_by_key, desk.now)
    assert found is not None
    return found


async def test_the_first_lines_say_why_it_is_due_when_it_is_due(
    desk: DeskAtWork, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    playbook = in_berlin()
    ticket, mia = await opened(desk, playbook)
    desk.now += HOUR
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    desk.now += HOUR
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    desk.now += 2 * HOUR
    found = await told_of(desk, playbook)
    resolution = found.clocks[Kind.RESOLUTION]
    lines = list(explanation(1, resolution, found, playbook.calendars_by_key, desk.now))
    assert lines == [
        "Resolution of #1 is due Thu 26 Nov 2026 11:00:00 (Europe/Berlin, 10:00:00 UTC)",
        "Promised are 24 h of open time: policy standard (playbook version 3), for priority normal, "
        "by calendar office.",
        "It began Mon 23 Nov 10:00:00, and 2 h counted until now; not counted: 1 h closed, 1 h paused.",
        "22 h are left.",
    ]
    monkeypatch.setenv("COLUMNS", "80")
    tell(1, resolution, found, playbook.calendars_by_key, desk.now)
    shown = capsys.readouterr().out
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "Mon 23 Nov 10:00:00   11:00:00   running" in shown
    assert "promised by" in shown
    assert "…" not in shown


async def test_what_is_paused_late_or_done_says_so_first(desk: DeskAtWork) -> None:
    playbook = promising("always")
    ticket, mia = await opened(desk, playbook)

    async def head(kind: Kind = Kind.RESOLUTION) -> str:
        found = await told_of(desk, playbook)
        return next(explanation(1, found.clocks[kind], found, playbook.calendars_by_key, desk.now))

    desk.now += HOUR
    await desk.desk.change_status(ticket.id, "waiting_on_customer", by=mia)
    assert await head() == "Resolution of #1 is paused: when it is due is known as soon as it goes on"
    await desk.desk.change_status(ticket.id, "in_progress", by=mia)
    desk.now += 18 * HOUR
    assert await head() == "Resolution of #1 is due Tue 24 Nov 2026 09:00:00 (UTC) (at risk)"
    desk.now += 10 * HOUR
    assert await head() == "Resolution of #1 was due Tue 24 Nov 2026 09:00:00 (UTC), and is late"
    await desk.desk.change_status(ticket.id, "resolved", by=mia)
    due = "due Tue 24 Nov 2026 09:00:00 (UTC)"
    assert await head() == f"Resolution of #1 came too late Tue 24 Nov 2026 14:00:00 (UTC), {due}"
