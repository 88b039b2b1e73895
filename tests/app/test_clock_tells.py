"""Two clock processes over one database, whose leader is cut off again and again: each SLA event is told once."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import asyncpg

from app.playbooks import begin
from app.settings import Settings
from app.wiring import services
from core.instants import utc_now
from core.messages import Inbound
from emulators.waiting import until
from storage.engine import plain_dsn
from tests.app.test_clock import a_clock, leader
from tests.app.test_repair_clocks import PROMISES
from tests.playbooks import a_document
from ticketing.people.actor import AI
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.triage.suggestion import Priority

_TICKETS = 40
_FIRED = "SELECT stream_id, after ->> 'event' AS event FROM activity WHERE kind = 'sla.fired'"
_BREACHES = """
    SELECT count(*) FROM pgqueuer
    WHERE entrypoint = 'SlaTold.tell_of_sla' AND convert_from(payload, 'UTF8') LIKE '%breached%'
"""
_ALL_TOLD = "SELECT count(*) = 0 FROM service_level WHERE next_event_at IS NOT NULL"


async def test_each_event_is_told_once_whoever_leads(database: str, tmp_path: Path) -> None:
    file = tmp_path / "quick.yaml"
    text = a_document("open open", "done closed").replace("categories: [other]", "categories: [other], sla: quick")
    file.write_text(text + PROMISES)
    await begin(Settings(_env_file=None, database_url=database, threadline_playbook=str(file)), database)
    async with services(Settings(_env_file=None), database, connections=2) as made, made.start() as uow:
        written = Inbound("SM1", "whatsapp", "+14155550100", "+491511", "Anna", "It is broken.", None)
        conversation = await uow.conversations.open_for(written, at=utc_now())
        for number in range(_TICKETS):  # half of them breached while no clock ran, the others a moment from now
            new = NewTicket(f"Mug {number}", Priority.NORMAL, "general_query", "other")
            ago = timedelta(hours=9) if number % 2 else timedelta(hours=4) - timedelta(milliseconds=40 * number)
            assert await add_ticket(conversation, new, by=AI, assignee_id=None, uow=uow, now=utc_now() - ago)
    admin = await asyncpg.connect(plain_dsn(database))
    try:
        async with a_clock(database), a_clock(database):
            elected = await leader(admin)
            for _ in range(2):
                await admin.execute("SELECT pg_terminate_backend($1)", elected)
                elected = await leader(admin, other_than=elected)

            async def all_told() -> bool:
                return bool(await admin.fetchval(_ALL_TOLD))

            await until(all_told, "everything due to be told")
        fired = Counter((row["stream_id"], row["event"]) for row in await admin.fetch(_FIRED))
        breaches = await admin.fetchval(_BREACHES)
    finally:
        await admin.close()
    assert set(fired.values()) == {1}
    assert Counter(event for _, event in fired) == {"at_risk": _TICKETS, "warning": _TICKETS, "breached": _TICKETS}
    assert breaches == _TICKETS
