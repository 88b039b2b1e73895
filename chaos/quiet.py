"""When there is nothing left to do, and the books can be balanced."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from chaos.house import House
from storage.engine import DATABASE_AWAY, plain_dsn

STUCK = 180.0  # seconds in which nothing at all changes: it will not become quiet any more
_UNDONE = "SELECT count(*) FROM pgqueuer WHERE status <> 'failed'"
_JOBS = "SELECT last_value FROM pgqueuer_id_seq"
_OFTEN_ENOUGH = 5  # the clock looks for what it missed every two minutes

T = TypeVar("T")


async def quiet(house: House) -> None:
    """Returns when nothing is left to do: every job done or parked, every callback made, every event delivered.

    Also when nothing has changed for three minutes: the books will say what is missing.
    """
    seen: object = None
    since = time.monotonic()
    while True:
        undone = await _undone(house.dsn)
        if undone == 0:
            await house.phones.settle()  # what the work above made Twilio say
            await house.slack.courier.idle()
            if await _undone(house.dsn) == 0:
                return
        phones = house.phones
        calls = (len(house.slack.calls), len(phones.twilio.calls), len(phones.telegram.calls))
        now = (undone, *calls, len(phones.post.server.mails) if phones.post is not None else 0)
        if now != seen:
            seen, since = now, time.monotonic()
        if time.monotonic() - since > STUCK:
            return
        await asyncio.sleep(0.3)


async def undisturbed(
    draw: Callable[[], Awaitable[T]], moved: Callable[[], Awaitable[object]], settle: Callable[[], Awaitable[None]]
) -> T:
    """What was drawn while nothing moved: it is read one thing after the other.

    The clock may find reports just then that Twilio could not post in the storm. `settle` waits until that is over.
    """
    for _ in range(_OFTEN_ENOUGH):
        before = await moved()
        drawn = await draw()
        if await moved() == before:
            break
        await settle()
    return drawn


async def work(dsn: str) -> tuple[int | None, int | None]:
    """How many jobs there ever were (whatever happens at our desk makes one), and how many are left. None as below."""
    return await _ask(dsn, _JOBS), await _undone(dsn)


async def _undone(dsn: str) -> int | None:
    """None: the database may still be coming back."""
    return await _ask(dsn, _UNDONE)


async def _ask(dsn: str, question: str) -> int | None:
    try:
        connection = await asyncpg.connect(plain_dsn(dsn), timeout=5)
        try:
            return int(await connection.fetchval(question, timeout=5))
        finally:
            await connection.close(timeout=2)
    except DATABASE_AWAY:
        return None
