"""What is written at the end of a transaction is there for all who ask before, and in the order it was said in."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, text

from storage.database import Database, Session, understand_json
from storage.engine import plain_dsn
from storage.work.activity import Activity
from tests.factories import a_record
from tests.storage.test_plans import OneSession
from ticketing.activity.chain import first_break
from ticketing.activity.record import Entry, Stream


async def stored(store: Database, stream: Stream) -> list[Entry]:
    async with store.transaction() as session:
        return list(await Activity(session).entries(stream))


def a_stream() -> Stream:
    return Stream("desk", uuid4())


async def test_what_was_recorded_can_be_read_at_once_and_goes_on(store: Database) -> None:
    stream = a_stream()
    async with store.transaction() as session:
        activity = Activity(session)
        await activity.append(stream, [a_record("one"), a_record("two")])
        assert [each.kind for each in await activity.entries(stream)] == ["one", "two"]
        await activity.append(stream, [a_record("three")])
        assert await activity.says(stream, "three", {"status": "resolved"})
        await activity.append(stream, [a_record("four")])
    entries = await stored(store, stream)
    assert ([each.kind for each in entries], first_break(entries)) == (["one", "two", "three", "four"], None)


_COUNT = "SELECT count(*) AS number FROM activity"
_COUNTED = text(_COUNT)


async def _by_execute(session: Session) -> int:
    return int((await session.execute(_COUNTED)).scalar())


async def _by_ask(session: Session) -> int:
    return int((await session.ask(_COUNT)).scalar())


async def _by_pages(session: Session) -> int:
    return sum([row.number for rows in [page async for page in session.pages(_COUNTED)] for row in rows])


async def _by_run(session: Session) -> int:
    await session.run("CREATE TEMPORARY TABLE found ON COMMIT DROP AS SELECT count(*) AS number FROM activity")
    return int((await session.ask("SELECT number FROM found")).scalar())


async def _by_execute_many(session: Session) -> int:
    await session.run("CREATE TEMPORARY TABLE found (number bigint) ON COMMIT DROP")
    await session.execute_many(_KEEP_COUNT, [{"more": 0}, {"more": 0}])
    return int((await session.ask("SELECT max(number) FROM found")).scalar())


_KEEP_COUNT = text("INSERT INTO found SELECT count(*) + :more FROM activity").bindparams(
    bindparam("more", type_=Integer)
)


@pytest.mark.parametrize("way", [_by_execute, _by_ask, _by_pages, _by_run, _by_execute_many])
async def test_whichever_way_it_is_asked_for_it_is_there(
    store: Database, way: Callable[[Session], Awaitable[int]]
) -> None:
    async with store.transaction() as session:
        await Activity(session).append(a_stream(), [a_record("one")])
        assert await way(session) == 1


async def test_of_several_streams_and_several_writers_each_goes_on(store: Database) -> None:
    here, there = a_stream(), a_stream()
    for _ in range(2):
        async with store.transaction() as session:
            one, other = Activity(session), Activity(session)
            await one.append(here, [a_record()])
            await other.append(there, [a_record()])
            await one.append(there, [a_record()])  # its head is read, so what the other one has is written before
            await one.append_all({here: [a_record()], there: [a_record()]})
    for stream, number in ((here, 4), (there, 6)):
        entries = await stored(store, stream)
        assert (len(entries), first_break(entries)) == (number, None)


async def test_what_fails_leaves_no_record(store: Database) -> None:
    stream = a_stream()
    with pytest.raises(ZeroDivisionError):
        await _fail(store, stream)
    assert await stored(store, stream) == []


async def _fail(store: Database, stream: Stream) -> None:
    async with store.transaction() as session:
        await Activity(session).append(stream, [a_record()])
        raise ZeroDivisionError


async def test_a_long_record_is_written_as_it_grows_and_a_short_one_in_one_statement(
    database: str, store: Database
) -> None:
    stream = a_stream()
    raw = await asyncpg.connect(plain_dsn(database))
    await understand_json(raw)
    sent: list[str] = []
    for number, statements in ((3, 1), (501, 2)):
        async with raw.transaction(), OneSession(Session(raw, ends=True)).transaction() as session:
            activity = Activity(session)
            await activity.append(stream, [a_record()])
            await session.catch_up()
            raw.add_query_logger(log := lambda record: sent.append(record.query))
            for _ in range(number):
                await activity.append(stream, [a_record()])
            await session.catch_up()
        await asyncio.sleep(0)  # asyncpg tells of a statement a turn of the loop later
        raw.remove_query_logger(log)
        assert sum("INSERT INTO activity " in each for each in sent) == statements
        sent.clear()
    await raw.close()
    entries = await stored(store, stream)
    assert (len(entries), first_break(entries)) == (506, None)
