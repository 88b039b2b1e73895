"""The schema that migrating makes is the schema that the code believes in."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import asyncpg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import create_engine, plain_dsn
from storage.jobs.codec import decode
from storage.migrate import config, current, migrate, newest
from storage.tables import metadata
from ticketing.tickets.events import ReplyDue


def _ours(_object: object, name: str | None, _kind: str, reflected: bool, _compared: object) -> bool:
    return not (reflected and name is not None and name.startswith("pgqueuer"))


def _difference(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_head_matches_the_models(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_difference) == []


def test_the_newest_is_what_alembic_takes_for_it() -> None:
    assert newest() == ScriptDirectory.from_config(config()).get_current_head()


async def test_migrating_twice_changes_nothing(engine: AsyncEngine) -> None:
    await migrate(engine)
    assert await current(engine) == newest()


# A desk at the schema before there was an outbox: a reply waits to be sent, another's fate nobody knows.
BEFORE_THE_OUTBOX = "5d2f7c1a9e40"
ROWS = """
    INSERT INTO customer (id, name, created_at) VALUES (md5('c')::uuid, 'Anna', now());
    INSERT INTO identity (id, customer_id, channel, address) VALUES (md5('i')::uuid, md5('c')::uuid, 'fake', '+49');
    INSERT INTO conversation (id, customer_id, channel, account, address, state, version, created_at)
        VALUES (md5('v')::uuid, md5('c')::uuid, 'fake', '+1', '+49', 'open', 1, now());
    INSERT INTO message (id, conversation_id, direction, text, at, delivery, triaged)
        VALUES (md5('m')::uuid, md5('v')::uuid, 'in', 'Hello', now(), 'delivered', true),
            (md5('o')::uuid, md5('v')::uuid, 'out', 'Hi', now(), 'pending', true),
            (md5('u')::uuid, md5('v')::uuid, 'out', 'Hi', now(), 'unknown', true);
    INSERT INTO ticket (id, number, conversation_id, customer_id, type, category, subject, description, status,
                        priority, reporter, created_at, updated_at, version)
        VALUES (md5('t')::uuid, 1, md5('v')::uuid, md5('c')::uuid, 'return', 'damaged', 'A mug', '', 'open', 'normal',
                'ai', now(), now(), 1);
    INSERT INTO room_entry (id, ticket_id, message_id, concerns, at, needs_showing)
        VALUES (md5('r')::uuid, md5('t')::uuid, md5('o')::uuid, true, now(), false);
    INSERT INTO team (id, name, slack_channel, is_default) VALUES (md5('e')::uuid, 'Support', 'C1', true);
    INSERT INTO inbox (channel, key, url, body, received_at) VALUES ('fake', '1', '', '', now());
    INSERT INTO pgqueuer (priority, created, status, entrypoint, payload, execute_after, updated, heartbeat)
        VALUES (3, now(), 'queued', 'ReplyWritten.deliver_reply', convert_to(json_build_object(
            'at', '2026-11-21T12:00:00+00:00', 'ticket_id', md5('t')::uuid, 'message_id', md5('o')::uuid
        )::text, 'UTF8'), now(), now(), now())
"""


async def test_a_desk_from_before_the_outbox_is_brought_up_and_its_waiting_reply_is_still_due(postgres: str) -> None:
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(plain_dsn(postgres))
    await admin.execute(f"CREATE DATABASE {name}")
    engine = create_engine(make_url(postgres).set(database=name).render_as_string(hide_password=False), size=1)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(lambda sync: command.upgrade(config(sync), BEFORE_THE_OUTBOX))
            for statement in ROWS.split(";"):
                await connection.execute(text(statement.replace(":", "\\:")))
        await migrate(engine)
        async with engine.connect() as connection:
            (job,) = (await connection.execute(text("SELECT entrypoint, payload FROM pgqueuer"))).all()
            (reply,) = (
                await connection.execute(text("SELECT id FROM message WHERE delivery = 'pending' AND NOT resendable"))
            ).all()
        event = decode(ReplyDue, job.payload)
        assert isinstance(event, ReplyDue)
        assert (job.entrypoint, event.message_id) == ("ReplyDue.deliver_reply", reply.id)
        assert event.due == datetime.fromisoformat("2026-11-21T12:00:00+00:00")
    finally:
        await engine.dispose()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()
