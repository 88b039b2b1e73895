"""Events that are kept for good go from the inbox into the file store, and are found in both."""

from datetime import timedelta
from hashlib import sha256

import pytest
from obstore.store import MemoryStore

from core.errors import FileGone
from storage.blobs.store import BlobStore
from storage.prune import KEEP_APART, KEEP_FILED_EVENTS, prune
from storage.put_away import KeptEvents
from tests.storage.desk import DeskAtWork

LONG = KEEP_FILED_EVENTS + timedelta(days=1)


async def stored(desk: DeskAtWork, body: bytes, *, channel: str = "email", outcome: str | None = "filed") -> str:
    inbox_id = await desk.store(body)
    key = sha256(body).hexdigest()
    await desk.rows_changed(
        "UPDATE inbox SET channel = :channel, key = :key, outcome = :outcome, settled_at = :at WHERE id = :id",
        channel=channel,
        key=key,
        outcome=outcome,
        at=desk.now if outcome else None,
        id=inbox_id,
    )
    return key


@pytest.fixture
def events(desk: DeskAtWork) -> KeptEvents:
    return KeptEvents(desk.database, BlobStore(MemoryStore()))


class TestPutAway:
    async def test_old_ones_leave_the_inbox_and_are_found_as_before(self, desk: DeskAtWork, events: KeptEvents) -> None:
        keys = [await stored(desk, f"mail {number}".encode()) for number in range(60)]
        assert await events.put_away(["email"], now=desk.now) == 0
        assert await events.body("email", keys[0]) == b"mail 0"

        assert await events.put_away(["email"], now=desk.now + LONG) == 60

        assert await desk.count("inbox") == 0
        assert await events.body("email", keys[7]) == b"mail 7"

    async def test_what_is_not_settled_in_trouble_or_of_another_channel_stays(
        self, desk: DeskAtWork, events: KeptEvents
    ) -> None:
        await stored(desk, b"a", outcome=None)
        await stored(desk, b"b", outcome="unreadable")
        await stored(desk, b"c", channel="fake")
        assert await events.put_away(["email"], now=desk.now + LONG) == 0
        assert await desk.count("inbox") == 3

    @pytest.mark.parametrize("outcome", ["set_aside", "blocked"])
    async def test_what_was_kept_apart_stays_for_as_long_as_it_can_be_filed(
        self, desk: DeskAtWork, events: KeptEvents, outcome: str
    ) -> None:
        key = await stored(desk, b"a", outcome=outcome)
        assert await events.put_away(["email"], now=desk.now + KEEP_APART) == 0
        assert await events.put_away(["email"], now=desk.now + KEEP_APART + timedelta(days=1)) == 1
        assert await desk.count("inbox") == 0
        assert await events.body("email", key) == b"a"

    async def test_pruning_leaves_them(self, desk: DeskAtWork) -> None:
        await stored(desk, b"a")
        await stored(desk, b"c", channel="fake")
        assert (await prune(desk.engine, now=desk.now + LONG, kept=["email"]))["inbox"] == 1
        assert [row.channel for row in await desk.rows("SELECT channel FROM inbox")] == ["email"]

    async def test_killed_after_it_was_put_away_it_is_put_away_again(
        self, desk: DeskAtWork, events: KeptEvents
    ) -> None:
        key = await stored(desk, b"a")
        await events.put_away(["email"], now=desk.now + LONG)
        await stored(desk, b"a")
        assert await events.put_away(["email"], now=desk.now + LONG) == 1
        assert await events.body("email", key) == b"a"

    async def test_what_was_never_there_is_said_to_be_gone(self, events: KeptEvents) -> None:
        with pytest.raises(FileGone):
            await events.body("email", "0" * 64)
