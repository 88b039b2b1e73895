"""kill -9 of worker, web and postmaster at random instants while 300 messages arrive: nothing is lost or doubled."""

import asyncio
import random
import time
from pathlib import Path

import pytest

from tests.chaos.books import balance, quiet
from tests.chaos.house import carry_out, housed, schedule
from tests.chaos.town import WRITTEN, Day, everybody_writes, town
from tests.trained import trained_brain

STORM = 10.0  # seconds in which customers write; processes die in them, and while the last messages are worked on
CALM = 180.0  # seconds until all is done: a dead worker's jobs start again after ten


async def weather(folder: Path, seed: int) -> None:
    dice = random.Random(seed)
    day, kills = Day(town(dice, STORM)), schedule(dice)
    assert day.written == WRITTEN
    trained_brain()  # so that the worker finds it
    async with housed(folder) as house:
        begun = time.monotonic()
        async with asyncio.timeout(240):
            await asyncio.gather(everybody_writes(day, house.twilio), carry_out(kills, house, day))
        acknowledged = time.monotonic() - begun
        await quiet(house, within=CALM)
        done = time.monotonic() - begun
        books = await balance(house, day.town)
        story = f"seed {seed}: {house.killed}, acknowledged after {acknowledged:.1f} s, done after {done:.1f} s"
        print(f"{story}\n{books}")
        assert not books.wrong, f"{story}\n{books}\n{house.said()}"


async def test_after_the_storm_every_message_is_filed_shown_and_understood_exactly_once(tmp_path: Path) -> None:
    await weather(tmp_path, seed=20261122)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 11))
async def test_whatever_the_weather(tmp_path: Path, seed: int) -> None:
    await weather(tmp_path, seed)
