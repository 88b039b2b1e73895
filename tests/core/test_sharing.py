"""Rounds are shared by whoever comes while one runs; a failed round is heard by everybody who waits."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from core.sharing import SharedRounds


class Counter:
    """Doubles numbers, a round at a time with a factor that is lent, and notes it all. Zero cannot be doubled."""

    def __init__(self, *, most: int = 10) -> None:
        self.rounds: list[list[int]] = []
        self.begun = asyncio.Event()
        self.lent = 0
        self.shared = SharedRounds(self._lend, self._double, most=most)

    @asynccontextmanager
    async def _lend(self) -> AsyncIterator[int]:
        self.lent += 1
        yield 2

    async def _double(self, factor: int, numbers: Sequence[int]) -> Sequence[int]:
        self.rounds.append(list(numbers))
        self.begun.set()
        await asyncio.sleep(0.01)
        if 0 in numbers:
            raise ZeroDivisionError("nothing to double")
        return [factor * number for number in numbers]

    async def double(self, *numbers: int) -> list[int | BaseException]:
        return await asyncio.gather(*(self.shared.do(number) for number in numbers), return_exceptions=True)


async def test_who_comes_while_a_round_runs_shares_the_next() -> None:
    counter = Counter()
    first = asyncio.create_task(counter.double(1))
    await counter.begun.wait()
    assert await counter.double(2, 3, 2) == [4, 6, 4]
    assert (await first, counter.rounds) == ([2], [[1], [2, 3, 2]])


async def test_a_round_takes_no_more_than_allowed() -> None:
    counter = Counter(most=2)
    assert await counter.double(1, 2, 3, 4, 5) == [2, 4, 6, 8, 10]
    assert (counter.rounds, counter.lent) == ([[1, 2], [3, 4], [5]], 1)


async def test_a_failed_round_is_heard_by_all_who_wait_and_the_next_one_works() -> None:
    counter = Counter(most=2)
    failed = await counter.double(0, 1, 2, 3)
    assert [type(each) for each in failed] == [ZeroDivisionError] * 4
    assert (await counter.double(4), counter.rounds) == ([8], [[0, 1], [4]])


async def test_who_goes_away_takes_nobody_with_him() -> None:
    counter = Counter()
    leaving, staying = asyncio.create_task(counter.shared.do(1)), asyncio.create_task(counter.shared.do(2))
    await counter.begun.wait()
    leaving.cancel()
    assert await staying == 4
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_finish_waits_for_whoever_waits() -> None:
    counter = Counter()
    await counter.shared.finish()  # nobody does
    waiting = asyncio.create_task(counter.shared.do(1))
    await counter.begun.wait()
    await counter.shared.finish()
    assert await asyncio.wait_for(waiting, 5) == 2


async def test_who_is_tired_of_waiting_for_the_end_stops_no_round() -> None:
    counter = Counter()
    waiting = asyncio.create_task(counter.shared.do(1))
    await counter.begun.wait()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(counter.shared.finish(), 0.001)
    assert await asyncio.wait_for(waiting, 5) == 2
