"""`threadline playbook`, as an admin types it."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import asyncpg
import pytest

from emulators.waiting import until
from storage.database import Database
from storage.engine import create_engine, plain_dsn
from tests.app.shell import Shell
from tests.playbooks import a_document
from tests.storage.desk import DeskAtWork
from tests.ticketing.playbook.resolving.test_broken import BASE as RESOLVING
from ticketing.people.person import Role
from ticketing.tickets.migrate import migrate_tickets

FIRST = a_document("new open", "checking active", "done closed")
SECOND = a_document("new open", "working active", "done closed", name="Smaller")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "ours.yaml"
    made.write_text(FIRST, encoding="utf-8")
    return made


class TestCheck:
    def test_what_is_right_is_said_to_be(self, threadline: Shell, file: Path) -> None:
        assert "“Small” is a playbook: 1 types, 1 lifecycles, 0 fields." in threadline("playbook", "check", str(file))

    def test_a_problem_is_shown_where_it_is_with_what_to_do(self, threadline: Shell, file: Path) -> None:
        file.write_text(FIRST.replace("created_in: new", "created_in: nwe"), encoding="utf-8")
        told = threadline("playbook", "check", str(file), code=2)
        assert 'ours.yaml:9:17: There is no status "nwe"' in told
        line, caret = next(
            (line, told.splitlines()[at + 1]) for at, line in enumerate(told.splitlines()) if "created_in: nwe" in line
        )
        assert line.index("nwe") == caret.index("^")
        assert "new" in told.splitlines()[told.splitlines().index(caret) + 1]

    def test_the_demo_begins_with_nothing_that_is_wrong(self, threadline: Shell, file: Path, tmp_path: Path) -> None:
        file.write_text(FIRST.replace("created_in: new", "created_in: nwe"), encoding="utf-8")
        assert 'ours.yaml:9:17: There is no status "nwe"' in threadline("demo", "--playbook", str(file), code=2)
        told = threadline("demo", "--playbook", str(tmp_path / "no.yaml"), code=1)
        assert "no.yaml cannot be read: No such file" in told

    def test_as_data(self, threadline: Shell, file: Path) -> None:
        file.write_text(FIRST.replace("created_in: new", "created_in: nwe"), encoding="utf-8")
        (problem,) = json.loads(threadline("playbook", "check", str(file), "--json", code=2))
        assert (problem["line"], problem["column"]) == (9, 17)

    def test_actions_are_looked_for_where_some_are_installed(
        self, threadline: Shell, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file.write_text(RESOLVING.replace("lookup_order", "lookup_ordr"), encoding="utf-8")
        assert "is a playbook" in threadline("playbook", "check", str(file))
        monkeypatch.setenv("THREADLINE_ACTIONS", "tests.ticketing.playbook.resolving.actions")
        told = threadline("playbook", "check", str(file), code=2)
        assert 'ours.yaml:63:13: There is no action "lookup_ordr"' in told
        file.write_text(RESOLVING.replace("lookup_order", "warranty"), encoding="utf-8")
        told = threadline("playbook", "check", str(file), code=2)
        assert "THREADLINE_ACTIONS names the modules that they come from." in told

    def test_what_cannot_be_read_is_told(self, threadline: Shell) -> None:
        assert "nowhere.yaml cannot be read" in threadline("playbook", "check", "nowhere.yaml", code=1)


def test_a_playbook_is_compared_applied_and_shown(threadline: Shell, file: Path) -> None:
    told = threadline("playbook", "diff", str(file), code=1)
    assert "  + Only: New, Checking, Done" in told
    assert "  - Return" in told
    assert "Version 1 is in force." in threadline("playbook", "apply", str(file), "--yes")
    assert "in force already, as version 1" in threadline("playbook", "apply", str(file), "--yes")
    assert "the same" in threadline("playbook", "diff", str(file))
    assert threadline("playbook", "show") == FIRST
    (version,) = json.loads(threadline("playbook", "versions", "--json"))
    assert (version["version"], version["name"], version["by"]) == (1, "Small", "Threadline")


def test_tickets_in_a_status_that_goes_are_told_and_mapped(threadline: Shell, database: str, file: Path) -> None:
    threadline("people", "add", "olga@example.com", "--name", "Olga", "--role", "admin")
    threadline("playbook", "apply", str(file), "--yes")
    asyncio.run(a_ticket_in("checking", database))
    file.write_text(SECOND, encoding="utf-8")
    refused = threadline("playbook", "apply", str(file), "--yes", code=1)
    assert "1 ticket is of type Only one in status Checking (checking)" in refused
    mapped = ("playbook", "apply", str(file), "--map", "checking=working", "--by", "olga@example.com", "--yes")
    told = threadline(*mapped)
    assert "1 ticket moves: general_query, checking → Only one, Working" in told
    assert "- status Checking" in told
    listed = threadline("playbook", "versions")
    assert "Olga" in listed
    assert "0 of 1, under way" in listed
    asyncio.run(follow(2, database))
    newest, first = json.loads(threadline("playbook", "versions", "--json"))
    assert (newest["tickets"], newest["moved"], first["all_follow_since"]) == (1, 1, None)
    assert newest["all_follow_since"] is not None


# A past of so many tickets, as the desk would have recorded it. Nobody looks at the chains here.
PAST = """
    INSERT INTO customer (id, name, created_at) VALUES (md5('c')::uuid, 'Anna', now());
    INSERT INTO conversation (id, customer_id, channel, account, address, state, version, created_at)
        VALUES (md5('v')::uuid, md5('c')::uuid, 'fake', '+1', '+49', 'open', 1, now());
    INSERT INTO ticket (id, number, conversation_id, customer_id, type, category, subject, description, status,
                        status_category, status_since, priority, reporter, created_at, updated_at, version)
        SELECT md5('t' || n)::uuid, n, md5('v')::uuid, md5('c')::uuid, 'complaint', 'other', 'A mug', '', 'resolved',
            'resolved', now(), 'normal', 'ai', now(), now(), 1 FROM generate_series(1, {0}) AS n;
    INSERT INTO activity (id, stream_kind, stream_id, seq, kind, actor_kind, actor_name, at, before, after, previous,
                          hash)
        SELECT gen_random_uuid(), 'ticket', md5('t' || n)::uuid, seq, kind, 'system', 'Threadline', now(), '{{}}',
            after::jsonb, '', ''
        FROM generate_series(1, {0}) AS n, (VALUES
            (1, 'ticket.opened', '{{"type": "complaint", "category": "other", "status": "open", "assignee": null}}'),
            (2, 'status.changed', '{{"status": "in_progress"}}'),
            (3, 'status.changed', '{{"status": "waiting_on_customer"}}'),
            (4, 'status.changed', '{{"status": "resolved"}}')
        ) AS step (seq, kind, after);
