"""What the doctor finds in a database, and what it says about it."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from app.cli import cli
from core.ids import new_id
from core.instants import utc_now
from storage.checkpoints import Checkpoints
from storage.database import Database
from storage.migrate import newest
from storage.work.activity import Activity
from tests.factories import a_record
from ticketing.activity.checkpoint import EVERY
from ticketing.activity.record import Stream

PARKED = """
    INSERT INTO pgqueuer (priority, entrypoint, payload, status, attempts)
        VALUES (0, 'EventStored.file_event', '{}', 'failed', 7);
    INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint, traceback)
        SELECT id, 'failed', 0, entrypoint, '{"exception_type": "Bug", "exception_message": "of [/] brackets"}'
        FROM pgqueuer;
"""
BEHIND = """
    INSERT INTO pgqueuer (priority, entrypoint, payload, status, created)
        VALUES (0, '{}.show_ticket', '{{}}', 'queued', now() - interval '{}')
"""
MANY_PARKED = """
    INSERT INTO pgqueuer (priority, entrypoint, payload, status, attempts)
        SELECT 0, 'EventStored.file_event', '{}', 'failed', 7 FROM generate_series(1, 130)
"""
TROUBLE = """
    INSERT INTO inbox (channel, key, url, body, received_at, outcome) VALUES
        ('fake', '1', '', '', now(), 'unreadable'), ('fake', '2', '', '', now(), 'unmatched'),
        ('fake', '3', '', '', now(), 'filed');
    INSERT INTO person (id, name, email, role) VALUES (md5('z')::uuid, 'Zoe', 'zoe@desk.example', 'agent');
    INSERT INTO direct_message (id, person_id, kind, key, since, state, why, settled_at)
        SELECT gen_random_uuid(), md5('z')::uuid, 'assigned', n::text, now(), 'dropped', 'not in Slack', now()
        FROM generate_series(1, 3) AS n;
    INSERT INTO team (id, name, is_default) VALUES (gen_random_uuid(), 'Night [shift]', false);
"""


@pytest.fixture
def shell(database: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("COLUMNS", "200")
    return CliRunner()


async def run(engine: AsyncEngine, script: str) -> None:
    async with engine.begin() as connection:
        for statement in script.split(";"):
            if statement.strip():
                await connection.execute(text(statement.replace(":", "\\:")))


async def doctor(shell: CliRunner, *options: str) -> tuple[int, str]:
    """In a thread: the command has an event loop of its own."""
    result = await asyncio.to_thread(shell.invoke, cli, ["doctor", *options])
    return result.exit_code, result.stdout


async def findings(shell: CliRunner) -> dict[str, Any]:
    code, output = await doctor(shell, "--json")
    assert code == 1
    found: dict[str, Any] = json.loads(output)
    return found


async def test_parked_jobs_are_named_with_their_error_and_run_again_when_told(
    shell: CliRunner, engine: AsyncEngine
) -> None:
    await run(engine, PARKED)
    code, said = await doctor(shell)
    assert code == 1
    assert "1 job is parked" in said
    assert "EventStored.file_event after 8 attempts: Bug: of [/] brackets" in said
    (job,) = (await findings(shell))["parked"]
    assert (job["name"], job["error"]) == ("EventStored.file_event", "Bug: of [/] brackets")
    assert "1 parked job was queued again." in (await doctor(shell, "--retry"))[1]
    assert (await findings(shell))["parked"] == []


async def test_cards_that_are_long_behind_are_a_finding_and_shortly_is_none(
    shell: CliRunner, engine: AsyncEngine
) -> None:
    await run(engine, BEHIND.format("TicketOpened", "50 seconds"))
    assert "behind" not in (await doctor(shell))[1]
    await run(engine, BEHIND.format("PriorityChanged", "190 seconds"))
    assert "! Cards in Slack are 3 min behind." in (await doctor(shell))[1]


async def test_of_many_parked_jobs_the_oldest_are_listed_and_all_are_counted(
    shell: CliRunner, engine: AsyncEngine
) -> None:
    await run(engine, MANY_PARKED)
    said = (await doctor(shell))[1]
    assert "130 jobs are parked after failing again and again. The oldest 100 are listed." in said
    assert said.count("EventStored.file_event after") == 100


async def test_events_nobody_could_read_and_teams_without_a_channel_are_named(
    shell: CliRunner, engine: AsyncEngine
) -> None:
    await run(engine, TROUBLE)
    said = (await doctor(shell))[1]
    assert "2 events from providers could not be read" in said
    assert "Teams without a Slack channel: Night [shift]." in said
    assert "Nobody in Slack has these addresses, so they were not told: zoe@desk.example." in said


async def test_a_checkpoint_that_is_old_forged_or_left_streams_out_is_named(
    shell: CliRunner, engine: AsyncEngine, store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "a key of this test's own")

    async def says(words: str) -> bool:
        return any(words in each["what"] for each in (await findings(shell))["findings"])

    async with store.transaction() as session:
        for _ in range(2):
            await Activity(session).append(Stream("desk", new_id()), [a_record(at=utc_now() - 3 * EVERY)])
    assert await says("No checkpoint of the record of changes was ever made.")
    await run(engine, "UPDATE activity SET actor_name = 'Eve' WHERE id = (SELECT min(id::text)::uuid FROM activity)")
    await Checkpoints(store, "a key of this test's own").make_due(now=utc_now() - 5 * EVERY)
    assert await says("The newest checkpoint of the record of changes is 5 hours old")
    assert await says("1 stream does not hold in the record of changes.")
    monkeypatch.setenv("SECRET_KEY", "another key than before")
    assert await says("is signed with another key than ours.")
    await Checkpoints(store, "another key than before").make_due(now=utc_now())
    assert not await says("checkpoint")
    await run(engine, "UPDATE checkpoint SET signature = repeat('0', 128)")
    assert await says("has a false signature.")


async def test_a_schema_that_is_behind_is_named_with_what_to_do(shell: CliRunner, engine: AsyncEngine) -> None:
    await run(engine, "UPDATE alembic_version SET version_num = 'c115f6c16ab8'")
    todo = {each["todo"]: each["what"] for each in (await findings(shell))["findings"]}
    assert todo["threadline migrate"] == f"The schema is at c115f6c16ab8, this version needs {newest()}."


async def test_actions_that_cannot_be_loaded_are_a_finding_and_keep_nobody_from_switching_the_ai_off(
    engine: AsyncEngine, shell: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREADLINE_ACTIONS", "nowhere.at_all")
    told = await asyncio.to_thread(shell.invoke, cli, ["doctor"])
    assert "The module nowhere.at_all of THREADLINE_ACTIONS is not there" in " ".join(told.output.split())
    told = await asyncio.to_thread(shell.invoke, cli, ["ai", "off"])
    assert (told.exit_code, told.output) == (0, "The AI is off. People get what customers write.\n")
