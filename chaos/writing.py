"""Customers at their phones: what they have to say, one thing after the other."""

import asyncio
import random

from chaos.phones import Phones
from chaos.town import Citizen, Town

LATER = 0.5  # seconds between two looks whether the ticket is resolved


async def everybody_writes(town: Town, phones: Phones, *, seed: int, stop: asyncio.Event) -> None:
    """Returns when nobody writes any more. Who waits for their ticket to be resolved goes home at `stop`."""
    begun = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as group:
        for at, citizen in enumerate(town.citizens):
            await asyncio.sleep(begun + citizen.arrives - asyncio.get_running_loop().time())
            group.create_task(_write(citizen, town, phones, random.Random(f"{seed}:{at}"), stop))


async def _write(citizen: Citizen, town: Town, phones: Phones, dice: random.Random, stop: asyncio.Event) -> None:
    for at, told in enumerate(citizen.messages):
        if at:
            await asyncio.sleep(told.pause)
        await phones.send(citizen, told, dice)
        town.done += 1
    if citizen.later is None:
        return
    while not citizen.resolved:
        if stop.is_set():
            return
        await asyncio.sleep(LATER)
    await phones.send(citizen, citizen.later, dice)
