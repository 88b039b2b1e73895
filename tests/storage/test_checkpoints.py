"""Checkpoints cover what changed, once, whoever writes meanwhile and however they are interrupted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest

from app.audit import verify_database
from core.ids import new_id
from storage.checkpoints import Checkpoints
from storage.database import Database, Session
from storage.work.activity import Activity
from tests.factories import NOW, a_record
from tests.storage.desk import DeskAtWork
from ticketing.activity.checkpoint import EVERY, LATE, Checkpoint
from ticketing.activity.findings import Verdict
from ticketing.activity.record import Stream

SECRET = "a key of this test's own"


def a_stream(kind: str = "conversation") -> Stream:
    return Stream(kind, new_id())


async def write(store: Database, *streams: Stream, records: int = 1) -> None:
    """In one transaction."""
    async with store.transaction() as session:
        for stream in streams:
            await Activity(session).append(stream, [a_record() for _ in range(records)])


async def verified(store: Database, now: datetime = NOW) -> Verdict:
    return await verify_database(store, secret=SECRET, now=now)


async def numbers(store: Database, sql: str) -> list[int]:
    async with store.single() as session:
        return [row[0] for row in await session._raw.fetch(sql)]


@pytest.fixture
def checkpoints(store: Database) -> Checkpoints:
    return Checkpoints(store, SECRET)


class TestMakeDue:
    async def test_it_covers_what_changed_since_the_last_one_in_batches_and_none_is_made_within_an_hour(
        self, store: Database, checkpoints: Checkpoints
    ) -> None:
        streams = [a_stream() for _ in range(5)]
        await write(store, *streams, records=2)
        first = await checkpoints.make_due(now=NOW, batch=2)
        assert [(each.number, each.size, each.streams, each.records) for each in first] == [
            (1, 2, 2, 4),
            (2, 2, 4, 8),
            (3, 1, 5, 10),
        ]
        await write(store, streams[3], a_stream("desk"))
        assert await checkpoints.make_due(now=NOW + EVERY - timedelta(seconds=1)) == []
        (second,) = await checkpoints.make_due(now=NOW + EVERY)
        assert (second.number, second.size, second.streams, second.records) == (4, 2, 6, 12)
        (nothing_new,) = await checkpoints.make_due(now=NOW + 2 * EVERY)
        assert (nothing_new.size, nothing_new.streams, nothing_new.previous) == (0, 6, second.digest)
        verdict = await verified(store, NOW + 2 * EVERY)
        assert (verdict.findings, verdict.doubts, verdict.remarks) == ([], [], [])
        assert (verdict.checkpoints, verdict.streams, verdict.records, verdict.uncovered) == (5, 6, 12, 0)

    async def test_a_transaction_that_commits_after_it_is_covered_by_the_next(
        self, store: Database, checkpoints: Checkpoints
    ) -> None:
        begun, not_begun = a_stream(), a_stream()
        await write(store, begun)
        async with store.transaction() as late:
            await Activity(late).append(begun, [a_record(at=NOW - timedelta(hours=3))])
            await Activity(late).append(not_begun, [a_record(at=NOW - timedelta(hours=3))])
            (first,) = await checkpoints.make_due(now=NOW)
            assert (first.size, first.records) == (1, 1)
            assert (await verified(store)).findings == []
        verdict = await verified(store)
        assert (verdict.findings, verdict.uncovered) == ([], 2)
        (second,) = await checkpoints.make_due(now=NOW + EVERY)
        assert (second.size, second.streams, second.records) == (2, 2, 3)
        assert (await verified(store, NOW + EVERY)).findings == []

    async def test_two_clocks_at_once_make_it_once(self, store: Database) -> None:
        await write(store, *(a_stream() for _ in range(7)))
        made = await asyncio.gather(*(Checkpoints(store, SECRET).make_due(now=NOW, batch=3) for _ in range(4)))
        assert sorted(len(each) for each in made) == [0, 0, 0, 3]
        assert (await verified(store)).findings == []

    async def test_one_that_is_killed_leaves_nothing_half_and_the_next_covers_it(self, store: Database) -> None:
        await write(store, *(a_stream() for _ in range(5)))
        killed = _Killed(store, after=9)  # statements: in the middle of the second of three
        with pytest.raises(ConnectionError):
            await Checkpoints(killed, SECRET).make_due(now=NOW, batch=2)
        assert await numbers(store, "SELECT number FROM checkpoint") == [1]
        verdict = await verified(store)
        assert (verdict.findings, verdict.uncovered) == ([], 3)
        made = await Checkpoints(store, SECRET).make_due(now=NOW + EVERY, batch=2)
        assert [each.size for each in made] == [2, 1]
        assert (await verified(store, NOW + EVERY)).findings == []

    async def test_a_chain_that_does_not_hold_is_left_out_and_stays_so(
        self, store: Database, checkpoints: Checkpoints
    ) -> None:
        whole, broken = a_stream(), a_stream()
        await write(store, whole, broken, records=3)
        async with store.single() as session:
            await session.run("UPDATE activity SET actor_name = 'Eve' WHERE stream_id = $1 AND seq = 2", broken.id)
        for hour in range(2):
            (made,) = await checkpoints.make_due(now=NOW + hour * EVERY)
            assert (made.size, made.left_out) == (1 - hour, 1)
        (finding,) = (await verified(store, NOW + EVERY)).findings
        assert (finding.what, finding.seq, finding.after) == ("record_altered", 2, None)


class _Killed(Database):
    """A database whose connection is gone after so many statements of a transaction."""

    def __init__(self, store: Database, *, after: int) -> None:
        super().__init__("")
        self._store, self._left = store, after

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        async with self._store.transaction() as session:
            yield _Counting(session._raw, self)

    def one_more(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ConnectionError


class _Counting(Session):
    def __init__(self, raw: object, killed: _Killed) -> None:
        super().__init__(raw)
        self._killed = killed

    async def execute(self, *arguments: object, **named: object):  # type: ignore[no-untyped-def]
        self._killed.one_more()
        return await super().execute(*arguments, **named)  # type: ignore[arg-type]


async def test_a_desk_with_forty_writers_never_alarms_and_all_is_covered_in_the_end(
    desk: DeskAtWork, store: Database
) -> None:
    """Each writes to streams of its own, begins new ones, and shares some with all; every fifth rolls back."""
    shared, done = [a_stream("desk"), a_stream("people")], asyncio.Event()
    made: list[Checkpoint] = []
    alarms: list[Sequence[object]] = []

    async def work(number: int) -> None:
        own = a_stream()
        for turn in range(4):
            try:
                await write(store, own, a_stream("customer"), shared[turn % 2])
                if (number + turn) % 5 == 0:
                    await change_ones_mind(own)
            except _ChangedItsMind:
                continue

    async def change_ones_mind(stream: Stream) -> None:
        async with store.transaction() as session:
            await Activity(session).append(stream, [a_record()])
            raise _ChangedItsMind

    async def sign_and_verify() -> None:
        hour = 0
        while not done.is_set():
            made.extend(await Checkpoints(store, SECRET).make_due(now=NOW + hour * EVERY, batch=10))
            alarms.append((await verified(store, NOW + hour * EVERY)).findings)
            hour += 1
        made.extend(await Checkpoints(store, SECRET).make_due(now=NOW + hour * EVERY, batch=10))

    signing = asyncio.create_task(sign_and_verify())
    await asyncio.gather(*(work(number) for number in range(40)))
    done.set()
    await signing
    assert len(alarms) > 1
    assert not any(alarms)
    assert (made[-1].streams, made[-1].records) == (40 + 160 + 2, 3 * 160)
    verdict = await verified(store, made[-1].at + LATE)
    assert (verdict.findings, verdict.doubts, verdict.uncovered) == ([], [], 0)
    assert await numbers(store, "SELECT count(*) FROM activity_head WHERE pending") == [0]


class _ChangedItsMind(Exception):
    pass
