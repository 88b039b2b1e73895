"""`threadline doctor` finds SLA clocks that are not what the record says, and `doctor --repair` puts them right."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from app.cli import cli
from app.playbooks import begin
from app.settings import Settings
from core.instants import utc_now
from core.messages import Inbound
from tests.app.repairing import Desk, open_desk
from tests.playbooks import a_document
from ticketing.people.actor import AI
from ticketing.tickets.open_ticket import NewTicket, add_ticket
from ticketing.triage.suggestion import Priority

PROMISES = """
calendars:
  always: {zone: UTC}
sla:
  quick:
    label: Quick
    calendar: always
    resolution: {low: 4h, normal: 4h, high: 4h, urgent: 4h}
"""


async def opened(desk: Desk) -> None:
    async with desk.made.start() as uow:
        written = Inbound("SM1", "whatsapp", "+14155550100", "+491511", "Anna", "It is broken.", None)
        conversation = await uow.conversations.open_for(written, at=utc_now())
        for subject in ("A mug", "A plate"):
            new = NewTicket(subject, Priority.NORMAL, "general_query", "other")
            assert await add_ticket(conversation, new, by=AI, assignee_id=None, uow=uow, now=utc_now())


async def test_the_doctor_names_spoilt_clocks_and_the_repair_brings_them_back(
    database: str, engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "quick.yaml"
    text = a_document("open open", "done closed").replace("categories: [other]", "categories: [other], sla: quick")
    file.write_text(text + PROMISES)
    await begin(Settings(_env_file=None, database_url=database, threadline_playbook=str(file)), database)

    async def doctor(*options: str) -> tuple[int, Any]:
        """In a thread: the command has an event loop of its own."""
        result = await asyncio.to_thread(CliRunner().invoke, cli, ["doctor", "--json", *options])
        return result.exit_code, json.loads(result.stdout)

    async with open_desk(database, engine) as desk:
        environment = {
            "DATABASE_URL": desk.dsn,
            "SLACK_BOT_TOKEN": desk.slack.bot_token,
            "SLACK_SIGNING_SECRET": desk.slack.signing_secret,
            "SLACK_API_URL": f"{desk.slack.base_url}/api/",
            "COLUMNS": "120",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        await opened(desk)
        sound = await desk.run("SELECT * FROM service_level ORDER BY ticket_id")
        assert len(sound) == 2
        await desk.run("UPDATE service_level SET next_event_at = next_event_at + interval '1 hour'")

        what = "Of the newest 1,000 tickets, 2 have SLA clocks that are not what the record says: #1, #2."
        assert what in [each["what"] for each in (await doctor())[1]["findings"]]
        code, said = await doctor("--repair", "--dry-run")
        assert (code, [each["ticket"] for each in said["clocks"]]) == (1, ["#1", "#2"])
        _, said = await doctor("--repair")
        assert [each["what"] for each in said["clocks"]] == ["reckoned anew from the record"] * 2
        assert await desk.run("SELECT * FROM service_level ORDER BY ticket_id") == sound
        result = await asyncio.to_thread(CliRunner().invoke, cli, ["doctor", "--repair"])
        assert "The clocks of 2 tickets were held against their records." in result.stdout
        assert "They are what their records say." in result.stdout