"""
RETAIL = Path(__file__).resolve().parents[2] / "examples" / "playbooks" / "retail.yaml"


async def a_past(tickets: int, database: str) -> None:
    connection = await asyncpg.connect(plain_dsn(database))
    await connection.execute(PAST.format(tickets))
    await connection.close()


class TestDryRun:
    def test_it_says_what_would_have_been_otherwise(self, threadline: Shell, database: str, file: Path) -> None:
        asyncio.run(a_past(7, database))
        changed = RETAIL.read_text(encoding="utf-8").replace("to: [in_progress, resolved]", "to: [in_progress]")
        file.write_text(changed, encoding="utf-8")
        told = threadline("playbook", "dry-run", str(file), "--last", "6").splitlines()
        assert told[0] == "Tried on the last 6 tickets and their 18 changes of status."
        assert told[1:] == [
            "There is no such arrow",
            "        6 × Complaint: Waiting on customer → Resolved  (#7 #6 #5 #4 #3 …)",
        ]
        data = json.loads(threadline("playbook", "dry-run", str(file), "--json"))
        assert (data["tickets"], data["found"][0]["times"], data["mapping_missing"]) == (7, 7, None)

    def test_a_mapping_that_is_missing_is_told(self, threadline: Shell, database: str, file: Path) -> None:
        asyncio.run(a_past(2, database))
        told = threadline("playbook", "dry-run", str(file))
        assert "2 tickets are of type Complaint (complaint), which this playbook does not have." in told
        assert "2 × Complaint, Resolved → Only one, New  (#2 #1)" in told

    @pytest.mark.long
    def test_ten_thousand_tickets_are_tried(self, threadline: Shell, database: str) -> None:
        asyncio.run(a_past(10_000, database))
        told = threadline("playbook", "dry-run", str(RETAIL), "--last", "10000")
        assert "Tried on the last 10,000 tickets and their 30,000 changes of status." in told


class TestGraph:
    def test_as_text_it_says_who_may_take_each_arrow(self, threadline: Shell, file: Path) -> None:
        told = threadline("playbook", "graph", str(file))
        assert "  New  [open] · tickets begin here" in told
        assert "    → Checking  assignee, supervisor" in told

    def test_as_a_drawing_every_arrow_is_there(self, threadline: Shell, file: Path) -> None:
        drawing = file.with_suffix(".svg")
        threadline("playbook", "graph", str(file), "--type", "general_query", "--svg", str(drawing))
        found = ElementTree.parse(drawing).iter("{http://www.w3.org/2000/svg}path")
        assert sum((path.get("class") or "").startswith("line") for path in found) == 6

    def test_what_there_is_not_is_told_with_what_there_is(self, threadline: Shell, file: Path) -> None:
        assert "There are: only." in threadline("playbook", "graph", str(file), "--lifecycle", "no", code=1)


def test_who_waits_stays_until_all_tickets_have_followed(threadline: Shell, database: str, file: Path) -> None:
    threadline("playbook", "apply", str(file), "--yes")
    asyncio.run(a_ticket_in("checking", database))
    file.write_text(SECOND, encoding="utf-8")
    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(asyncio.run, follow(2, database))
        told = threadline("playbook", "apply", str(file), "--map", "checking=working", "--yes", "--wait")
        worker.result()
    assert told.endswith("Version 2 is in force.\nTickets moved: 1.\n")


async def follow(version: int, database: str) -> None:
    """As the worker's job, once this version is in force."""
    engine, store = create_engine(database, size=1), Database(database, size=2)
    desk = DeskAtWork(engine, store)

    async def in_force() -> bool:
        return (await desk.desk.playbook()).version == version

    await until(in_force, "the version in force")
    await migrate_tickets(version, start=desk.start, clock=desk.clock)
    await store.close()
    await engine.dispose()


async def a_ticket_in(status: str, database: str) -> None:
    engine, store = create_engine(database, size=1), Database(database, size=2)
    desk = DeskAtWork(engine, store)
    boss = await desk.person("Ida", Role.ADMIN)
    ticket = await desk.ticket(await desk.customer_writes(), boss)
    await desk.desk.change_status(ticket.id, status, by=boss)
    await store.close()
    await engine.dispose()
